//! The answers that were given as flags, each given once for what it answers.

mod vain;
mod ways;

use std::collections::BTreeSet;

use narthex::{
    Availability, Cause, Failure, Intent, Medium, Offer, Refusal, ScannedCode, Screen, Secret, Task, View,
    Wanted,
};

use crate::args::SignIn;
use crate::exit::Asked;
use crate::question::{Question, Unanswered};
use crate::turn::address;
use narthex_app::Goal;

/// A user who has said everything in advance.
#[derive(Debug)]
pub(crate) struct Script {
    goal: Goal,
    flags: SignIn,
    password: Option<Secret<String>>,
    login_token: Option<Secret<String>>,
    /// Of a session that was made elsewhere.
    pub(crate) access_token: Option<Secret<String>>,
    /// The code of the other device.
    pub(crate) code: Option<ScannedCode>,
    is_headless: bool,
    /// The session that is meant is known.
    is_again: bool,
    /// And it is a stored one, which may be still good.
    is_stored: bool,
    /// Whether to go on with an unfinished registration is for the user to say.
    asks_whose: bool,
    said: BTreeSet<Offer>,
}

impl Script {
    pub(crate) fn new(
        goal: Goal,
        flags: SignIn,
        password: Option<Secret<String>>,
        login_token: Option<Secret<String>>,
        is_headless: bool,
    ) -> Self {
        let mut flags = flags;
        if goal == Goal::Register && flags.username.is_none() {
            flags.username = flags.server.as_deref().and_then(named);
        }
        Self {
            goal,
            flags,
            password,
            login_token,
            access_token: None,
            code: None,
            is_headless,
            is_again: false,
            is_stored: false,
            asks_whose: false,
            said: BTreeSet::new(),
        }
    }

    /// The same for a session to be signed in to again.
    pub(crate) fn again(self) -> Self {
        Self { is_again: true, ..self }
    }

    /// The same for one that nothing was begun about yet.
    pub(crate) fn of_stored(self) -> Self {
        Self { is_stored: true, ..self }
    }

    pub(crate) const fn is_stored(&self) -> bool {
        self.is_stored
    }

    /// The secret that was given on standard input, and the flag that said so.
    pub(crate) const fn secret(&self) -> Option<(Asked, &'static str)> {
        if self.password.is_some() {
            Some((Asked::Password, "--password-stdin"))
        } else if self.login_token.is_some() {
            Some((Asked::LoginToken, "--login-token-stdin"))
        } else if self.access_token.is_some() {
            Some((Asked::AccessToken, "--access-token-stdin"))
        } else {
            None
        }
    }

    pub(crate) const fn is_again(&self) -> bool {
        self.is_again
    }

    pub(crate) const fn goal(&self) -> Goal {
        self.goal
    }

    pub(crate) const fn flags(&self) -> &SignIn {
        &self.flags
    }

