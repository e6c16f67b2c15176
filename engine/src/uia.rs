//! The challenge of user-interactive authentication, and the choice of a flow.
//!
//! Client-server specification, "User-Interactive Authentication API".

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

use crate::address;
use crate::config::Config;
use crate::cx::Cx;
use crate::failure::{Failure, Misbehaviour};
use crate::http::{Answer, Call};
use crate::secret::Secret;
use crate::secret::exposed_option;
use crate::stage::{Stage, StageKind};
use crate::text;
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

/// The question which flows there are. It opens the session that a registration goes on with.
pub(crate) fn probe(base: &Url, cx: &mut Cx<'_>) -> Call {
    Call::post(address::endpoint(base, "_matrix/client/v3/register"), &json!({}), cx)
}

impl Uia {
    /// Reads a 401 that has flows.
    pub(crate) fn read(answer: &Answer<'_>, config: &Config) -> Result<Self, Failure> {
        #[derive(Deserialize)]
        struct Body {
            flows: Vec<Flow>,
            #[serde(default)]
            params: Option<BTreeMap<String, Value>>,
            session: Option<String>,
            #[serde(default)]
            completed: Option<Vec<String>>,
        }
        #[derive(Deserialize)]
        struct Flow {
            #[serde(default)]
            stages: Vec<String>,
        }
        let body: Body = answer.json()?;
        let stages =
            |names: &[String]| names.iter().map(|name| Stage::parse(name)).collect::<Option<Vec<_>>>();
        let invalid = |field| answer.misbehaved(Misbehaviour::InvalidField(field));
        let flows = body.flows.iter().take(MAX_FLOWS).filter(|flow| flow.stages.len() <= MAX_STAGES);
        let mut flows: Vec<_> = flows.filter_map(|flow| stages(&flow.stages)).collect();
        let mut seen = Vec::new();
        flows.retain(|flow| {
            !seen.contains(flow) && {
                seen.push(flow.clone());
                true
            }
        });
        if flows.is_empty() {
            return Err(answer.misbehaved(Misbehaviour::NoFlows));
        }
        if body.session.as_ref().is_some_and(|s| s.len() > MAX_SESSION) {
            return Err(invalid("session"));
        }
        let completed = body.completed.unwrap_or_default();
        let completed =
            completed.iter().take(MAX_STAGES * MAX_FLOWS).filter_map(|name| Stage::parse(name)).collect();
        let terms = body.params.as_ref().and_then(|params| params.get("m.login.terms"));
        let policies = terms.map_or(Some(Vec::new()), |terms| policies(terms, &config.languages));
        Ok(Self { flows, session: body.session.map(Secret::new), completed, policies })
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

/// The policies in the user's language; `None` if one of them cannot be shown, so that nobody accepts unseen.
fn policies(terms: &Value, languages: &[String]) -> Option<Vec<Policy>> {
    let all = terms.get("policies")?.as_object()?;
    if all.len() > MAX_POLICIES {
        return None;
    }
    all.iter().map(|(id, policy)| translated(id, policy, languages)).collect()
}

fn translated(id: &str, policy: &Value, languages: &[String]) -> Option<Policy> {
    #[derive(Deserialize)]
    struct Text {
        name: String,
        url: Url,
    }
    let policy = policy.as_object()?;
    let version = policy.get("version").and_then(Value::as_str).unwrap_or_default();
    let texts = policy.iter().filter(|(key, _)| *key != "version").filter_map(|(language, text)| {
        let text = Text::deserialize(text).ok()?;
        matches!(text.url.scheme(), "https" | "http").then(|| (normal(language), text))
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
    let (id, version) = (text::one_line(id, 100), text::one_line(version, 100));
    Some(Policy { id, version, name: text::one_line(&text.name, 200), language, url: text.url.clone() })
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
        let many: serde_json::Map<_, _> = (0..17).map(|n| (n.to_string(), foreign["p"].clone())).collect();
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
        let twice =
            serde_json::json!({ "flows": [{ "stages": ["a"] }, { "stages": ["a"] }], "params": null });
        assert_eq!(read(&twice, &[]).unwrap().flows.len(), 1);
    }
}
