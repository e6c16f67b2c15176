//! Where the browser's callbacks arrive.

use url::Url;

use crate::address;
use crate::cx::{Cx, Event, Wait};
use crate::io::{EffectId, Reply};
use crate::limits::BROWSER;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Listener {
    /// It was asked for.
    Opening {
        wait: Wait,
    },
    At {
        wait: Wait,
        origin: Url,
    },
    /// Nothing listens: callbacks come by the private-use scheme, or are pasted.
    Absent,
}

impl Listener {
    /// At `path`, which is known to nobody but the server and us; what guards the sign-in is the state.
    pub(super) fn open(path: String, cx: &mut Cx<'_>) -> Self {
        Self::Opening { wait: cx.listen(path, None) }
    }

    pub(super) const fn wait(&self) -> Option<Wait> {
        match self {
            Self::Opening { wait } | Self::At { wait, .. } => Some(*wait),
            Self::Absent => None,
        }
    }

    pub(super) fn holds(&self, id: EffectId) -> bool {
        self.wait().is_some_and(|wait| wait.id == id)
    }

    pub(super) fn handle(&mut self, event: &Event<'_>, cx: &Cx<'_>) {
        match (&self, event) {
            (Self::Opening { wait }, Event::Reply(_, Reply::Listening(Ok(origin))))
                if address::is_loopback(origin) =>
            {
                // However long the rest of the preparations takes.
                let wait = Wait { until: cx.now + BROWSER, ..*wait };
                *self = Self::At { wait, origin: origin.clone() };
            }
            (Self::At { .. }, Event::Reply(_, Reply::Listening(Ok(_)))) => {}
            // It broke before anybody was sent anywhere, or there is none.
            (_, Event::Reply(..) | Event::TimedOut(_)) => *self = Self::Absent,
            (_, Event::Start | Event::Intent(_) | Event::Callback(_)) => {}
        }
    }
}
