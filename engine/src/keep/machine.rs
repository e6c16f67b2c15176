//! The states of a session, and how one leads to the next.

use std::hash::{Hash, Hasher};

use statig::Outcome::{self, Handled, Super, Transition};
use statig::blocking::{self, IntoStateMachine};

use crate::cx::{Cx, Event, Wait};
use crate::exchange::not_stored;
use crate::failure::Failure;
use crate::http::Call;
use crate::intent::Intent;
use crate::io::{Reply, Time};
use crate::secret::Secret;
use crate::session::Session;
use crate::view::{Device, Task};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Machine {
    pub(super) session: Session,
    /// The same session with tokens that are not stored yet, and so must not be used yet.
    pub(super) refreshed: Option<Session>,
    /// The access token that is stored, where that is not the one of `session`, as far as we know.
    pub(super) replaces: Option<Secret<String>>,
    /// The right to refresh and to end it, while that is held.
    pub(super) lease: Option<Wait>,
    pub(super) origin: Origin,
    /// It could not be stored, for this reason, and so it is ended.
    pub(super) unkept: Option<Failure>,
    /// The store did not answer when it was to keep it: it may have it all the same.
    pub(super) is_unclear: bool,
    /// This very session is stored.
    pub(super) is_stored: bool,
    /// It, or what it was before it was refreshed, may be in the store, as far as we know: then others may know it.
    pub(super) may_be_stored: bool,
    pub(super) checked_at: Option<Time>,
    pub(super) devices: Option<Vec<Device>>,
    /// The server may have given newer tokens, in an answer that was lost.
    pub(super) in_doubt: bool,
    /// How often in a row refreshing failed.
    pub(super) failures: u32,
    /// How often in a row a refused token was replaced.
    pub(super) refreshes: u32,
    /// Of the access token that was refused last, the server said that only the token has ended.
    pub(super) soft: bool,
    /// The access token was refused, and is not replaced yet.
    pub(super) is_refused: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum State {
    New,
    /// The lease was asked for.
    Leasing {
        wait: Wait,
        deed: Deed,
    },
    Storing {
        wait: Wait,
        then: Then,
    },
    StoreFailed {
        then: Then,
        failure: Failure,
    },
    /// Nothing to do until the token has to be refreshed.
    Resting {
        due: Option<Wait>,
        problem: Option<Failure>,
        /// The end of the access token, which is good although there is a problem.
        good_until: Option<Time>,
    },
    /// An earlier run refreshed it, and perhaps did not store that.
    Unstored {
        soon: Wait,
    },
    Checking {
        call: Call,
    },
    Listing {
        call: Call,
    },
    Refreshing {
        call: Call,
        then: Then,
    },
    SigningOut {
        call: Call,
        everywhere: bool,
    },
    /// It is tried again by itself, as long as that may help.
    SignOutFailed {
        everywhere: bool,
        failure: Failure,
        again: Option<Wait>,
    },
    Erasing {
        wait: Wait,
        server_told: bool,
    },
    EraseFailed {
        server_told: bool,
        failure: Failure,
    },
    Ended(Box<End>),
}

/// Which other devices there are makes no difference to what can follow.
impl Hash for Machine {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let Self {
            session,
            refreshed,
            replaces,
            lease,
            origin,
            unkept,
            is_unclear,
            is_stored,
            may_be_stored,
            checked_at,
            devices: _,
            in_doubt,
            failures,
            refreshes,
            soft,
            is_refused,
        } = self;
        (session, refreshed, replaces, lease).hash(hasher);
        (origin, unkept, is_unclear, is_stored, may_be_stored, checked_at).hash(hasher);
        (in_doubt, failures, refreshes, soft, is_refused).hash(hasher);
    }
}

/// Where a session comes from, as far as that says what the store may know of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Origin {
    /// A sign-in of this run: nobody else can know it.
    SignIn,
    /// One of an earlier run, which may have stored it.
    EarlierSignIn,
    /// The store. If nothing is stored any more, somebody has signed it out.
    Store,
}

