//! Which endpoint is meant?

use narthex::Method;

use crate::ask::Ask;
use crate::encryption::{self, EncryptionRoute};
use crate::oauth::{self, OauthRoute};
use crate::rendezvous::{self, RendezvousRoute};

/// An endpoint of the sandbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route<'a> {
    WellKnown,
    Versions,
    AuthMetadata { stable: bool },
    LoginFlows,
    Login,
    SsoRedirect { provider: Option<&'a str> },
    SsoSubmit,
    Register,
    Available,
    TokenValidity,
    EmailRequest,
    EmailLink,
    MsisdnRequest,
    MsisdnSubmit,
    Fallback { stage: &'a str },
    FallbackSubmit { stage: &'a str },
    Policy,
    WhoAmI,
    Devices,
    Device { device_id: &'a str },
    NameDevice { device_id: &'a str },
    Refresh,
    Logout,
    LogoutAll,
    Oauth(OauthRoute<'a>),
    Rendezvous(RendezvousRoute<'a>),
    Encryption(EncryptionRoute<'a>),
}

/// Where the page of single sign-on sends its form.
pub(crate) const SSO_SUBMIT: &str = "_sandbox/sso";
/// Where the link in a mail points.
pub(crate) const EMAIL_LINK: &str = "_matrix/client/unstable/registration/email/submit_token";
/// Where the code in a text message goes.
pub(crate) const MSISDN_SUBMIT: &str = "_matrix/identity/api/v1/validate/msisdn/submitToken";
/// The page of a policy.
pub(crate) const POLICY: &str = "_matrix/consent";

/// The methods of all endpoints.
const METHODS: [Method; 4] = [Method::Get, Method::Post, Method::Put, Method::Delete];

/// What this request is for.
pub(crate) enum Routed<'a> {
    To(Route<'a>),
    /// The path exists, but not with this method.
    WrongMethod,
    Nowhere,
}

pub(crate) fn route(ask: Ask<'_>) -> Routed<'_> {
    let path = ask.path().trim_start_matches('/');
    match by(ask.method(), path) {
        Some(route) => Routed::To(route),
        None if METHODS.iter().any(|&method| by(method, path).is_some()) => Routed::WrongMethod,
        None => Routed::Nowhere,
    }
}

fn by(method: Method, path: &str) -> Option<Route<'_>> {
    let route = match method {
        Method::Get => get(path),
        Method::Post => post(path),
        Method::Put => put(path),
        Method::Delete | Method::Options => None,
    };
    let route = route.or_else(|| rendezvous::route(method, path).map(Route::Rendezvous));
    route.or_else(|| encryption::route(method, client(path)?).map(Route::Encryption))
}

fn get(path: &str) -> Option<Route<'_>> {
    match path {
        EMAIL_LINK => return Some(Route::EmailLink),
        POLICY => return Some(Route::Policy),
        ".well-known/matrix/client" => return Some(Route::WellKnown),
        "_matrix/client/versions" => return Some(Route::Versions),
        "_matrix/client/v1/auth_metadata" => return Some(Route::AuthMetadata { stable: true }),
        "_matrix/client/unstable/org.matrix.msc2965/auth_metadata" => {
            return Some(Route::AuthMetadata { stable: false });
        }
        "_matrix/client/v1/register/m.login.registration_token/validity" => {
            return Some(Route::TokenValidity);
        }

        _ => {}
    }
    if let Some(route) = oauth::get(path) {
        return Some(Route::Oauth(route));
    }
    match client(path)? {
        "login" => Some(Route::LoginFlows),
        "login/sso/redirect" => Some(Route::SsoRedirect { provider: None }),
        "register/available" => Some(Route::Available),
        "account/whoami" => Some(Route::WhoAmI),
        "devices" => Some(Route::Devices),
        rest => fallback(rest).map(|stage| Route::Fallback { stage }).or_else(|| {
            if let Some(provider) = rest.strip_prefix("login/sso/redirect/") {
                return Some(Route::SsoRedirect { provider: Some(provider) });
            }
            device(rest).map(|device_id| Route::Device { device_id })
        }),
    }
}

fn post(path: &str) -> Option<Route<'_>> {
    match path {
        SSO_SUBMIT => return Some(Route::SsoSubmit),
        MSISDN_SUBMIT => return Some(Route::MsisdnSubmit),
        _ => {}
    }
    if let Some(route) = oauth::post(path) {
        return Some(Route::Oauth(route));
    }
    match client(path)? {
        "login" => Some(Route::Login),
        "register" => Some(Route::Register),
        "register/email/requestToken" => Some(Route::EmailRequest),
        "register/msisdn/requestToken" => Some(Route::MsisdnRequest),
        "refresh" => Some(Route::Refresh),
        "logout" => Some(Route::Logout),
        "logout/all" => Some(Route::LogoutAll),
        rest => fallback(rest).map(|stage| Route::FallbackSubmit { stage }),
    }
}

fn put(path: &str) -> Option<Route<'_>> {
    device(client(path)?).map(|device_id| Route::NameDevice { device_id })
}

/// The device id as it is in the path, escapes and all.
fn device(rest: &str) -> Option<&str> {
    rest.strip_prefix("devices/").filter(|id| !id.is_empty() && !id.contains('/'))
}

/// What follows the version, for the versions that Synapse serves alike.
fn client(path: &str) -> Option<&str> {
    let (version, rest) = path.strip_prefix("_matrix/client/")?.split_once('/')?;
    matches!(version, "v3" | "r0").then_some(rest)
}

fn fallback(rest: &str) -> Option<&str> {
    rest.strip_prefix("auth/")?.strip_suffix("/fallback/web")
}
