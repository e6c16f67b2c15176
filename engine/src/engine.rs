//! The one type a driver holds.

use crate::config::Config;
use crate::intent::Offers;
use crate::io::{Effect, Input, Time};
use crate::saved::Saved;
use crate::session::Session;
use crate::view::{Screen, View};

/// One account's life: signed out, through a flow, signed in, signed out.
///
/// Call [`handle`](Self::handle) with each thing that happens; write [`save`](Self::save) down; perform what
/// `handle` returned, in order; show [`view`](Self::view); call again, with [`Input::Tick`], no later than
/// [`deadline`](Self::deadline).
#[derive(Clone, Debug)]
pub struct Engine {}

impl Engine {
    /// A signed-out engine, which draws everything unguessable from `seed`.
    #[must_use]
    pub fn new(_config: Config, _seed: [u8; 32], _now: Time) -> Self {
        Self {}
    }

    /// Goes on from what an earlier process saved. `seed` must be fresh.
    #[must_use]
    pub fn resume(_saved: Saved, _config: Config, _seed: [u8; 32], _now: Time) -> Self {
        Self {}
    }

    /// Lets `input` have its consequences, and returns what is to be done about them.
    pub fn handle(&mut self, _now: Time, _input: Input) -> Vec<Effect> {
        Vec::new()
    }

    /// What to show now, and what may be done about it.
    #[must_use]
    pub fn view(&self) -> View {
        View { screen: Screen::Welcome { server: String::new(), problem: None }, offers: Offers::NONE }
    }

    /// What would be accepted now: the offers of the view, without making the view.
    #[must_use]
    pub fn offers(&self) -> Offers {
        Offers::NONE
    }

    /// When `handle` must be called again at the latest, if nothing else happens.
    #[must_use]
    pub fn deadline(&self) -> Option<Time> {
        None
    }

    /// What must be on disk before the effects run; `None` when nothing would be lost.
    #[must_use]
    pub fn save(&self) -> Option<Saved> {
        None
    }

    /// The session, once it is kept and until it ends.
    #[must_use]
    pub fn session(&self) -> Option<&Session> {
        None
    }
}