/// What a token is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Then {
    Rest,
    Check,
    List,
    SignOut {
        everywhere: bool,
    },
    /// Nothing: what is stored is that it has ended.
    End,
}

impl Then {
    pub(super) const fn is_end(self) -> bool {
        matches!(self, Self::SignOut { .. } | Self::End)
    }
}

/// What the lease is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Deed {
    Refresh {
        then: Then,
    },
    Store {
        then: Then,
    },
    SignOut {
        everywhere: bool,
    },
    /// The same with the tokens that there are, however old they may be.
    Revoke {
        everywhere: bool,
    },
    Erase {
        server_told: bool,
    },
    /// That the server has ended it is stored, for whoever comes later.
    Mark,
}

impl Deed {
    /// Whether nobody may use the session any more.
    pub(super) const fn is_end(self) -> bool {
        match self {
            Self::Refresh { then } | Self::Store { then } => then.is_end(),
            Self::SignOut { .. } | Self::Revoke { .. } | Self::Erase { .. } | Self::Mark => true,
        }
    }

    /// What is being done, for the person.
    pub(super) const fn task(self) -> Task {
        match self {
            Self::SignOut { .. } | Self::Revoke { .. } => Task::SignOut,
            Self::Refresh { then } | Self::Store { then } if then.is_end() => Task::SignOut,
            Self::Refresh { .. } => Task::Refresh,
            Self::Store { .. } => Task::KeepSession,
            Self::Erase { server_told } => erasing(server_told),
            Self::Mark => Task::CheckSession,
        }
    }
}

/// What is stored is being removed.
pub(super) const fn erasing(server_told: bool) -> Task {
    if server_told { Task::EraseSession } else { Task::ForgetSession }
}

/// How a session ends.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum End {
    /// By us; `server_told` says whether the server knows.
    SignedOut { user_id: String, server_told: bool },
    /// By us, because it could not be stored.
    NotKept { user_id: String, failure: Failure },
    /// By the server.
    Ended(Box<Ended>),
}

/// A session that has ended otherwise. It is still stored, for a sign-in on the same device, unless it is gone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Ended {
    pub(crate) session: Session,
    /// Another program has signed it out, and nothing is stored of it any more.
    pub(crate) is_gone: bool,
    /// Only the token ended; the device remains.
    pub(crate) soft: bool,
    pub(crate) failure: Failure,
}

impl IntoStateMachine for Machine {
    type Event<'e> = Event<'e>;
    type Context<'c> = Cx<'c>;
    type State = State;
    type Superstate<'s> = ();

    fn initial() -> State {
        State::New
    }

    /// What needs the lease no more lets go of it.
    fn after_transition(&mut self, _: &State, target: &State, _: &mut Cx<'_>) {
        if !target.holds_lease(self) {
            self.lease = None;
        }
    }
}

