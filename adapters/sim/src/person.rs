//! What the person makes of the screen, as long as they are not signed in.

use std::collections::BTreeSet;

use narthex::{
    Availability, Cause, Failure, Intent, Missing, Offer, Refusal, Screen, ServerReport, Stage, Task,
};
use url::Url;

use super::errands::Errand;
use super::law::{Broken, Law};
use super::plan::{Goal, MEMBER, MINUTE, NAMES, PASSWORD, SECOND, Setup, TOKEN, WEAK};
use super::run::{Ending, Life};
use super::session::localpart;

/// One person, with what they know and remember.
#[derive(Debug)]
pub(super) struct Person {
    /// How many mistakes and changes of mind are left.
    pub(super) slips: u32,
    turn: u32,
    pub(super) names: Vec<String>,
    pub(super) password: &'static str,
    /// The name whose account is theirs, as far as they know.
    pub(super) account: Option<String>,
    /// Every name they have asked for.
    pub(super) asked: BTreeSet<String>,
    typed: Option<String>,
    rested: bool,
    pub(super) opened: BTreeSet<Url>,
    pub(super) waited: u32,
    /// How often they have rested.
    pub(super) rests: u32,
    pub(super) addresses: u32,
    pub(super) approved: bool,
    pub(super) callback: Option<String>,
    /// The device of the session that they want back.
    pub(super) wants_again: Option<String>,
    full_id: bool,
    pub(super) signed_in_at: Option<u64>,
    pub(super) ended: bool,
    pub(super) ending: Option<Ending>,
}

impl Person {
    pub(super) fn new(goal: Goal, slips: u32) -> Self {
        let account = match goal {
            Goal::Register => None,
            Goal::Password | Goal::Sso | Goal::LoginToken => Some(MEMBER.to_owned()),
            Goal::Browser | Goal::DeviceCode => Some(MEMBER.to_owned()),
        };
        Self {
            slips,
            turn: 0,
            names: NAMES.iter().rev().map(|&name| name.to_owned()).collect(),
            password: if slips == 0 { PASSWORD } else { WEAK },
            account,
            asked: BTreeSet::new(),
            typed: None,
            rested: false,
            opened: BTreeSet::new(),
            waited: 0,
            rests: 0,
            addresses: 0,
            approved: false,
            callback: None,
            wants_again: None,
            full_id: true,
            signed_in_at: None,
            ended: false,
            ending: None,
        }
    }

    /// Every third occasion is a mistake, as long as there are any left.
    pub(super) const fn slips(&mut self) -> bool {
        self.turn += 1;
        let slips = self.slips > 0 && self.turn.is_multiple_of(3);
        self.slips -= slips as u32;
        slips
    }

    /// The program is gone in the middle of something.
    pub(super) fn is_confused(&mut self) {
        (self.typed, self.rested, self.waited) = (None, false, 0);
    }

    pub(super) fn name(&self) -> String {
        self.names.last().cloned().unwrap_or_else(|| "kim_at_last".to_owned())
    }

    pub(super) fn next_name(&mut self, suggestion: Option<String>) {
        self.names.pop();
        self.names.extend(suggestion);
    }

    /// One address after the other, as those before turn out to be in use.
    pub(super) fn address(&self, text: &str) -> String {
        let digit = char::from_digit(self.addresses % 10, 10).unwrap_or('0');
        match (self.addresses, text.split_once('@')) {
            (0, _) => text.to_owned(),
            (_, Some((local, domain))) => format!("{local}{digit}@{domain}"),
            (_, None) => format!("{}{digit}", &text[..text.len() - 1]),
        }
    }

    pub(super) fn is_mine(&self, localpart: &str) -> bool {
        self.account.as_deref() == Some(localpart) || self.asked.contains(localpart)
    }
}

