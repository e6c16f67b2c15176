//! The challenge of user-interactive authentication, and the choice of a flow.
//!
//! Client-server specification, "User-Interactive Authentication API".

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use url::Url;

use crate::address;
use crate::config::Config;
use crate::cx::Cx;
use crate::failure::{Failure, Misbehaviour};
use crate::http::{Answer, Call};
use crate::secret::Secret;
use crate::secret::exposed_option;
use crate::stage::{Stage, StageKind};
use crate::view::Policy;

const MAX_FLOWS: usize = 16;
const MAX_STAGES: usize = 16;
const MAX_POLICIES: usize = 16;
const MAX_SESSION: usize = 512;

/// What the server asks for before it registers anyone.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Uia {
    pub(crate) flows: Vec<Vec<Stage>>,
    #[serde(default, with = "exposed_option")]
    pub(crate) session: Option<Secret<String>>,
    pub(crate) completed: Vec<Stage>,
    /// The policies of the terms stage; `None` when they cannot be shown.
    pub(crate) policies: Option<Vec<Policy>>,
    /// The session is a number, and goes back as one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_number: bool,
}

/// Hashed apart from the rest of a state, so that whoever explores can count it by itself.
pub(crate) struct Aside<T>(pub(crate) T);

impl<T: Hash> Hash for Aside<T> {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        hasher.write_i8(1);
        self.0.hash(hasher);
        hasher.write_i8(-1);
    }
}

/// Of no server.
const NO_SESSION: &str = "narthex-has-none";

/// The question whether accounts are made here, and by which flows.
///
/// It must not make one, and there are servers that give an account to whoever asks. So it asks for a name that no user
/// can have: a colon ends the localpart, even in user ids of old. It asks for no device, and to go on with a session that
/// nobody has. What servers say to that, by their sources:
///
/// - Construct begins with the stages, and answers with its flows.
/// - Synapse and continuwuity look for the session before they look at the name. That there is none shows that whoever
///   registers has to authenticate, so that [`flows`] may be asked for.
/// - Dendrite, tuwunel and Palpo look at the name first, and refuse it: they tell the flows when a form is submitted.
/// - All but Construct and Dendrite say before that if registration is disabled.
pub(crate) fn probe(base: &Url, cx: &mut Cx<'_>) -> Call {
    let body = json!({ "username": ":", "inhibit_login": true, "auth": { "session": NO_SESSION } });
    Call::post(address::endpoint(base, "_matrix/client/v3/register"), &body, cx)
}

/// Whether an answer to [`probe`] shows that nobody is registered without authentication.
pub(crate) fn is_guarded(answer: &Answer<'_>) -> bool {
    matches!(answer.status(), 400..=499) && is_of_session(answer)
}

/// Whether a refusal is about the session. Synapse (M_UNKNOWN), tuwunel (M_FORBIDDEN) and continuwuity (M_INVALID_PARAM) have
/// no code for it, but they say the word.
pub(crate) fn is_of_session(answer: &Answer<'_>) -> bool {
    matches!(answer.errcode(), "M_UNKNOWN" | "M_FORBIDDEN" | "M_INVALID_PARAM" | "M_NOT_FOUND")
        && answer.says("session")
}

/// The question which flows there are, for a server that is known to have some. It opens the session that a registration
/// goes on with.
pub(crate) fn flows(base: &Url, cx: &mut Cx<'_>) -> Call {
    Call::post(address::endpoint(base, "_matrix/client/v3/register"), &json!({}), cx)
}