impl blocking::State<Machine> for State {
    fn call_handler(&mut self, machine: &mut Machine, event: &Event<'_>, cx: &mut Cx<'_>) -> Outcome<Self> {
        let of_lease = machine.is_about_lease(event);
        match (self, event) {
            (Self::StoreFailed { then, .. }, Event::TimedOut(_)) if of_lease => {
                Transition(machine.under_lease(Deed::Store { then: *then }, cx))
            }
            (_, event) if of_lease => {
                machine.hear_of_lease(event);
                Handled
            }
            (Self::Leasing { wait, deed }, event @ (Event::Reply(..) | Event::TimedOut(_))) => {
                Transition(machine.leased(*wait, *deed, event, cx))
            }
            (Self::Storing { then, .. }, Event::Reply(_, Reply::Stored(Ok(())))) => {
                Transition(machine.stored(*then, cx))
            }
            (Self::Storing { then, .. }, event @ (Event::Reply(..) | Event::TimedOut(_))) => {
                machine.is_unclear |= matches!(event, Event::TimedOut(_)) && machine.is_new();
                Transition(machine.not_stored(*then, not_stored(event), cx))
            }
            (Self::StoreFailed { then, .. }, Event::Intent(Intent::Retry)) => {
                Transition(machine.under_lease(Deed::Store { then: *then }, cx))
            }
            // Not stored, the session would be lost, so it is better ended.
            (
                Self::StoreFailed { .. } | Self::Resting { .. },
                Event::Intent(Intent::SignOut { everywhere }),
            ) => {
                machine.use_refreshed();
                Transition(machine.under_lease(Deed::SignOut { everywhere: *everywhere }, cx))
            }
            (Self::Resting { .. }, Event::TimedOut(_) | Event::Intent(Intent::Refresh)) => {
                Transition(machine.under_lease(Deed::Refresh { then: Then::Rest }, cx))
            }
            (Self::Unstored { .. }, Event::TimedOut(_)) => Transition(machine.store_refreshed(cx)),
            (Self::Resting { .. }, Event::Intent(Intent::CheckSession)) => Transition(machine.check(cx)),
            (Self::Resting { .. }, Event::Intent(Intent::ListDevices)) => Transition(machine.list(cx)),
            (Self::Resting { .. }, Event::Intent(Intent::ManageAccount { action, device_id })) => {
                machine.manage(*action, device_id.as_deref(), cx);
                Handled
            }
            (Self::Listing { call }, event @ (Event::Reply(..) | Event::TimedOut(_))) => {
                Transition(machine.listed(call, event, cx))
            }
            (Self::Checking { call }, event @ (Event::Reply(..) | Event::TimedOut(_))) => {
                Transition(machine.checked(call, event, cx))
            }
            (Self::Refreshing { call, then }, event @ (Event::Reply(..) | Event::TimedOut(_))) => {
                Transition(machine.refreshed(call, *then, event, cx))
            }
            (Self::SigningOut { call, everywhere }, event @ (Event::Reply(..) | Event::TimedOut(_))) => {
                Transition(machine.signed_out(call, *everywhere, event, cx))
            }
            (Self::SignOutFailed { everywhere, .. }, Event::Intent(Intent::Retry) | Event::TimedOut(_)) => {
                Transition(machine.under_lease(Deed::SignOut { everywhere: *everywhere }, cx))
            }
            (Self::SignOutFailed { .. }, Event::Intent(Intent::Forget)) => {
                Transition(machine.under_lease(Deed::Erase { server_told: false }, cx))
            }
            (Self::SignOutFailed { .. }, Event::Intent(Intent::Cancel)) => {
                Transition(match machine.is_stored {
                    true => machine.rest(cx),
                    false => machine.under_lease(Deed::Store { then: Then::Rest }, cx),
                })
            }
            (Self::Erasing { server_told, .. }, Event::Reply(_, Reply::Stored(Ok(())))) => {
                Transition(machine.signed_out_here(*server_told))
            }
            (Self::Erasing { server_told, .. }, event @ (Event::Reply(..) | Event::TimedOut(_))) => {
                Transition(machine.not_erased(*server_told, not_stored(event)))
            }
            (Self::EraseFailed { server_told, .. }, Event::Intent(Intent::Retry)) => {
                Transition(machine.under_lease(Deed::Erase { server_told: *server_told }, cx))
            }
            (
                Self::New
                | Self::Leasing { .. }
                | Self::Storing { .. }
                | Self::StoreFailed { .. }
                | Self::Resting { .. },
                _,
            )
            | (Self::Unstored { .. } | Self::Checking { .. } | Self::Listing { .. }, _)
            | (Self::Refreshing { .. } | Self::SigningOut { .. }, _)
            | (
                Self::SignOutFailed { .. } | Self::Erasing { .. } | Self::EraseFailed { .. } | Self::Ended(_),
                _,
            ) => Super,
        }
    }
}
