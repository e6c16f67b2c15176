//! What a stage asks of the user.

use crate::intent::{Offer, Offers};
use crate::stage::{Medium, Stage, StageKind};

/// The intents that answer a stage.
pub(crate) const fn answers_to(kind: StageKind) -> Offers {
    match kind {
        StageKind::Terms => Offers::of(&[Offer::AcceptTerms]),
        StageKind::RegistrationToken => Offers::of(&[Offer::UseToken]),
        StageKind::Email => Offers::of(&[Offer::UseEmail]),
        StageKind::Phone => Offers::of(&[Offer::UsePhone]),
        StageKind::Dummy | StageKind::Recaptcha | StageKind::Other => Offers::NONE,
    }
}

pub(crate) const fn stage_kind(medium: Medium) -> StageKind {
    match medium {
        Medium::Email => StageKind::Email,
        Medium::Phone => StageKind::Phone,
    }
}

/// A stage that goes by without a question.
pub(crate) fn is_silent(stage: &Stage) -> bool {
    stage.kind() == StageKind::Dummy
}
