//! A server that has every answer ready: one name is free, and every stage is content with what it gets.
//!
//! The answers are those of Synapse, as recorded.

use narthex::{Effect, Method, Reply, Request, Response, Secret};
use serde_json::{Value, json};

const STAGES: [&str; 4] =
    ["m.login.registration_token", "m.login.terms", "m.login.email.identity", "m.login.dummy"];
/// So many that a person answers, if there are so many stages.
const FLOWS: [&[&str]; 5] = [
    &[],
    &["m.login.dummy"],
    &["m.login.terms", "m.login.dummy"],
    &["m.login.registration_token", "m.login.terms", "m.login.dummy"],
    &STAGES,
];

/// A homeserver without memory, but for how many stages are done.
#[derive(Clone, Debug)]
pub struct Server {
    versions: Vec<u8>,
    login: Vec<u8>,
    /// The challenge after so many stages.
    challenges: Vec<Vec<u8>>,
    registered: Vec<u8>,
    done: usize,
}

impl Server {
    /// A server whose registration has so many stages, from one to four.
    #[must_use]
    pub fn with_stages(stages: usize) -> Self {
        let flow = FLOWS.get(stages).copied().unwrap_or(&STAGES);
        let challenge = |done: usize| {
            let mut challenge = json!({
                "session": "WZDNxGumNUcDaOFYfavnsRyy",
                "flows": [{ "stages": flow }],
                "params": { "m.login.terms": { "policies": { "privacy_policy": {
                    "version": "1.0",
                    "en": { "name": "Privacy Policy", "url": "https://example.org/_matrix/consent?v=1.0" },
                } } } },
            });
            if done > 0 {
                challenge["completed"] = json!(flow.get(..done));
            }
            challenge.to_string().into_bytes()
        };
        let versions: Vec<_> = (1..=15).map(|minor| format!("v1.{minor}")).collect();
        let login = ["m.login.password", "m.login.application_service"].map(|name| json!({ "type": name }));
        let registered = json!({
            "user_id": "@alice:example.org",
            "home_server": "example.org",
            "access_token": "syt_YWxpY2U_aWRHpzfkVkOFCpXZwdUB_0N5yB3",
            "device_id": "PHOONJYNCZ",
            "expires_in_ms": 299_982,
            "refresh_token": "syr_YWxpY2U_CmRnTjZuQyYQzUdBAkuK_2JvnNC",
        });
        Self {
            versions: json!({ "versions": versions, "unstable_features": {} }).to_string().into_bytes(),
            login: json!({ "flows": login }).to_string().into_bytes(),
            challenges: (0..flow.len()).map(challenge).collect(),
            registered: registered.to_string().into_bytes(),
            done: 0,
        }
    }

    /// As it was before anyone came.
    pub fn forget(&mut self) {
        self.done = 0;
    }

    /// The reply to an effect, if it has one.
    pub fn answer(&mut self, effect: &Effect) -> Option<Reply> {
        match effect {
            Effect::Http { request, .. } => Some(self.exchange(request)),
            Effect::Prove { .. } | Effect::Store { .. } | Effect::Erase { .. } => Some(Reply::Stored(Ok(()))),
            // Nothing that is stored is refreshed or ended here.
            Effect::Lease { .. } | Effect::Listen { .. } => None,
            Effect::FindSecrets { .. } | Effect::ShareSecrets { .. } | Effect::AdoptSecrets { .. } => None,
            Effect::Browse { .. } | Effect::Cancel { .. } => None,
        }
    }

    fn exchange(&mut self, request: &Request) -> Reply {
        let path = request.url.path();
        match path {
            "/_matrix/client/versions" => json_answer(200, self.versions.clone()),
            "/_matrix/client/v3/login" => json_answer(200, self.login.clone()),
            "/_matrix/client/v3/register" => self.register(request),
            "/_matrix/client/v3/account/whoami" => json_answer(
                200,
                br#"{"user_id":"@alice:example.org","is_guest":false,"device_id":"PHOONJYNCZ"}"#.to_vec(),
            ),
            "/.well-known/matrix/client" => {
                let base = br#"{"m.homeserver":{"base_url":"https://matrix.example.org"}}"#;
                json_answer(200, base.to_vec())
            }
            _ if path.ends_with("/validity") => json_answer(200, br#"{"valid":true}"#.to_vec()),
            _ if path.ends_with("/requestToken") => {
                json_answer(200, br#"{"sid":"YHLcmEpWqhWAHIoL"}"#.to_vec())
            }
            _ => {
                let error = br#"{"errcode":"M_UNRECOGNIZED","error":"Unrecognized request"}"#;
                json_answer(404, error.to_vec())
            }
        }
    }

    fn register(&mut self, request: &Request) -> Reply {
        let has_stage = request.method == Method::Post && is_of_a_stage(request.body.expose());
        self.done += usize::from(has_stage);
        match self.challenges.get(self.done) {
            Some(challenge) => json_answer(401, challenge.clone()),
            None => json_answer(200, self.registered.clone()),
        }
    }
}

/// Whether the `auth` of this body names a stage. No parser: this server's own time must not count.
fn is_of_a_stage(body: &[u8]) -> bool {
    body.windows(8).any(|bytes| bytes == b"\"type\":\"")
}

/// This answer, with what servers add and nobody asked for, until its body has 2048 bytes.
#[must_use]
pub fn padded(reply: &Reply) -> Reply {
    let Reply::Http(Ok(response)) = reply else { return reply.clone() };
    let mut body: Value = serde_json::from_slice(response.body.expose()).unwrap_or_default();
    let mut length = response.body.expose().len();
    for n in 0.. {
        let (key, value) = (format!("org.example.feature_{n:02}"), "true, and described here");
        // Quotes, a colon and a comma.
        let more = key.len() + value.len() + 6;
        if length + more > 2048 {
            break;
        }
        length += more;
        body[key] = json!(value);
    }
    json_answer(response.status, body.to_string().into_bytes())
}

fn json_answer(status: u16, body: Vec<u8>) -> Reply {
    let headers = [
        ("date", "Fri, 21 Nov 2025 06:00:00 GMT"),
        ("content-type", "application/json"),
        ("cache-control", "no-cache, no-store, must-revalidate"),
        ("access-control-allow-origin", "*"),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    Reply::Http(Ok(Response { status, headers, body: Secret::new(body) }))
}