impl Life {
    /// The person looks at the screen, and does something about it or waits.
    pub(super) fn look(&mut self) -> Result<(), Broken> {
        let Some(screen) = self.screen().cloned() else { return Ok(()) };
        match screen {
            Screen::Welcome { server, problem } => {
                // Whoever could not be stored is named.
                let is_theirs = problem.as_ref().is_some_and(|problem| {
                    problem.evidence.is_none() && matches!(problem.cause, Cause::Unavailable { .. })
                });
                if let Some(name) = localpart(&server).filter(|_| is_theirs) {
                    self.person.account = Some(name);
                }
                self.at_welcome(problem)
            }
            Screen::Paused { .. } if self.person.slips() => self.say(Intent::Cancel),
            Screen::Paused { .. } if self.person.callback.is_some() && self.chance.one_in(2) => self.pastes(),
            Screen::Paused { .. } => self.say(Intent::Continue),
            Screen::Busy { .. } | Screen::Limited { .. } => {
                if self.offers(Offer::Cancel) && self.person.slips() {
                    self.say(Intent::Cancel)
                } else {
                    Ok(())
                }
            }
            Screen::Problem { task, failure, .. } => self.at_problem(task, &failure),
            Screen::Choose { report, problem, .. } => self.at_choice(&report, problem),
            Screen::RegisterForm { availability, password_given, problem, .. } => {
                self.at_form(&availability, password_given, problem)
            }
            Screen::Terms { .. } => self.answer(Intent::AcceptTerms),
            Screen::RegistrationToken { .. } => {
                let wrong = ["long-over", "used-up", "not a token"];
                let token = if self.person.slips() { *self.chance.pick(&wrong) } else { TOKEN };
                self.answer(Intent::UseToken { token: token.into() })
            }
            Screen::Address { medium, problem, .. } => {
                if let Some(Cause::Refused { refusal: Refusal::AddressInUse(_) }) = problem.map(|p| p.cause) {
                    self.laws.told_in_use(self.person.asked.iter())?;
                    self.person.addresses += 1;
                }
                let intent = self.address(medium);
                self.answer(intent)
            }
            Screen::Confirmation { medium, address, code, sent, .. } => {
                self.at_confirmation(medium, &address, code, sent)
            }
            Screen::InBrowser { url, stage, .. } => self.in_browser(&url, stage.as_ref()),
            Screen::UserCode { user_code, .. } => self.at_user_code(user_code),
            // Nobody has another device here.
            Screen::Warning { .. }
            | Screen::Scanner { .. }
            | Screen::QrCode { .. }
            | Screen::CheckCode { .. }
            | Screen::EnterCheckCode { .. }
            | Screen::ConfirmServer { .. }
            | Screen::Consent { .. }
            | Screen::ConfirmAccount { .. }
            | Screen::Linked { .. } => Ok(()),
            Screen::AwaitingApproval { username, .. } => {
                // As they have typed it, which may be the whole id.
                self.person.account = Some(localpart(&username).unwrap_or(username));
                self.set_out(Errand::Approve);
                self.say(Intent::Cancel)
            }
            Screen::SignedIn { .. } | Screen::SessionEnded { .. } | Screen::SignedOut { .. } => {
                self.look_after_session(&screen)
            }
        }
    }

    /// A failure was shown: first a breath, then the next attempt.
    pub(super) fn rests(&mut self) -> bool {
        self.person.rested = !self.person.rested;
        if self.person.rested {
            // Whoever fails often takes longer: what a server has in store of patience has to grow again.
            let longest = MINUTE * u64::from(1 + self.person.rests / 10);
            let after = self.chance.between(3 * SECOND, longest);
            self.person.rests += 1;
            self.look_again(after);
        }
        self.person.rested
    }

    fn at_welcome(&mut self, problem: Option<Failure>) -> Result<(), Broken> {
        // A kill has cut this run off from the session that was to be replaced.
        self.person.wants_again = None;
        if problem.is_some() && self.rests() {
            return Ok(());
        }
        if self.offers(Offer::Retry) && self.chance.one_in(2) && !self.person.slips() {
            return self.say(Intent::Retry);
        }
        let server = if self.person.slips() { "exmple.org".to_owned() } else { self.server_typed() };
        self.say(Intent::UseServer { server })
    }

    /// The server, as they write it. Whoever writes a user id writes their own.
    pub(super) fn server_typed(&self) -> String {
        match (&self.person.account, self.plan.server.starts_with('@')) {
            (Some(account), true) => format!("@{account}:{}", super::plan::SERVER_NAME),
            (None, true) => super::plan::SERVER_NAME.to_owned(),
            (_, false) => self.plan.server.to_owned(),
        }
    }

    fn at_problem(&mut self, task: Task, failure: &Failure) -> Result<(), Broken> {
        if self.rests() {
            return Ok(());
        }
        let slips = self.person.slips();
        // Trying again makes no server able to do it.
        let hopeless = failure.cause == (Cause::Unsupported { missing: Missing::Revocation });
        self.plan.everywhere &= !hopeless;
        // Nor does it make one change its mind: it does not know the application any more, say.
        let refused = task == Task::SignOut && matches!(failure.cause, Cause::Refused { .. });
        let ways = [
            (Offer::Forget, Intent::Forget, refused && self.chance.one_in(2)),
            (Offer::Retry, Intent::Retry, !slips && !hopeless),
            (Offer::SignOut, Intent::SignOut { everywhere: false }, slips && task == Task::KeepSession),
            (Offer::Forget, Intent::Forget, slips),
            (Offer::Cancel, Intent::Cancel, true),
            (Offer::Retry, Intent::Retry, true),
        ];
        for (offer, intent, wanted) in ways {
            if wanted && self.offers(offer) {
                return self.say(intent);
            }
        }
        Err(Broken::new(Law::NeverStuck, "a problem offers nothing"))
    }

