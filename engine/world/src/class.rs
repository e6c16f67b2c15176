//! What is a request about? The engine knows capabilities only; the world tells by method and path.

use narthex::{Effect, Engine, Method, Request};
use serde_json::Value;
use url::{Host, Url, form_urlencoded};

/// What an effect is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    WellKnown,
    Versions,
    LoginFlows,
    AuthMetadata,
    AuthMetadataUnstable,
    /// What the issuer says about itself.
    IssuerMetadata,
    /// May a rendezvous be opened?
    Rendezvous,
    Probe,
    Register,
    Available,
    Validity,
    Confirm,
    Code,
    Page,
    Login,
    Whoami,
    Devices,
    Refresh,
    Logout,
    /// The application introduces itself to an authorization server.
    Introduce,
    /// A code from the browser is exchanged for tokens.
    Exchange,
    /// A code for another device is asked for.
    DeviceCode,
    /// Was it entered?
    Poll,
    /// Whose are these tokens?
    Identify,
    /// The new device is given its name.
    Naming,
    /// Tokens are renewed at the authorization server.
    Renew,
    Revoke,
    /// Could a session be stored?
    Prove,
    Lease,
    Store,
    Erase,
    Listen,
}

impl Class {
    /// What `engine` asks for; `None` for what has no answer.
    #[must_use]
    pub fn of(effect: &Effect, engine: &Engine) -> Option<Self> {
        match effect {
            Effect::Http { request, .. } => {
                let class = Self::of_request(request);
                // Where there is no session yet, it is asked whose it will be.
                let is_early = class == Self::Whoami && engine.session().is_none();
                Some(if is_early { Self::Identify } else { class })
            }
            Effect::Prove { .. } => Some(Self::Prove),
            Effect::Lease { .. } => Some(Self::Lease),
            Effect::Store { .. } => Some(Self::Store),
            Effect::Erase { .. } => Some(Self::Erase),
            Effect::Listen { .. } => Some(Self::Listen),
            // Nobody has encryption here.
            Effect::FindSecrets { .. } | Effect::ShareSecrets { .. } | Effect::AdoptSecrets { .. } => None,
            Effect::Browse { .. } | Effect::Cancel { .. } => None,
        }
    }

    /// Whether it refreshes or ends a session.
    pub(crate) fn is_under_lease(self) -> bool {
        matches!(self, Self::Refresh | Self::Renew | Self::Revoke | Self::Logout)
    }

    fn of_request(request: &Request) -> Self {
        let path = request.url.path();
        let ends = |end: &str| path.ends_with(end);
        let body = body(request);
        if let Some(class) = Self::of_oauth(&body) {
            return class;
        }
        match request.method {
            Method::Get if ends("/.well-known/matrix/client") => Self::WellKnown,
            Method::Get if ends("/versions") => Self::Versions,
            Method::Get if ends("/v3/login") => Self::LoginFlows,
            Method::Get if ends("/v1/auth_metadata") => Self::AuthMetadata,
            Method::Get if ends("/auth_metadata") => Self::AuthMetadataUnstable,
            Method::Get if ends("-authorization-server") || ends("/openid-configuration") => {
                Self::IssuerMetadata
            }
            Method::Get if ends("/rendezvous") => Self::Rendezvous,
            Method::Get if ends("/register/available") => Self::Available,
            Method::Get if ends("/validity") => Self::Validity,
            Method::Get if ends("/fallback/web") => Self::Page,
            Method::Get if ends("/account/whoami") => Self::Whoami,
            Method::Get if ends("/v3/devices") => Self::Devices,
            Method::Post
                if ends("/v3/register") && (body["username"] == ":" || body == serde_json::json!({})) =>
            {
                Self::Probe
            }
            Method::Post if ends("/v3/register") => Self::Register,
            Method::Post if ends("/requestToken") => Self::Confirm,
            Method::Post if ends("/v3/login") => Self::Login,
            Method::Post if ends("/refresh") => Self::Refresh,
            Method::Post if ends("/logout") || ends("/logout/all") => Self::Logout,
            Method::Post if ends("/submit") => Self::Code,
            // A redirected delegation may be anywhere.
            Method::Get => Self::WellKnown,
            Method::Post => Self::Code,
            Method::Put => Self::Naming,
            Method::Delete | Method::Options => unreachable!("no request of these is known"),
        }
    }

    /// An authorization server's addresses may be any; what is sent to them tells.
    fn of_oauth(body: &Value) -> Option<Self> {
        match body["grant_type"].as_str() {
            Some("authorization_code") => Some(Self::Exchange),
            Some("refresh_token") => Some(Self::Renew),
            Some(_) => Some(Self::Poll),
            None if body["redirect_uris"].is_array() => Some(Self::Introduce),
            None if body["token_type_hint"].is_string() => Some(Self::Revoke),
            None if body["scope"].is_string() => Some(Self::DeviceCode),
            None => None,
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

/// The JSON or the form that a request carries; null for none.
pub(crate) fn body(request: &Request) -> Value {
    let is_form = request.headers.iter().any(|(name, value)| {
        *name == "content-type" && value.expose() == "application/x-www-form-urlencoded"
    });
    if !is_form {
        return serde_json::from_slice(request.body.expose()).unwrap_or_default();
    }
    let fields = form_urlencoded::parse(request.body.expose());
    fields.map(|(name, value)| (name.into_owned(), Value::from(value.into_owned()))).collect()
}

/// The access token that a request carries.
pub(crate) fn bearer(request: &Request) -> Option<&str> {
    let header = request.headers.iter().find(|(name, _)| *name == "authorization");
    header.and_then(|(_, value)| value.expose().strip_prefix("Bearer "))
}
