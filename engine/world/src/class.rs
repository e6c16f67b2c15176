//! What is a request about? The engine knows capabilities only; the world tells by method and path.

use narthex::{Effect, Method, Request};
use serde_json::Value;
use url::{Host, Url};

/// What an effect is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    WellKnown,
    Versions,
    LoginFlows,
    AuthMetadata,
    AuthMetadataUnstable,
    Probe,
    Register,
    Available,
    Validity,
    Confirm,
    Code,
    Page,
    Login,
    Whoami,
    Refresh,
    Logout,
    Store,
    Erase,
    Listen,
}

impl Class {
    /// `None` for what has no answer.
    #[must_use]
    pub fn of(effect: &Effect) -> Option<Self> {
        match effect {
            Effect::Http { request, .. } => Some(Self::of_request(request)),
            Effect::Store { .. } => Some(Self::Store),
            Effect::Erase { .. } => Some(Self::Erase),
            Effect::Listen { .. } => Some(Self::Listen),
            Effect::Browse { .. } | Effect::Cancel { .. } => None,
        }
    }

    fn of_request(request: &Request) -> Self {
        let path = request.url.path();
        let ends = |end: &str| path.ends_with(end);
        match request.method {
            Method::Get if ends("/.well-known/matrix/client") => Self::WellKnown,
            Method::Get if ends("/versions") => Self::Versions,
            Method::Get if ends("/v3/login") => Self::LoginFlows,
            Method::Get if ends("/v1/auth_metadata") => Self::AuthMetadata,
            Method::Get if ends("/auth_metadata") => Self::AuthMetadataUnstable,
            Method::Get if ends("/register/available") => Self::Available,
            Method::Get if ends("/validity") => Self::Validity,
            Method::Get if ends("/fallback/web") => Self::Page,
            Method::Get if ends("/account/whoami") => Self::Whoami,
            Method::Post if ends("/v3/register") && body(request) == serde_json::json!({}) => Self::Probe,
            Method::Post if ends("/v3/register") => Self::Register,
            Method::Post if ends("/requestToken") => Self::Confirm,
            Method::Post if ends("/v3/login") => Self::Login,
            Method::Post if ends("/refresh") => Self::Refresh,
            Method::Post if ends("/logout") || ends("/logout/all") => Self::Logout,
            Method::Post if ends("/submit") => Self::Code,
            // A redirected delegation may be anywhere.
            Method::Get => Self::WellKnown,
            Method::Post => Self::Code,
        }
    }
}

/// Whether it is on this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// The JSON that a request carries; null for none.
pub(crate) fn body(request: &Request) -> Value {
    serde_json::from_slice(request.body.expose()).unwrap_or_default()
}

/// The access token that a request carries.
pub(crate) fn bearer(request: &Request) -> Option<&str> {
    let header = request.headers.iter().find(|(name, _)| *name == "authorization");
    header.and_then(|(_, value)| value.expose().strip_prefix("Bearer "))
}