impl Uia {
    /// Reads what the server asks for. What is odd in it is left out, and the rest stands.
    pub(crate) fn read(answer: &Answer<'_>, config: &Config) -> Result<Self, Failure> {
        let body: Map<String, Value> = answer.json()?;
        let listed = body.get("flows").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let mut flows: Vec<Vec<Stage>> = Vec::new();
        for flow in listed.iter().take(MAX_FLOWS).filter_map(stages) {
            if !flows.contains(&flow) {
                flows.push(flow);
            }
        }
        // A flow of nothing leads nowhere, and is tried only where there is no other.
        if flows.iter().any(|flow| !flow.is_empty()) {
            flows.retain(|flow| !flow.is_empty());
        }
        if flows.is_empty() {
            return Err(answer.misbehaved(Misbehaviour::NoFlows));
        }
        let (session, is_number) = match body.get("session") {
            None | Some(Value::Null) => (None, false),
            Some(Value::String(session)) => (Some(Secret::new(session.clone())), false),
            Some(Value::Number(session)) => (Some(Secret::new(session.to_string())), true),
            Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => {
                return Err(answer.misbehaved(Misbehaviour::InvalidField("session")));
            }
        };
        if session.as_ref().is_some_and(|session| session.expose().len() > MAX_SESSION) {
            return Err(answer.misbehaved(Misbehaviour::InvalidField("session")));
        }
        let completed =
            body.get("completed").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let completed = completed.iter().take(MAX_STAGES * MAX_FLOWS).filter_map(stage).collect();
        let terms = body.get("params").and_then(|params| params.get("m.login.terms"));
        let policies = terms.map_or(Some(Vec::new()), |terms| policies(answer, terms, &config.languages));
        Ok(Self { flows, session, completed, policies, is_number })
    }

    /// Whether one can go on in its session: not in one that everybody has who asked like us.
    pub(crate) fn is_ours(&self) -> bool {
        self.session.as_ref().is_none_or(|session| session.expose() != NO_SESSION)
    }

    /// What the server said before stands where it does not say it again.
    pub(crate) fn fill_in(&mut self, before: Self) {
        if self.session.is_none() {
            (self.session, self.is_number) = (before.session, before.is_number);
        }
        if self.policies.as_ref().is_some_and(Vec::is_empty) {
            self.policies = before.policies;
        }
    }

    /// The session, as the server wrote it.
    pub(crate) fn session_as_said(&self) -> Option<Value> {
        let session = self.session.as_ref()?.expose();
        let number = || serde_json::from_str(session).ok().map(Value::Number);
        Some(self.is_number.then(number).flatten().unwrap_or_else(|| Value::from(session.as_str())))
    }

    /// The flow with the fewest questions to the user, as far as they have no preference.
    ///
    /// Among equals: fewer stages that only the server's own page knows, then the less laborious ones, then
    /// the order of the server.
    pub(crate) fn choose(&self, prefer: &[Stage], excluded: &[Stage]) -> Option<&[Stage]> {
        let possible = self.flows.iter().filter(|flow| !flow.iter().any(|stage| excluded.contains(stage)));
        possible.min_by_key(|flow| self.effort(flow, prefer)).map(Vec::as_slice)
    }

    fn effort(&self, flow: &[Stage], prefer: &[Stage]) -> (usize, usize, usize, usize, usize) {
        let missed = prefer.iter().filter(|stage| !flow.contains(stage)).count();
        let left = || flow.iter().filter(|stage| !self.completed.contains(stage));
        let questions = left().filter(|stage| stage.kind() != StageKind::Dummy).count();
        let unknown = left().filter(|stage| stage.kind() == StageKind::Other).count();
        (missed, questions, unknown, left().map(|stage| labour(stage.kind())).sum(), left().count())
    }

    /// The first stage of `flow` that is still to be done.
    pub(crate) fn next<'f>(&self, flow: &'f [Stage]) -> Option<&'f Stage> {
        flow.iter().find(|stage| !self.completed.contains(stage))
    }
}

const fn labour(kind: StageKind) -> usize {
    match kind {
        StageKind::Dummy => 0,
        StageKind::Terms => 1,
        StageKind::RegistrationToken => 2,
        StageKind::Recaptcha => 3,
        StageKind::Email => 4,
        StageKind::Phone => 5,
        StageKind::Other => 6,
    }
}

fn stage(name: &Value) -> Option<Stage> {
    name.as_str().and_then(Stage::parse)
}

/// The stages of a flow; `None` if it is none, or has one that cannot be done in any way.
fn stages(flow: &Value) -> Option<Vec<Stage>> {
    let flow = flow.as_object()?;
    let stages = match flow.get("stages") {
        None => return Some(Vec::new()),
        Some(stages) => stages.as_array()?,
    };
    (stages.len() <= MAX_STAGES).then(|| stages.iter().map(stage).collect())?
}

