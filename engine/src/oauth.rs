//! Sign in, or make an account, by OAuth 2.0: in the browser, or by a code that is entered on another device.
//!
//! Client-server specification, "OAuth 2.0 API"; RFC 6749, RFC 7636, RFC 8252, RFC 8628, RFC 9207, RFC 9700.

mod browser;
mod callback;
mod client;
mod device;
mod identify;
mod machine;
mod request;
mod revoke;
mod screens;
mod steps;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::cx::{Cx, Event};
use crate::failure::Failure;
use crate::flow::Shell;
use crate::io::Time;
use crate::metadata::Metadata;
use crate::secret::{Secret, exposed, exposed_option};
use crate::session::Session;
use crate::token::Tokens;
use crate::view::Task;

use self::device::DeviceCode;
use self::identify::Granted;
use self::machine::Machine;
use self::request::Request;

/// How a sign-in ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    SignedIn(Session),
    Cancelled,
    Failed(Failure),
}

/// How the person gets to the authorization server's pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Way {
    /// In the browser of this machine, to sign in.
    SignIn,
    /// In the browser of this machine, to make an account.
    CreateAccount,
    /// On another device, by entering a code.
    DeviceCode,
}

/// Where, who and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Goal {
    pub(crate) server: String,
    pub(crate) base: Url,
    pub(crate) metadata: Arc<Metadata>,
    pub(crate) way: Way,
    /// Of the device to make, or to come back to.
    pub(crate) device_id: String,
    /// Who will sign in, if that is known.
    pub(crate) user_id: Option<String>,
    /// Nobody else may.
    pub(crate) only_them: bool,
}

pub(crate) type OAuth = Shell<Machine>;

impl OAuth {
    pub(crate) fn start(goal: Goal, cx: &mut Cx<'_>) -> Self {
        Self::new(Machine::new(goal), cx)
    }

    /// Goes on where an earlier run was.
    pub(crate) fn resume(saved: SavedOAuth, cx: &mut Cx<'_>) -> Self {
        let mut machine = Machine::new(saved.goal);
        let state = match saved.step {
            SavedStep::Browser { request, port, until } => machine.listen_again(request, port, until, cx),
            SavedStep::Code { request, code } => machine.exchange(request, code, false, cx),
            SavedStep::Device { code } => machine.show_again(code, cx),
            SavedStep::Granted { client_id, access_token, refresh_token, expires_at, in_doubt } => {
                let tokens = Tokens { access_token, refresh_token, expires_at, scope: None };
                machine.in_doubt = in_doubt;
                machine.identify(Granted { client_id, tokens }, 0, cx)
            }
        };
        Self::at(machine, state, cx)
    }

    /// Goes on with the callback of an earlier run's question. Nothing needs to listen for it any more.
    pub(crate) fn called_back(saved: SavedOAuth, link: &Url, cx: &mut Cx<'_>) -> Self {
        let step = match saved.step {
            SavedStep::Browser { request, until, .. } => SavedStep::Browser { request, port: None, until },
            step @ (SavedStep::Code { .. } | SavedStep::Device { .. } | SavedStep::Granted { .. }) => step,
        };
        let mut this = Self::resume(SavedOAuth { step, ..saved }, cx);
        let _ = this.handle(&Event::Callback(link), cx);
        this
    }

    /// Ends what an earlier run left unfinished. Tokens that there are already are ended as well.
    pub(crate) fn give_up(saved: SavedOAuth, cx: &mut Cx<'_>) -> Self {
        let mut machine = Machine::new(saved.goal);
        let state = match saved.step {
            SavedStep::Granted { client_id, access_token, refresh_token, expires_at, in_doubt } => {
                let tokens = Tokens { access_token, refresh_token, expires_at, scope: None };
                machine.in_doubt = in_doubt;
                machine.revoke(Granted { client_id, tokens }, End::Cancelled, cx)
            }
            SavedStep::Browser { .. } | SavedStep::Code { .. } | SavedStep::Device { .. } => {
                steps::ended(End::Cancelled)
            }
        };
        Self::at(machine, state, cx)
    }

    pub(crate) fn server(&self) -> &str {
        &self.machine().goal.server
    }

    /// Whether `link` is the callback that an unfinished sign-in of an earlier run waits for.
    pub(crate) fn awaits(saved: &SavedOAuth, link: &Url) -> bool {
        match &saved.step {
            SavedStep::Browser { request, .. } => {
                callback::read(link, request, &saved.goal.metadata) != callback::Callback::Foreign
            }
            SavedStep::Code { .. } | SavedStep::Device { .. } | SavedStep::Granted { .. } => false,
        }
    }
}

/// What is kept of an unfinished sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SavedOAuth {
    pub(crate) goal: Goal,
    step: SavedStep,
}

impl SavedOAuth {
    pub(crate) fn task(&self) -> Task {
        match self.goal.way {
            Way::CreateAccount => Task::Register,
            Way::SignIn | Way::DeviceCode => Task::SignIn,
        }
    }

    /// Whether the server may have granted tokens already.
    pub(crate) const fn is_granted(&self) -> bool {
        match self.step {
            SavedStep::Code { .. } | SavedStep::Granted { .. } => true,
            SavedStep::Browser { .. } | SavedStep::Device { .. } => false,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub(crate) enum SavedStep {
    /// The person is in the browser.
    Browser { request: Request, port: Option<u16>, until: Time },
    /// They came back, and the code may be used up already.
    Code {
        request: Request,
        #[serde(with = "exposed")]
        code: Secret<String>,
    },
    /// The person is on another device.
    Device { code: DeviceCode },
    /// There are tokens, and it is not known yet whose.
    Granted {
        client_id: String,
        #[serde(with = "exposed")]
        access_token: Secret<String>,
        #[serde(default, skip_serializing_if = "Option::is_none", with = "exposed_option")]
        refresh_token: Option<Secret<String>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_at: Option<Time>,
        /// They may have been renewed, and what came of it is not known.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        in_doubt: bool,
    },
}

impl SavedStep {
    fn granted(granted: &Granted, in_doubt: bool) -> Self {
        let Granted { client_id, tokens } = granted.clone();
        let Tokens { access_token, refresh_token, expires_at, .. } = tokens;
        Self::Granted { client_id, access_token, refresh_token, expires_at, in_doubt }
    }
}
