//! What an authorization server says about itself.
//!
//! Client-server specification, "Server metadata discovery"; RFC 8414.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use crate::account_management::AccountManagement;
use crate::address::{self, Purpose, Unfit};
use crate::failure::{Cause, Failure, Misbehaviour, Missing};
use crate::http::Answer;

pub(crate) const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// The longest issuer that is taken, in bytes.
const MAX_ISSUER: usize = 1024;

/// An authorization server, as far as we need it. All its addresses are secure.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Metadata {
    /// Compared byte by byte, so it is kept as it was written.
    pub(crate) issuer: String,
    pub(crate) authorization_endpoint: Url,
    pub(crate) token_endpoint: Url,
    pub(crate) revocation_endpoint: Option<Url>,
    pub(crate) registration_endpoint: Option<Url>,
    /// Only if the grant is announced as well.
    pub(crate) device_authorization_endpoint: Option<Url>,
    /// Whether people may be sent to make an account; `None` if it is not said.
    pub(crate) creates: Option<bool>,
    /// It names itself in the callback (RFC 9207).
    pub(crate) names_itself: bool,
    pub(crate) account_management: Option<AccountManagement>,
    /// It is only found where it was before it was specified (MSC2965), so its scopes are of that time too.
    pub(crate) is_unstable: bool,
}

#[derive(Deserialize)]
struct Body {
    issuer: String,
    authorization_endpoint: Value,
    token_endpoint: Value,
    #[serde(default)]
    revocation_endpoint: Value,
    #[serde(default)]
    registration_endpoint: Value,
    #[serde(default)]
    device_authorization_endpoint: Value,
    #[serde(default)]
    response_types_supported: Option<Vec<String>>,
    #[serde(default)]
    grant_types_supported: Option<Vec<String>>,
    #[serde(default)]
    code_challenge_methods_supported: Vec<String>,
    #[serde(default)]
    prompt_values_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: Value,
    #[serde(flatten)]
    account: Account,
}

/// By the specified names, and by those from before: some servers say both.
#[derive(Deserialize)]
struct Account {
    #[serde(default)]
    account_management_uri: Value,
    #[serde(default)]
    account_management_actions_supported: Value,
    #[serde(default, rename = "org.matrix.msc4191.account_management_uri")]
    older_uri: Value,
    #[serde(default, rename = "org.matrix.msc4191.account_management_actions_supported")]
    older_actions: Value,
}

impl Account {
    /// Nobody needs it to sign in, so it is read leniently.
    fn read(&self, answer: &Answer<'_>) -> Option<AccountManagement> {
        let name = "account_management_uri";
        let page = |uri: &Value| address(answer, uri, name).unwrap_or(None);
        let known = |actions: &Value| -> Vec<String> {
            let listed = actions.as_array().into_iter().flatten();
            listed.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let page = page(&self.account_management_uri).or_else(|| page(&self.older_uri));
        let specified = known(&self.account_management_actions_supported);
        let actions = if specified.is_empty() { known(&self.older_actions) } else { specified };
        AccountManagement::read(page, &actions)
    }
}

impl Metadata {
    /// # Errors
    ///
    /// What is missing or insecure, by its name.
    pub(crate) fn read(answer: &Answer<'_>, is_unstable: bool) -> Result<Self, Failure> {
        let body: Body = answer.json()?;
        let issuer = fit(answer, &body.issuer, "issuer")?;
        if issuer.query().is_some() || body.issuer.len() > MAX_ISSUER {
            return Err(answer.misbehaved(Misbehaviour::InvalidField("issuer")));
        }
        let required = |value: &Value, name| {
            let missing = || answer.misbehaved(Misbehaviour::InvalidField(name));
            address(answer, value, name)?.ok_or_else(missing)
        };
        let grants = |grant: &str| match &body.grant_types_supported {
            Some(grants) => grants.iter().any(|known| known == grant),
            // RFC 8414: the default.
            None => grant == "authorization_code",
        };
        let lacks = |missing| Err(answer.failure(Cause::Unsupported { missing }));
        if !body.code_challenge_methods_supported.iter().any(|method| method == "S256") {
            return lacks(Missing::Pkce);
        }
        let codes =
            body.response_types_supported.as_ref().is_none_or(|types| types.iter().any(|t| t == "code"));
        if !codes || !grants("authorization_code") {
            return lacks(Missing::AuthorizationCode);
        }
        let device = address(answer, &body.device_authorization_endpoint, "device_authorization_endpoint")?;
        let says_iss = &body.authorization_response_iss_parameter_supported;
        let metadata = Self {
            authorization_endpoint: required(&body.authorization_endpoint, "authorization_endpoint")?,
            token_endpoint: required(&body.token_endpoint, "token_endpoint")?,
            revocation_endpoint: address(answer, &body.revocation_endpoint, "revocation_endpoint")?,
            registration_endpoint: address(answer, &body.registration_endpoint, "registration_endpoint")?,
            device_authorization_endpoint: device.filter(|_| grants(DEVICE_CODE)),
            creates: body
                .prompt_values_supported
                .map(|prompts| prompts.iter().any(|prompt| prompt == "create")),
            names_itself: *says_iss == Value::Bool(true),
            account_management: body.account.read(answer),
            issuer: body.issuer,
            is_unstable,
        };
        match metadata.misleading() {
            Some(name) => Err(answer.misbehaved(Misbehaviour::ForeignEndpoint(name))),
            None => Ok(metadata),
        }
    }