    /// What an earlier run must have left to be gone on with.
    pub(crate) fn wanted(&self) -> Wanted<'_> {
        const BROWSER: &[Offer] = &[Offer::SignInWithBrowser, Offer::SignInWithSso];
        let SignIn { server, username, sso, browser, device, paste, qr, scan, .. } = &self.flags;
        let ways: &[Offer] = if self.goal == Goal::Register {
            &[Offer::CreateAccount]
        } else if self.login_token.is_some() {
            &[Offer::SignInWithToken]
        } else if self.access_token.is_some() {
            &[Offer::SignInWithAccessToken]
        } else if *qr {
            &[Offer::ShowCode]
        } else if scan.is_some() {
            &[Offer::ScanCode]
        } else if *device {
            &[Offer::SignInWithDeviceCode]
        } else if *browser || *paste || sso.is_some() {
            BROWSER
        } else if self.password.is_some() {
            &[Offer::SignInWithPassword]
        } else {
            &[]
        };
        Wanted {
            new_account: self.goal == Goal::Register,
            server: server.as_deref(),
            user: if self.is_elsewhere() { self.expected() } else { username.as_deref() },
            ways,
            provider: sso.as_deref().filter(|provider| !provider.is_empty()),
            password: self.password.as_ref(),
            device_id: None,
            by_paste: *paste,
            links: false,
            code: self.code.as_ref(),
            generation: self.flags.generation.map(Into::into),
        }
    }

    /// The next answer, if the flags have one that was not given yet.
    pub(crate) fn answer(&mut self, view: &View) -> Option<Intent> {
        let intent = self.intent(view)?;
        let offer = intent.offer();
        // After the end of a session that nobody wants, everything is still to be said.
        let is_preparation = matches!(view.screen, Screen::Paused { task: Task::SignOut, .. });
        // There may be two questions about the other device.
        let is_again = is_preparation || offer == Offer::Confirm;
        (view.offers.contains(offer) && (is_again || self.said.insert(offer))).then_some(intent)
    }

    fn intent(&self, view: &View) -> Option<Intent> {
        match &view.screen {
            // Whoever has come back from where an earlier run was does not want to go there again.
            Screen::Welcome { problem, .. }
                if self.said.contains(&Offer::Continue) && problem.as_ref().is_none_or(is_of_another) =>
            {
                None
            }
            Screen::Welcome { problem: None, .. } if self.flags.server.is_none() => self.by_device(),
            Screen::Welcome { .. } => Some(Intent::UseServer { server: self.server()?.to_owned() }),
            Screen::Warning { .. } => self.flags.yes.then_some(Intent::Understood),
            Screen::ConfirmServer { .. } | Screen::ConfirmAccount { .. } => {
                self.flags.yes.then_some(Intent::Confirm)
            }
            Screen::Scanner { problem: None, .. } => {
                self.code.clone().map(|payload| Intent::UseCode { payload })
            }
            // Only what is asked for is resumed; but where no server is named, it may be another one that is meant.
            Screen::Paused { task: Task::Register, .. } if self.asks_whose => None,
            Screen::Paused { .. } => {
                // Of a code it is known.
                let is_known = self.flags.server.is_some() || self.is_again || self.code.is_some();
                is_known.then_some(Intent::Continue)
            }
            // What else the server lacks does not matter to it.
            Screen::Choose { .. } if self.goal == Goal::SignIn && self.access_token.is_some() => {
                let token = self.access_token.clone()?;
                Some(Intent::SignInWithAccessToken { token, identifier: self.flags.username.clone() })
            }
            Screen::Choose { report, problem: None, user_id } => {
                self.way_in(view, report, user_id.as_deref())
            }
            Screen::RegisterForm { flows, availability, problem: None, .. } => match availability {
                Availability::Refused { .. } => None,
                Availability::Unknown | Availability::Checking | Availability::Free => self.register(flows),
            },
            Screen::Terms { .. } => self.flags.accept_terms.then_some(Intent::AcceptTerms),
            Screen::RegistrationToken { .. } => {
                let token = self.flags.registration_token.clone()?;
                Some(Intent::UseToken { token: Secret::new(token) })
            }
            Screen::Address { medium: Medium::Email, .. } => {
                Some(Intent::UseEmail { address: self.flags.email.clone()? })
            }
            Screen::Address { medium: Medium::Phone, .. }
            | Screen::Choose { problem: Some(_), .. }
            | Screen::RegisterForm { problem: Some(_), .. }
            | Screen::Busy { .. }
            | Screen::Limited { .. }
            | Screen::Problem { .. }
            | Screen::Confirmation { .. }
            | Screen::InBrowser { .. }
            | Screen::UserCode { .. }
            | Screen::Scanner { .. }
            | Screen::QrCode { .. }
            | Screen::CheckCode { .. }
            | Screen::EnterCheckCode { .. }
            | Screen::Consent { .. }
            | Screen::Linked { .. }
            | Screen::AwaitingApproval { .. }
            | Screen::SignedIn { .. }
            | Screen::SessionEnded { .. }
            | Screen::SignedOut { .. } => None,
        }
    }

    /// How to sign in where no flag says it: what a server would rather have is what nobody has to be asked for. Once.
    pub(crate) fn way_by_itself(&mut self, view: &View) -> Option<Intent> {
        let SignIn { username, sso, browser, device, paste, qr, scan, .. } = &self.flags;
        let says_none = username.is_none() && self.password.is_none() && sso.is_none();
        let says_none = says_none && !(*browser || *device || *paste || *qr || scan.is_some());
        let ways = [(self.is_headless, Intent::SignInWithDeviceCode), (true, Intent::SignInWithBrowser)];
        let mut ways = ways.into_iter().filter(|(fits, _)| *fits).map(|(_, way)| way);
        let way = ways.find(|way| view.offers.contains(way.offer()))?;
        (self.goal == Goal::SignIn && says_none && self.said.insert(way.offer())).then_some(way)
    }

    /// Whether the user has been sent somewhere already, and has come back without having done it.
    pub(crate) fn is_over(&self) -> bool {
        let ways = [
            Offer::Continue,
            Offer::CreateAccount,
            Offer::SignInWithBrowser,
            Offer::SignInWithDeviceCode,
            Offer::SignInWithSso,
            Offer::ShowCode,
            Offer::ScanCode,
        ];
        ways.iter().any(|way| self.said.contains(way))
    }

    /// Whether an address has to be pasted for this to continue.
    pub(crate) const fn awaits_address(&self, view: &View) -> bool {
        self.flags.paste && matches!(view.screen, Screen::InBrowser { stage: None, .. })
    }

    /// Why the way that the flags say is none here, if they say one.
    pub(crate) fn lacking(&self, view: &View) -> Option<Failure> {
        let wanted = if self.login_token.is_some() {
            Offer::SignInWithToken
        } else if self.flags.qr {
            Offer::ShowCode
        } else if self.flags.scan.is_some() {
            Offer::ScanCode
        } else if self.flags.device {
            Offer::SignInWithDeviceCode
        } else if self.flags.browser || self.flags.paste {
            Offer::SignInWithBrowser
        } else if self.flags.sso.is_some() {
            Offer::SignInWithSso
        } else if self.password.is_some() {
            Offer::SignInWithPassword
        } else {
            return None;
        };
        narthex_app::lacking(wanted, view).filter(|_| self.goal == Goal::SignIn)
    }

    /// What is missing for the question, more exactly than the screen knows.
    pub(crate) fn missing(&self, question: Question, view: &View) -> Unanswered {
        let SignIn { server, username, sso, .. } = &self.flags;
        let names_provider = sso.as_deref().is_some_and(|provider| !provider.is_empty());
        let (mut question, mut wrong) = (question, None);
        match (question, self.goal) {
            (Question::Server, Goal::SignIn) if server.is_none() && names_provider => {
                question = Question::ServerBeforeSso;
            }
            (Question::Username, _) if username.is_some() => question = Question::Password,
            (Question::WayIn, Goal::SignIn) if sso.is_some() => {
                question = Question::Provider;
                wrong = sso.clone().filter(|_| names_provider);
            }
            (Question::WayIn, Goal::SignIn) if username.is_some() => question = Question::Password,
            (Question::WayIn, Goal::SignIn) if self.password.is_some() => question = Question::Username,
            (Question::Email, _) => {
                if let Screen::Address { medium, .. } | Screen::Confirmation { medium, .. } = &view.screen {
                    question = address(*medium);
                }
            }
            (_, _) => {}
        }
        Unanswered::new(question, self.goal).at(view).not(wrong)
    }

    /// The server, or the user id to expect there. In the browser nobody is asked who they are, so that this is the only
    /// place to say it.
    fn server(&self) -> Option<&str> {
        let server = self.flags.server.as_deref()?;
        Some(self.expected().filter(|_| self.is_elsewhere()).unwrap_or(server))
    }

    /// The user id that has to be signed in, where the server that was typed is the one in it.
    fn expected(&self) -> Option<&str> {
        let user_id = self.flags.username.as_deref()?.trim();
        let (_, home) = user_id.strip_prefix('@')?.split_once(':')?;
        let server = self.flags.server.as_deref()?.trim().trim_end_matches('/');
        server.eq_ignore_ascii_case(home).then_some(user_id)
    }

    /// Whether the user says elsewhere who they are.
    fn is_elsewhere(&self) -> bool {
        let SignIn { browser, device, paste, sso, qr, scan, .. } = &self.flags;
        let is_sent_there = *browser
            || *device
            || *paste
            || *qr
            || scan.is_some()
            || sso.is_some()
            || self.login_token.is_some();
        self.goal == Goal::SignIn && is_sent_there
    }

    /// Who was asked for, if the user who is signed in now is another one.
    pub(crate) fn somebody_else(&self, user_id: &str) -> Option<&str> {
        let asked = self.flags.username.as_deref()?.trim();
        let is_whole = asked.starts_with('@') && asked.contains(':');
        // Whose an access token is has nothing to do with how a server reads a username.
        let localpart = user_id.trim_start_matches('@').split(':').next().unwrap_or_default();
        let is_other = if is_whole {
            !asked.eq_ignore_ascii_case(user_id)
        } else {
            self.access_token.is_some() && !asked.eq_ignore_ascii_case(localpart)
        };
        (self.goal == Goal::SignIn && is_other).then_some(asked)
    }

    /// Whether this is who was asked for, as far as a name says. A server may read a name as another one; but then nothing
    /// that was there before is ended.
    pub(crate) fn is_asked_for(&self, view: &View) -> bool {
        let (Screen::SignedIn { user_id, .. }, Some(asked)) = (&view.screen, &self.flags.username) else {
            return true;
        };
        let asked = asked.trim();
        // An e-mail address or a phone number names nobody to us.
        let is_name = asked.starts_with('@') || !asked.contains(['@', '+', ' ']);
        let localpart = user_id.trim_start_matches('@').split(':').next().unwrap_or_default();
        !is_name || asked.eq_ignore_ascii_case(localpart) || asked.eq_ignore_ascii_case(user_id)
    }

    /// Whether this is about a new account of nobody who is named.
    pub(crate) const fn is_of_nobody(&self) -> bool {
        matches!(self.goal, Goal::Register) && self.flags.username.is_none()
    }

    /// Whoever sits at a terminal is asked which of the unfinished registrations is meant.
    pub(crate) fn asks_whose(self) -> Self {
        Self { asks_whose: self.is_of_nobody(), ..self }
    }

    /// Whether the code that was given, the only thing that was asked for, has been used in vain.
    pub(crate) fn is_used_up(&self, view: &View) -> bool {
        let is_said = [Offer::ScanCode, Offer::Continue].iter().any(|offer| self.said.contains(offer));
        let is_used = self.flags.scan.is_some() && is_said;
        is_used && matches!(view.screen, Screen::Welcome { .. })
    }

    /// Whether a token says everything.
    pub(crate) const fn is_by_token(&self) -> bool {
        self.login_token.is_some() || self.access_token.is_some()
    }
}

/// Whether somebody else has signed in than was expected.
const fn is_of_another(failure: &Failure) -> bool {
    matches!(failure.cause, Cause::Refused { refusal: Refusal::WrongAccount { .. } })
}

/// The username in a user id that was typed as the server.
fn named(server: &str) -> Option<String> {
    let (localpart, _) = server.trim().strip_prefix('@')?.split_once(':')?;
    (!localpart.is_empty()).then(|| localpart.to_owned())
}
