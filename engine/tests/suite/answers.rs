//! What servers answer. Copied from recordings of Synapse 1.163.2 where not said otherwise; lists are shortened.

use crate::driver::Driver;
use narthex::Intent;

pub(crate) const SERVER: &str = "example.org";
pub(crate) const WELL_KNOWN: &str = r#"{"m.homeserver":{"base_url":"https://matrix.example.org/"}}"#;
pub(crate) const VERSIONS: &str =
    r#"{"versions":["r0.6.1","v1.1","v1.15"],"unstable_features":{"org.matrix.msc4108":false}}"#;
pub(crate) const UNRECOGNIZED: &str = r#"{"errcode":"M_UNRECOGNIZED","error":"Unrecognized request"}"#;
pub(crate) const LOGIN_PASSWORD: &str =
    r#"{"flows":[{"type":"m.login.password"},{"type":"m.login.application_service"}]}"#;
/// As Synapse with two OpenID providers lists them.
pub(crate) const LOGIN_SSO: &str = r#"{"flows":[{"type":"m.login.sso","identity_providers":[{"id":"oidc-github","name":"GitHub","brand":"github"},{"id":"oidc-uni","name":"University"}]},{"type":"m.login.token"},{"type":"m.login.password"}]}"#;

pub(crate) const OPEN: &str =
    r#"{"session":"kTnBOyzHAtIRDcsfEobRiRsc","flows":[{"stages":["m.login.dummy"]}],"params":{}}"#;
pub(crate) const TOKEN: &str = r#"{"session":"JpJwqoOuoTByUvxNmDUOTfuh","flows":[{"stages":["m.login.registration_token","m.login.dummy"]}],"params":{}}"#;
pub(crate) const TOKEN_DONE: &str = r#"{"session":"JpJwqoOuoTByUvxNmDUOTfuh","flows":[{"stages":["m.login.registration_token","m.login.dummy"]}],"params":{},"completed":["m.login.registration_token"]}"#;
pub(crate) const TOKEN_INVALID: &str = r#"{"session":"JpJwqoOuoTByUvxNmDUOTfuh","flows":[{"stages":["m.login.registration_token","m.login.dummy"]}],"params":{},"completed":[],"error":"Invalid registration token","errcode":"M_UNAUTHORIZED"}"#;
pub(crate) const TERMS: &str = r#"{"session":"KhadPbMvRsgwVvLiztufCzLM","flows":[{"stages":["m.login.terms","m.login.dummy"]}],"params":{"m.login.terms":{"policies":{"privacy_policy":{"version":"1.0","en":{"name":"Rig Privacy Policy","url":"https://matrix.example.org/_matrix/consent?v=1.0"}}}}}}"#;
pub(crate) const TERMS_DONE: &str = r#"{"session":"KhadPbMvRsgwVvLiztufCzLM","flows":[{"stages":["m.login.terms","m.login.dummy"]}],"params":{},"completed":["m.login.terms"]}"#;
pub(crate) const EMAIL: &str =
    r#"{"session":"jhXKIYHeWRESFMUomrofpPSO","flows":[{"stages":["m.login.email.identity"]}],"params":{}}"#;
pub(crate) const EMAIL_PENDING: &str = r#"{"session":"jhXKIYHeWRESFMUomrofpPSO","flows":[{"stages":["m.login.email.identity"]}],"params":{},"completed":[],"error":"Unable to get validated threepid","errcode":"M_UNAUTHORIZED"}"#;
pub(crate) const SID: &str = r#"{"sid":"VzAabLGshpKjrRLU"}"#;
/// As a server with a text message gateway answers.
pub(crate) const SID_CODE: &str =
    r#"{"sid":"VzAabLGshpKjrRLU","submit_url":"https://matrix.example.org/submit"}"#;
pub(crate) const PHONE: &str =
    r#"{"session":"msisdnSession","flows":[{"stages":["m.login.msisdn"]}],"params":{}}"#;
pub(crate) const RECAPTCHA: &str = r#"{"session":"hqZqhWzEQDDBTCaQsjqWSCfT","flows":[{"stages":["m.login.recaptcha","m.login.dummy"]}],"params":{"m.login.recaptcha":{"public_key":"public-site-key"}}}"#;
pub(crate) const RECAPTCHA_DONE: &str = r#"{"session":"hqZqhWzEQDDBTCaQsjqWSCfT","flows":[{"stages":["m.login.recaptcha","m.login.dummy"]}],"params":{"m.login.recaptcha":{"public_key":"public-site-key"}},"completed":["m.login.recaptcha"]}"#;
pub(crate) const NO_PAGE: &str = r#"{"errcode":"M_UNKNOWN","error":"Unknown auth stage type"}"#;
pub(crate) const REGISTERED: &str = r#"{"user_id":"@alice:example.org","home_server":"example.org","access_token":"syt_YWxpY2U_first","device_id":"GSMJVDUDMS","refresh_token":"syr_first","expires_in_ms":300000}"#;
pub(crate) const RENEWED: &str =
    r#"{"access_token":"syt_YWxpY2U_second","refresh_token":"syr_second","expires_in_ms":300000}"#;
