//! Sign in, or make an account, by OAuth 2.0: in the browser, or by a code that is entered on another device.
//!
//! Client-server specification, "OAuth 2.0 API"; RFC 6749, RFC 7636, RFC 8252, RFC 8628, RFC 9207, RFC 9700.
//!
//! ```text
//!                ┌──▶ InBrowser ──▶ Exchanging ──┐
//!   Preparing ───┤        │                      ├──▶ Identifying ──▶ signed in
//!                └──▶ ByDeviceCode ──────────────┘         │
//!                                                      Revoking ──▶ cancelled, failed
//! ```
//!
//! Each state but the last two is a part that knows nothing of the others: what is below the flows
//! (`client_registration`, `device_authorization`, `identify`, `revoke`), and what only the browser needs, here.

mod browser;
mod code;
mod goal;
mod listener;
mod machine;
mod request;
mod response;
pub(crate) mod saved;
mod screens;

use url::Url;

use crate::cx::{Cx, Event};
use crate::device_authorization::{DeviceAuthorization, DeviceCode};
use crate::failure::Failure;
use crate::flow::Shell;
use crate::token::Granted;

use self::browser::Visit;
use self::code::CodeExchange;
use self::machine::{Machine, State, browser_expired, ended, failed};
use self::saved::{SavedOAuth, SavedStep};

pub(crate) use self::goal::{Goal, Way};
pub(crate) use self::machine::End;

pub(crate) type OAuth = Shell<Machine>;

impl OAuth {
    pub(crate) fn start(goal: Goal, cx: &mut Cx<'_>) -> Self {
        Self::new(Machine::new(goal), cx)
    }

    /// Goes on where an earlier run was.
    pub(crate) fn resume(saved: SavedOAuth, cx: &mut Cx<'_>) -> Self {
        let machine = Machine::new(saved.goal);
        let goal = &machine.goal;
        let state = match saved.step {
            SavedStep::Browser { request, port, until } => {
                match Visit::resume(request, port, until, goal.way, cx) {
                    Some(visit) => State::InBrowser(Box::new(visit)),
                    None => failed(browser_expired()),
                }
            }
            SavedStep::Code { request, code } => {
                State::Exchanging(Box::new(CodeExchange::start(request, code, &goal.metadata, cx)))
            }
            SavedStep::Device { code } => {
                match DeviceAuthorization::resume(code, &goal.device_id, &goal.metadata, cx) {
                    Ok(device) => State::ByDeviceCode(Box::new(device)),
                    Err(failure) => State::Failed { failure },
                }
            }
            SavedStep::Granted(tokens) => match Granted::from(tokens) {
                granted if granted.tokens.unusable.is_none() => machine.identify(granted, cx),
                granted => machine.revoke(granted, End::Cancelled, cx),
            },
        };
        Self::at(machine, state, cx)
    }

    /// Goes on with the response to an earlier run's authorization request. Nothing needs to listen for it any more.
    pub(crate) fn called_back(saved: SavedOAuth, url: &Url, cx: &mut Cx<'_>) -> Self {
        let step = match saved.step {
            SavedStep::Browser { request, until, .. } => SavedStep::Browser { request, port: None, until },
            step @ (SavedStep::Code { .. } | SavedStep::Device { .. } | SavedStep::Granted(_)) => step,
        };
        let mut this = Self::resume(SavedOAuth { step, ..saved }, cx);
        let _ = this.handle(&Event::Callback(url), cx);
        // Whatever is tried again begins anew, with a proof that its session could be stored.
        match this.state() {
            State::Failed { failure } => Self::at(this.machine().clone(), failed(failure.clone()), cx),
            State::New
            | State::Preparing { .. }
            | State::InBrowser(_)
            | State::Exchanging(_)
            | State::ByDeviceCode(_)
            | State::Identifying(_)
            | State::Revoking { .. }
            | State::Ended(_) => this,
        }
    }

    /// Ends what an earlier run left unfinished. Tokens that there are already are revoked.
    pub(crate) fn give_up(saved: SavedOAuth, cx: &mut Cx<'_>) -> Self {
        let machine = Machine::new(saved.goal);
        let state = match saved.step {
            SavedStep::Granted(tokens) => machine.revoke(tokens.into(), End::Cancelled, cx),
            SavedStep::Browser { .. } | SavedStep::Code { .. } | SavedStep::Device { .. } => {
                ended(End::Cancelled)
            }
        };
        Self::at(machine, state, cx)
    }

    /// The code that the user enters elsewhere, and the device id that it is for.
    pub(crate) fn device_code(&self) -> Option<(&DeviceCode, &str)> {
        match self.state() {
            State::ByDeviceCode(device) => Some((device.code()?, &self.machine().goal.device_id)),
            State::New
            | State::Preparing { .. }
            | State::InBrowser(_)
            | State::Exchanging(_)
            | State::Identifying(_)
            | State::Revoking { .. }
            | State::Failed { .. }
            | State::Ended(_) => None,
        }
    }

    /// Why it could not go on, where trying again starts over.
    pub(crate) fn failed(&self) -> Option<&Failure> {
        match self.state() {
            State::Failed { failure } => Some(failure),
            State::New
            | State::Preparing { .. }
            | State::InBrowser(_)
            | State::Exchanging(_)
            | State::ByDeviceCode(_)
            | State::Identifying(_)
            | State::Revoking { .. }
            | State::Ended(_) => None,
        }
    }

    pub(crate) fn server(&self) -> &str {
        &self.machine().goal.server
    }
}