/// The policies in the user's language; `None` if one of them cannot be shown, so that nobody accepts unseen.
fn policies(answer: &Answer<'_>, terms: &Value, languages: &[String]) -> Option<Vec<Policy>> {
    let all = terms.get("policies")?.as_object()?;
    // Continuwuity puts a version beside the policies.
    let read: Vec<_> = all.iter().filter(|(_, policy)| policy.is_object()).collect();
    if all.len() > MAX_POLICIES || read.is_empty() != all.is_empty() {
        return None;
    }
    read.into_iter().map(|(id, policy)| translated(answer, id, policy, languages)).collect()
}

fn translated(answer: &Answer<'_>, id: &str, policy: &Value, languages: &[String]) -> Option<Policy> {
    struct Text {
        name: Option<String>,
        url: Url,
    }
    let policy = policy.as_object()?;
    // Some write 1.0 for "1.0".
    let version = policy.get("version").map(|version| match version {
        Value::String(version) => version.clone(),
        Value::Number(version) => version.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => String::new(),
    });
    let texts = policy.iter().filter(|(key, _)| *key != "version").filter_map(|(language, text)| {
        let url = Url::parse(text.get("url")?.as_str()?).ok()?;
        let name = text.get("name").and_then(Value::as_str).and_then(|name| answer.shown(name, 200));
        matches!(url.scheme(), "https" | "http").then(|| (normal(language), Text { name, url }))
    });
    let texts: BTreeMap<String, Text> = texts.collect();
    let wanted = languages.iter().map(|tag| normal(tag));
    let exact_or_base = wanted.flat_map(|tag| {
        let base = tag.split('-').next().unwrap_or_default().to_owned();
        [tag, base]
    });
    let language = exact_or_base.chain(["en".to_owned()]).find(|tag| texts.contains_key(tag));
    let language = language.or_else(|| texts.keys().next().cloned())?;
    let text = texts.get(&language)?;
    let id = answer.shown(id, 100).unwrap_or_default();
    let version = version.and_then(|version| answer.shown(&version, 100)).unwrap_or_default();
    // Without a name it is called what the server calls it to itself.
    let name = text.name.clone().unwrap_or_else(|| id.clone());
    Some(Policy { id, version, name, language, url: text.url.clone() })
}

