//! How the answers to the questions of discovery are read.
//!
//! Client-server specification, "Server Discovery", "Login"; MSC2965 and MSC3824 for OAuth 2.0; MSC4108 and MSC4388 for
//! the rendezvous.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;

use crate::address;
use crate::config::Config;
use crate::failure::{Cause, Failure, Misbehaviour, Missing, Refusal};
use crate::http::Answer;
use crate::metadata::Metadata;
use crate::report::{Finding, IdentityProvider, LoginSupport, OAuthSupport, RegistrationSupport, Rendezvous};
use crate::text;
use crate::uia::Uia;

const MAX_LISTED: usize = 64;
const MAX_PROVIDERS: usize = 32;
/// How many odd parts of an answer are told.
const MAX_LEFT_OUT: usize = 16;

/// Where the delegation leads; `None` if there is none.
pub(super) fn well_known(answer: &Answer<'_>) -> Result<Option<Url>, Failure> {
    #[derive(Deserialize)]
    struct Body {
        #[serde(rename = "m.homeserver")]
        homeserver: Homeserver,
    }
    #[derive(Deserialize)]
    struct Homeserver {
        base_url: String,
    }
    let unclear = || answer.failure(Cause::Refused { refusal: Refusal::HomeserverUnclear });
    match answer.status() {
        404 => Ok(None),
        200 => {
            let Body { homeserver } = answer.json().map_err(|_| unclear())?;
            let broken = || answer.misbehaved(Misbehaviour::DelegationBroken);
            let url = address::base_url(&homeserver.base_url).ok_or_else(broken)?;
            // This machine is not for a stranger to send us to; whoever means it types it.
            if address::may_lead_to(answer.from(), &url) { Ok(Some(url)) } else { Err(broken()) }
        }
        _ => Err(unclear()),
    }
}

/// The versions that the server announces, entry by entry, and which entries are none.
pub(super) fn versions(answer: &Answer<'_>, delegated: bool) -> Result<(Vec<String>, Vec<String>), Failure> {
    #[derive(Deserialize)]
    struct Body {
        versions: Vec<Value>,
    }
    let nothing = || {
        answer.failure(if delegated {
            Cause::Misbehaved { misbehaviour: Misbehaviour::DelegationBroken }
        } else {
            Cause::Unsupported { missing: Missing::Homeserver }
        })
    };
    let body: Body = match answer.status() {
        200 => answer.json().map_err(|_| nothing())?,
        // Who has an error code of Matrix speaks it, and refuses this.
        _ if answer.errcode().starts_with("M_") && answer.errcode() != "M_UNRECOGNIZED" => {
            return Err(answer.failure(Cause::Refused { refusal: Refusal::Other }));
        }
        _ => return Err(nothing()),
    };
    let listed = body.versions.iter().take(MAX_LISTED).enumerate();
    let (words, odd): (Vec<_>, Vec<_>) = listed.partition(|(_, version)| version.is_string());
    let words = words.into_iter().filter_map(|(_, version)| Some(text::one_line(version.as_str()?, 32)));
    let odd = odd.into_iter().take(MAX_LEFT_OUT).map(|(n, _)| format!("versions[{n}]"));
    Ok((words.collect(), odd.collect()))
}

/// What was read of an answer, and which parts of it were not.
pub(super) struct Read<T> {
    pub(super) value: T,
    pub(super) finding: Finding,
    pub(super) left_out: Vec<String>,
}

/// The rendezvous of 2024, of which `/versions` says whether it is there. What it says about that is read by itself: the
/// versions count whatever is beside them.
pub(super) fn rendezvous_2024(answer: &Answer<'_>) -> Read<Rendezvous> {
    const FLAG: &str = "org.matrix.msc4108";
    let mut read = Read { value: Rendezvous::Unclear, finding: Finding::Present, left_out: Vec::new() };
    let features = answer.json::<Value>().map(|body| body["unstable_features"].clone());
    match features {
        Ok(Value::Null) => read.value = Rendezvous::Off,
        Ok(Value::Object(features)) => match features.get(FLAG) {
            None | Some(Value::Null | Value::Bool(false)) => read.value = Rendezvous::Off,
            Some(Value::Bool(true)) => read.value = Rendezvous::Open,
            Some(_) => read.leave_out(format!("unstable_features.{FLAG}")),
        },
        Ok(_) | Err(_) => read.leave_out("unstable_features".to_owned()),
    }
    read
}