    /// A page that would have the user consent at one server for tokens of another: whoever shows it issues the tokens
    /// too, or is the issuer, who can be asked for the others.
    fn misleading(&self) -> Option<&'static str> {
        let is_at_home = |endpoint: &Url| self.is_of_issuer(endpoint);
        let shown = self
            .endpoints()
            .filter(|(name, _)| matches!(*name, "authorization_endpoint" | "device_authorization_endpoint"));
        let strange =
            |endpoint: &Url| !address::are_together(endpoint, &self.token_endpoint) && !is_at_home(endpoint);
        shown.filter(|(_, endpoint)| strange(endpoint)).map(|(name, _)| name).next()
    }

    fn endpoints(&self) -> impl Iterator<Item = (&'static str, &Url)> {
        let all = [
            ("authorization_endpoint", Some(&self.authorization_endpoint)),
            ("token_endpoint", Some(&self.token_endpoint)),
            ("revocation_endpoint", self.revocation_endpoint.as_ref()),
            ("registration_endpoint", self.registration_endpoint.as_ref()),
            ("device_authorization_endpoint", self.device_authorization_endpoint.as_ref()),
        ];
        all.into_iter().filter_map(|(name, endpoint)| Some((name, endpoint?)))
    }

    /// The endpoints that are not where the issuer is. A homeserver could name its own there, to get at what is granted
    /// by another's authorization server (RFC 9700 §4.4).
    fn elsewhere(&self) -> impl Iterator<Item = (&'static str, &Url)> {
        self.endpoints().filter(|(_, endpoint)| !self.is_of_issuer(endpoint))
    }

    fn is_of_issuer(&self, endpoint: &Url) -> bool {
        Url::parse(&self.issuer).is_ok_and(|issuer| address::are_together(&issuer, endpoint))
    }

    /// What the issuer has to be asked about first, and where; `None` if the homeserver's word is enough.
    ///
    /// RFC 8414 §3.1; `OpenID` Connect Discovery §4.
    pub(crate) fn to_confirm(&self) -> Option<(&'static str, [Url; 2])> {
        let (name, _) = self.elsewhere().next()?;
        let issuer = Url::parse(&self.issuer).ok()?;
        let path = issuer.path().trim_end_matches('/');
        let at = |path: String| {
            let mut url = issuer.clone();
            url.set_path(&path);
            url
        };
        let first = at(format!("/.well-known/oauth-authorization-server{path}"));
        Some((name, [first, at(format!("{path}/.well-known/openid-configuration"))]))
    }

    /// Whether the issuer says the same of what is elsewhere (RFC 8414 §3.3).
    ///
    /// # Errors
    ///
    /// What it does not, by its name; or that it says nothing that can be read.
    pub(crate) fn confirmed(&self, answer: &Answer<'_>) -> Result<(), Failure> {
        let said: Map<String, Value> = answer.json()?;
        let is_said = |name: &str, text: &str| said.get(name).and_then(Value::as_str) == Some(text);
        let strange = |(name, endpoint): &(&str, &Url)| {
            let said = said.get(*name).and_then(Value::as_str).and_then(|text| Url::parse(text).ok());
            said.as_ref() != Some(*endpoint)
        };
        let name = match is_said("issuer", &self.issuer) {
            false => Some("issuer"),
            true => self.elsewhere().find(strange).map(|(name, _)| name),
        };
        name.map_or(Ok(()), |name| Err(answer.misbehaved(Misbehaviour::ForeignEndpoint(name))))
    }
}

/// An address that may be used; `None` if there is none.
fn address(answer: &Answer<'_>, value: &Value, name: &'static str) -> Result<Option<Url>, Failure> {
    let invalid = || answer.misbehaved(Misbehaviour::InvalidField(name));
    let text = match value {
        Value::Null => return Ok(None),
        // A template whose setting is not set.
        Value::String(text) if text.trim().is_empty() => return Ok(None),
        Value::String(text) => text,
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            return Err(invalid());
        }
    };
    fit(answer, text, name).map(Some)
}

fn fit(answer: &Answer<'_>, text: &str, name: &'static str) -> Result<Url, Failure> {
    answer.named(text, Purpose::Endpoint).map_err(|unfit| {
        answer.misbehaved(match unfit {
            Unfit::Invalid => Misbehaviour::InvalidField(name),
            Unfit::Insecure => Misbehaviour::InsecureAddress(name),
        })
    })
}

#[cfg(test)]
pub(crate) mod tests;
