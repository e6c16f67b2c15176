//! How the talk of a new device is kept over the end of a process.

use url::Url;

use crate::cx::Cx;
use crate::failure::Expiring;
use crate::qr::place::Homeserver;
use crate::secure_channel::{SecureChannel, expired};

use super::saved::{SavedQrLogin, SavedStep};
use super::{Chosen, QrLogin, State};

impl QrLogin {
    /// What would be lost with the process; `None` where nothing would.
    pub(crate) fn save(&self) -> Option<SavedQrLogin> {
        let (step, channel) = match &self.state {
            State::Meeting { channel } => (SavedStep::Meeting, channel),
            State::Naming { channel } => (SavedStep::Naming, channel),
            State::Agreeing { channel, found } => (SavedStep::Agreeing(found.written().to_owned()), channel),
            State::Preparing { channel } => (SavedStep::Preparing, channel),
            State::Offered { channel } => (SavedStep::Offered, channel),
            State::Consenting { channel } => (SavedStep::Consenting, channel),
            State::Warning | State::Scanner { .. } | State::Confirming { .. } => return None,
            State::Leaving { .. } | State::Ended => return None,
            State::Alone { .. } => {
                let (chosen, shows) = (self.chosen(), self.shows);
                return Some(SavedQrLogin { chosen, step: SavedStep::Alone, channel: None, shows });
            }
        };
        Some(SavedQrLogin { chosen: self.chosen(), step, channel: Some(channel.save()?), shows: false })
    }

    fn chosen(&self) -> Option<(String, Url)> {
        self.chosen.as_ref().map(|chosen| (chosen.server.clone(), chosen.base.clone()))
    }

    /// Goes on where an earlier process was.
    pub(crate) fn resume(saved: SavedQrLogin, cx: &mut Cx<'_>) -> Self {
        let (has_offered, shows) = (saved.has_offered(), saved.shows());
        let SavedQrLogin { chosen, step, channel, .. } = saved;
        let chosen = chosen.map(|(server, base)| Chosen { server, base });
        let Some(channel) = channel else {
            let failure = Box::new(expired(Expiring::Rendezvous));
            let state = State::Alone { failure };
            return Self { has_offered, ..Self::new(chosen, shows, state, cx) };
        };
        let channel = SecureChannel::resume(channel, cx);
        let state = match step {
            SavedStep::Meeting => State::Meeting { channel },
            SavedStep::Naming => State::Naming { channel },
            SavedStep::Agreeing(found) => match Homeserver::parse(&found) {
                Ok(found) => State::Agreeing { channel, found },
                Err(_) => State::Naming { channel },
            },
            SavedStep::Preparing => State::Preparing { channel },
            SavedStep::Offered => State::Offered { channel },
            SavedStep::Consenting | SavedStep::Alone => State::Consenting { channel },
        };
        Self { has_offered, ..Self::new(chosen, shows, state, cx) }
    }
}
