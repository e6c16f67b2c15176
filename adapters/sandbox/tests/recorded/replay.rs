//! How is a recording replayed? Step by step, with the recorded values replaced by the sandbox's.

use std::collections::BTreeMap;

use narthex::{Request, Response, Secret, Time};
use narthex_sandbox::{Config, Sandbox, browser};
use serde_json::{Value, json};
use url::Url;

use crate::person::PASSWORD;

pub(crate) const START: u64 = 1_795_226_900_000;

/// Where the authorization server was recorded; the sandbox's is under its own base URL.
const ISSUER: &str = "http://127.0.0.1:8090/";

/// Fields whose values differ from run to run.
const VOLATILE: [&str; 14] = [
    "access_token",
    "refresh_token",
    "device_id",
    "session",
    "sid",
    "expires_in_ms",
    "client_id",
    "client_id_issued_at",
    "device_code",
    "user_code",
    "verification_uri_complete",
    // Of a rendezvous.
    "id",
    "url",
    "sequence_token",
];

/// The headers that a recording may say were sent.
const SENT: [&str; 6] =
    ["content-type", "if-match", "if-none-match", "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site"];

pub(crate) struct Replay {
    pub(crate) server: Sandbox,
    pub(crate) now: u64,
    /// Recorded value → the sandbox's.
    pub(crate) learned: BTreeMap<String, String>,
}

impl Replay {
    pub(crate) fn new(port: u16, configure: impl FnOnce(Url) -> Config) -> Self {
        let mut config = configure(format!("http://127.0.0.1:{port}/").parse().unwrap());
        config.server_name = Some(format!("localhost:{port}"));
        config.captcha_key = "rig-public-site-key".to_owned();
        config.policies[0].names.insert("en".to_owned(), "Rig Privacy Policy".to_owned());
        let issuer = format!("http://127.0.0.1:{port}/auth/");
        let learned = config.oauth.as_ref().map(|_| (ISSUER.to_owned(), issuer)).into_iter().collect();
        Self { server: Sandbox::new(config, 7), now: START, learned }
    }

    pub(crate) fn play(mut self, recording: &str) -> Self {
        let steps: Vec<Value> = serde_json::from_str(recording).unwrap();
        for (number, step) in steps.iter().enumerate() {
            self.now = step["at"].as_u64().unwrap_or(self.now + 100);
            self.step(step, &format!("step {number}, {}", step["note"]));
        }
        self
    }

    pub(crate) fn step(&mut self, step: &Value, which: &str) {
        if let Some(token) = step["grant"]["token"].as_str() {
            let uses = step["grant"]["uses_allowed"].as_u64().map(|uses| u32::try_from(uses).unwrap());
            let expires = step["grant"]["expiry_time"].as_u64().map(Time);
            return self.server.add_registration_token(token, uses, expires);
        }
        if let Some(actions) = step["admin"].as_object() {
            return actions.iter().for_each(|(action, localpart)| self.administer(action, localpart));
        }
        if step["sso"].is_object() {
            return self.single_sign_on(&step["sso"]);
        }
        if step["sign_in"].is_object() {
            return self.sign_in(&step["sign_in"]);
        }
        if step["consent"].is_object() {
            return self.bring_code(&step["consent"]);
        }
        if step["visit"].is_object() {
            return self.visit(&step["visit"], which);
        }
        if step["link"].is_object() {
            return self.link(&step["link"], which);
        }
        let request = self.request(step);
        let response = self.server.answer(Time(self.now), &request);
        if let Some(token) = step["mail"].as_str() {
            let link = &self.server.mail().last().unwrap().link;
            let (_, ours) = link.query_pairs().find(|(key, _)| key == "token").unwrap();
            self.learned.insert(token.to_owned(), ours.into_owned());
        }
        let body = serde_json::from_slice(response.body.expose()).unwrap_or(Value::Null);
        let answer = &step["answer"];
        self.learn(if step["learn"].is_null() { &answer["body"] } else { &step["learn"] }, &body);
        if !answer.is_null() {
            self.compare(answer, &response, &body, which);
        }
    }

    fn administer(&mut self, action: &str, localpart: &Value) {
        let localpart = localpart.as_str().unwrap();
        match action {
            "create" => self.server.add_account(localpart, PASSWORD),
            "kill_sessions" => self.server.end_sessions(localpart),
            "lock" => self.server.lock(localpart, true),
            "unlock" => self.server.lock(localpart, false),
            "deactivate" => self.server.deactivate(localpart),
            "approve" => self.server.approve(localpart),
            _ => panic!("no such action: {action}"),
        }
    }

