//! A person, their application and the authorization server: what every story of OAuth needs.

mod authorize;
mod clients;
mod code;
mod device;
mod pages;
mod refresh;
mod revoke;
mod robust;

use narthex_sandbox::{Config, OauthConfig, Person, browser};
use serde_json::{Value, json};
use url::Url;

use crate::world::{Answer, WHOAMI, World, read, text};

pub(crate) const ALICE: Person<'_> = Person::signing_in("alice", "pw");
pub(crate) const CALLBACK: &str = "http://127.0.0.1:45123/callback";
pub(crate) const SCOPE: &str = "urn:matrix:client:api:* urn:matrix:client:device:ABCDEFGHIJ";

/// RFC 7636, appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub(crate) fn world(change: impl FnOnce(&mut OauthConfig)) -> World {
    let mut oauth = OauthConfig::default();
    change(&mut oauth);
    let mut world = World::new(|url| Config { oauth: Some(oauth), ..Config::oauth(url) });
    world.server.add_account("alice", "pw");
    world
}

/// What an application of ours registers.
pub(crate) fn metadata() -> Value {
    json!({
        "client_name": "An <app>",
        "client_uri": "https://app.example/",
        "application_type": "native",
        "token_endpoint_auth_method": "none",
        "grant_types":
            ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
        "response_types": ["code"],
        "redirect_uris":
            ["http://127.0.0.1/callback", "http://[::1]/callback", "example.app:/callback", "https://app.example/cb"],
    })
}

impl World {
    pub(crate) fn form(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = browser::submit(&self.url(path), fields);
        read(&self.send(&request))
    }

    pub(crate) fn client(&mut self) -> String {
        let (status, body) = self.post("auth/oauth2/registration", &metadata());
        assert_eq!(status, 201, "{body}");
        text(&body, "client_id")
    }

    /// An authorization request that is in order, with these parameters set, or left out if empty.
    pub(crate) fn authorization(&self, client_id: &str, changes: &[(&str, &str)]) -> Url {
        let mut url = self.url("auth/authorize");
        let ours = [
            ("response_type", "code"),
            ("client_id", client_id),
            ("redirect_uri", CALLBACK),
            ("scope", SCOPE),
            ("state", "st4te"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let kept = ours.iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        let all = kept.chain(changes).filter(|(_, value)| !value.is_empty());
        url.query_pairs_mut().extend_pairs(all);
        url
    }

    /// Consents, and brings the code home.
    pub(crate) fn code(&mut self, client_id: &str, changes: &[(&str, &str)]) -> String {
        let request = self.authorization(client_id, changes);
        let callback = self.server.consent(self.now, &request, ALICE).unwrap();
        let (_, code) = callback.query_pairs().find(|(name, _)| name == "code").unwrap();
        code.into_owned()
    }

    pub(crate) fn exchange(&mut self, client_id: &str, code: &str) -> Answer {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("client_id", client_id),
            ("code_verifier", VERIFIER),
        ];
        self.form("auth/oauth2/token", &fields)
    }

    /// Signs in: the client id and the tokens.
    pub(crate) fn signed_in(&mut self) -> (String, Value) {
        let client_id = self.client();
        let code = self.code(&client_id, &[]);
        let (status, tokens) = self.exchange(&client_id, &code);
        assert_eq!(status, 200, "{tokens}");
        (client_id, tokens)
    }

    pub(crate) fn refresh_oauth(&mut self, client_id: &str, refresh_token: &str) -> Answer {
        let fields =
            [("grant_type", "refresh_token"), ("refresh_token", refresh_token), ("client_id", client_id)];
        self.form("auth/oauth2/token", &fields)
    }

    pub(crate) fn is_alive(&mut self, tokens: &Value) -> bool {
        let (status, body) = self.get(WHOAMI, &text(tokens, "access_token"));
        if status != 200 {
            let expected = json!({
                "errcode": "M_UNKNOWN_TOKEN",
                "error": "Token is not active",
                "soft_logout": false,
            });
            assert_eq!((status, body), (401, expected));
            return false;
        }
        true
    }
}

/// What an OAuth error answers: its status and its code.
pub(crate) fn error(answer: &Answer) -> (u16, &str) {
    (answer.0, answer.1["error"].as_str().unwrap_or_else(|| panic!("no error in {}", answer.1)))
}