pub(crate) const WHOAMI: &str =
    r#"{"user_id":"@alice:example.org","is_guest":false,"device_id":"GSMJVDUDMS"}"#;

pub(crate) const DISABLED: &str = r#"{"errcode":"M_FORBIDDEN","error":"Registration has been disabled"}"#;
pub(crate) const LIMITED: &str =
    r#"{"errcode":"M_LIMIT_EXCEEDED","error":"Too Many Requests","retry_after_ms":8000}"#;
pub(crate) const IN_USE: &str = r#"{"errcode":"M_USER_IN_USE","error":"User ID already taken."}"#;
pub(crate) const UNKNOWN_SESSION: &str =
    r#"{"errcode":"M_UNKNOWN","error":"Unknown session ID: kTnBOyzHAtIRDcsfEobRiRsc"}"#;
pub(crate) const APPROVAL: &str = r#"{"errcode":"ORG.MATRIX.MSC3866_USER_AWAITING_APPROVAL","error":"This account needs to be approved by an administrator before it can be used.","approval_notice_medium":"org.matrix.msc3866.none"}"#;
pub(crate) const WRONG_PASSWORD: &str = r#"{"errcode":"M_FORBIDDEN","error":"Invalid username or password"}"#;
pub(crate) const WRONG_LOGIN_TOKEN: &str = r#"{"errcode":"M_FORBIDDEN","error":"Invalid login token"}"#;
pub(crate) const EXPIRED: &str =
    r#"{"errcode":"M_UNKNOWN_TOKEN","error":"Access token has expired","soft_logout":true}"#;
pub(crate) const UNKNOWN_TOKEN: &str =
    r#"{"errcode":"M_UNKNOWN_TOKEN","error":"Invalid access token passed.","soft_logout":false}"#;
pub(crate) const REFRESH_SPENT: &str =
    r#"{"errcode":"M_FORBIDDEN","error":"refresh token isn't valid anymore"}"#;
pub(crate) const LOCKED: &str =
    r#"{"errcode":"M_USER_LOCKED","error":"User account has been locked","soft_logout":true}"#;
pub(crate) const BAD_GATEWAY: &str = "<html><head><title>502 Bad Gateway</title></head></html>";

pub(crate) fn use_server(server: &str) -> Intent {
    Intent::UseServer { server: server.to_owned() }
}

pub(crate) fn register(username: &str, password: &str) -> Intent {
    Intent::Register { username: username.to_owned(), password: Some(password.into()), prefer: vec![] }
}

pub(crate) fn by_password(identifier: &str, password: &str) -> Intent {
    Intent::SignInWithPassword { identifier: identifier.to_owned(), password: password.into() }
}

impl Driver {
    /// A server that was found, with this registration and this `/login`.
    pub(crate) fn at(registration: (u16, &str), login: &str) -> Self {
        let mut driver = Self::new();
        driver.finds(registration, login);
        driver
    }

    /// The same, with nothing written down of how it was found.
    pub(crate) fn known(registration: (u16, &str), login: &str) -> Self {
        let mut driver = Self::at(registration, login);
        driver.trace.clear();
        driver
    }

    pub(crate) fn finds(&mut self, registration: (u16, &str), login: &str) -> &mut Self {
        self.say(use_server(SERVER)).answer("/.well-known/matrix/client", 200, WELL_KNOWN);
        self.told(registration, login)
    }

    /// The questions are answered, but for that of the rendezvous.
    pub(crate) fn told(&mut self, registration: (u16, &str), login: &str) -> &mut Self {
        self.answer("/versions", 200, VERSIONS)
            .answer("v3/login", 200, login)
            .answer("v1/auth_metadata", 404, UNRECOGNIZED)
            .answer("msc2965/auth_metadata", 404, UNRECOGNIZED)
            .answer("/register", registration.0, registration.1)
    }

    /// The form of such a server, filled in and submitted.
    pub(crate) fn registering(challenge: &str) -> Self {
        let mut driver = Self::known((401, challenge), LOGIN_PASSWORD);
        driver.say(Intent::CreateAccount).say(register("alice", "correct horse"));
        driver
    }

    /// Signed in, with tokens that are renewed every five minutes.
    pub(crate) fn signed_in() -> Self {
        let mut driver = Self::registering(OPEN);
        driver.answer("/register", 200, REGISTERED).stored(Ok(()));
        driver.trace.clear();
        driver
    }
}
