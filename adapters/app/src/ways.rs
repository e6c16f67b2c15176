//! Which ways to the goal does a server offer, and why none, or not the one that is wanted?

use narthex::{Cause, Failure, Missing, Offer, Role, Screen, View};

use crate::goal::Goal;

/// The ways in that the goal knows, of those on offer, in the order in which they are shown: what the server would
/// rather have comes first.
#[must_use]
pub fn ways(goal: Goal, view: &View) -> Vec<Offer> {
    let prefers_sso = if let Screen::Choose { report, .. } = &view.screen {
        report.login.sso.as_ref().is_some_and(|sso| sso.preferred)
    } else {
        false
    };
    let of_goal: &[Offer] = match goal {
        Goal::Register => &[Offer::CreateAccount],
        Goal::SignIn if prefers_sso => &[
            Offer::SignInWithBrowser,
            Offer::SignInWithSso,
            Offer::SignInWithDeviceCode,
            Offer::ScanCode,
            Offer::ShowCode,
            Offer::SignInWithPassword,
            Offer::SignInWithToken,
        ],
        Goal::SignIn => &[
            Offer::SignInWithBrowser,
            Offer::SignInWithPassword,
            Offer::SignInWithSso,
            Offer::SignInWithDeviceCode,
            Offer::ScanCode,
            Offer::ShowCode,
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
    match goal {
        Goal::Register => report.lacks(Offer::CreateAccount).or(Some(Failure {
            cause: Cause::Unsupported { missing: Missing::Registration },
            evidence: None,
        })),
        Goal::SignIn => report.cannot_sign_in(),
    }
}

/// Why the `wanted` way in is none here, if it is none. That it is switched off follows from what the server lists, and
/// from nothing else: where that could not be found out, this says so.
#[must_use]
pub fn lacking(wanted: Offer, view: &View) -> Option<Failure> {
    let Screen::Choose { report, .. } = &view.screen else { return None };
    if view.offers.contains(wanted) {
        return None;
    }
    let lacks = || {
        if wanted == Offer::ShowCode {
            report.can_show_code(Role::New).err()
        } else {
            // Whoever scans a code is signed in by the device authorization grant.
            report.lacks(if wanted == Offer::ScanCode { Offer::SignInWithDeviceCode } else { wanted })
        }
    };
    report.cannot_sign_in().or_else(lacks)
}