    /// The person chooses an account on the page, and the browser brings a login token home.
    fn single_sign_on(&mut self, step: &Value) {
        let page = self.server.config().base_url.join("_sandbox/sso").unwrap();
        let username = step["username"].as_str().unwrap();
        let form = browser::submit(&page, &[("redirectUrl", "http://127.0.0.1:9/"), ("username", username)]);
        let response = self.server.answer(Time(self.now), &form);
        let home: Url = response.header("location").unwrap().parse().unwrap();
        let (_, token) = home.query_pairs().find(|(key, _)| key == "loginToken").unwrap();
        self.learned.insert(step["login_token"].as_str().unwrap().to_owned(), token.into_owned());
    }

    pub(crate) fn request(&self, step: &Value) -> Request {
        let origin = self.server.config().base_url.origin().ascii_serialization();
        let path = self.translate(step["path"].as_str().unwrap());
        // The authorization server was recorded at an origin of its own.
        let url = if path.starts_with('/') { format!("{origin}{path}") } else { path }.parse().unwrap();
        let body = match (&step["json"], &step["text"], &step["form"]) {
            (Value::Null, Value::String(text), _) => text.clone(),
            (Value::Null, _, Value::Object(fields)) => {
                let fields: Vec<(String, String)> = fields
                    .iter()
                    .map(|(name, value)| (name.clone(), self.translate(value.as_str().unwrap())))
                    .collect();
                let fields: Vec<(&str, &str)> =
                    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                return browser::submit(&url, &fields);
            }
            (Value::Null, _, _) => String::new(),
            (json, _, _) => self.translate(&json.to_string()),
        };
        let filling = "x".repeat(step["fill"].as_u64().unwrap_or_default().try_into().unwrap());
        let body = if filling.is_empty() { body } else { body.replace('…', &filling) };
        let bearer = step["bearer"].as_str().map(|token| format!("Bearer {}", self.translate(token)));
        let sent = SENT.into_iter().filter_map(|name| Some((name, step["send"][name].as_str()?.into())));
        let bearer = bearer.map(|value| ("authorization", Secret::new(value)));
        Request {
            method: serde_json::from_value(step["method"].clone()).unwrap(),
            headers: sent.chain(bearer).collect(),
            body: Secret::new(body.into_bytes()),
            ..browser::open(&url)
        }
    }

    /// The recorded text with the recorded values replaced by the sandbox's.
    pub(crate) fn translate(&self, text: &str) -> String {
        self.learned.iter().fold(text.to_owned(), |text, (theirs, ours)| text.replace(theirs, ours))
    }

    pub(crate) fn learn(&mut self, theirs: &Value, ours: &Value) {
        for field in VOLATILE {
            if let (Some(theirs), Some(ours)) = (theirs[field].as_str(), ours[field].as_str()) {
                self.learned.insert(theirs.to_owned(), ours.to_owned());
            }
        }
    }

    fn compare(&self, recorded: &Value, response: &Response, body: &Value, which: &str) {
        assert_eq!(json!(response.status), recorded["status"], "{which}: {body}");
        for (name, value) in recorded["headers"].as_object().unwrap() {
            let told = self.translate(value.as_str().unwrap());
            assert_eq!(response.header(name), Some(told.as_str()), "{which}: {name}");
        }
        if !recorded["body"].is_null() {
            let told: Value = serde_json::from_str(&self.translate(&recorded["body"].to_string())).unwrap();
            assert_eq!(normal(body), normal(&told), "{which}");
        }
        if let Some(text) = recorded["text"].as_str() {
            assert_eq!(response.body.expose(), text.as_bytes(), "{which}");
        }
    }
}

/// The body with `_` for every volatile value; tokens keep the prefix that tells their kind.
fn normal(body: &Value) -> Value {
    let mut body = body.clone();
    for field in VOLATILE {
        if let Some(value) = body.get_mut(field) {
            let kind = value
                .as_str()
                .filter(|text| ["sy", "ma"].iter().any(|kind| text.starts_with(kind)))
                .and_then(|text| text.get(..4));
            *value = json!(kind.unwrap_or("_"));
        }
    }
    body
}
