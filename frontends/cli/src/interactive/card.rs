//! The server's card: which way in?

use narthex::{Cause, Failure, IdentityProvider, Intent, Offer, Refusal, Secret, ServerReport, View};

use super::Interactive;
use super::field::{Answer, Field, Stop};
use narthex_app::Goal;
use narthex_text::plain;

/// Whether what follows is somewhere else, and not at this terminal.
pub(super) const fn leads_away(offer: Offer) -> bool {
    matches!(
        offer,
        Offer::CreateAccount | Offer::SignInWithBrowser | Offer::SignInWithDeviceCode | Offer::SignInWithSso
    )
}

impl Interactive<'_> {
    pub(super) async fn card(
        &mut self,
        view: &View,
        report: &ServerReport,
        problem: Option<&Failure>,
        user_id: Option<&str>,
    ) -> Answer<Intent> {
        let closed = narthex_app::closed(self.goal, view);
        self.failure(problem.or(closed.as_ref()));
        // Who it is, is known: whoever mistyped a password types it again, at once and blindly.
        let who = match problem {
            Some(problem) if is_about_password(problem) => self.identifier.clone(),
            None if self.goal == Goal::SignIn => self.username.take(),
            Some(_) | None => None,
        };
        let mut went_back = false;
        if let Some(identifier) = who.filter(|_| view.offers.contains(Offer::SignInWithPassword)) {
            match self.password_of(identifier).await {
                Err(Stop::Back) => went_back = true,
                answer => return answer,
            }
        }
        let mut ways = narthex_app::ways(self.goal, view);
        if self.is_headless {
            ways.sort_by_key(|way| *way != Offer::SignInWithDeviceCode);
        }
        let asks = problem.is_some() || self.was_away || went_back;
        if !asks && let [Offer::CreateAccount] = ways[..] {
            self.was_away = true;
            return Ok(Intent::CreateAccount);
        }
        let others = [Offer::Retry, Offer::Cancel].into_iter().filter(|offer| view.offers.contains(*offer));
        // With nothing in the way, the only way in is not a question.
        let offers: Vec<Offer> =
            if ways.len() == 1 && !asks { ways } else { ways.into_iter().chain(others).collect() };
        let names: Vec<String> = offers.iter().map(|offer| self.way(*offer)).collect();
        if offers.len() > 1 && problem.is_none() && self.goal == Goal::SignIn {
            let question = self.text.say("screen-choose", &[("server", plain(&report.server).into())]);
            self.say_once(vec![question]);
        }
        let chosen = offers[self.choose(&names).await?];
        self.was_away = leads_away(chosen);
        match chosen {
            Offer::SignInWithPassword => self.password(user_id).await,
            Offer::SignInWithSso => {
                let providers = report.login.sso.as_ref().map(|sso| sso.providers.as_slice());
                self.provider(providers.unwrap_or_default()).await
            }
            Offer::SignInWithToken => {
                let label = self.text.say("prompt-login-token", &[]);
                self.secret(label, |_| String::new()).await.map(|token| Intent::SignInWithToken { token })
            }
            Offer::SignInWithBrowser => Ok(Intent::SignInWithBrowser),
            Offer::SignInWithDeviceCode => Ok(Intent::SignInWithDeviceCode),
            Offer::ScanCode => Ok(Intent::ScanCode),
            Offer::ShowCode => Ok(Intent::ShowCode { generation: self.generation }),
            Offer::CreateAccount => Ok(Intent::CreateAccount),
            Offer::Retry => Ok(Intent::Retry),
            Offer::Cancel
            | Offer::SignInWithAccessToken
            | Offer::UseServer
            | Offer::CheckUsername
            | Offer::Register
            | Offer::AcceptTerms
            | Offer::UseToken
            | Offer::UseEmail
            | Offer::UsePhone
            | Offer::Resend
            | Offer::EnterCode
            | Offer::OpenBrowser
            | Offer::CheckNow
            | Offer::Continue
            | Offer::CheckSession
            | Offer::Refresh
            | Offer::SignOut
            | Offer::Forget
            | Offer::SignInAgain
            | Offer::ListDevices
            | Offer::ManageAccount
            | Offer::Understood
            | Offer::UseCode
            | Offer::Confirm
            | Offer::CannotOpen
            | _ => Ok(Intent::Cancel),
        }
    }

    fn way(&self, offer: Offer) -> String {
        // Back from the card is to another server.
        self.text.offer(if offer == Offer::Cancel { Offer::UseServer } else { offer })
    }

    async fn password(&mut self, user_id: Option<&str>) -> Answer<Intent> {
        let field = Field::new(self.text.say("prompt-identifier", &[]));
        let identifier = match (self.identifier.take(), user_id) {
            // They have said who they are, and are not asked for it.
            (None, Some(user_id)) => user_id.to_owned(),
            (Some(before), _) => self.line(field.with_text(&before)).await?,
            (None, None) => self.line(field).await?,
        };
        self.password_of(identifier).await
    }

    async fn password_of(&mut self, identifier: String) -> Answer<Intent> {
        let label = self.text.say("prompt-password-of", &[("user", plain(&identifier).into())]);
        self.identifier = Some(identifier.clone());
        let password: Answer<Secret<String>> = self.secret(label, |_| String::new()).await;
        password.map(|password| Intent::SignInWithPassword { identifier, password })
    }

    async fn provider(&mut self, providers: &[IdentityProvider]) -> Answer<Intent> {
        let name = |provider: &IdentityProvider| {
            self.text.say("choice-provider", &[("name", plain(&provider.name).into())])
        };
        let names: Vec<String> = providers.iter().map(name).collect();
        if names.is_empty() {
            return Ok(Intent::SignInWithSso { provider: None });
        }
        let chosen = self.choose(&names).await;
        chosen.map(|n| Intent::SignInWithSso { provider: Some(providers[n].id.clone()) })
    }
}

const fn is_about_password(failure: &Failure) -> bool {
    matches!(failure.cause, Cause::Refused { refusal: Refusal::WrongCredentials })
}
