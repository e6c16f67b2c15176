//! How the answers to the questions of discovery are read.
//!
//! Client-server specification, "Server Discovery", "Login"; MSC2965 and MSC3824 for OAuth 2.0.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;

use crate::address;
use crate::config::Config;
use crate::failure::{Cause, Failure, Misbehaviour, Missing, Refusal};
use crate::http::Answer;
use crate::metadata::Metadata;
use crate::report::{Finding, IdentityProvider, LoginSupport, OAuthSupport, RegistrationSupport, Sso};
use crate::text;
use crate::uia::Uia;

const MAX_LISTED: usize = 64;
const MAX_PROVIDERS: usize = 32;

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
            if url.scheme() == "https" { Ok(Some(url)) } else { Err(broken()) }
        }
        _ => Err(unclear()),
    }
}

/// The versions that the server announces.
pub(super) fn versions(answer: &Answer<'_>, delegated: bool) -> Result<Vec<String>, Failure> {
    #[derive(Deserialize)]
    struct Body {
        versions: Vec<String>,
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
        _ => return Err(nothing()),
    };
    Ok(body.versions.iter().take(MAX_LISTED).map(|v| text::one_line(v, 32)).collect())
}

/// The legacy sign-in.
pub(super) fn login(answer: &Answer<'_>) -> (LoginSupport, Finding) {
    #[derive(Deserialize)]
    struct Body {
        flows: Vec<Flow>,
    }
    #[derive(Deserialize)]
    struct Flow {
        #[serde(rename = "type")]
        kind: String,
        #[serde(default)]
        identity_providers: Vec<Provider>,
        #[serde(default)]
        oauth_aware_preferred: bool,
        #[serde(default, rename = "org.matrix.msc3824.delegated_oidc_compatibility")]
        oauth_aware_unstable: bool,
    }
    #[derive(Deserialize)]
    struct Provider {
        id: String,
        #[serde(default)]
        name: String,
        brand: Option<String>,
    }
    if answer.is_unrecognized() && !answer.is_web_page() {
        return (LoginSupport::default(), Finding::Absent);
    }
    if answer.status() == 404 {
        return (LoginSupport::default(), Finding::Absent);
    }
    if answer.status() != 200 {
        return (LoginSupport::default(), faulty(answer.unexpected()));
    }
    let body: Body = match answer.json() {
        Ok(body) => body,
        Err(failure) => return (LoginSupport::default(), faulty(failure)),
    };
    let mut support = LoginSupport::default();
    for flow in body.flows.into_iter().take(MAX_LISTED) {
        match flow.kind.as_str() {
            "m.login.password" => support.password = true,
            "m.login.token" => support.token = true,
            "m.login.sso" => {
                let providers = flow.identity_providers.into_iter().take(MAX_PROVIDERS);
                let providers = providers.filter(|p| is_opaque(&p.id)).map(|p| IdentityProvider {
                    name: text::one_line(if p.name.is_empty() { &p.id } else { &p.name }, 100),
                    brand: p.brand.map(|b| text::one_line(&b, 100)),
                    id: p.id,
                });
                let preferred = flow.oauth_aware_preferred || flow.oauth_aware_unstable;
                support.sso = Some(Sso { providers: providers.collect(), preferred });
            }
            other if support.other.len() < 16 => support.other.push(text::one_line(other, 128)),
            _ => {}
        }
    }
    (support, Finding::Present)
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
        403 if !answer.is_web_page() => (RegistrationSupport::Closed, None, Finding::Declined),
        404 | 405 => (RegistrationSupport::Absent, None, Finding::Absent),
        _ if answer.errcode() == "M_UNRECOGNIZED" => (RegistrationSupport::Absent, None, Finding::Absent),
        // Some servers want a username first: the flow will ask again, with one.
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