    fn at_choice(&mut self, report: &ServerReport, problem: Option<Failure>) -> Result<(), Broken> {
        if problem.is_some() && self.rests() {
            return Ok(());
        }
        if self.person.slips() {
            return self.say(Intent::Cancel);
        }
        if let Some(Cause::Refused { refusal }) = problem.map(|problem| problem.cause) {
            if refusal == Refusal::RegistrationClosed {
                // That there is an authorization server may not have been heard.
                if self.plan.setup.has_oauth() && self.offers(Offer::Retry) {
                    return self.say(Intent::Retry);
                }
                return self.is_turned_away();
            }
            // They have typed somebody else's name with the server's.
            if matches!(refusal, Refusal::WrongAccount { .. }) && self.person.wants_again.is_none() {
                self.plan.server = super::plan::SERVER_NAME;
                return self.say(Intent::Cancel);
            }
            self.person.full_id &= !matches!(refusal, Refusal::AccountElsewhere { .. });
        }
        let Some(account) = self.person.account.clone() else {
            if self.offers(Offer::CreateAccount) {
                return self.say(Intent::CreateAccount);
            }
            return self.has_no_way();
        };
        if let Some(intent) = self.by_oauth() {
            return self.say(intent);
        }
        let sso = self.plan.goal == Goal::Sso && report.login.sso.is_some();
        if sso && self.offers(Offer::SignInWithSso) {
            let providers = report.login.sso.iter().flat_map(|sso| &sso.providers);
            let mut providers: Vec<_> = providers.map(|provider| Some(provider.id.clone())).collect();
            providers.push(None);
            let provider = self.chance.pick(&providers).clone();
            return self.say(Intent::SignInWithSso { provider });
        }
        if self.plan.goal == Goal::LoginToken && self.offers(Offer::SignInWithToken) {
            let address = self.login_token("https://other.example/", MEMBER).unwrap_or_default();
            let token = address.split_once("loginToken=").map(|(_, token)| token).unwrap_or_default();
            let yesterday = format!("of-yesterday-{}", self.now);
            let token = if self.person.slips() { &yesterday } else { token };
            return self.say(Intent::SignInWithToken { token: token.into() });
        }
        if self.offers(Offer::SignInWithPassword) {
            let password = if self.person.slips() { "a wrong one" } else { self.password_of(&account) };
            let identifier = if self.person.full_id {
                format!("@{account}:{}", super::plan::SERVER_NAME)
            } else {
                account
            };
            return self.say(Intent::SignInWithPassword { identifier, password: password.into() });
        }
        self.has_no_way()
    }

    pub(super) fn password_of(&self, account: &str) -> &'static str {
        if account == MEMBER { PASSWORD } else { self.person.password }
    }

    fn has_no_way(&mut self) -> Result<(), Broken> {
        // They have rested: where there is no way in, that is a problem of its own.
        if self.offers(Offer::Retry) { self.say(Intent::Retry) } else { self.is_turned_away() }
    }

    fn is_turned_away(&mut self) -> Result<(), Broken> {
        if self.plan.may_get_in() {
            return Err(Broken::new(Law::Liveness, "the server has a way in, and it is not offered"));
        }
        self.person.ending = Some(Ending::TurnedAway);
        Ok(())
    }

    fn at_form(
        &mut self,
        availability: &Availability,
        password_given: bool,
        problem: Option<Failure>,
    ) -> Result<(), Broken> {
        if problem.is_some() && self.rests() {
            return Ok(());
        }
        let name = self.person.name();
        if let Some(Failure { cause: Cause::Refused { refusal }, .. }) = &problem {
            if let Refusal::UsernameTaken | Refusal::UsernameInvalid(_) | Refusal::UsernameReserved = refusal
            {
                self.laws.told_taken(refusal, &name, self.person.password)?;
                self.person.next_name(None);
            } else if let Refusal::PasswordWeak(_) = refusal {
                self.person.password = PASSWORD;
            }
        } else if self.person.slips() {
            return self.say(Intent::Cancel);
        } else if self.person.slips() {
            self.person.next_name(None);
        }
        let mut name = self.person.name();
        let is_new = !self.person.asked.contains(&name);
        if let Availability::Refused { suggestion, .. } = availability
            && is_new
            && self.person.typed.as_ref() == Some(&name)
        {
            self.person.next_name(suggestion.clone());
            name = self.person.name();
        }
        if self.chance.one_in(2) && self.person.typed.as_ref() != Some(&name) {
            self.person.typed = Some(name.clone());
            return self.say(Intent::CheckUsername { username: name });
        }
        if *availability == Availability::Checking && self.chance.one_in(2) {
            self.look_again(SECOND);
            return Ok(());
        }
        let with_email = self.plan.setup == Setup::EmailOptional && self.chance.one_in(2);
        let prefer = with_email.then(|| Stage::parse("m.login.email.identity")).flatten();
        let known = password_given && self.person.asked.contains(&name) && self.chance.one_in(2);
        let password = (!known).then(|| self.person.password.into());
        self.person.asked.insert(name.clone());
        self.say(Intent::Register { username: name, password, prefer: prefer.into_iter().collect() })
    }
}
