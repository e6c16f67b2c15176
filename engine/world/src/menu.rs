//! What can happen next?

mod links;

use std::time::Duration;

use narthex::{Input, Reply, Time};

use crate::answers;
use crate::intents;
use crate::step::{Deed, Kind, Step};
use crate::world::World;

const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

impl World {
    /// Everything that can happen next.
    #[must_use]
    pub fn menu(&self) -> Vec<Step> {
        let mut menu = Vec::with_capacity(128);
        self.wishes(&mut menu);
        self.answers(&mut menu);
        self.links(&mut menu);
        self.times(&mut menu);
        for (name, stored) in [("killed", false), ("killed late", true)] {
            let storing = self.open.iter().any(|open| open.class >= crate::class::Class::Store);
            if storing || !stored {
                menu.push(self.at(self.now, name, Deed::Kill { stored }, Kind::Kill));
            }
        }
        menu
    }

    fn at(&self, now: Time, name: &str, deed: Deed, kind: Kind) -> Step {
        Step { name: name.to_owned(), now, deed, kind }
    }

    fn wishes(&self, menu: &mut Vec<Step>) {
        let offers = self.engine.offers();
        for (name, intent) in intents::every(self.serial) {
            let kind = if offers.contains(intent.offer()) { Kind::Wish } else { Kind::Unwished };
            menu.push(self.at(self.now, name, Deed::Input(Input::Intent(intent)), kind));
        }
    }

    fn answers(&self, menu: &mut Vec<Step>) {
        for open in &self.open {
            let id = open.id;
            for (name, reply) in answers::to(self, open) {
                let is_progress = matches!(reply, Reply::Listening(Ok(_)) | Reply::Leased(Ok(_)));
                let kind = if open.told && is_progress { Kind::Noise } else { Kind::Answer };
                menu.push(self.at(self.now, name, Deed::Input(Input::Reply { id, reply }), kind));
            }
        }
        if let Some(id) = self.done {
            for (name, reply) in [("stale reply", Reply::Stored(Ok(()))), ("stale answer", stale())] {
                menu.push(self.at(self.now, name, Deed::Input(Input::Reply { id, reply }), Kind::Noise));
            }
        }
        let id = narthex::EffectId(self.newest + 1);
        let reply = Reply::Stored(Ok(()));
        menu.push(self.at(
            self.now,
            "reply from the future",
            Deed::Input(Input::Reply { id, reply }),
            Kind::Noise,
        ));
    }

    fn times(&self, menu: &mut Vec<Step>) {
        let mut tick = |name: &str, now, kind| menu.push(self.at(now, name, Deed::Input(Input::Tick), kind));
        tick("tick", self.now, Kind::Early);
        tick("clock set back", Time(self.now.0 - 1000), Kind::Early);
        let Some(due) = self.engine.deadline() else { return };
        tick("tick before the deadline", Time(due.0 - 1), Kind::Early);
        tick("deadline", due, Kind::Due);
        tick("a year later", self.now + YEAR, Kind::Overdue);
        // A reply that is read with the deadline counts, however the driver polls.
        for open in self.open.iter().filter(|open| open.due == due) {
            let id = open.id;
            for (name, reply) in answers::to(self, open).into_iter().take(1) {
                let name = format!("{name}, late");
                menu.push(self.at(due, &name, Deed::Input(Input::Reply { id, reply }), Kind::Late));
            }
        }
    }
}

fn stale() -> Reply {
    answers::reply::status(
        200,
        serde_json::json!({ "user_id": "@old:example.org", "access_token": "old", "device_id": "O" }),
    )
}