/// The rendezvous of 2025, by what whoever is not signed in is told (MSC4388). 404 from whoever does not know the path is
/// "no"; no web page is, and no other error.
pub(super) fn rendezvous(answer: &Answer<'_>) -> (Rendezvous, Finding) {
    let is_bare =
        matches!(answer.status(), 404 | 405) && answer.errcode().is_empty() && !answer.is_web_page();
    match (answer.status(), answer.errcode()) {
        (_, "M_UNRECOGNIZED") => (Rendezvous::Off, Finding::Absent),
        _ if is_bare => (Rendezvous::Off, Finding::Absent),
        // Synapse answers 401, tuwunel 403, as specified.
        (401, "M_MISSING_TOKEN" | "M_UNKNOWN_TOKEN") | (403, "M_FORBIDDEN") => {
            (Rendezvous::Authenticated, Finding::Declined)
        }
        (200, _) => match answer.json::<Value>().map(|body| body["create_available"].clone()) {
            Ok(Value::Bool(true)) => (Rendezvous::Open, Finding::Present),
            Ok(Value::Bool(false)) => (Rendezvous::Authenticated, Finding::Declined),
            Ok(_) => {
                let field = Misbehaviour::InvalidField("create_available");
                (Rendezvous::Unclear, faulty(answer.misbehaved(field)))
            }
            Err(failure) => (Rendezvous::Unclear, faulty(failure)),
        },
        _ => (Rendezvous::Unclear, faulty(answer.unexpected())),
    }
}

/// The legacy sign-in. Entry by entry: what is odd is left out, and the rest stands.
pub(super) fn login(answer: &Answer<'_>) -> Read<LoginSupport> {
    let mut read = Read { value: LoginSupport::default(), finding: Finding::Present, left_out: Vec::new() };
    // 404 without a word of its own is from a server that does not know the path.
    let is_bare = answer.status() == 404 || (answer.status() == 405 && !answer.is_web_page());
    if answer.errcode() == "M_UNRECOGNIZED" || (is_bare && answer.errcode().is_empty()) {
        read.finding = Finding::Absent;
        return read;
    }
    let body = match answer.status() {
        200 => answer.json::<Map<String, Value>>(),
        _ => Err(answer.unexpected()),
    };
    let flows = body.and_then(|body| match body.get("flows") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(flows)) => Ok(Some(flows.clone())),
        Some(_) => Err(answer.misbehaved(Misbehaviour::InvalidField("flows"))),
    });
    match flows {
        Ok(Some(flows)) => {
            for (n, flow) in flows.iter().enumerate().take(MAX_LISTED) {
                read.flow(flow, &format!("flows[{n}]"));
            }
        }
        Ok(None) => read.leave_out("flows".to_owned()),
        Err(failure) => read.finding = faulty(failure),
    }
    read
}

impl<T> Read<T> {
    fn leave_out(&mut self, what: String) {
        if self.left_out.len() < MAX_LEFT_OUT {
            self.left_out.push(what);
        }
    }
}

impl Read<LoginSupport> {
    fn flow(&mut self, flow: &Value, at: &str) {
        let Some(kind) = flow["type"].as_str() else { return self.leave_out(format!("{at}.type")) };
        let support = &mut self.value;
        match kind {
            "m.login.password" => support.password = true,
            "m.login.token" => support.token = true,
            "m.login.sso" => {
                let is = |name: &str| flow[name] == Value::Bool(true);
                support.sso.get_or_insert_default().preferred |=
                    is("oauth_aware_preferred") || is("org.matrix.msc3824.delegated_oidc_compatibility");
                match &flow["identity_providers"] {
                    Value::Null => {}
                    Value::Array(providers) => {
                        for (n, provider) in providers.iter().enumerate().take(MAX_PROVIDERS) {
                            self.provider(provider, &format!("{at}.identity_providers[{n}]"));
                        }
                    }
                    Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
                        self.leave_out(format!("{at}.identity_providers"));
                    }
                }
            }
            other if support.other.len() < 16 => support.other.push(text::one_line(other, 128)),
            _ => {}
        }
    }

    fn provider(&mut self, provider: &Value, at: &str) {
        let Some(id) = provider["id"].as_str().filter(|id| is_opaque(id)) else {
            return self.leave_out(format!("{at}.id"));
        };
        let mut word = |name: &str| {
            let value = &provider[name];
            if !(value.is_string() || value.is_null()) {
                self.leave_out(format!("{at}.{name}"));
            }
            value.as_str().map(|value| text::one_line(value, 100)).filter(|value| !value.is_empty())
        };
        let (name, brand) = (word("name"), word("brand"));
        let name = name.unwrap_or_else(|| text::one_line(id, 100));
        let provider = IdentityProvider { id: id.to_owned(), name, brand };
        self.value.sso.get_or_insert_default().providers.push(provider);
    }
}

