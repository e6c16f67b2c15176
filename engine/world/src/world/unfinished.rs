//! What can be read from the notes of an unfinished sign-in by OAuth 2.0?

use narthex::{Screen, Task, Time};
use serde_json::Value;

use super::World;
use crate::class::Class;

impl World {
    /// The unfinished sign-in by OAuth 2.0, as it would be written down.
    pub(crate) fn unfinished(&self) -> Option<Value> {
        let json = self.engine.save()?.to_json();
        if !json.expose().contains(r#""flow":"oauth""#) {
            return None;
        }
        serde_json::from_str(json.expose()).ok()
    }

    /// The device that it is to sign in.
    pub(crate) fn device(&self) -> Option<String> {
        self.unfinished()?["goal"]["device_id"].as_str().map(str::to_owned)
    }

    /// Whether only one user may come.
    pub(crate) fn is_expected(&self) -> bool {
        self.unfinished().is_some_and(|flow| {
            let goal = &flow["goal"];
            goal["user_id"].is_string() && goal["way"] != "create_account"
        })
    }

    /// Whether a callback of the page in the browser is awaited.
    #[must_use]
    pub fn awaits_callback(&self) -> bool {
        let Some(page) = &self.pages[0] else { return false };
        let screen = self.engine.view().screen;
        let is_shown = matches!(&screen, Screen::InBrowser { stage: None, url, .. } if url == page);
        // An earlier run may have opened it.
        let may_wait = matches!(
            screen,
            Screen::Paused { .. } | Screen::Busy { .. } | Screen::Problem { task: Task::CheckStorage, .. }
        );
        is_shown
            || (may_wait
                && self.unfinished().is_some_and(|flow| {
                    flow["step"]["step"] == "browser" && flow["step"]["request"]["page"] == page.as_str()
                }))
    }

    /// Whether the person who goes on with this would come too late.
    pub(crate) fn is_too_late(&self) -> bool {
        let until = |flow: Value| flow["step"]["code"]["until"].as_u64().map(Time);
        let until = self.stays_until().or_else(|| self.unfinished().and_then(until));
        until.is_some_and(|until| until <= self.now)
    }

    /// How long the person may stay at an authorization server.
    pub(super) fn stays_until(&self) -> Option<Time> {
        self.unfinished()?["step"]["until"].as_u64().map(Time)
    }

    /// Whether tokens that nobody needs are let go of between here and `next`: their end was asked for, however that
    /// was answered; or there is nobody who could be asked.
    pub(super) fn lets_go(&self, next: &Self) -> bool {
        let is_sign_in = self.engine.is_authorizing() || self.unfinished().is_some();
        if next.memory.issued.is_none() || !is_sign_in {
            return false;
        }
        let is_open = |world: &Self, class| world.open.iter().any(|open| open.class == class);
        let asked = is_open(self, Class::Revoke) && !is_open(next, Class::Revoke);
        let cannot_be_asked = |flow: Value| flow["goal"]["metadata"]["revocation_endpoint"].is_null();
        let nobody = self.unfinished().is_some_and(cannot_be_asked) && next.unfinished().is_none();
        asked || (nobody && !is_open(next, Class::Store))
    }
}
