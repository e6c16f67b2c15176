//! What an authorization server answers, copied from recordings of Matrix Authentication Service 1.22.0 where not said
//! otherwise, and how a test comes to where those answers are awaited.

use narthex::{Config, Intent, Screen};
use serde_json::{Value, json};
use url::Url;

use crate::answers::{SERVER, VERSIONS, WELL_KNOWN, use_server};
use crate::driver::Driver;

pub(crate) const ISSUER: &str = "https://account.example.org/";
/// Shortened to what matters.
pub(crate) const METADATA: &str = r#"{"issuer":"https://account.example.org/","account_management_uri":"https://account.example.org/account/","authorization_endpoint":"https://account.example.org/authorize","token_endpoint":"https://account.example.org/oauth2/token","registration_endpoint":"https://account.example.org/oauth2/registration","response_types_supported":["code","id_token","code id_token"],"response_modes_supported":["form_post","query","fragment"],"grant_types_supported":["authorization_code","refresh_token","client_credentials","urn:ietf:params:oauth:grant-type:device_code"],"revocation_endpoint":"https://account.example.org/oauth2/revoke","code_challenge_methods_supported":["plain","S256"],"prompt_values_supported":["login","create"],"device_authorization_endpoint":"https://account.example.org/oauth2/device","account_management_actions_supported":["org.matrix.profile","org.matrix.devices_list","org.matrix.device_view","org.matrix.device_delete","org.matrix.cross_signing_reset","org.matrix.sessions_list","org.matrix.session_view","org.matrix.session_end"]}"#;
/// Of the layer for clients from before OAuth 2.0.
pub(crate) const LOGIN_COMPAT: &str = r#"{"flows":[{"type":"m.login.password"},{"type":"m.login.sso","oauth_aware_preferred":true,"org.matrix.msc3824.delegated_oidc_compatibility":true},{"type":"m.login.token"}]}"#;
pub(crate) const NO_REGISTRATION: &str = r#"{"errcode":"M_FORBIDDEN","error":"Registration has been disabled. Only m.login.application_service registrations are allowed."}"#;
pub(crate) const CLIENT: &str = r#"{"client_id":"01M7XYH3447WX8A9Q47BWT6S0A","client_id_issued_at":1795227684,"redirect_uris":["http://127.0.0.1/oauth/…"],"grant_types":["authorization_code","refresh_token","urn:ietf:params:oauth:grant-type:device_code"],"application_type":"native","token_endpoint_auth_method":"none","client_name":"Narthex","client_uri":"https://narthex.example/"}"#;
/// Where the device grant was dropped without a word.
pub(crate) const CLIENT_OF_THE_BROWSER: &str =
    r#"{"client_id":"01M7XZ3QVZ0EQTY7D1DYFQ87DE","grant_types":["authorization_code","refresh_token"]}"#;
pub(crate) const USER_CODE: &str = r#"{"device_code":"AaUgyu8j5ePFcpGNBEM8P2WMvgzE79xa","user_code":"VP3ZPY","verification_uri":"https://account.example.org/link","expires_in":1200,"interval":5}"#;
pub(crate) const USER_CODE_COMPLETE: &str = r#"{"device_code":"QG7fVRFeLQXXyChRB2uqzWrZdzyRnVxY","user_code":"JHS1EX","verification_uri":"https://account.example.org/link","verification_uri_complete":"https://account.example.org/link?code=JHS1EX","expires_in":1200,"interval":5}"#;
pub(crate) const PENDING: &str =
    r#"{"error":"authorization_pending","error_description":"The authorization request is still pending"}"#;
/// No server of ours says this; RFC 8628 does.
pub(crate) const SLOW_DOWN: &str = r#"{"error":"slow_down"}"#;
pub(crate) const DENIED: &str =
    r#"{"error":"access_denied","error_description":"The authorization request was denied"}"#;
pub(crate) const EXPIRED_CODE: &str =
    r#"{"error":"expired_token","error_description":"The device code has expired"}"#;
pub(crate) const INVALID_GRANT: &str = r#"{"error":"invalid_grant","error_description":"The provided access grant is invalid, expired, or revoked."}"#;
pub(crate) const INVALID_CLIENT: &str =
    r#"{"error":"invalid_client","error_description":"Client authentication failed."}"#;
pub(crate) const NOT_ACTIVE: &str =
    r#"{"errcode":"M_UNKNOWN_TOKEN","error":"Token is not active","soft_logout":false}"#;
pub(crate) const RENEWED_TOKENS: &str = r#"{"access_token":"mat_second","refresh_token":"mar_second","token_type":"Bearer","expires_in":300,"scope":"urn:matrix:client:api:*"}"#;

/// The metadata, changed.
pub(crate) fn metadata(change: impl FnOnce(&mut Value)) -> String {
    changed(METADATA, change)
}

pub(crate) fn changed(json: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut value = serde_json::from_str(json).expect("JSON");
    change(&mut value);
    value.to_string()
}

/// Tokens for all that was asked for.
pub(crate) fn tokens(device_id: &str) -> String {
    json!({
        "access_token": "mat_first",
        "refresh_token": "mar_first",
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": format!("urn:matrix:client:api:* urn:matrix:client:device:{device_id}"),
    })
    .to_string()
}

pub(crate) fn whoami(user_id: &str, device_id: &str) -> String {
    json!({ "user_id": user_id, "is_guest": false, "device_id": device_id }).to_string()
}

