//! What does the authorization server hold, and who answers what under `/auth/`?
//!
//! It answers as Matrix Authentication Service 1.22 does, under its paths; the issuer is the base URL and `auth/`.

mod account;
mod authorize;
mod browsers;
mod clients;
mod consent;
mod device;
mod grants;
mod link;
mod metadata;
mod person;
mod pkce;
mod redirect_uri;
mod refused;
mod revoke;
mod scope;
mod sessions;
pub(crate) mod settings;
mod sign_in;
mod token;

use narthex::{Response, Time};

use crate::answer::Refusal;
use crate::ask::Ask;
use crate::config::Config;
use crate::sandbox::Sandbox;

pub use self::person::Person;
use self::refused::Refused;
pub(crate) use self::sessions::Session as OauthSession;
use self::settings::PREFIX;
pub use self::settings::{DeviceGrant, OauthConfig, Rotation};

/// All that the authorization server remembers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Oauth {
    clients: clients::Clients,
    grants: grants::Grants,
    devices: device::DeviceGrants,
    pub(crate) sessions: sessions::Sessions,
    browsers: browsers::Browsers,
}

/// A page or an endpoint of the authorization server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OauthRoute<'a> {
    Metadata,
    Registration,
    Token,
    Revoke,
    DeviceAuthorization,
    Authorize,
    /// Both the page of sign-in and that of registration.
    SignIn,
    SignInSubmit,
    Consent(&'a str),
    ConsentSubmit(&'a str),
    Link,
    LinkSubmit,
    Device(&'a str),
    DeviceSubmit(&'a str),
    Account,
}

/// What a GET of this path means.
pub(crate) fn get(path: &str) -> Option<OauthRoute<'_>> {
    match path.strip_prefix(PREFIX)? {
        ".well-known/openid-configuration" => Some(OauthRoute::Metadata),
        "authorize" => Some(OauthRoute::Authorize),
        "login" | "register" => Some(OauthRoute::SignIn),
        "link" => Some(OauthRoute::Link),
        "account" | "account/" => Some(OauthRoute::Account),
        rest => {
            let consent = rest.strip_prefix("consent/").map(OauthRoute::Consent);
            consent.or_else(|| rest.strip_prefix("device/").map(OauthRoute::Device))
        }
    }
}

/// What a POST to this path means.
pub(crate) fn post(path: &str) -> Option<OauthRoute<'_>> {
    match path.strip_prefix(PREFIX)? {
        "oauth2/registration" => Some(OauthRoute::Registration),
        "oauth2/token" => Some(OauthRoute::Token),
        "oauth2/revoke" => Some(OauthRoute::Revoke),
        "oauth2/device" => Some(OauthRoute::DeviceAuthorization),
        "login" | "register" => Some(OauthRoute::SignInSubmit),
        "link" => Some(OauthRoute::LinkSubmit),
        rest => {
            let consent = rest.strip_prefix("consent/").map(OauthRoute::ConsentSubmit);
            consent.or_else(|| rest.strip_prefix("device/").map(OauthRoute::DeviceSubmit))
        }
    }
}

impl Sandbox {
    pub(crate) fn oauth(
        &mut self,
        now: Time,
        ask: Ask<'_>,
        route: OauthRoute<'_>,
    ) -> Result<Response, Refusal> {
        if self.config.oauth.is_none() {
            return Err(Refusal::unrecognized(404));
        }
        Ok(match route {
            OauthRoute::Metadata => return self.oauth_metadata(false),
            OauthRoute::Registration => refused(self.register_client(now, ask)),
            OauthRoute::Token => refused(self.token(now, ask)),
            OauthRoute::Revoke => refused(self.revoke(now, ask)),
            OauthRoute::DeviceAuthorization => refused(self.authorize_device(now, ask)),
            OauthRoute::Authorize => page(self.authorize(now, ask)),
            OauthRoute::SignIn => self.sign_in_page(ask),
            OauthRoute::SignInSubmit => page(self.submit_sign_in(now, ask)),
            OauthRoute::Consent(id) => page(self.consent_page(ask, id)),
            OauthRoute::ConsentSubmit(id) => page(self.submit_consent(now, ask, id)),
            OauthRoute::Link => self.link_page(now, ask),
            OauthRoute::LinkSubmit => self.submit_link(now, ask),
            OauthRoute::Device(id) => page(self.device_page(now, ask, id)),
            OauthRoute::DeviceSubmit(id) => page(self.submit_device(now, ask, id)),
            OauthRoute::Account => self.account_page(ask),
        })
    }
}

fn refused(answer: Result<Response, Refused>) -> Response {
    answer.unwrap_or_else(Refused::into_response)
}

/// The page asked for, or the one that the person sees in its place.
fn page(answer: Result<Response, Response>) -> Response {
    answer.unwrap_or_else(|instead| instead)
}

impl Config {
    /// The address of a path of the authorization server, which has no leading slash.
    pub(crate) fn oauth_address(&self, path: &str) -> String {
        self.address(&format!("{PREFIX}{path}"))
    }
}
