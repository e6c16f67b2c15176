//! Does the sandbox answer as the real server did? Every recorded exchange is replayed and compared.
//!
//! `tests/recordings/README.md` says what was recorded, from what, and how the files are written.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::time::Duration;

use narthex::{Method, Request, Response, Secret, Time};
use narthex_sandbox::{
    Config, Delegation, Limit, Limits, PasswordPolicy, Refresh, Sandbox, Usernames, WellKnown, browser,
};
use serde_json::{Value, json};
use url::Url;

const START: u64 = 1_795_226_900_000;

/// Fields whose values differ from run to run.
const VOLATILE: [&str; 6] = ["access_token", "refresh_token", "device_id", "session", "sid", "expires_in_ms"];

struct Replay {
    server: Sandbox,
    now: u64,
    /// Recorded value → the sandbox's.
    learned: BTreeMap<String, String>,
}

impl Replay {
    fn new(port: u16, configure: impl FnOnce(Url) -> Config) -> Self {
        let mut config = configure(format!("http://127.0.0.1:{port}/").parse().unwrap());
        config.server_name = Some(format!("localhost:{port}"));
        config.captcha_key = "rig-public-site-key".to_owned();
        config.policies[0].names.insert("en".to_owned(), "Rig Privacy Policy".to_owned());
        Self { server: Sandbox::new(config, 7), now: START, learned: BTreeMap::new() }
    }

    fn play(mut self, recording: &str) -> Self {
        let steps: Vec<Value> = serde_json::from_str(recording).unwrap();
        for (number, step) in steps.iter().enumerate() {
            self.now = step["at"].as_u64().unwrap_or(self.now + 100);
            self.step(step, &format!("step {number}, {}", step["note"]));
        }
        self
    }

    fn step(&mut self, step: &Value, which: &str) {
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

    fn request(&self, step: &Value) -> Request {
        let origin = self.server.config().base_url.origin().ascii_serialization();
        let url = format!("{origin}{}", self.translate(step["path"].as_str().unwrap())).parse().unwrap();
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
        let bearer = step["bearer"].as_str().map(|token| format!("Bearer {}", self.translate(token)));
        Request {
            method: if step["method"] == "GET" { Method::Get } else { Method::Post },
            headers: bearer.map(|value| ("authorization", Secret::new(value))).into_iter().collect(),
            body: Secret::new(body.into_bytes()),
            ..browser::open(&url)
        }
    }

    /// The recorded text with the recorded values replaced by the sandbox's.
    fn translate(&self, text: &str) -> String {
        self.learned.iter().fold(text.to_owned(), |text, (theirs, ours)| text.replace(theirs, ours))
    }

    fn learn(&mut self, theirs: &Value, ours: &Value) {
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
            assert_eq!(normal(body), normal(&recorded["body"]), "{which}");
        }
    }
}

/// The body with `_` for every volatile value; tokens keep the prefix that tells their kind.
fn normal(body: &Value) -> Value {
    let mut body = body.clone();
    for field in VOLATILE {
        if let Some(value) = body.get_mut(field) {
            let kind = value.as_str().filter(|text| text.starts_with("sy")).and_then(|text| text.get(..4));
            *value = json!(kind.unwrap_or("_"));
        }
    }
    body
}

#[test]
fn open_registration_is_as_recorded() {
    Replay::new(8101, Config::open).play(include_str!("recordings/open.json"));
}

#[test]
fn disabled_registration_is_as_recorded() {
    Replay::new(8102, Config::disabled).play(include_str!("recordings/disabled.json"));
}

#[test]
fn registration_with_a_token_is_as_recorded() {
    let replay = Replay::new(8103, Config::token).play(include_str!("recordings/token.json"));
    let used: Vec<_> =
        replay.server.registration_tokens().map(|t| (t.token.as_str(), t.pending, t.completed)).collect();
    assert_eq!(used, [("rig-expiring", 0, 0), ("rig-one", 0, 1), ("rig-two", 0, 1)]);
}

#[test]
fn terms_are_as_recorded() {
    Replay::new(8104, Config::terms).play(include_str!("recordings/terms.json"));
}

#[test]
fn registration_with_an_email_address_is_as_recorded() {
    let replay = Replay::new(8105, Config::email).play(include_str!("recordings/email.json"));
    let to: Vec<&str> = replay.server.mail().iter().map(|mail| mail.to.as_str()).collect();
    assert_eq!(to, ["emma@example.invalid", "emma@example.invalid", "emma2@example.invalid"]);
}