/// The parameters of an address or a form.
pub(crate) fn fields(text: &str) -> Vec<(String, String)> {
    let pairs = Url::parse(&format!("form:?{text}")).expect("an address");
    pairs.query_pairs().map(|(key, value)| (key.into_owned(), value.into_owned())).collect()
}

/// The one field of this name.
pub(crate) fn field(fields: &[(String, String)], name: &str) -> String {
    let mut all = fields.iter().filter(|(key, _)| key == name).map(|(_, value)| value);
    let value = all.next().unwrap_or_else(|| panic!("no {name} in {fields:?}"));
    assert_eq!(all.next(), None, "{name} twice");
    value.clone()
}

impl Driver {
    /// A server whose accounts are at an authorization server with this metadata.
    pub(crate) fn oauth_with(metadata: &str) -> Self {
        Self::oauth_as(crate::driver::config(), metadata)
    }

    pub(crate) fn oauth_as(config: Config, metadata: &str) -> Self {
        let mut driver = Self::with(config);
        driver.say(use_server(SERVER)).answer("/.well-known/matrix/client", 200, WELL_KNOWN);
        driver.told_oauth(metadata);
        driver.trace.clear();
        driver
    }

    pub(crate) fn oauth() -> Self {
        Self::oauth_with(METADATA)
    }

    /// The questions are answered, but for that of the rendezvous.
    pub(crate) fn told_oauth(&mut self, metadata: &str) -> &mut Self {
        self.answer("/versions", 200, VERSIONS)
            .answer("v3/login", 200, LOGIN_COMPAT)
            .answer("v1/auth_metadata", 200, metadata)
            .answer("msc2965/auth_metadata", 200, metadata)
            .answer("v3/register", 403, NO_REGISTRATION)
    }

    /// The person is in the browser.
    pub(crate) fn in_browser() -> Self {
        Self::in_browser_with(METADATA)
    }

    pub(crate) fn in_browser_with(metadata: &str) -> Self {
        let mut driver = Self::oauth_with(metadata);
        driver.opens_browser(Intent::SignInWithBrowser);
        driver
    }

    pub(crate) fn opens_browser(&mut self, intent: Intent) -> &mut Self {
        self.say(intent).listening(49_152).answer("/registration", 201, CLIENT);
        assert!(matches!(self.screen(), Screen::InBrowser { .. }), "{}", self.trace);
        self
    }

    /// The parameters of the page that was opened last.
    pub(crate) fn page(&self) -> Vec<(String, String)> {
        let page: Url = self.browsed.last().expect("a page was opened").parse().expect("an address");
        fields(page.query().unwrap_or_default())
    }

    /// The answer to the page that was opened last, with these parameters besides the state.
    pub(crate) fn callback(&self, parameters: &str) -> String {
        let page = self.page();
        // As this server writes it, with an empty fragment.
        format!("{}?state={}&{parameters}#", field(&page, "redirect_uri"), field(&page, "state"))
    }

    pub(crate) fn comes_back(&mut self, parameters: &str) -> &mut Self {
        let callback = self.callback(parameters);
        self.link(&callback)
    }

    /// The person comes back from the browser with a code.
    pub(crate) fn exchanging() -> Self {
        let mut driver = Self::in_browser();
        driver.comes_back("code=the-code");
        driver
    }

    /// There are tokens, and it is being asked whose.
    pub(crate) fn identifying() -> Self {
        let mut driver = Self::exchanging();
        let device = driver.device();
        driver.answer("/token", 200, &tokens(&device));
        driver
    }

    pub(crate) fn signed_in_by_oauth() -> Self {
        let mut driver = Self::identifying();
        driver.is_alice().stored(Ok(()));
        assert!(matches!(driver.screen(), Screen::SignedIn { .. }), "{}", driver.trace);
        driver.trace.clear();
        driver
    }

    /// A code is shown, to be entered on another device.
    pub(crate) fn showing(code: &str) -> Self {
        let mut driver = Self::oauth();
        driver.say(Intent::SignInWithDeviceCode).answer("/registration", 201, CLIENT);
        driver.answer("/device", 200, code);
        driver
    }

    pub(crate) fn is_alice(&mut self) -> &mut Self {
        let device = self.device();
        self.answer("/whoami", 200, &whoami("@alice:example.org", &device))
    }

    /// The device that was asked for last.
    pub(crate) fn device(&self) -> String {
        let browsed = self.browsed.iter().rev().filter_map(|page| Some(page.split_once('?')?.1.to_owned()));
        let sent =
            self.sent.iter().rev().map(|sent| String::from_utf8_lossy(sent.body.expose()).into_owned());
        let scope = sent.chain(browsed).find_map(|text| {
            let scope = fields(&text).into_iter().find(|(key, _)| key == "scope")?.1;
            Some(scope.split_once("client:device:")?.1.to_owned())
        });
        scope.expect("a device was asked for")
    }

    /// The form of the open request whose path ends so.
    pub(crate) fn form(&self, path: &str) -> Vec<(String, String)> {
        let request = self.request(path);
        assert!(request.url.query().is_none(), "secrets are in the body");
        let kind = request.headers.iter().find(|(name, _)| *name == "content-type").map(|(_, kind)| kind);
        assert_eq!(kind.expect("a content type").expose(), "application/x-www-form-urlencoded");
        fields(&String::from_utf8_lossy(request.body.expose()))
    }

    /// How many requests went there.
    pub(crate) fn count(&self, path: &str) -> usize {
        self.sent.iter().filter(|sent| sent.url.path().ends_with(path)).count()
    }
}
