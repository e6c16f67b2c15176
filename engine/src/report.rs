//! What a server offers, and how we know.

mod code;

use serde::Serialize;
use url::Url;

use crate::failure::{Cause, Evidence, Failure, Missing, Outage, Refusal};
use crate::intent::Offer;
use crate::io::Time;
use crate::stage::Stage;

/// What a server offers, and how we know.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ServerReport {
    /// The server as it was understood: a server name, or the address that was typed.
    pub server: String,
    /// Where its client-server API is; ends with a slash.
    pub base_url: Url,
    /// The specification versions it announces, at most 64.
    pub versions: Vec<String>,
    /// Its legacy sign-in.
    pub login: LoginSupport,
    /// Its OAuth 2.0 sign-in.
    pub oauth: OAuthSupport,
    /// Its registration.
    pub registration: RegistrationSupport,
    /// Where two devices can meet here, for a sign-in by QR code.
    pub rendezvous: RendezvousSupport,
    /// Everything that was asked, in the order in which it was asked.
    pub steps: Vec<Step>,
}

/// The sign-in that the legacy API offers (`GET /login`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LoginSupport {
    /// `m.login.password`
    pub password: bool,
    /// `m.login.token`
    pub token: bool,
    /// `m.login.sso`
    pub sso: Option<Sso>,
    /// Other types it lists, at most 16.
    pub other: Vec<String>,
}

/// Single sign-on through the browser.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Sso {
    /// The providers to choose from; may be empty. At most 32.
    pub providers: Vec<IdentityProvider>,
    /// The server would rather be used this way than by a password (MSC3824).
    pub preferred: bool,
}

/// One of the providers of a single sign-on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IdentityProvider {
    /// What to ask the server for.
    pub id: String,
    /// What to call it.
    pub name: String,
    /// Whose it is, such as `gitlab`, for an icon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
}

/// Whether the server signs in by OAuth 2.0.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum OAuthSupport {
    /// It does not.
    Absent,
    /// It does.
    Offered {
        /// Who signs people in for it.
        issuer: String,
        /// Whether people may make an account there, if it says.
        #[serde(skip_serializing_if = "Option::is_none")]
        registration: Option<bool>,
        /// Whether a code can be entered on another device (RFC 8628).
        device_grant: bool,
        /// Whether clients may register (RFC 7591).
        client_registration: bool,
        /// Where an account is managed in the browser.
        #[serde(skip_serializing_if = "Option::is_none")]
        account_management: Option<Url>,
    },
    /// It does, but not in a way that is safe or specified.
    Unusable {
        /// What is in the way.
        #[serde(flatten)]
        cause: Cause,
    },
    /// It could not be found out. Nothing is concluded from that.
    Unclear,
}

/// Whether and how the server registers accounts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum RegistrationSupport {
    /// Through user-interactive authentication, by one of these flows.
    Open {
        /// At most 16 flows of at most 16 stages each. None where the server tells them only for a username that can be
        /// registered.
        flows: Vec<Vec<Stage>>,
    },
    /// It gives accounts to whoever asks.
    Unguarded,
    /// On the pages of its authorization server, in the browser.
    InBrowser,
    /// The server takes no registrations.
    Closed,
    /// There is no such endpoint.
    Absent,
    /// It could not be found out; trying is the way to know.
    Unclear {
        /// When the server will answer again, if it said.
        #[serde(skip_serializing_if = "Option::is_none")]
        retry_at: Option<Time>,
    },
}

/// Where two devices can meet at the server, so that one of them signs in with the help of the other: a rendezvous for each
/// generation of QR codes. Whether it leads to a sign-in is another matter: see [`ServerReport::can_show_code`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RendezvousSupport {
    /// MSC4388.
    #[serde(rename = "2025")]
    pub v2025: Rendezvous,
    /// That of MSC4108 of 2024, which is open wherever it is announced.
    #[serde(rename = "2024")]
    pub v2024: Rendezvous,
}

