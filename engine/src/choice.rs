//! The choice of a way in: what a found server offers, and as whom one may come back.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::discovery::Found;
use crate::failure::{Cause, Failure, Misbehaviour, Missing, Refusal};
use crate::identify::somebody_else;
use crate::intent::{Offer, Offers};
use crate::keep::Ended;
use crate::legacy::{Credentials, home_of, is_name};
use crate::oauth::{Goal, Way};
use crate::qr::Role;
use crate::report::{Finding, RegistrationSupport, ServerReport};
use crate::session::Session;
use crate::uia::Uia;
use crate::view::Screen;

/// A server, as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) found: Found,
    /// The session to replace by a new one of the same user and device.
    pub(crate) again: Option<Box<Ended>>,
    /// Of the device that signing in makes. It is the same at each attempt, because an answer that is lost may have
    /// made it.
    pub(crate) device_id: String,
}

/// What one may come back to makes no difference to what runs.
impl Hash for Choice {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl Choice {
    pub(crate) fn server(&self) -> &str {
        &self.found.report.server
    }

    pub(crate) fn screen(&self, problem: Option<Failure>) -> Screen {
        let report = &self.found.report;
        let nobody_registers = !self.offers().contains(Offer::CreateAccount);
        let problem = problem.or_else(|| report.cannot_sign_in().filter(|_| nobody_registers));
        Screen::Choose { report: report.clone(), problem, user_id: self.user_id() }
    }

    /// Only what the server can do.
    pub(crate) fn offers(&self) -> Offers {
        let report = &*self.found.report;
        let ServerReport { login, registration, steps, .. } = report;
        let metadata = self.found.metadata.as_ref();
        let registers = match registration {
            RegistrationSupport::Open { .. } | RegistrationSupport::Unguarded => true,
            RegistrationSupport::Unclear { .. } => true,
            RegistrationSupport::InBrowser => metadata.is_some(),
            RegistrationSupport::Closed | RegistrationSupport::Absent => false,
        };
        let faulty = steps.iter().any(|step| matches!(step.finding, Finding::Faulty { .. }));
        let browser = metadata.is_some();
        let code = metadata.is_some_and(|m| m.device_authorization_endpoint.is_some());
        // MSC3824: such a server wants to be used by its pages alone, and OAuth 2.0 leads there better.
        let only_sso = login.sso.as_ref().is_some_and(|sso| sso.preferred);
        Offers::of(&[Offer::Cancel])
            .and_if(faulty, Offer::Retry)
            .and_if(registers && (browser || !only_sso) && self.again.is_none(), Offer::CreateAccount)
            .and_if(login.password, Offer::SignInWithPassword)
            .and_if(login.sso.is_some() && !(only_sso && browser), Offer::SignInWithSso)
            .and_if(browser, Offer::SignInWithBrowser)
            .and_if(code, Offer::SignInWithDeviceCode)
            // A code makes a device of its own.
            .and_if(code && self.again.is_none(), Offer::ScanCode)
            .and_if(self.again.is_none() && report.can_show_code(Role::New).is_ok(), Offer::ShowCode)
            .and_if(login.token, Offer::SignInWithToken)
            // A token that is there already is of a device of its own.
            .and_if(self.again.is_none(), Offer::SignInWithAccessToken)
    }

    /// Who is to sign in, if that is known: whose session it was, or who was typed instead of a server.
    fn user_id(&self) -> Option<String> {
        self.again.as_ref().map(|ended| ended.session.user_id.clone()).or_else(|| self.found.user_id.clone())
    }

    /// Who has to be signed in by `credentials`, if that is known. What is said last counts.
    pub(crate) fn expected(&self, credentials: &Credentials) -> Option<String> {
        let known = self.user_id();
        match credentials {
            Credentials::Password { identifier, .. } if home_of(identifier).is_some() => {
                Some(identifier.trim().to_owned())
            }
            Credentials::Password { identifier, .. } if is_name(identifier) => {
                let named = |user_id: &String| {
                    let localpart = user_id.trim_start_matches('@').split(':').next();
                    localpart.is_some_and(|localpart| localpart.eq_ignore_ascii_case(identifier.trim()))
                };
                known.filter(named)
            }
            Credentials::Password { .. } | Credentials::Sso { .. } => known,
            // How a server reads a name has nothing to do with whose a token is.
            Credentials::AccessToken { identifier: Some(identifier), .. } => {
                Some(identifier.trim().to_owned())
            }
            Credentials::Token { .. } | Credentials::AccessToken { identifier: None, .. } => known,
        }
    }

    /// Why a new session is not the one that was to be made again: another device would leave the old one behind, here
    /// and on the server.
    pub(crate) fn objection(&self, new: &Session) -> Option<Cause> {
        let old = &self.again.as_ref()?.session;
        somebody_else(Some(&old.user_id), &new.user_id).or_else(|| {
            let is_another = old.device_id != new.device_id;
            is_another.then_some(Cause::Misbehaved { misbehaviour: Misbehaviour::InvalidField("device_id") })
        })
    }

    /// What to sign in to by OAuth 2.0, if the server can.
    pub(crate) fn goal(&self, way: Way) -> Option<Goal> {
        Some(Goal {
            server: self.server().to_owned(),
            base: self.found.report.base_url.clone(),
            metadata: self.found.metadata.clone()?,
            way,
            device_id: self.device_id.clone(),
            comes_back: self.again.is_some(),
            user_id: self.user_id(),
        })
    }

    /// Whether the server offers single sign-on with this provider.
    pub(crate) fn lists(&self, provider: &str) -> bool {
        let sso = self.found.report.login.sso.as_ref();
        sso.is_some_and(|sso| sso.providers.iter().any(|listed| listed.id == provider))
    }

    /// Whether the identifier names a user of another server, whose password this one must not see.
    ///
    /// Only a server name can tell: an address says nothing about the names of the users behind it.
    pub(crate) fn is_elsewhere(&self, identifier: &str) -> bool {
        let here = match &self.again {
            Some(ended) => home_of(&ended.session.user_id),
            None => Some(self.server()).filter(|_| !self.found.is_address),
        };
        let both = home_of(identifier).zip(here);
        both.is_some_and(|(home, here)| !home.eq_ignore_ascii_case(here))
    }

    /// What a registration told about the server that its discovery could not: what it asks for now, and that it takes
    /// nobody, so that it is offered no more.
    pub(crate) fn learn(&mut self, uia: Option<Arc<Uia>>, failure: Option<&Failure>) {
        self.found.uia = uia;
        let cause = failure.map(|failure| &failure.cause);
        if cause == Some(&Cause::Refused { refusal: Refusal::RegistrationClosed }) {
            self.found.report.registration = RegistrationSupport::Closed;
        } else if cause == Some(&Cause::Unsupported { missing: Missing::Registration }) {
            self.found.report.registration = RegistrationSupport::Absent;
        }
    }
}
