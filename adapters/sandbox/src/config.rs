//! How is a sandbox set up? Its configuration, and the setups that were recorded from Synapse.

use std::collections::BTreeMap;
use std::time::Duration;

use narthex::Time;
use serde_json::json;
use url::Url;

use crate::oauth::settings::OauthConfig;
use crate::rendezvous::settings::RendezvousConfig;
use crate::settings::{
    Delegation, EmailPolicy, IdentityProvider, Limit, Limits, Login, PasswordPolicy, Policy, Refresh,
    Registration, Usernames, WellKnown,
};

pub(crate) const DUMMY: &str = "m.login.dummy";
pub(crate) const TERMS: &str = "m.login.terms";
pub(crate) const TOKEN: &str = "m.login.registration_token";
pub(crate) const RECAPTCHA: &str = "m.login.recaptcha";
pub(crate) const EMAIL: &str = "m.login.email.identity";
pub(crate) const MSISDN: &str = "m.login.msisdn";

/// Everything that can be set. Begin with one of the setups and change what differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Where the sandbox is reached; links and pages point here.
    pub base_url: Url,
    /// The part of user ids after the colon; by default the host of `base_url`, with its port if any.
    pub server_name: Option<String>,
    /// What `/.well-known/matrix/client` answers.
    pub well_known: WellKnown,
    /// The OAuth server that sign-in is delegated to.
    pub delegation: Option<Delegation>,
    /// The authorization server that the sandbox has of its own; it is then told instead of the delegation.
    pub oauth: Option<OauthConfig>,
    /// Where two devices pass messages, for sign-in by QR code.
    pub rendezvous: Option<RendezvousConfig>,
    /// What `/login` offers; without it the legacy endpoints do not exist.
    pub login: Option<Login>,
    /// Who may register.
    pub registration: Registration,
    /// The flows of registration, each a list of stages. Stages that Synapse does not know are completed on
    /// their fallback page.
    pub flows: Vec<Vec<String>>,
    /// The policies of `m.login.terms`.
    pub policies: Vec<Policy>,
    /// The site key of `m.login.recaptcha`. The response `good-captcha` is right, and every other wrong.
    pub captcha_key: String,
    /// The registration tokens at the start: token, uses allowed, end of life.
    pub registration_tokens: Vec<(String, Option<u32>, Option<Time>)>,
    /// Whether mail can be sent, and to whom.
    pub email: Option<EmailPolicy>,
    /// Whether text messages can be sent.
    pub msisdn: bool,
    /// Which usernames are reserved.
    pub usernames: Usernames,
    /// Which passwords will do.
    pub password_policy: PasswordPolicy,
    /// Whether an administrator must approve a new account before it can sign in (MSC3866).
    pub approval_required: bool,
    /// How long a UIA session lives.
    pub interaction_lifetime: Duration,
    /// How sessions are renewed; without it refresh tokens are never issued.
    pub refresh: Option<Refresh>,
    /// How long a login token lives.
    pub login_token_lifetime: Duration,
    /// Rate limits.
    pub limits: Limits,
}

impl Config {
    /// Anyone may register.
    #[must_use]
    pub fn open(base_url: Url) -> Self {
        Self {
            base_url,
            server_name: None,
            well_known: WellKnown::Absent,
            delegation: None,
            oauth: None,
            rendezvous: None,
            login: Some(Login { password: true, sso: None }),
            registration: Registration::Open,
            flows: flows(&[&[DUMMY]]),
            policies: vec![Policy {
                id: "privacy_policy".to_owned(),
                version: "1.0".to_owned(),
                names: BTreeMap::from([("en".to_owned(), "Privacy Policy".to_owned())]),
            }],
            captcha_key: "public-site-key".to_owned(),
            registration_tokens: Vec::new(),
            email: None,
            msisdn: false,
            usernames: Usernames::default(),
            password_policy: PasswordPolicy::default(),
            approval_required: false,
            interaction_lifetime: Duration::from_secs(48 * 60 * 60),
            refresh: Some(Refresh::default()),
            login_token_lifetime: Duration::from_secs(120),
            limits: Limits::unlimited(),
        }
    }

    /// Nobody may register.
    #[must_use]
    pub fn disabled(base_url: Url) -> Self {
        Self { registration: Registration::Disabled, ..Self::open(base_url) }
    }

    /// A registration token is needed.
    #[must_use]
    pub fn token(base_url: Url) -> Self {
        Self { flows: flows(&[&[TOKEN, DUMMY]]), ..Self::open(base_url) }
    }

    /// The terms must be agreed to.
    #[must_use]
    pub fn terms(base_url: Url) -> Self {
        Self { flows: flows(&[&[TERMS, DUMMY]]), ..Self::open(base_url) }
    }

    /// An e-mail address is needed.
    #[must_use]
    pub fn email(base_url: Url) -> Self {
        Self { flows: flows(&[&[EMAIL]]), email: Some(EmailPolicy::default()), ..Self::open(base_url) }
    }

