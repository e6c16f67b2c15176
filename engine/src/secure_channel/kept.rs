//! How a channel is kept over the end of a process.

use crate::cx::Cx;
use crate::qr::message::Message;
use crate::rendezvous::Rendezvous;
use crate::secret::Secret;

use super::saved::SavedChannel;
use super::{SecureChannel, State};

impl SecureChannel {
    /// What has to outlive the process; `None` where nothing would be lost.
    pub(crate) fn save(&self) -> Option<SavedChannel> {
        Some(match &self.state {
            State::Shown { cell, showing } => {
                SavedChannel::Shown { cell: cell.save(), showing: showing.clone() }
            }
            State::Greeted { cell, scanning } => {
                SavedChannel::Greeted { cell: cell.save(), scanning: scanning.clone() }
            }
            State::Open { cell, channel, unchecked, held } => {
                let generation = channel.payload().generation();
                let json = held.as_ref().map(|held| held.to_json(generation));
                let text = json.map(|json| Secret::new(String::from_utf8_lossy(json.expose()).into_owned()));
                let (cell, established) = (cell.save(), channel.clone());
                SavedChannel::Open {
                    cell,
                    established,
                    showed: self.shows,
                    unchecked: *unchecked,
                    held: text,
                }
            }
            State::Opening { .. } | State::Joining { .. } | State::Again { .. } => return None,
            State::Leaving { .. } | State::Over => return None,
        })
    }

    /// Goes on with what an earlier process had.
    pub(crate) fn resume(saved: SavedChannel, cx: &mut Cx<'_>) -> Self {
        let (shows, state) = match saved {
            SavedChannel::Shown { cell, showing } => {
                (true, State::Shown { cell: Rendezvous::resume(cell, cx), showing })
            }
            SavedChannel::Greeted { cell, scanning } => {
                (false, State::Greeted { cell: Rendezvous::resume(cell, cx), scanning })
            }
            SavedChannel::Open { cell, established, showed, unchecked, held } => {
                let generation = established.payload().generation();
                let held = held.map(|text| Secret::new(text.expose().as_bytes().to_vec()));
                let held = held.and_then(|json| Message::from_json(&json, generation).ok()).map(Box::new);
                let cell = Rendezvous::resume(cell, cx);
                (showed, State::Open { cell, channel: established, unchecked, held })
            }
        };
        Self { shows, offering: None, renewals: 0, tries: 0, state }
    }
}
