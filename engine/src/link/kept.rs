//! How a link is kept over the end of a process.

use crate::cx::Cx;
use crate::saved::Content;
use crate::secure_channel::SecureChannel;

use super::asking::{Asking, Question};
use super::saved::{SavedLink, SavedStep};
use super::{APPEARS, How, Link, NewDevice, State};

impl Link {
    pub(super) fn saved(&self) -> Option<Content> {
        let of = |device: &NewDevice| (device.device_id.clone(), device.page.clone());
        let (step, channel) = match &self.state {
            State::Meeting { channel } => (SavedStep::Meeting, channel),
            State::Expecting { channel } => (SavedStep::Expecting, channel),
            State::Absent { channel, device, .. } => {
                let (device_id, page) = of(device);
                (SavedStep::Absent { device_id, page }, channel)
            }
            State::Consent { channel, device } => {
                let (device_id, page) = of(device);
                (SavedStep::Consent { device_id, page }, channel)
            }
            State::InBrowser { channel, device } => {
                let (device_id, page) = of(device);
                (SavedStep::InBrowser { device_id, page }, channel)
            }
            // What is read of the keys is read again.
            State::Present { channel, device, .. } | State::Sharing { channel, device, .. } => {
                let (device_id, page) = of(device);
                (SavedStep::Present { device_id, page }, channel)
            }
            State::Handing { channel, device, identity } => {
                let ((device_id, page), identity) = (of(device), identity.clone());
                (SavedStep::Handing { device_id, page, identity }, channel)
            }
            State::Checking { .. } | State::Warning | State::Scanner { .. } | State::Verified { .. } => {
                return None;
            }
            State::Linked { .. } | State::Leaving { .. } | State::Failed { .. } | State::Over => return None,
        };
        let session = self.session.clone().into();
        Some(Content::Link(Box::new(SavedLink { session, step, channel: channel.save()? })))
    }

    /// Goes on where an earlier process was.
    pub(crate) fn resume(saved: SavedLink, cx: &mut Cx<'_>) -> Self {
        let session = saved.session.into();
        let channel = SecureChannel::resume(saved.channel, cx);
        let mut ask = |device_id: &str| {
            Asking::start(Question::Device { device_id: device_id.to_owned() }, &session, cx)
        };
        let state = match saved.step {
            SavedStep::Meeting => State::Meeting { channel },
            SavedStep::Expecting => State::Expecting { channel },
            SavedStep::Absent { device_id, page } => {
                let asking = ask(&device_id);
                State::Absent { channel, device: NewDevice { device_id, page }, asking }
            }
            SavedStep::Consent { device_id, page } => {
                State::Consent { channel, device: NewDevice { device_id, page } }
            }
            SavedStep::InBrowser { device_id, page } => {
                State::InBrowser { channel, device: NewDevice { device_id, page } }
            }
            SavedStep::Present { device_id, page } => {
                let asking = ask(&device_id);
                let until = cx.now + APPEARS;
                State::Present { channel, device: NewDevice { device_id, page }, asking, until }
            }
            SavedStep::Handing { device_id, page, identity } => {
                State::Handing { channel, device: NewDevice { device_id, page }, identity }
            }
        };
        // How the two have met does not matter any more.
        Self { session, how: How::Scan, held: None, state }
    }
}
