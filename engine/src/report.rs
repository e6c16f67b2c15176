//! What a server offers, and how we know.

use serde::Serialize;
use url::Url;

use crate::failure::{Cause, Evidence};
use crate::io::Time;
use crate::stage::Stage;

/// What a server offers, and how we know.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ServerReport {
    /// The server as it was understood: a server name, or the address that was typed.
    pub server: String,
    /// Where its client-server API is; ends with a slash.
    pub base_url: Url,
    /// The specification versions it announces, at most 64.
    pub versions: Vec<String>,
    /// Its legacy sign-in.
    pub login: LoginSupport,
    /// Its OAuth 2.0 sign-in.
    pub oauth: OAuthSupport,
    /// Its registration.
    pub registration: RegistrationSupport,
    /// Everything that was asked, in the order in which it was asked.
    pub steps: Vec<Step>,
}

/// The sign-in that the legacy API offers (`GET /login`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LoginSupport {
    /// `m.login.password`
    pub password: bool,
    /// `m.login.token`
    pub token: bool,
    /// `m.login.sso`
    pub sso: Option<Sso>,
    /// Other types it lists, at most 16.
    pub other: Vec<String>,
}

/// Single sign-on through the browser.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Sso {
    /// The providers to choose from; may be empty. At most 32.
    pub providers: Vec<IdentityProvider>,
    /// The server would rather be used this way than by a password (MSC3824).
    pub preferred: bool,
}

/// One of the providers of a single sign-on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IdentityProvider {
    /// What to ask the server for.
    pub id: String,
    /// What to call it.
    pub name: String,
    /// Whose it is, such as `gitlab`, for an icon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
}

/// Whether the server signs in by OAuth 2.0.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum OAuthSupport {
    /// It does not.
    Absent,
    /// It does.
    Offered {
        /// Who signs people in for it.
        issuer: String,
        /// Whether people may make an account there, if it says.
        #[serde(skip_serializing_if = "Option::is_none")]
        registration: Option<bool>,
        /// Whether a code can be entered on another device (RFC 8628).
        device_grant: bool,
        /// Whether clients may register (RFC 7591).
        client_registration: bool,
        /// Where an account is managed in the browser.
        #[serde(skip_serializing_if = "Option::is_none")]
        account_management: Option<Url>,
    },
    /// It does, but not in a way that is safe or specified.
    Unusable {
        /// What is in the way.
        #[serde(flatten)]
        cause: Cause,
    },
    /// It could not be found out. Nothing is concluded from that.
    Unclear,
}

/// Whether and how the server registers accounts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum RegistrationSupport {
    /// Through user-interactive authentication, by one of these flows.
    Open {
        /// At most 16 flows of at most 16 stages each.
        flows: Vec<Vec<Stage>>,
    },
    /// It gives accounts to whoever asks.
    Unguarded,
    /// On the pages of its authorization server, in the browser.
    InBrowser,
    /// The server takes no registrations.
    Closed,
    /// There is no such endpoint.
    Absent,
    /// It could not be found out; trying is the way to know.
    Unclear {
        /// When the server will answer again, if it said.
        #[serde(skip_serializing_if = "Option::is_none")]
        retry_at: Option<Time>,
    },
}

/// Something that was asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Step {
    /// What.
    #[serde(rename = "question")]
    pub probe: Probe,
    /// What came of it.
    #[serde(flatten)]
    pub finding: Finding,
    /// The exchange.
    pub evidence: Evidence,
}

/// What is asked of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Probe {
    /// `/.well-known/matrix/client`: where is the homeserver?
    WellKnown,
    /// `/versions`: is it one?
    Versions,
    /// `/login`: which legacy sign-in is there?
    Login,
    /// `/v1/auth_metadata`: is there OAuth 2.0?
    AuthMetadata,
    /// The path of the same before it was specified (MSC2965).
    AuthMetadataUnstable,
    /// `/register` without credentials: which flows are there?
    Registration,
}

/// What came of a probe.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "finding", rename_all = "snake_case")]
pub enum Finding {
    /// It is there.
    Present,
    /// It is not there, which is a fine answer.
    Absent,
    /// It is there, and says no.
    Declined,
    /// Something is wrong.
    Faulty {
        /// What.
        #[serde(flatten)]
        cause: Cause,
    },
}
