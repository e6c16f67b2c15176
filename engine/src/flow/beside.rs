//! A flow that runs beside a session.

use std::any::Any;
use std::fmt;
use std::hash::{Hash, Hasher};

use crate::cx::{Cx, Event};
use crate::intent::{Intent, Offer};
use crate::session::Session;

use super::Flow;

/// A flow that may run beside a session: with which, by which intent it begins, and how.
pub(crate) type Entry = (fn(&Session) -> bool, Offer, Begin);
type Begin = fn(&Intent, &Session, &mut Cx<'_>) -> Companion;

/// The contract of a flow beside a session, on top of that of any flow.
///
/// It is over in minutes, and nothing of it is saved: what a kill leaves of it ends by itself.
pub(crate) trait Beside: Flow + Value + fmt::Debug + Send + Sync {
    /// Lets `event` have its consequences; whether this was the end. `session` is the session as it is stored now,
    /// `None` once the flow was given up.
    fn handle(&mut self, event: &Event<'_>, session: Option<&Session>, cx: &mut Cx<'_>) -> bool;

    /// The session is not good any more, and nobody sees the flow. It ends what it has to end; whether there is nothing
    /// of the kind.
    fn give_up(&mut self, cx: &mut Cx<'_>) -> bool;
}

/// It can be copied and compared, as an engine can.
pub(crate) trait Value: Any {
    fn copied(&self) -> Box<dyn Beside>;
    fn equals(&self, other: &dyn Any) -> bool;
    fn mixed_into(&self, hasher: &mut dyn Hasher);
}

impl<F: Beside + Clone + PartialEq + Hash> Value for F {
    fn copied(&self) -> Box<dyn Beside> {
        Box::new(self.clone())
    }

    fn equals(&self, other: &dyn Any) -> bool {
        other.downcast_ref::<F>() == Some(self)
    }

    fn mixed_into(&self, mut hasher: &mut dyn Hasher) {
        self.hash(&mut hasher);
    }
}

/// Any flow beside a session.
#[derive(Debug)]
pub(crate) struct Companion {
    flow: Box<dyn Beside>,
    /// Otherwise it was given up, and only ends what it has to end.
    is_shown: bool,
}

impl Companion {
    #[cfg_attr(not(feature = "world"), expect(dead_code, reason = "the one flow of the kind is for tests"))]
    pub(crate) fn new(flow: impl Beside) -> Self {
        Self { flow: Box::new(flow), is_shown: true }
    }

    pub(crate) const fn is_shown(&self) -> bool {
        self.is_shown
    }

    /// Whether `event` is for it.
    pub(crate) fn takes(&self, event: &Event<'_>) -> bool {
        match event {
            Event::Reply(id, _) | Event::TimedOut(id) => self.flow.holds(*id),
            Event::Intent(intent) => self.is_shown && self.flow.offers().contains(intent.offer()),
            Event::Callback(_) => self.is_shown,
            Event::Start => false,
        }
    }

    pub(crate) fn handle(&mut self, event: &Event<'_>, session: Option<&Session>, cx: &mut Cx<'_>) -> bool {
        self.flow.handle(event, session.filter(|_| self.is_shown), cx)
    }

    pub(crate) fn give_up(&mut self, cx: &mut Cx<'_>) -> bool {
        std::mem::take(&mut self.is_shown) && self.flow.give_up(cx)
    }

    pub(crate) fn flow(&self) -> &dyn Flow {
        &*self.flow
    }
}

impl Clone for Companion {
    fn clone(&self) -> Self {
        Self { flow: self.flow.copied(), is_shown: self.is_shown }
    }
}

impl PartialEq for Companion {
    fn eq(&self, other: &Self) -> bool {
        self.is_shown == other.is_shown && self.flow.equals(&*other.flow)
    }
}

impl Eq for Companion {}

impl Hash for Companion {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.is_shown.hash(hasher);
        self.flow.mixed_into(hasher);
    }
}