    /// An e-mail address may be given.
    #[must_use]
    pub fn email_optional(base_url: Url) -> Self {
        Self { flows: flows(&[&[DUMMY], &[EMAIL]]), ..Self::email(base_url) }
    }

    /// A telephone number is needed.
    #[must_use]
    pub fn msisdn(base_url: Url) -> Self {
        Self { flows: flows(&[&[MSISDN]]), msisdn: true, ..Self::open(base_url) }
    }

    /// A captcha must be solved.
    #[must_use]
    pub fn recaptcha(base_url: Url) -> Self {
        Self { flows: flows(&[&[RECAPTCHA, DUMMY]]), ..Self::open(base_url) }
    }

    /// A token, a captcha, the terms and an e-mail address.
    #[must_use]
    pub fn everything(base_url: Url) -> Self {
        Self { flows: flows(&[&[TOKEN, RECAPTCHA, TERMS, EMAIL]]), ..Self::email(base_url) }
    }

    /// Open, with the narrow limits of the recordings.
    #[must_use]
    pub fn rate_limited(base_url: Url) -> Self {
        let limits = Limits {
            registration: Some(Limit::new(2, 10)),
            token_validity: Some(Limit::new(2, 10)),
            availability: Some(Limit::new(3, 1)),
            threepid_request: Some(Limit::new(2, 100)),
            login_address: Some(Limit::new(3, 10)),
            login_account: Some(Limit::new(3, 10)),
            login_failure: Some(Limit::new(2, 10)),
            rendezvous: None,
        };
        Self { limits, ..Self::email_optional(base_url) }
    }

    /// Open, with single sign-on at two providers beside passwords.
    #[must_use]
    pub fn sso(base_url: Url) -> Self {
        let provider = |id: &str, name: &str, brand: Option<&str>| IdentityProvider {
            id: id.to_owned(),
            name: name.to_owned(),
            brand: brand.map(str::to_owned),
        };
        let providers =
            vec![provider("oidc-github", "GitHub", Some("github")), provider("oidc-uni", "University", None)];
        Self { login: Some(Login { password: true, sso: Some(providers) }), ..Self::open(base_url) }
    }

    /// Sign-in is delegated to an OAuth server, as with Matrix Authentication Service.
    ///
    /// The metadata document points at `issuer`; nothing answers there.
    #[must_use]
    pub fn delegated(base_url: Url, issuer: &Url) -> Self {
        let at = |path: &str| format!("{issuer}{path}");
        let metadata = json!({
            "issuer": issuer.as_str(),
            "account_management_uri": at("account/"),
            "authorization_endpoint": at("authorize"),
            "token_endpoint": at("oauth2/token"),
            "registration_endpoint": at("oauth2/registration"),
            "revocation_endpoint": at("oauth2/revoke"),
            "device_authorization_endpoint": at("oauth2/device"),
            "response_types_supported": ["code"],
            "response_modes_supported": ["form_post", "query", "fragment"],
            "grant_types_supported":
                ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
            "token_endpoint_auth_methods_supported": ["none"],
            "code_challenge_methods_supported": ["plain", "S256"],
            "prompt_values_supported": ["login", "create"],
        });
        Self {
            delegation: Some(Delegation { metadata, stable_path: true }),
            login: None,
            registration: Registration::Delegated,
            ..Self::open(base_url)
        }
    }

    /// Sign-in by OAuth, at an authorization server like Matrix Authentication Service, which also offers the
    /// older way to sign in, and a rendezvous of either generation. Without `login` it is a bare Synapse's.
    #[must_use]
    pub fn oauth(base_url: Url) -> Self {
        Self {
            oauth: Some(OauthConfig::default()),
            rendezvous: Some(RendezvousConfig::synapse()),
            login: Some(Login { password: true, sso: Some(Vec::new()) }),
            registration: Registration::Delegated,
            ..Self::open(base_url)
        }
    }

    /// The part of user ids after the colon.
    #[must_use]
    pub fn server_name(&self) -> String {
        let host = || {
            let host = self.base_url.host_str().unwrap_or("localhost");
            self.base_url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
        };
        self.server_name.clone().unwrap_or_else(host)
    }

    /// The base URL that clients are told, where they are told any.
    pub(crate) fn told_base_url(&self) -> Option<&str> {
        match &self.well_known {
            WellKnown::Absent | WellKnown::Raw { .. } => None,
            WellKnown::Own => Some(self.base_url.as_str()),
            WellKnown::Elsewhere(base_url) => Some(base_url),
        }
    }

    /// The address of `path`, which has no leading slash.
    pub(crate) fn address(&self, path: &str) -> String {
        format!("{}/{path}", self.base_url.as_str().trim_end_matches('/'))
    }
}

fn flows(flows: &[&[&str]]) -> Vec<Vec<String>> {
    flows.iter().map(|stages| stages.iter().map(|&stage| stage.to_owned()).collect()).collect()
}
