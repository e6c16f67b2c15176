//! What the person makes of the screen, as long as they are not signed in.

use std::collections::BTreeSet;

use narthex::{
    Availability, Cause, Failure, Intent, Medium, Offer, Refusal, Screen, ServerReport, Stage, Task,
};
use url::Url;

use super::errands::Errand;
use super::laws::{Broken, Law};
use super::plan::{EMAIL, Goal, MEMBER, MINUTE, NAMES, NUMBER, PASSWORD, PHONE, SECOND, Setup, TOKEN, WEAK};
use super::run::{Ending, Life};

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
    opened: BTreeSet<Url>,
    waited: u32,
    addresses: u32,
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

    fn next_name(&mut self, suggestion: Option<String>) {
        self.names.pop();
        self.names.extend(suggestion);
    }

    /// One address after the other, as those before turn out to be in use.
    fn address(&self, text: &str) -> String {
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
            Screen::Welcome { problem, .. } => self.at_welcome(problem),
            Screen::Paused { .. } if self.person.slips() => self.say(Intent::Cancel),
            Screen::Paused { .. } => self.say(Intent::Continue),
            Screen::Busy { .. } | Screen::Limited { .. } => {
                if self.offers(Offer::Cancel) && self.person.slips() {
                    self.say(Intent::Cancel)
                } else {
                    Ok(())
                }
            }
            Screen::Problem { task, .. } => self.at_problem(task),
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
            Screen::AwaitingApproval { username, .. } => {
                self.person.account = Some(username);
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
            let after = self.chance.between(3 * SECOND, MINUTE);
            self.look_again(after);
        }
        self.person.rested
    }

    fn answer(&mut self, intent: Intent) -> Result<(), Broken> {
        self.person.waited = 0;
        if self.person.slips() { self.say(Intent::Cancel) } else { self.say(intent) }
    }

    fn at_welcome(&mut self, problem: Option<Failure>) -> Result<(), Broken> {
        if problem.is_some() && self.rests() {
            return Ok(());
        }
        if self.offers(Offer::Retry) && self.chance.one_in(2) && !self.person.slips() {
            return self.say(Intent::Retry);
        }
        let server = if self.person.slips() { "exmple.org" } else { self.plan.server };
        self.say(Intent::UseServer { server: server.to_owned() })
    }

    fn at_problem(&mut self, task: Task) -> Result<(), Broken> {
        if self.rests() {
            return Ok(());
        }
        let slips = self.person.slips();
        let ways = [
            (Offer::Retry, Intent::Retry, !slips),
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
        match problem.map(|problem| problem.cause) {
            Some(Cause::Refused { refusal: Refusal::AccountElsewhere { .. } }) => self.person.full_id = false,
            Some(Cause::Refused { refusal: Refusal::RegistrationClosed }) => return self.is_turned_away(),
            _ => {}
        }
        let Some(account) = self.person.account.clone() else {
            if self.offers(Offer::CreateAccount) {
                return self.say(Intent::CreateAccount);
            }
            return self.has_no_way();
        };
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

    fn password_of(&self, account: &str) -> &'static str {
        if account == MEMBER { PASSWORD } else { self.person.password }
    }

    fn has_no_way(&mut self) -> Result<(), Broken> {
        if self.offers(Offer::Retry) {
            if !self.rests() {
                return self.say(Intent::Retry);
            }
            return Ok(());
        }
        self.is_turned_away()
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
            match refusal {
                Refusal::UsernameTaken | Refusal::UsernameInvalid(_) | Refusal::UsernameReserved => {
                    self.laws.told_taken(refusal, &name, self.person.password)?;
                    self.person.next_name(None);
                }
                Refusal::PasswordWeak(_) => self.person.password = PASSWORD,
                _ => {}
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

    fn address(&mut self, medium: Medium) -> Intent {
        let slips = self.person.slips();
        match medium {
            Medium::Email => {
                let address =
                    if slips { *self.chance.pick(&["kim@mial.example", "kim at home"]) } else { EMAIL };
                Intent::UseEmail { address: self.person.address(address) }
            }
            Medium::Phone => {
                let number = if slips { *self.chance.pick(&["0170 7654321", "one two"]) } else { PHONE };
                Intent::UsePhone { country: "DE".to_owned(), number: self.person.address(number) }
            }
        }
    }

    fn at_confirmation(
        &mut self,
        medium: Medium,
        address: &str,
        code: bool,
        sent: u32,
    ) -> Result<(), Broken> {
        self.person.waited += 1;
        let after = self.chance.between(4 * SECOND, MINUTE);
        self.look_again(after);
        let (right, other) = match medium {
            Medium::Email => (self.person.address(EMAIL), Offer::UseEmail),
            Medium::Phone => (self.person.address(PHONE), Offer::UsePhone),
        };
        if address != right && self.offers(other) {
            self.person.waited = 0;
            let intent = self.address(medium);
            return self.say(intent);
        }
        if self.person.slips() && self.offers(Offer::Cancel) {
            return self.say(Intent::Cancel);
        }
        let overdue = self.person.waited > 4 + sent;
        if code {
            let number = self.person.address(NUMBER);
            let text =
                self.server.texts().iter().rfind(|text| text.to == number).map(|text| text.code.clone());
            if let Some(code) = text.filter(|_| self.offers(Offer::EnterCode) && !overdue) {
                let code = if self.person.slips() { "000000".to_owned() } else { code };
                return self.say(Intent::EnterCode { code: code.as_str().into() });
            }
        } else if let Some(link) = self.new_mail() {
            self.person.opened.insert(link.clone());
            self.set_out(Errand::OpenLink(link));
            return Ok(());
        } else if self.offers(Offer::CheckNow) && self.chance.one_in(3) {
            return self.say(Intent::CheckNow);
        }
        if overdue && self.offers(Offer::Resend) {
            self.person.waited = 0;
            return self.say(Intent::Resend);
        }
        Ok(())
    }

    /// A link that the person has not opened; the newest mail is on top.
    fn new_mail(&self) -> Option<Url> {
        let address = self.person.address(EMAIL);
        let mut mine = self.server.mail().iter().rev().filter(|mail| mail.to == address);
        mine.find(|mail| !self.person.opened.contains(&mail.link)).map(|mail| mail.link.clone())
    }

    fn in_browser(&mut self, url: &Url, stage: Option<&Stage>) -> Result<(), Broken> {
        let after = self.chance.between(20 * SECOND, 3 * MINUTE);
        self.look_again(after);
        if self.chance.one_in(self.luck.stranger) {
            self.stranger_calls()?;
        }
        if let Some(address) = self.person.callback.take() {
            self.tell(format_args!("the person pastes the address"));
            return self.linked(&address, true);
        }
        self.person.waited += 1;
        if self.person.slips() && self.offers(Offer::Cancel) {
            return self.say(Intent::Cancel);
        }
        if self.offers(Offer::CheckNow) && self.chance.one_in(4) {
            self.say(Intent::CheckNow)?;
        } else if self.offers(Offer::OpenBrowser) && self.chance.one_in(8) {
            self.say(Intent::OpenBrowser)?;
        }
        if self.person.waited % 3 == 1 {
            let user = self.member();
            let errand = match stage {
                Some(_) => Errand::Page(url.clone()),
                None => Errand::SignOn { page: url.clone(), user },
            };
            self.set_out(errand);
        }
        Ok(())
    }
}
