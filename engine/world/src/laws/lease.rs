//! Who refreshes or ends a session that is stored, holds its lease; and nobody holds it for nothing.

use narthex::{Effect, Screen, Session, Task};

use crate::class::{self, Class};
use crate::world::World;

/// No token of a stored session is spent without its lease, and nothing stored of it is changed.
pub(super) fn of_effect(before: &World, after: &World, effect: &Effect) {
    let what = match effect {
        Effect::Http { request, .. } => {
            let body = class::body(request);
            let sent = [body["refresh_token"].as_str(), body["token"].as_str(), class::bearer(request)];
            let is_sent = |session: &Session| {
                let tokens = [Some(&session.access_token), session.refresh_token.as_ref()];
                tokens.into_iter().flatten().any(|token| sent.contains(&Some(token.expose().as_str())))
            };
            let is_spent = Class::of(effect, &after.engine).is_some_and(Class::is_under_lease);
            if !is_spent || !before.stored.iter().any(is_sent) {
                return;
            }
            // Where nothing can be locked, a session is ended all the same.
            if after.memory.no_lease && matches!(after.engine.view().screen, Screen::Busy { .. }) {
                return;
            }
            "sent"
        }
        Effect::Erase { .. } if after.memory.no_lease => return,
        Effect::Erase { .. } => "erased",
        // A session that has just been made replaces whatever there is.
        Effect::Store { session, .. } if session.ended.is_some() => "marked",
        Effect::Store { .. } if before.engine.session().is_none() => return,
        Effect::Store { .. } => "stored",
        Effect::Prove { .. } | Effect::Lease { .. } => return,
        Effect::FindSecrets { .. } | Effect::ShareSecrets { .. } | Effect::AdoptSecrets { .. } => return,
        Effect::Listen { .. } | Effect::Browse { .. } | Effect::Cancel { .. } => return,
    };
    assert!(after.is_leased(), "{what} without the lease: {effect:?}: {:?}", after.path);
}

/// It is let go of when what needed it is done, and while a server is not asked.
pub(super) fn of_state(world: &World, screen: &Screen) {
    let needed = world.open.iter().any(|open| open.class.is_under_lease() || open.class >= Class::Store);
    let unstored = matches!(screen, Screen::Problem { task: Task::KeepSession, .. });
    assert!(!world.is_leased() || needed || unstored, "holds a lease for nothing: {:?}", world.path);
    let leases = world.open.iter().filter(|open| open.class == Class::Lease).count();
    assert!(leases <= 1, "asks for a lease twice: {:?}", world.path);
}