/// Servers write `en-GB` and `en_GB`.
fn normal(tag: &str) -> String {
    tag.replace('_', "-").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::tests::{call, config, response};
    use crate::io::Time;

    fn read(body: &Value, languages: &[&str]) -> Result<Uia, Failure> {
        let config =
            Config { languages: languages.iter().map(|&language| language.to_owned()).collect(), ..config() };
        let (reply, call) = (response(401, &[], &body.to_string()), call());
        let answer = call.answer(&reply, Time(1)).unwrap();
        Uia::read(&answer, &config)
    }

    fn with_terms(policies: &Value, languages: &[&str]) -> Option<Vec<Policy>> {
        let params = serde_json::json!({ "m.login.terms": { "policies": policies } });
        let body = serde_json::json!({ "flows": [{ "stages": ["m.login.terms"] }], "params": params });
        read(&body, languages).unwrap().policies
    }

    fn language(languages: &[&str]) -> String {
        let text = |name: &str| serde_json::json!({ "name": name, "url": "https://a.b/c" });
        let policies = serde_json::json!({ "p": {
            "version": "1.0", "en": text("Terms"), "fr": text("Conditions"), "pt_BR": text("Termos"),
        } });
        with_terms(&policies, languages).unwrap().remove(0).language
    }

    #[test]
    fn a_policy_is_shown_in_the_persons_language_if_there_is_one() {
        assert_eq!(language(&["fr"]), "fr");
        assert_eq!(language(&["fr-CA", "en"]), "fr");
        assert_eq!(language(&["pt-BR"]), "pt-br");
        assert_eq!(language(&["de", "pt_br"]), "pt-br");
        assert_eq!(language(&["de"]), "en");
        assert_eq!(language(&[]), "en");
    }

    /// Edge case 180.
    #[test]
    fn a_policy_that_cannot_be_shown_cannot_be_accepted() {
        let script =
            serde_json::json!({ "p": { "version": "1", "en": { "name": "x", "url": "javascript:x" } } });
        assert_eq!(with_terms(&script, &["en"]), None);
        assert_eq!(with_terms(&serde_json::json!({ "p": { "version": "1" } }), &["en"]), None);
        let foreign = serde_json::json!({ "p": { "nl": { "name": "x", "url": "http://a.b" } } });
        assert_eq!(with_terms(&foreign, &["en"]).unwrap()[0].language, "nl");
        let many: Map<_, _> = (0..17).map(|n| (n.to_string(), foreign["p"].clone())).collect();
        assert_eq!(with_terms(&Value::Object(many), &["en"]), None);
    }

    #[test]
    fn what_cannot_be_a_challenge_is_refused_and_the_rest_is_bounded() {
        assert!(read(&serde_json::json!({ "flows": [] }), &[]).is_err());
        assert!(read(&serde_json::json!({ "flows": [{ "stages": [""] }] }), &[]).is_err());
        let long = serde_json::json!({ "flows": [{ "stages": [] }], "session": "s".repeat(513) });
        assert!(read(&long, &[]).is_err());
        let flows: Vec<_> = (0..40).map(|n| serde_json::json!({ "stages": [format!("x{n}")] })).collect();
        assert_eq!(read(&serde_json::json!({ "flows": flows }), &[]).unwrap().flows.len(), MAX_FLOWS);
        let stages: Vec<_> = (0..17).map(|n| n.to_string()).collect();
        assert!(read(&serde_json::json!({ "flows": [{ "stages": stages }] }), &[]).is_err());
        let odd = serde_json::json!({ "flows": [{ "stages": [] }], "session": ["s"] });
        assert!(read(&odd, &[]).is_err());
        let twice =
            serde_json::json!({ "flows": [{ "stages": ["a"] }, { "stages": ["a"] }], "params": null });
        assert_eq!(read(&twice, &[]).unwrap().flows.len(), 1);
    }
    /// Found C10.
    #[test]
    fn what_is_odd_in_a_challenge_is_left_out() {
        let good = serde_json::json!({ "stages": ["m.login.dummy"] });
        let flows = |odd: Value| serde_json::json!({ "flows": [odd, good], "params": [], "session": 7 });
        for odd in [
            serde_json::json!(null),
            serde_json::json!({ "stages": null }),
            serde_json::json!({ "stages": [] }),
            serde_json::json!({ "stages": [null] }),
            serde_json::json!({ "stages": ["m.login.dummy", 1] }),
            serde_json::json!({}),
            serde_json::json!("m.login.dummy"),
            serde_json::json!([]),
        ] {
            let uia = read(&flows(odd.clone()), &[]).unwrap();
            assert_eq!(uia.flows, [vec![Stage::parse("m.login.dummy").unwrap()]], "{odd}");
            assert_eq!(uia.session_as_said(), Some(Value::from(7)), "it goes back as it came");
            assert_eq!(uia.policies, Some(Vec::new()));
        }
        let alone = serde_json::json!({ "flows": [{ "stages": [] }], "completed": {}, "session": null });
        assert_eq!(read(&alone, &[]).unwrap().flows, [Vec::new()], "where there is no other");
        let saved = serde_json::to_string(&read(&flows(Value::Null), &[]).unwrap()).unwrap();
        assert_eq!(serde_json::from_str::<Uia>(&saved).unwrap().session_as_said(), Some(Value::from(7)));
    }

    /// Found C11.
    #[test]
    fn a_policy_without_a_name_or_a_version_is_shown_without() {
        let policy = with_terms(&serde_json::json!({ "tos": { "en": { "url": "https://a.b/c" } } }), &[]);
        let Policy { name, version, .. } = policy.unwrap().remove(0);
        assert_eq!((name.as_str(), version.as_str()), ("tos", ""));
        let number =
            serde_json::json!({ "tos": { "version": 2, "en": { "url": "https://a.b/c", "name": 1 } } });
        assert_eq!(with_terms(&number, &[]).unwrap()[0].version, "2");
        let beside = serde_json::json!({ "version": "latest", "tos": { "en": { "url": "https://a.b/c" } } });
        assert_eq!(
            with_terms(&beside, &[]).unwrap().len(),
            1,
            "a version beside the policies is none of them"
        );
        let relative =
            serde_json::json!({ "tos": { "version": "1", "en": { "name": "x", "url": "/terms" } } });
        assert_eq!(with_terms(&relative, &["en"]), None, "it leads nowhere from here");
    }
}