/// OAuth 2.0, by either path.
pub(super) fn auth_metadata(answer: &Answer<'_>, is_unstable: bool) -> (OAuthAnswer, Finding) {
    // 404 with any body means that there is none; nothing else does.
    if answer.is_unrecognized() {
        return (OAuthAnswer::Absent, Finding::Absent);
    }
    if answer.status() != 200 {
        return (OAuthAnswer::Unclear, faulty(answer.unexpected()));
    }
    match Metadata::read(answer, is_unstable) {
        Ok(metadata) => (OAuthAnswer::Offered(Arc::new(metadata)), Finding::Present),
        Err(failure) if matches!(failure.cause, Cause::Unavailable { .. }) => {
            (OAuthAnswer::Unclear, faulty(failure))
        }
        Err(failure) => (OAuthAnswer::Unusable(failure.cause.clone()), faulty(failure)),
    }
}

/// What was heard about OAuth 2.0, ordered by how much it says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum OAuthAnswer {
    Absent,
    Unclear,
    Unusable(Cause),
    Offered(Arc<Metadata>),
}

impl OAuthAnswer {
    /// Either path may offer it; only both together can deny it. The specified path counts for more.
    pub(super) fn and(self, other: Self) -> Self {
        let worth = |heard: &Self| match heard {
            Self::Absent => 0,
            Self::Unclear => 1,
            Self::Unusable(_) => 2,
            Self::Offered(metadata) => 4 - i32::from(metadata.is_unstable),
        };
        if worth(&other) > worth(&self) { other } else { self }
    }

    pub(super) fn metadata(&self) -> Option<Arc<Metadata>> {
        match self {
            Self::Offered(metadata) => Some(metadata.clone()),
            Self::Absent | Self::Unclear | Self::Unusable(_) => None,
        }
    }

    pub(super) fn support(&self) -> OAuthSupport {
        match self {
            Self::Absent => OAuthSupport::Absent,
            Self::Unclear => OAuthSupport::Unclear,
            Self::Unusable(cause) => OAuthSupport::Unusable { cause: cause.clone() },
            Self::Offered(metadata) => OAuthSupport::Offered {
                issuer: text::one_line(&metadata.issuer, 512),
                registration: metadata.creates,
                device_grant: metadata.device_authorization_endpoint.is_some(),
                client_registration: metadata.registration_endpoint.is_some(),
                account_management: metadata.account_management.as_ref().map(|manage| manage.uri.clone()),
            },
        }
    }
}

/// The registration flows, with the session that the question opened.
pub(super) fn registration(
    answer: &Answer<'_>,
    config: &Config,
) -> (RegistrationSupport, Option<Uia>, Finding) {
    match answer.status() {
        401 => match Uia::read(answer, config) {
            Ok(uia) => (RegistrationSupport::Open { flows: uia.flows.clone() }, Some(uia), Finding::Present),
            Err(failure) => (RegistrationSupport::Unclear { retry_at: None }, None, faulty(failure)),
        },
        200 if answer.json::<Map<String, Value>>().is_ok() => {
            (RegistrationSupport::Unguarded, None, Finding::Present)
        }
        403 if !answer.is_web_page() => match Uia::read(answer, config) {
            Ok(uia) => (RegistrationSupport::Open { flows: uia.flows.clone() }, Some(uia), Finding::Present),
            Err(_) => (RegistrationSupport::Closed, None, Finding::Declined),
        },
        404 | 405 => (RegistrationSupport::Absent, None, Finding::Absent),
        _ if answer.errcode() == "M_UNRECOGNIZED" => (RegistrationSupport::Absent, None, Finding::Absent),
        _ if answer.errcode() == "M_REGISTRATION_DISABLED" => {
            (RegistrationSupport::Closed, None, Finding::Declined)
        }
        // The server looked at the username: it will say what it asks for when there is a good one.
        400 if answer.errcode() == "M_INVALID_USERNAME" => {
            (RegistrationSupport::Open { flows: Vec::new() }, None, Finding::Present)
        }
        // Some servers want more first: the flow will ask again, with that.
        400 if !answer.errcode().is_empty() => {
            (RegistrationSupport::Unclear { retry_at: None }, None, Finding::Present)
        }
        _ => (RegistrationSupport::Unclear { retry_at: None }, None, faulty(answer.unexpected())),
    }
}

pub(super) fn faulty(failure: Failure) -> Finding {
    Finding::Faulty { cause: failure.cause }
}

/// "Opaque identifiers" of the specification.
fn is_opaque(id: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    (1..=255).contains(&id.len()) && id.bytes().all(plain)
}
