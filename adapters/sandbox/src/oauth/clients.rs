//! Which applications are known, and what may they register? RFC 7591 and MSC2966.

use std::collections::BTreeMap;

use narthex::{Response, Time};
use serde_json::{Value, json};
use url::{Host, Url};

use crate::answer::json;
use crate::ask::{Ask, Object};
use crate::chance::Chance;
use crate::sandbox::Sandbox;

use super::redirect_uri::{ApplicationType, is_on_host_of, may_be_registered};
use super::refused::Refused;
use super::token::{AUTHORIZATION_CODE, DEVICE_CODE};

/// The most clients kept; the oldest are forgotten first.
const MOST_CLIENTS: usize = 1000;

/// The most redirect URIs, and the most grant types, of one client.
const MOST_ENTRIES: usize = 20;

/// Domains under which everyone may have their own; the real server knows the whole Public Suffix List.
const PUBLIC_SUFFIXES: [&str; 4] = ["github.io", "gitlab.io", "pages.dev", "co.uk"];

/// Metadata that is kept and told as it came.
const TEXTS: [&str; 7] = [
    "application_type",
    "token_endpoint_auth_method",
    "client_name",
    "logo_uri",
    "client_uri",
    "policy_uri",
    "tos_uri",
];

/// An application.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) name: String,
    pub(crate) redirect_uris: Vec<Url>,
    grant_types: Vec<String>,
    issued_at: Time,
    /// The metadata, in one order: the same metadata is the same client.
    metadata: String,
}

impl Client {
    pub(crate) fn may_use(&self, grant_type: &str) -> bool {
        self.grant_types.iter().any(|ours| ours == grant_type)
    }
}

/// All clients by id; an earlier one comes first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Clients(BTreeMap<String, Client>);

impl Clients {
    pub(crate) fn find(&self, client_id: &str) -> Option<&Client> {
        self.0.get(client_id)
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn forget_all(&mut self) {
        self.0.clear();
    }

    /// The id of this client, which may be known already, and since when it is.
    fn add(&mut self, chance: &mut Chance, client: Client) -> (String, Time) {
        let known = self.0.iter().find(|(_, known)| known.metadata == client.metadata);
        if let Some((client_id, known)) = known {
            return (client_id.clone(), known.issued_at);
        }
        if self.0.len() >= MOST_CLIENTS {
            self.0.pop_first();
        }
        let (client_id, issued_at) = (chance.ulid(client.issued_at), client.issued_at);
        self.0.insert(client_id.clone(), client);
        (client_id, issued_at)
    }
}

impl Sandbox {
    pub(crate) fn register_client(&mut self, now: Time, ask: Ask<'_>) -> Result<Response, Refused> {
        let body = ask.json().map_err(|_| Refused::request())?;
        let mut metadata = read(&body)?;
        let has_device_grant = self.config.oauth.as_ref().is_some_and(|oauth| oauth.device_grant.is_some());
        metadata.grant_types.retain(|grant| grant != DEVICE_CODE || has_device_grant);
        metadata.check(body.get("response_types"))?;
        let mut told = metadata.told();
        let client = Client {
            name: metadata.text("client_name").unwrap_or("An application").to_owned(),
            redirect_uris: metadata.redirect_uris.iter().filter_map(|uri| Url::parse(uri).ok()).collect(),
            metadata: metadata.canonical(),
            grant_types: metadata.grant_types,
            issued_at: now,
        };
        let (client_id, issued_at) = self.oauth.clients.add(&mut self.chance, client);
        told.insert("client_id".to_owned(), client_id.into());
        told.insert("client_id_issued_at".to_owned(), (issued_at.0 / 1000).into());
        Ok(json(201, &told.into()))
    }
}

/// What was sent, of the right types.
struct Metadata<'a> {
    texts: BTreeMap<&'static str, &'a str>,
    redirect_uris: Vec<String>,
    grant_types: Vec<String>,
}

fn read(body: &Object) -> Result<Metadata<'_>, Refused> {
    let mut texts = BTreeMap::new();
    for name in TEXTS {
        match body.get(name) {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) => drop(texts.insert(name, text.as_str())),
            Some(_) => return Err(Refused::request()),
        }
    }
    let grant_types = list(body.get("grant_types"))?.unwrap_or_else(|| vec![AUTHORIZATION_CODE.to_owned()]);
    Ok(Metadata { texts, redirect_uris: list(body.get("redirect_uris"))?.unwrap_or_default(), grant_types })
}

