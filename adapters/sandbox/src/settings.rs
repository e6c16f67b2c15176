//! What may each part of the configuration be set to?

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

/// What `/.well-known/matrix/client` answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WellKnown {
    /// 404.
    Absent,
    /// The sandbox's own base URL.
    Own,
    /// Another base URL, which need not be one.
    Elsewhere(String),
    /// Any status with any body.
    Raw {
        /// The status.
        status: u16,
        /// The body.
        body: String,
    },
}

/// The server delegates sign-in to an OAuth server.
#[derive(Clone, Debug, PartialEq)]
pub struct Delegation {
    /// The metadata document.
    pub metadata: Value,
    /// Whether the path of the specification serves it too, and not only the unstable one.
    pub stable_path: bool,
}

/// What `/login` offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Login {
    /// Sign-in by password.
    pub password: bool,
    /// Single sign-on: its providers, and whether it is offered at all.
    pub sso: Option<Vec<IdentityProvider>>,
}

/// One way of single sign-on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityProvider {
    /// Its id, as in the path of the redirect endpoint.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Its brand, such as `github`.
    pub brand: Option<String>,
}

/// Who may register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// Whoever completes one of the flows.
    Open,
    /// Nobody.
    Disabled,
    /// Nobody here: the OAuth server registers.
    Delegated,
}

/// A policy that a person must agree to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Its name in each language.
    pub names: BTreeMap<String, String>,
}

/// Which e-mail addresses may register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailPolicy {
    /// The part after the `@` of addresses that are refused.
    pub denied_domains: Vec<String>,
    /// Whether an address in use is told; otherwise a mail is only pretended.
    pub tells_in_use: bool,
    /// How long the link in a mail works.
    pub link_lifetime: Duration,
}

impl Default for EmailPolicy {
    fn default() -> Self {
        Self { denied_domains: Vec::new(), tells_in_use: true, link_lifetime: Duration::from_secs(60 * 60) }
    }
}

/// Which usernames are reserved, beyond what Synapse always refuses.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Usernames {
    /// Localparts that begin so belong to an application service.
    pub exclusive_prefixes: Vec<String>,
}

/// Which passwords will do. Synapse accepts any unless told otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PasswordPolicy {
    /// The fewest characters.
    pub minimum_length: usize,
    /// Whether a digit is required.
    pub digit: bool,
    /// Whether a character that is neither letter nor digit is required.
    pub symbol: bool,
    /// Whether an upper-case letter is required.
    pub uppercase: bool,
    /// Whether a lower-case letter is required.
    pub lowercase: bool,
    /// Say only `M_WEAK_PASSWORD`, as other servers than Synapse do.
    pub plain_errcode: bool,
}

/// How sessions are renewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refresh {
    /// How long an access token that can be refreshed works.
    pub access_lifetime: Duration,
    /// How long a refresh token works unused; for ever by default.
    pub refresh_lifetime: Option<Duration>,
    /// How a refresh token that has been used up is refused.
    pub refusal: RefreshRefusal,
}

impl Default for Refresh {
    fn default() -> Self {
        Self {
            access_lifetime: Duration::from_secs(5 * 60),
            refresh_lifetime: None,
            refusal: RefreshRefusal::Synapse,
        }
    }
}

/// How a refresh token that was used up, or has expired, is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshRefusal {
    /// 403 `M_FORBIDDEN`.
    Synapse,
    /// 401 `M_UNKNOWN_TOKEN` with `soft_logout`.
    Specification,
}

/// So many at once, and then one each period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// How many at once.
    pub burst: u32,
    /// How long until one more may follow.
    pub every: Duration,
}

impl Limit {
    /// `burst` at once, and then one every so many seconds.
    #[must_use]
    pub const fn new(burst: u32, seconds: u64) -> Self {
        Self { burst, every: Duration::from_secs(seconds) }
    }
}

/// Rate limits; `None` is unlimited. All requests come from one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Accounts created. When it is reached, every request to `/register` is refused.
    pub registration: Option<Limit>,
    /// Questions whether a registration token is valid.
    pub token_validity: Option<Limit>,
    /// Questions whether a username is free.
    pub availability: Option<Limit>,
    /// Requests for a mail, and for a text message.
    pub threepid_request: Option<Limit>,
    /// Attempts to sign in.
    pub login_address: Option<Limit>,
    /// Successful sign-ins to one account.
    pub login_account: Option<Limit>,
    /// Failed sign-ins to one account.
    pub login_failure: Option<Limit>,
    /// Whatever is asked of a rendezvous. tuwunel's limit is a burst of 20, and then one each tenth of a second.
    pub rendezvous: Option<Limit>,
}

impl Limits {
    /// No limits at all.
    #[must_use]
    pub const fn unlimited() -> Self {
        Self {
            registration: None,
            token_validity: None,
            availability: None,
            threepid_request: None,
            login_address: None,
            login_account: None,
            login_failure: None,
            rendezvous: None,
        }
    }

    /// What Synapse does when nothing is configured.
    #[must_use]
    pub const fn synapse() -> Self {
        Self {
            registration: Some(Limit::new(3, 6)),
            token_validity: Some(Limit::new(5, 10)),
            availability: Some(Limit::new(3, 1)),
            threepid_request: Some(Limit::new(3, 333)),
            login_address: Some(Limit::new(5, 333)),
            login_account: Some(Limit::new(5, 333)),
            login_failure: Some(Limit::new(3, 6)),
            rendezvous: None,
        }
    }
}
