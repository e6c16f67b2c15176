//! What did the person do in the browser, between the recorded exchanges of OAuth?

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use narthex::Time;
use narthex_sandbox::{Person, browser};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::replay::Replay;

/// Everyone's.
pub(crate) const PASSWORD: &str = "correct horse";

/// For what was signed in off the record.
const VERIFIER: &str = "VC3BfIF6mvLFf62xhXsXhGUbVWwDR5XwVDs9-QJfB6MAmcuZW5cF0V9qDJhJUecn";

impl Replay {
    /// The person consents, and the browser brings a code home.
    pub(crate) fn bring_code(&mut self, step: &Value) {
        let code = self.consent(step, step["verifier"].as_str().unwrap());
        self.learned.insert(step["code"].as_str().unwrap().to_owned(), code);
    }

    /// A session was signed in off the record.
    pub(crate) fn sign_in(&mut self, step: &Value) {
        let code = self.consent(step, VERIFIER);
        let client_id = self.translate(step["client_id"].as_str().unwrap());
        let token = self.server.config().base_url.join("auth/oauth2/token").unwrap();
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("client_id", client_id.as_str()),
            ("code_verifier", VERIFIER),
        ];
        let response = self.server.answer(Time(self.now), &browser::submit(&token, &fields));
        let tokens = serde_json::from_slice(response.body.expose()).unwrap();
        self.learn(step, &tokens);
    }

    fn consent(&mut self, step: &Value, verifier: &str) -> String {
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
        let mut url = self.server.config().base_url.join("auth/authorize").unwrap();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.translate(step["client_id"].as_str().unwrap()))
            .append_pair("redirect_uri", "http://127.0.0.1:45123/callback")
            .append_pair("scope", step["scope"].as_str().unwrap())
            .append_pair("state", "st4te")
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        let person = Person::signing_in("uquuyjktc", PASSWORD);
        let home = self.server.consent(Time(self.now), &url, person).unwrap();
        home.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned()
    }

    /// The person opens an authorization request, and comes home as recorded, or not at all.
    pub(crate) fn visit(&mut self, step: &Value, which: &str) {
        let url: Url = self.translate(step["url"].as_str().unwrap()).parse().unwrap();
        let (person, now) = (person(step), Time(self.now));
        let home = if step["cancels"] == true {
            self.server.decline(now, &url, person)
        } else {
            self.server.consent(now, &url, person)
        };
        let (home, recorded) = (home.map(String::from), step["home"].as_str());
        if let (Some(home), Some(recorded)) = (&home, recorded) {
            self.learned.extend(code_of(recorded).zip(code_of(home)));
        }
        assert_eq!(home, recorded.map(|recorded| self.translate(recorded)), "{which}");
        if let Some(status) = step["page"].as_u64() {
            let response = self.server.answer(now, &browser::open(&url));
            assert_eq!(u64::from(response.status), status, "{which}");
        }
    }

    /// The person types the code of a device.
    pub(crate) fn link(&mut self, step: &Value, which: &str) {
        let user_code = self.translate(step["user_code"].as_str().unwrap());
        let allow = step["allow"] == true;
        assert!(self.server.link_device(Time(self.now), &user_code, person(step), allow), "{which}");
    }
}

fn person(step: &Value) -> Person<'_> {
    let username = step["username"].as_str().unwrap_or("uquuyjktc");
    Person { username, password: PASSWORD, is_new: step["registers"] == true }
}

fn code_of(home: &str) -> Option<String> {
    let (_, rest) = home.split_once("code=")?;
    Some(rest.trim_end_matches('#').to_owned())
}