fn list(value: Option<&Value>) -> Result<Option<Vec<String>>, Refused> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(entries)) if entries.len() <= MOST_ENTRIES => {
            let texts = entries.iter().map(|entry| entry.as_str().map(str::to_owned));
            texts.collect::<Option<Vec<_>>>().map(Some).ok_or_else(Refused::request)
        }
        Some(_) => Err(Refused::request()),
    }
}

impl Metadata<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        self.texts.get(name).copied()
    }

    /// First what RFC 7591 asks for, then the policy of real deployments.
    fn check(&self, response_types: Option<&Value>) -> Result<(), Refused> {
        let uses_code = self.grant_types.iter().any(|grant| grant == AUTHORIZATION_CODE);
        let has_fragment = |uri: &String| Url::parse(uri).map_or(true, |uri| uri.fragment().is_some());
        if (uses_code && self.redirect_uris.is_empty()) || self.redirect_uris.iter().any(has_fragment) {
            return Err(redirect_uri("The value of one or more redirection URIs is invalid."));
        }
        let wants_code = list(response_types)?.is_some_and(|types| types.iter().any(|kind| kind == "code"));
        // Only `client_credentials` was seen to be refused; a client of the device grant alone may say `code`.
        if wants_code && !uses_code && self.grant_types.iter().any(|grant| grant == "client_credentials") {
            return Err(invalid("'code' response type not compatible with grant types"));
        }
        let client_uri = self.client_uri()?;
        for name in ["logo_uri", "tos_uri", "policy_uri"] {
            let Some(uri) = self.text(name) else { continue };
            let uri = secure(uri).ok_or_else(|| invalid(&format!("invalid {name}")))?;
            if !is_on_host_of(&uri, &client_uri) {
                return Err(invalid(&format!("{name} not on the same host as the client_uri")));
            }
        }
        let kind = match self.text("application_type") {
            Some("native") => ApplicationType::Native,
            Some(_) | None => ApplicationType::Web,
        };
        if self.redirect_uris.iter().all(|uri| may_be_registered(uri, kind, &client_uri)) {
            Ok(())
        } else {
            Err(redirect_uri("invalid redirect_uri"))
        }
    }

    fn client_uri(&self) -> Result<Url, Refused> {
        let uri = self.text("client_uri").ok_or_else(|| invalid("missing client_uri"))?;
        let uri = secure(uri).ok_or_else(|| invalid("invalid client_uri"))?;
        if uri.host_str().is_none_or(|host| !host.contains('.') || PUBLIC_SUFFIXES.contains(&host)) {
            return Err(invalid("client_uri is not using a valid domain"));
        }
        Ok(uri)
    }

    fn told(&self) -> Object {
        let mut told = Object::new();
        for (&name, &text) in &self.texts {
            told.insert(name.to_owned(), text.into());
        }
        if !self.redirect_uris.is_empty() {
            told.insert("redirect_uris".to_owned(), json!(self.redirect_uris));
        }
        told.insert("grant_types".to_owned(), json!(self.grant_types));
        told
    }

    fn canonical(&self) -> String {
        let sorted = |list: &[String]| {
            let mut list = list.to_vec();
            list.sort();
            list
        };
        let lists = [sorted(&self.redirect_uris), sorted(&self.grant_types)];
        json!([self.texts, lists]).to_string()
    }
}

/// An `https` address of a named host, with nobody's password in it.
fn secure(uri: &str) -> Option<Url> {
    let uri = Url::parse(uri).ok()?;
    let is_named = matches!(uri.host(), Some(Host::Domain(name)) if name != "localhost");
    let is_plain = uri.username().is_empty() && uri.password().is_none();
    (uri.scheme() == "https" && is_named && is_plain).then_some(uri)
}

fn invalid(description: &str) -> Refused {
    Refused::new(400, "invalid_client_metadata", description)
}

fn redirect_uri(description: &str) -> Refused {
    Refused::new(400, "invalid_redirect_uri", description)
}
