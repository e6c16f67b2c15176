//! Who may open a rendezvous is what the server has said about that, and nothing else.

use narthex::{Rendezvous, Screen, Task};

use crate::class::Class;
use crate::world::World;

/// Of a report that has just been made: neither an outage nor a limit, nor an answer that cannot be read, says anything.
pub(super) fn of_step(before: &World, after: &World) {
    let (Screen::Busy { task: Task::AskServer, .. }, Screen::Choose { report, .. }) =
        (before.engine.view().screen, after.engine.view().screen)
    else {
        return;
    };
    let heard = |class: Class| after.heard.get(&class).map(|name| name.trim_end_matches(", late"));
    let of_2025 = match heard(Class::Rendezvous) {
        Some("no rendezvous") => Some(Rendezvous::Off),
        Some("open rendezvous") => Some(Rendezvous::Open),
        Some("rendezvous for users" | "rendezvous forbidden" | "rendezvous not for us") => {
            Some(Rendezvous::Authenticated)
        }
        Some("bytes") => None,
        Some(_) | None => Some(Rendezvous::Unclear),
    };
    let of_2024 = match heard(Class::Versions) {
        Some("a homeserver with a rendezvous of 2024") => Some(Rendezvous::Open),
        Some("a homeserver of odd features") => Some(Rendezvous::Unclear),
        Some("bytes") => None,
        Some(_) | None => Some(Rendezvous::Off),
    };
    for (found, said) in [(report.rendezvous.v2025, of_2025), (report.rendezvous.v2024, of_2024)] {
        assert!(said.is_none_or(|said| said == found), "{said:?} was said, not {found:?}: {:?}", after.path);
    }
}