/// Who may open a rendezvous at a server. Whoever has scanned a code may always use the one that it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Rendezvous {
    /// Nobody: there is none.
    Off,
    /// Whoever is signed in there. A device that has no session yet may not.
    Authenticated,
    /// Everybody.
    Open,
    /// It could not be found out. Nothing is concluded from that.
    Unclear,
}

/// Something that was asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Step {
    /// What.
    #[serde(rename = "question")]
    pub probe: Probe,
    /// What came of it.
    #[serde(flatten)]
    pub finding: Finding,
    /// The exchange.
    pub evidence: Evidence,
    /// Which parts of the answer were left out, because they are not as specified: such as `flows[1].type`. At most 16.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
}

/// What is asked of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Probe {
    /// `/.well-known/matrix/client`: where is the homeserver?
    WellKnown,
    /// `/versions`: is it one?
    Versions,
    /// `/login`: which legacy sign-in is there?
    Login,
    /// `/v1/auth_metadata`: is there OAuth 2.0?
    AuthMetadata,
    /// The path of the same before it was specified (MSC2965).
    AuthMetadataUnstable,
    /// The metadata that the issuer itself publishes: does it say the same? Asked only where an endpoint is not where
    /// the issuer is.
    IssuerMetadata,
    /// `/register` with a username that nobody can have: are accounts made here, and by which flows?
    Registration,
    /// The rendezvous of MSC4388: may somebody open one here who is not signed in? That of 2024 is announced by
    /// [`Versions`](Self::Versions).
    Rendezvous,
}

/// What came of a probe.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "finding", rename_all = "snake_case")]
pub enum Finding {
    /// It is there.
    Present,
    /// It is not there, which is a fine answer.
    Absent,
    /// It is there, and says no.
    Declined,
    /// Something is wrong.
    Faulty {
        /// What.
        #[serde(flatten)]
        cause: Cause,
    },
}

/// The ways to sign in.
const WAYS: [Offer; 5] = [
    Offer::SignInWithBrowser,
    Offer::SignInWithPassword,
    Offer::SignInWithSso,
    Offer::SignInWithDeviceCode,
    Offer::SignInWithToken,
];

impl ServerReport {
    /// Why nobody can sign in here, if nobody can: that there is no way is concluded from what the server says, and from
    /// nothing else.
    #[must_use]
    pub fn cannot_sign_in(&self) -> Option<Failure> {
        let lacking: Vec<Failure> = WAYS.iter().map_while(|way| self.lacks(*way)).collect();
        if lacking.len() < WAYS.len() {
            return None;
        }
        if !matches!(self.oauth, OAuthSupport::Absent) {
            return lacking.into_iter().next();
        }
        self.unclear(&[Probe::Login]).or_else(|| self.is_too_old()).or_else(|| {
            let missing = Missing::SignIn { kinds: self.login.other.clone() };
            Some(self.without(missing, Probe::Login))
        })
    }

    /// Of before version 1.1, which has all that is asked for below `/v3`. Some servers announce less than they know.
    fn is_too_old(&self) -> Option<Failure> {
        let is_absent = |step: &Step| step.probe == Probe::Login && step.finding == Finding::Absent;
        let is_old = |version: &String| version.starts_with("r0.");
        let newest = self.versions.iter().max().filter(|_| self.versions.iter().all(is_old))?.clone();
        let missing = Missing::Version { newest };
        self.steps.iter().any(is_absent).then(|| self.without(missing, Probe::Versions))
    }

