//! What the account knows of every flow, and the shell around a flow's machine.
//!
//! A flow is one statig machine in a [`Shell`], and a [`Flow`]. No flow knows another; what follows when one ends is in
//! `account`. What two flows need is a part below them.

pub(crate) mod beside;

use std::fmt;
use std::hash::{Hash, Hasher};

use statig::blocking::{InitializedStateMachine, IntoStateMachine, IntoStateMachineExt as _, State};

use crate::cx::{Cx, Event, Wait};
use crate::intent::Offers;
use crate::io::EffectId;
use crate::saved::Content;
use crate::view::Screen;

/// The contract: all that is asked of a flow, apart from what it does.
pub(crate) trait Flow {
    /// What its state waits for. An effect is open exactly as long as some flow holds its wait.
    fn each_wait(&self, each: &mut dyn FnMut(Wait));

    /// Every intent that it takes now. The account passes on no other.
    fn offers(&self) -> Offers;

    fn screen(&self) -> Screen;

    /// Whether it waits for what `id` stands for.
    fn holds(&self, id: EffectId) -> bool {
        let mut held = false;
        self.each_wait(&mut |wait| held |= wait.id == id);
        held
    }
}

/// A flow that runs alone, and of which something may have to outlive the process.
pub(crate) trait Lasting: Flow {
    /// What that is; `None` when nothing would be lost.
    fn save(&self) -> Option<Content>;
}

/// The machine of a flow: what all its states share, and how it ends.
pub(crate) trait Machine:
    for<'e, 'c> IntoStateMachine<
        Event<'e> = Event<'e>,
        Context<'c> = Cx<'c>,
        State: State<Self> + Clone + PartialEq + Hash + fmt::Debug + 'static,
        Superstate<'e> = (),
    > + Clone
    + PartialEq
    + Hash
    + fmt::Debug
{
    type End;

    /// The end, if `state` is one.
    fn end(state: &Self::State) -> Option<Self::End>;
}

/// A machine in one of its states. Nothing else knows statig's types.
#[derive(Clone, PartialEq)]
pub(crate) struct Shell<M: Machine>(InitializedStateMachine<M>);

impl<M: Machine> Shell<M> {
    /// In its first state, which has heard [`Event::Start`].
    pub(crate) fn new(machine: M, cx: &mut Cx<'_>) -> Self {
        let mut this = Self::at(machine, M::initial(), cx);
        this.0.handle_with_context(&Event::Start, cx);
        this
    }

    pub(crate) fn at(machine: M, state: M::State, cx: &mut Cx<'_>) -> Self {
        let mut machine = machine.uninitialized_state_machine();
        *machine.state_mut() = state;
        Self(machine.init_with_context(cx))
    }

    /// Lets `event` have its consequences; gives the end, if this was it.
    pub(crate) fn handle(&mut self, event: &Event<'_>, cx: &mut Cx<'_>) -> Option<M::End> {
        self.0.handle_with_context(event, cx);
        self.end()
    }

    /// The end, if it has come: some flows end where they begin.
    pub(crate) fn end(&self) -> Option<M::End> {
        M::end(self.state())
    }

    pub(crate) fn state(&self) -> &M::State {
        self.0.state()
    }

    pub(crate) fn machine(&self) -> &M {
        self.0.inner()
    }
}

impl<M: Machine> fmt::Debug for Shell<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<M: Machine> Eq for Shell<M> {}

impl<M: Machine> Hash for Shell<M> {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.state().hash(hasher);
        self.machine().hash(hasher);
    }
}