#[test]
fn an_optional_email_address_is_as_recorded() {
    Replay::new(8106, Config::email_optional).play(include_str!("recordings/email_optional.json"));
}

#[test]
fn the_captcha_is_as_recorded() {
    Replay::new(8107, Config::recaptcha).play(include_str!("recordings/recaptcha.json"));
}

#[test]
fn everything_at_once_is_as_recorded() {
    Replay::new(8109, Config::everything).play(include_str!("recordings/everything.json"));
}

#[test]
fn rate_limits_are_as_recorded() {
    Replay::new(8110, Config::rate_limited).play(include_str!("recordings/rate_limited.json"));
}

#[test]
fn sign_in_refresh_and_sign_out_are_as_recorded() {
    let refresh = Refresh {
        access_lifetime: Duration::from_secs(4),
        refresh_lifetime: Some(Duration::from_secs(60)),
        ..Refresh::default()
    };
    let usernames = Usernames { exclusive_prefixes: vec!["irc-".to_owned()] };
    let configure = |url: Url| Config {
        login: Config::sso(url.clone()).login,
        refresh: Some(refresh),
        usernames,
        well_known: WellKnown::Own,
        flows: vec![vec!["m.login.dummy".to_owned()], vec!["m.login.email.identity".to_owned()]],
        ..Config::email(url)
    };
    Replay::new(8471, configure).play(include_str!("recordings/sessions.json"));
}

#[test]
fn the_password_policy_and_approval_are_as_recorded() {
    let password_policy = PasswordPolicy {
        minimum_length: 10,
        digit: true,
        symbol: true,
        uppercase: true,
        lowercase: true,
        plain_errcode: false,
    };
    let configure = |url| Config {
        password_policy,
        approval_required: true,
        well_known: WellKnown::Own,
        ..Config::email_optional(url)
    };
    Replay::new(8472, configure).play(include_str!("recordings/approval.json"));
}

#[test]
fn six_questions_for_usernames_at_once_get_three_answers() {
    let limits = Limits { availability: Some(Limit::new(3, 1)), ..Limits::unlimited() };
    let mut replay = Replay::new(8110, |url| Config { limits, ..Config::open(url) });
    let question = replay
        .request(&json!({ "path": "/_matrix/client/v3/register/available?username=zz", "method": "GET" }));
    let answers: Vec<Response> = (0..6).map(|_| replay.server.answer(Time(START), &question)).collect();
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 3);
    let refused = answers.last().unwrap();
    let body: Value = serde_json::from_slice(refused.body.expose()).unwrap();
    assert_eq!(
        body,
        json!({ "errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests", "retry_after_ms": 2000 })
    );
    assert_eq!(refused.header("retry-after"), Some("2"));
}

#[test]
fn delegated_sign_in_is_as_recorded() {
    let metadata: Value = serde_json::from_str(include_str!("recordings/auth_metadata.json")).unwrap();
    let mut replay = Replay::new(8448, |url| {
        let issuer = "http://127.0.0.1:8090/".parse().unwrap();
        let delegation = Some(Delegation { metadata: metadata.clone(), stable_path: true });
        Config { delegation, ..Config::delegated(url, &issuer) }
    });
    let unrecognized = json!({ "errcode": "M_UNRECOGNIZED", "error": "Unrecognized request" });
    let no_registration = json!({
        "errcode": "M_FORBIDDEN",
        "error": "Registration has been disabled. Only m.login.application_service registrations are allowed.",
    });
    for (method, path, status, body) in [
        ("GET", "/_matrix/client/v1/auth_metadata", 200, &metadata),
        ("GET", "/_matrix/client/unstable/org.matrix.msc2965/auth_metadata", 200, &metadata),
        ("POST", "/_matrix/client/v3/register", 403, &no_registration),
        ("GET", "/_matrix/client/v3/register/available?username=a", 404, &unrecognized),
        (
            "GET",
            "/_matrix/client/v1/register/m.login.registration_token/validity?token=a",
            404,
            &unrecognized,
        ),
        ("GET", "/_matrix/client/v3/login", 404, &unrecognized),
        ("POST", "/_matrix/client/v3/refresh", 404, &unrecognized),
        ("POST", "/_matrix/client/v3/logout", 404, &unrecognized),
    ] {
        let answer = json!({ "status": status, "headers": {}, "body": body });
        replay.step(&json!({ "method": method, "path": path, "json": {}, "answer": answer }), path);
    }
}