    /// Why one cannot sign in, or make an account, by what is offered so. `None` if one can, or if it is no such offer.
    #[must_use]
    #[expect(clippy::wildcard_enum_match_arm, reason = "the others are no ways in")]
    pub fn lacks(&self, way: Offer) -> Option<Failure> {
        let login = &self.login;
        let listed = |is_listed: bool, missing| {
            let why = || self.unclear(&[Probe::Login]).unwrap_or_else(|| self.without(missing, Probe::Login));
            (!is_listed).then(why)
        };
        match way {
            Offer::SignInWithPassword => listed(login.password, Missing::PasswordSignIn),
            Offer::SignInWithToken => listed(login.token, Missing::TokenSignIn),
            // Both are through the browser: which of the two is the server's affair.
            Offer::SignInWithSso | Offer::SignInWithBrowser => match &self.oauth {
                OAuthSupport::Absent => listed(login.sso.is_some(), Missing::AuthorizationCode),
                OAuthSupport::Offered { .. } | OAuthSupport::Unusable { .. } | OAuthSupport::Unclear => {
                    self.by_oauth(true, Missing::AuthorizationCode).filter(|_| login.sso.is_none())
                }
            },
            Offer::SignInWithDeviceCode => {
                let can = matches!(self.oauth, OAuthSupport::Offered { device_grant: true, .. });
                self.by_oauth(can, Missing::DeviceGrant)
            }
            Offer::CreateAccount => match &self.registration {
                RegistrationSupport::Closed => {
                    let cause = Cause::Refused { refusal: Refusal::RegistrationClosed };
                    Some(self.because(cause, Probe::Registration))
                }
                RegistrationSupport::Absent => Some(self.without(Missing::Registration, Probe::Registration)),
                RegistrationSupport::Open { .. }
                | RegistrationSupport::Unguarded
                | RegistrationSupport::InBrowser
                | RegistrationSupport::Unclear { .. } => None,
            },
            _ => None,
        }
    }

    fn by_oauth(&self, can: bool, missing: Missing) -> Option<Failure> {
        match &self.oauth {
            OAuthSupport::Offered { .. } if can => None,
            OAuthSupport::Offered { .. } | OAuthSupport::Absent => {
                Some(self.without(missing, Probe::AuthMetadata))
            }
            OAuthSupport::Unusable { cause } => {
                let says_so = |step: &&Step| step.finding == Finding::Faulty { cause: cause.clone() };
                let is_of_it = |step: &&Step| step.probe == Probe::AuthMetadata;
                let step = self.steps.iter().find(says_so).or_else(|| self.steps.iter().find(is_of_it));
                let evidence = step.map(|step| Box::new(step.evidence.clone()));
                Some(Failure { cause: cause.clone(), evidence })
            }
            OAuthSupport::Unclear => {
                self.unclear(&[Probe::AuthMetadata, Probe::AuthMetadataUnstable, Probe::IssuerMetadata])
            }
        }
    }

    /// Why it is not known what the server would have said to one of these questions.
    fn unclear(&self, probes: &[Probe]) -> Option<Failure> {
        self.steps.iter().filter(|step| probes.contains(&step.probe)).find_map(|step| {
            let cause = match &step.finding {
                Finding::Faulty { cause: cause @ Cause::Unavailable { .. } } => cause.clone(),
                Finding::Faulty { .. } => Cause::Unavailable { outage: Outage::Unclear, retry_at: None },
                Finding::Present | Finding::Absent | Finding::Declined => return None,
            };
            Some(Failure { cause, evidence: Some(Box::new(step.evidence.clone())) })
        })
    }

    fn without(&self, missing: Missing, probe: Probe) -> Failure {
        self.because(Cause::Unsupported { missing }, probe)
    }

    /// With the answer that says so.
    fn because(&self, cause: Cause, probe: Probe) -> Failure {
        let is_older =
            |step: &Step| step.probe == Probe::AuthMetadataUnstable && probe == Probe::AuthMetadata;
        let is_of_it = |step: &&Step| step.probe == probe || is_older(step);
        let says_so = |step: &&Step| !matches!(step.finding, Finding::Faulty { .. });
        let step = self.steps.iter().filter(is_of_it).find(says_so);
        Failure { cause, evidence: step.map(|step| Box::new(step.evidence.clone())) }
    }
}
