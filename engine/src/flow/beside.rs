//! A flow that runs beside a session.

use std::any::Any;
use std::fmt;
use std::hash::{Hash, Hasher};

use crate::cx::{Cx, Event};
use crate::failure::Failure;
use crate::intent::{Intent, Offer};
use crate::saved::Content;
use crate::secrets::Trust;
use crate::session::Session;

use super::Flow;

/// A flow that may run beside a session: with which, by which intent it begins, and how.
pub(crate) type Entry = (fn(&Session) -> bool, Offer, Begin);
type Begin = fn(&Intent, &Session, &mut Cx<'_>) -> Companion;

/// What is left of a flow beside a session, once it is over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Over {
    /// Whether this device is trusted, if that was found out.
    pub(crate) trust: Option<Trust>,
    /// What did not work, and leaves the session as it is.
    pub(crate) problem: Option<Failure>,
    /// The session is not the one that the user wants: it is to be ended.
    pub(crate) sign_out: bool,
}

/// The contract of a flow beside a session, on top of that of any flow.
///
/// It is over in minutes.
pub(crate) trait Beside: Flow + Value + fmt::Debug + Send + Sync {
    /// Lets `event` have its consequences; what is left, if this was the end. `session` is the session as it is stored
    /// now, `None` while it is not, and once the flow was given up.
    fn handle(&mut self, event: &Event<'_>, session: Option<&Session>, cx: &mut Cx<'_>) -> Option<Over>;

    /// The session is stored now, or its tokens are other ones.
    fn renewed(&mut self, _session: &Session, _cx: &mut Cx<'_>) -> Option<Over> {
        None
    }

    /// Whether it needs another access token than the session has.
    fn wants_renewal(&self) -> bool {
        false
    }

    /// What of it has to outlive the process, with the session.
    fn save(&self) -> Option<Content> {
        None
    }

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

    pub(crate) fn handle(
        &mut self,
        event: &Event<'_>,
        session: Option<&Session>,
        cx: &mut Cx<'_>,
    ) -> Option<Over> {
        self.flow.handle(event, session.filter(|_| self.is_shown), cx)
    }

    pub(crate) fn give_up(&mut self, cx: &mut Cx<'_>) -> bool {
        std::mem::take(&mut self.is_shown) && self.flow.give_up(cx)
    }

    pub(crate) fn renewed(&mut self, session: &Session, cx: &mut Cx<'_>) -> Option<Over> {
        if self.is_shown { self.flow.renewed(session, cx) } else { None }
    }

    pub(crate) fn wants_renewal(&self) -> bool {
        self.is_shown && self.flow.wants_renewal()
    }

    pub(crate) fn save(&self) -> Option<Content> {
        if self.is_shown { self.flow.save() } else { None }
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
