//! What is kept of a sign-in by OAuth 2.0 that is under way.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::device_authorization::DeviceCode;
use crate::failure::Misbehaviour;
use crate::io::Time;
use crate::secret::{Secret, exposed, exposed_option};
use crate::token::{Granted, Tokens, is_plain};
use crate::view::Task;

use super::goal::{Goal, Way};
use super::request::AuthorizationRequest;
use super::response::{self, AuthorizationResponse};

/// What is kept of an unfinished sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct SavedOAuth {
    pub(crate) goal: Goal,
    pub(super) step: SavedStep,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub(super) enum SavedStep {
    /// The user is in the browser.
    Browser { request: AuthorizationRequest, port: Option<u16>, until: Time },
    /// They came back, and the code may be used up already.
    Code {
        request: AuthorizationRequest,
        #[serde(with = "exposed")]
        code: Secret<String>,
    },
    /// The user is on another device.
    Device { code: DeviceCode },
    /// There are tokens, and it is not known yet whose.
    Granted(SavedTokens),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct SavedTokens {
    client_id: String,
    #[serde(with = "exposed")]
    access_token: Secret<String>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "exposed_option")]
    refresh_token: Option<Secret<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<Time>,
    /// They may have been replaced, and what came of it is not known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    in_doubt: bool,
    /// All that is left is to end them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    unusable: bool,
}

impl SavedOAuth {
    pub(crate) const fn task(&self) -> Task {
        match self.goal.way {
            Way::CreateAccount => Task::Register,
            Way::SignIn | Way::DeviceCode => Task::SignIn,
        }
    }

    /// Whether the server may have granted tokens already.
    pub(crate) const fn is_granted(&self) -> bool {
        match self.step {
            SavedStep::Code { .. } | SavedStep::Granted(_) => true,
            SavedStep::Browser { .. } | SavedStep::Device { .. } => false,
        }
    }

    /// The same after the callback `url`; `None` where that brings no code, or comes too late.
    pub(crate) fn with_code_of(&self, url: &Url, now: Time) -> Option<Self> {
        match &self.step {
            SavedStep::Browser { request, until, .. } if *until > now => {
                let AuthorizationResponse::Code(code) = response::read(url, request, &self.goal.metadata)
                else {
                    return None;
                };
                let step = SavedStep::Code { request: request.clone(), code };
                Some(Self { goal: self.goal.clone(), step })
            }
            SavedStep::Browser { .. }
            | SavedStep::Code { .. }
            | SavedStep::Device { .. }
            | SavedStep::Granted(_) => None,
        }
    }

    /// Whether the user is in a browser whose way back nothing listens at.
    pub(crate) const fn awaits_paste(&self) -> bool {
        matches!(self.step, SavedStep::Browser { port: None, .. })
    }

    /// Whether `url` is the callback that it waits for.
    pub(crate) fn awaits(&self, url: &Url) -> bool {
        match &self.step {
            SavedStep::Browser { request, .. } => {
                response::read(url, request, &self.goal.metadata) != AuthorizationResponse::Foreign
            }
            SavedStep::Code { .. } | SavedStep::Device { .. } | SavedStep::Granted(_) => false,
        }
    }
}

impl From<Granted> for SavedTokens {
    fn from(granted: Granted) -> Self {
        let Granted { client_id, tokens, in_doubt } = granted;
        let Tokens { access_token, refresh_token, expires_at, unusable, scope: _ } = tokens;
        let unusable = unusable.is_some();
        Self { client_id, access_token, refresh_token, expires_at, in_doubt, unusable }
    }
}

impl From<SavedTokens> for Granted {
    fn from(saved: SavedTokens) -> Self {
        let SavedTokens { client_id, access_token, refresh_token, expires_at, in_doubt, unusable } = saved;
        let is_unusable = unusable || !is_plain(&access_token);
        let unusable = is_unusable.then_some(Misbehaviour::InvalidField("access_token"));
        let tokens = Tokens { access_token, refresh_token, expires_at, scope: None, unusable };
        Self { client_id, tokens, in_doubt }
    }
}
