//! Which ways to the goal does a server offer, and why none?

use narthex::{Cause, Failure, Missing, OAuthSupport, Offer, Refusal, RegistrationSupport, Screen, View};

use crate::goal::Goal;

/// The ways in that the goal knows, of those on offer, in the order in which they are shown.
#[must_use]
pub fn ways(goal: Goal, view: &View) -> Vec<Offer> {
    let of_goal: &[Offer] = match goal {
        Goal::Register => &[Offer::CreateAccount],
        Goal::SignIn => &[
            Offer::SignInWithBrowser,
            Offer::SignInWithPassword,
            Offer::SignInWithSso,
            Offer::SignInWithDeviceCode,
            Offer::SignInWithToken,
        ],
    };
    of_goal.iter().copied().filter(|offer| view.offers.contains(*offer)).collect()
}

/// Why the server's card has no way to the goal, if it has none.
#[must_use]
pub fn closed(goal: Goal, view: &View) -> Option<Failure> {
    let Screen::Choose { report, .. } = &view.screen else { return None };
    if !ways(goal, view).is_empty() {
        return None;
    }
    let cause = match goal {
        Goal::Register => match &report.registration {
            RegistrationSupport::Closed => Cause::Refused { refusal: Refusal::RegistrationClosed },
            RegistrationSupport::Open { .. }
            | RegistrationSupport::Unguarded
            | RegistrationSupport::InBrowser
            | RegistrationSupport::Absent
            | RegistrationSupport::Unclear { .. } => Cause::Unsupported { missing: Missing::Registration },
        },
        Goal::SignIn => match &report.oauth {
            OAuthSupport::Unusable { cause } => cause.clone(),
            OAuthSupport::Offered { .. } => Cause::Unsupported { missing: Missing::LegacySignIn },
            OAuthSupport::Absent | OAuthSupport::Unclear => {
                Cause::Unsupported { missing: Missing::PasswordSignIn }
            }
        },
    };
    Some(Failure { cause, evidence: None })
}
