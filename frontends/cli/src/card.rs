//! What a server offers, seen with the goal in mind.

use narthex::{Cause, Failure, Missing, OAuthSupport, Offer, Refusal, RegistrationSupport, Screen, View};

use crate::goal::Goal;

/// The ways in that the goal knows, of those on offer, in the order in which they are shown.
pub(crate) fn ways(goal: Goal, view: &View) -> Vec<Offer> {
    let of_goal: &[Offer] = match goal {
        Goal::Register => &[Offer::CreateAccount],
        Goal::SignIn => &[Offer::SignInWithPassword, Offer::SignInWithSso, Offer::SignInWithToken],
    };
    of_goal.iter().copied().filter(|offer| view.offers.contains(*offer)).collect()
}

/// Why the server's card has no way to the goal, if it has none.
pub(crate) fn closed(goal: Goal, view: &View) -> Option<Failure> {
    let Screen::Choose { report, .. } = &view.screen else { return None };
    if !ways(goal, view).is_empty() {
        return None;
    }
    let cause = match goal {
        Goal::Register => match &report.registration {
            RegistrationSupport::Closed => Cause::Refused { refusal: Refusal::RegistrationClosed },
            RegistrationSupport::Open { .. }
            | RegistrationSupport::Unguarded
            | RegistrationSupport::Absent
            | RegistrationSupport::Unclear { .. } => Cause::Unsupported { missing: Missing::Registration },
        },
        Goal::SignIn => Cause::Unsupported {
            missing: match report.oauth {
                OAuthSupport::Offered { .. } => Missing::LegacySignIn,
                OAuthSupport::Absent | OAuthSupport::Unclear => Missing::PasswordSignIn,
            },
        },
    };
    Some(Failure { cause, evidence: None })
}
