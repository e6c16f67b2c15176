//! What can happen next?

use std::time::Duration;

use narthex::{Input, Reply, Secret, Time};

use url::Url;

use crate::answers;
use crate::intents;
use crate::world::{MARK, World};

/// Something that can happen, by name.
#[derive(Clone, Debug)]
pub struct Step {
    pub name: String,
    pub now: Time,
    pub deed: Deed,
    pub kind: Kind,
}

/// What happens.
#[derive(Clone, Debug)]
pub enum Deed {
    /// The engine is told of it.
    Input(Input),
    /// The process ends, and a new one goes on from what was saved; what was being stored may have been.
    Kill { stored: bool },
}

/// What the laws say about a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An intent that is on offer.
    Wish,
    /// An intent that is not.
    Unwished,
    /// An awaited answer.
    Answer,
    /// An awaited answer of any bytes. The world learns nothing from it that the engine may read otherwise.
    Raw,
    /// An answer that comes together with the deadline.
    Late,
    /// What is not for us.
    Noise,
    /// Time passes, but no deadline.
    Early,
    /// The deadline.
    Due,
    /// All deadlines, by far.
    Overdue,
    Kill,
}

impl Kind {
    /// Nothing may come of it, which is a law.
    #[must_use]
    pub const fn is_idle(self) -> bool {
        matches!(self, Self::Unwished | Self::Noise | Self::Early)
    }
}

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
                let is_progress = matches!(reply, Reply::Listening(Ok(_)));
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

    fn links(&self, menu: &mut Vec<Step>) {
        let token = format!("loginToken={MARK}link-{}-", self.serial);
        let mut link = |name: &str, link: String, kind| {
            menu.push(self.at(self.now, name, Deed::Input(Input::Link(Secret::new(link))), kind));
        };
        if let Some(callback) = self.callback() {
            let kind = if self.awaits_callback() { Kind::Answer } else { Kind::Noise };
            link("link", format!("{callback}?{token}"), kind);
            link("link without a token", format!("{callback}?error=denied"), Kind::Noise);
            link("link with an empty token", format!("{callback}?loginToken="), Kind::Noise);
            let elsewhere = callback.replace("127.0.0.1", "evil.example");
            link("link from elsewhere", format!("{elsewhere}?{token}"), Kind::Noise);
        }
        if let Some(callback) = self.pages[1].as_ref().and_then(callback_of) {
            link("link of an earlier page", format!("{callback}?{token}"), Kind::Noise);
        }
        if let Some(used) = &self.used_link {
            link("link again", used.clone(), Kind::Noise);
        }
        link("link of somebody else", format!("http://127.0.0.1:49152/sso/0?{token}"), Kind::Noise);
        link("favicon", "http://127.0.0.1:49152/favicon.ico".to_owned(), Kind::Noise);
        link("junk link", "::: no link :::".to_owned(), Kind::Noise);
    }

    /// Where the page in the browser leads back to.
    pub(crate) fn callback(&self) -> Option<String> {
        self.pages[0].as_ref().and_then(callback_of)
    }

    fn times(&self, menu: &mut Vec<Step>) {
        let mut tick = |name: &str, now, kind| menu.push(self.at(now, name, Deed::Input(Input::Tick), kind));
        tick("tick", self.now, Kind::Early);
        tick("clock set back", Time(self.now.0 - 1000), Kind::Early);
        let Some(due) = self.engine.deadline() else { return };
        tick("tick before the deadline", Time(due.0 - 1), Kind::Early);
        tick("deadline", due, Kind::Due);
        tick("a year later", self.now + YEAR, Kind::Overdue);
        // A reply that comes with the deadline is late, however the driver polls.
        for open in self.open.iter().filter(|open| open.due == due) {
            let id = open.id;
            for (name, reply) in answers::to(self, open).into_iter().take(1) {
                let name = format!("{name}, too late");
                menu.push(self.at(due, &name, Deed::Input(Input::Reply { id, reply }), Kind::Late));
            }
        }
    }
}

/// Where a page of single sign-on leads back to.
fn callback_of(page: &Url) -> Option<String> {
    page.query_pairs().find(|(key, _)| key == "redirectUrl").map(|(_, value)| value.into_owned())
}

fn stale() -> Reply {
    answers::status(
        200,
        serde_json::json!({ "user_id": "@old:example.org", "access_token": "old", "device_id": "O" }),
    )
}
