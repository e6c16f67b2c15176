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
                return Some(SavedQrLogin { chosen: self.chosen(), step: SavedStep::Alone, channel: None });
            }
        };
        Some(SavedQrLogin { chosen: self.chosen(), step, channel: Some(channel.save()?) })
    }

    fn chosen(&self) -> Option<(String, Url)> {
        self.chosen.as_ref().map(|chosen| (chosen.server.clone(), chosen.base.clone()))
    }

    /// Goes on where an earlier process was.
    pub(crate) fn resume(saved: SavedQrLogin, cx: &mut Cx<'_>) -> Self {
        let has_offered = saved.has_offered();
        let SavedQrLogin { chosen, step, channel } = saved;
        let chosen = chosen.map(|(server, base)| Chosen { server, base });
        let Some(channel) = channel else {
            let failure = Box::new(expired(Expiring::Rendezvous));
            return Self { chosen, grant: None, has_offered, state: State::Alone { failure } };
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
        Self { chosen, grant: None, has_offered, state }
    }
}
