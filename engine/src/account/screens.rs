//! What each state shows and offers.

use crate::failure::{Cause, Failure, Misbehaviour, Missing};
use crate::flow::Flow as _;
use crate::intent::{Offer, Offers};
use crate::report::{Finding, OAuthSupport, RegistrationSupport, ServerReport};
use crate::view::Screen;

use super::{Place, State};

impl State {
    pub(super) fn screen(&self) -> Screen {
        match self {
            Self::Welcome { typed, problem } => {
                Screen::Welcome { server: typed.to_string(), problem: problem.as_deref().cloned() }
            }
            Self::Discovering { flow, .. } => flow.screen(),
            Self::Choosing { place, problem } => place.screen(problem.as_deref().cloned()),
            Self::Registering { flow, .. } => flow.screen(),
            Self::SigningIn { flow, .. } => flow.screen(),
            Self::Authorizing { flow, .. } => flow.screen(),
            Self::Keeping { flow } => flow.screen(),
            Self::Discarding { flow, problem, .. } => match (flow.screen(), problem.as_deref()) {
                // That the wrong account is signed in matters more than that it could not be signed out yet.
                (Screen::Problem { server, task, .. }, Some(problem)) => {
                    Screen::Problem { server, task, failure: problem.clone() }
                }
                (screen, _) => screen,
            },
            Self::AwaitingApproval { server, username } => {
                Screen::AwaitingApproval { server: server.to_string(), username: username.to_string() }
            }
            Self::SessionEnded(ended) => Screen::SessionEnded {
                user_id: ended.session.user_id.clone(),
                device_id: ended.session.device_id.clone(),
                soft: ended.soft,
                failure: ended.failure.clone(),
            },
            Self::SignedOut { user_id, server_told } => {
                Screen::SignedOut { user_id: user_id.to_string(), server_told: *server_told }
            }
            Self::Paused { saved } => {
                let (server, task) = saved.what();
                Screen::Paused { server: server.to_owned(), task }
            }
        }
    }

    pub(super) fn offers(&self) -> Offers {
        match self {
            Self::Welcome { problem, .. } => {
                Offers::of(&[Offer::UseServer]).and_if(problem.as_deref().is_some_and(may_pass), Offer::Retry)
            }
            Self::Discovering { flow, .. } => flow.offers(),
            Self::AwaitingApproval { .. } => Offers::of(&[Offer::Cancel]),
            Self::Choosing { place, .. } => place.offers(),
            Self::Registering { flow, .. } => flow.offers(),
            Self::SigningIn { flow, .. } => flow.offers(),
            Self::Authorizing { flow, .. } => flow.offers(),
            Self::Keeping { flow } | Self::Discarding { flow, .. } => flow.offers(),
            Self::SessionEnded(_) => Offers::of(&[Offer::SignInAgain, Offer::Forget]),
            Self::SignedOut { .. } => Offers::of(&[Offer::UseServer]),
            Self::Paused { .. } => Offers::of(&[Offer::Continue, Offer::Cancel]),
        }
    }
}

/// Whether the same may work later.
const fn may_pass(failure: &Failure) -> bool {
    match failure.cause {
        Cause::Unavailable { .. } => true,
        // A server whose configuration is mended meanwhile, or a stranger's answer.
        Cause::Misbehaved { misbehaviour } => !matches!(misbehaviour, Misbehaviour::BodyTooLarge),
        Cause::Unsupported { .. } | Cause::Refused { .. } | Cause::Expired { .. } | Cause::Broken { .. } => {
            false
        }
    }
}

impl Place {
    fn screen(&self, problem: Option<Failure>) -> Screen {
        let user_id = self.again.as_ref().map(|ended| ended.session.user_id.clone()).or(self.user_id.clone());
        let unsupported = || Failure {
            cause: match &self.report.oauth {
                OAuthSupport::Unusable { cause } => cause.clone(),
                OAuthSupport::Absent | OAuthSupport::Offered { .. } | OAuthSupport::Unclear => {
                    Cause::Unsupported { missing: Missing::LegacySignIn }
                }
            },
            evidence: None,
        };
        let problem = problem.or_else(|| (!self.has_a_way_in()).then(unsupported));
        Screen::Choose { report: self.report.clone(), problem, user_id }
    }

    /// Only what the server can do.
    fn offers(&self) -> Offers {
        let ServerReport { login, registration, steps, .. } = &*self.report;
        let registers = match registration {
            RegistrationSupport::Open { .. } | RegistrationSupport::Unguarded => true,
            RegistrationSupport::Unclear { .. } => true,
            RegistrationSupport::InBrowser => self.metadata.is_some(),
            RegistrationSupport::Closed | RegistrationSupport::Absent => false,
        };
        let faulty = steps.iter().any(|step| matches!(step.finding, Finding::Faulty { .. }));
        let browser = self.metadata.is_some();
        let code = self.metadata.as_ref().is_some_and(|m| m.device_authorization_endpoint.is_some());
        // MSC3824: such a server wants to be used by its pages alone, and OAuth 2.0 leads there better.
        let only_sso = login.sso.as_ref().is_some_and(|sso| sso.preferred);
        Offers::of(&[Offer::Cancel])
            .and_if(faulty, Offer::Retry)
            .and_if(registers && (browser || !only_sso) && self.again.is_none(), Offer::CreateAccount)
            .and_if(login.password && !only_sso, Offer::SignInWithPassword)
            .and_if(login.sso.is_some() && !(only_sso && browser), Offer::SignInWithSso)
            .and_if(browser, Offer::SignInWithBrowser)
            .and_if(code, Offer::SignInWithDeviceCode)
            .and_if(login.token, Offer::SignInWithToken)
    }

    fn has_a_way_in(&self) -> bool {
        let ways = [
            Offer::CreateAccount,
            Offer::SignInWithPassword,
            Offer::SignInWithSso,
            Offer::SignInWithToken,
            Offer::SignInWithBrowser,
            Offer::Retry,
        ];
        let offers = self.offers();
        ways.into_iter().any(|way| offers.contains(way))
    }
}
