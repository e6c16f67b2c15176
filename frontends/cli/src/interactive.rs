//! The interactive user interface: a terminal.

mod browser;
mod card;
mod choice;
mod field;
mod form;
#[cfg(feature = "encryption")]
mod verification;
mod waiting;

use std::io::IsTerminal as _;

use narthex::{Failure, Generation, Input, Intent, Medium, Offer, Screen, Secret, View};
use narthex_runtime::{Clock, Notice};
use narthex_storage::Place;
use tokio::sync::mpsc::{Receiver, UnboundedSender};
use url::Url;

use crate::args::SignIn;
use crate::explain::explain;
use crate::next::Next;
use crate::plain::{self, tell_toned};
use crate::progress::waiting;
use crate::qr::QrFormat;
use crate::scan;
use crate::setup::Setup;
use crate::terminal::paint::Paint;
use crate::terminal::{Canvas, Key, Terminal, Tone};
use browser::Pages;
use field::{Answer, Field, Stop};
use form::Username;
use narthex_app::Goal;
use narthex_app::Handle;
use narthex_text::Text;

/// A user at a terminal.
pub(crate) struct Interactive<'s> {
    text: &'s Text,
    goal: Goal,
    keys: Receiver<Key>,
    canvas: Canvas,
    /// What was said last, so that it is not said twice.
    said: Vec<String>,
    /// What is typed while something else may happen.
    draft: String,
    /// They were sent elsewhere from the card, so being there again means that they came back.
    was_away: bool,
    is_headless: bool,
    /// Who signs in with a password: what was typed last.
    identifier: Option<String>,
    /// Who they said to be on the command line, until it was used.
    username: Option<String>,
    /// Nothing listens where the browser ends up.
    pastes: bool,
    /// Of which generation a code is to be that is shown.
    generation: Option<Generation>,
    pages: Pages,
    qr: QrFormat,
    /// The view in which something was entered that the engine judges: where nothing follows, it was nothing.
    pasted: Option<View>,
}

impl<'s> Interactive<'s> {
    pub(crate) fn new(setup: &'s Setup, goal: Goal, terminal: Terminal, flags: &SignIn) -> Self {
        Self {
            text: &setup.text,
            goal,
            keys: terminal.keys,
            canvas: terminal.canvas,
            said: Vec::new(),
            draft: String::new(),
            was_away: false,
            is_headless: setup.is_headless(),
            identifier: None,
            username: flags.username.clone(),
            pastes: flags.paste,
            generation: flags.generation.map(Into::into),
            pages: Pages::new(!setup.global.no_browser),
            qr: setup.global.qr_format,
            pasted: None,
        }
    }

    pub(crate) const fn text(&self) -> &Text {
        self.text
    }

    /// What the view says besides asking.
    pub(crate) fn show(&mut self, view: &View) {
        let lines = match &view.screen {
            // These are shown while we wait: see `waiting`.
            Screen::Busy { .. } | Screen::Limited { .. } | Screen::SignedIn { .. } => return,
            // What they say is the question itself.
            Screen::ConfirmServer { .. } | Screen::ConfirmAccount { .. } => return,
            Screen::RegistrationToken { progress, .. }
            | Screen::Address { progress, .. }
            | Screen::Terms { progress, .. }
            | Screen::Confirmation { progress, .. }
            | Screen::InBrowser { progress: Some(progress), .. } => {
                let mut lines = self.text.screen(&view.screen, Clock::start().now());
                if let Some(what) = lines.first_mut() {
                    let (step, of) = (progress.step.into(), progress.of.into());
                    let values = [("step", step), ("of", of), ("what", what.clone().into())];
                    *what = self.text.say("step", &values);
                }
                lines
            }
            Screen::Welcome { .. }
            | Screen::Paused { .. }
            | Screen::Problem { .. }
            | Screen::Choose { .. }
            | Screen::RegisterForm { .. }
            | Screen::InBrowser { progress: None, .. }
            | Screen::UserCode { .. }
            | Screen::Warning { .. }
            | Screen::Scanner { .. }
            | Screen::QrCode { .. }
            | Screen::CheckCode { .. }
            | Screen::EnterCheckCode { .. }
            | Screen::Consent { .. }
            | Screen::Linked { .. }
            | Screen::AwaitingApproval { .. }
            | Screen::SessionEnded { .. }
            | Screen::SignedOut { .. } => plain::screen(self.text, &view.screen, self.qr),
        };
        self.say_once(lines);
    }

    pub(crate) fn answered(&mut self, view: &View, intent: &Intent) {
        self.was_away |= card::leads_away(intent.offer());
        plain::answered(self.text, view, intent);
    }

    pub(crate) fn notice(&mut self, notice: Notice) {
        for line in plain::notice_lines(self.text, notice) {
            self.canvas.print(&line, Tone::Normal);
        }
    }

    pub(crate) fn rest(&mut self) {
        self.canvas.clear();
        crate::terminal::restore();
    }

    pub(crate) fn signed_in(&self, view: &View, place: &Place) {
        let paint = Paint::of(std::io::stdout().is_terminal());
        for (n, line) in plain::signed_in(self.text, &view.screen, place).iter().enumerate() {
            tell_toned(line, if n == 0 { Tone::Good } else { Tone::Normal }, paint);
        }
    }

    /// Where the pages go that the engine wants to be opened.
    pub(crate) fn pages(&self) -> UnboundedSender<Url> {
        self.pages.sender()
    }

    /// Asks what the view asks.
    pub(crate) async fn next(&mut self, view: &View, handle: &mut Handle) -> Next {
        if self.pasted.take().as_ref() == Some(view) {
            let is_code = matches!(view.screen, Screen::EnterCheckCode { .. });
            let nothing = self.text.say(if is_code { "no-check-code" } else { "callback-not-ours" }, &[]);
            self.canvas.print(&nothing, Tone::Bad);
        }
        if !matches!(view.screen, Screen::InBrowser { .. } | Screen::UserCode { .. }) {
            self.pages.forget();
        }
        let next = self.asked(view, handle).await;
        if let Next::Say(input) = &next {
            // What comes of it is said, also if it is the same as before.
            self.said.clear();
            let is_judged = matches!(input, Input::Callback(_) | Input::Intent(Intent::EnterCode { .. }));
            self.pasted = is_judged.then(|| view.clone());
        }
        next
    }

    async fn asked(&mut self, view: &View, handle: &mut Handle) -> Next {
        let answer = match &view.screen {
            Screen::Welcome { server, problem } => self.server(server, problem.as_ref()).await,
            Screen::Paused { server, task, user } => {
                let question = self.text.of_task("screen-paused", *task, server, user.as_deref());
                let go_on = self.yes(&question, Some(true)).await;
                go_on.map(|yes| if yes { Intent::Continue } else { Intent::Cancel })
            }
            Screen::Problem { failure, .. } => {
                self.failure(Some(failure));
                self.menu(view).await
            }
            Screen::Choose { report, problem, user_id } => {
                self.card(view, report, problem.as_ref(), user_id.as_deref()).await
            }
            Screen::RegisterForm { username, password_given, problem, .. } => {
                // An earlier run may have left the form of somebody else: who is named now gets another password too.
                let said = self.username.take().filter(|said| !said.trim().eq_ignore_ascii_case(username));
                let keeps_password = *password_given && said.is_none();
                let username = Username { text: said.as_ref().unwrap_or(username), is_said: said.is_some() };
                return self.register(username, keeps_password, problem.as_ref(), handle).await;
            }
            Screen::Terms { problem, .. } => {
                self.failure(problem.as_ref());
                let question = self.text.say("ask-accept", &[]);
                // Enter may still be meant for the step before.
                let accepts = self.yes(&question, None).await;
                accepts.map(|yes| if yes { Intent::AcceptTerms } else { Intent::Cancel })
            }
            Screen::RegistrationToken { problem, .. } => {
                self.failure(problem.as_ref());
                let field = Field::new(self.text.say("prompt-token", &[]));
                self.line(field).await.map(|token| Intent::UseToken { token: Secret::new(token) })
            }
            Screen::Address { medium, problem, .. } => self.address(*medium, problem.as_ref()).await,
            Screen::Confirmation { .. } | Screen::InBrowser { .. } | Screen::UserCode { .. } => {
                return self.elsewhere(view, handle).await;
            }
            Screen::Warning { .. } => {
                let question = self.text.say("ask-go-on", &[]);
                let goes_on = self.yes(&question, None).await;
                goes_on.map(|yes| if yes { Intent::Understood } else { Intent::Cancel })
            }
            Screen::Scanner { problem, .. } => {
                self.failure(problem.as_ref());
                loop {
                    let field = Field::new(self.text.say("prompt-scanned", &[]));
                    let typed = match self.line(field).await {
                        Ok(typed) => scan::typed(&typed).await,
                        Err(stop) => break Err(stop),
                    };
                    match typed {
                        Ok(payload) => break Ok(Intent::UseCode { payload }),
                        Err(exit) => explain(&exit, self.text),
                    }
                }
            }
            Screen::EnterCheckCode { until, .. } => {
                let field = Field::new(self.text.say("prompt-check-code", &[]));
                let (text, until) = (self.text, *until);
                match self.line_meanwhile(field, || waiting(text, "hint-check-code", until), handle).await {
                    Ok(typed) => Ok(Intent::EnterCode { code: Secret::new(typed) }),
                    Err(stop) => Err(stop),
                }
            }
            Screen::ConfirmServer { .. } | Screen::ConfirmAccount { .. } => {
                let question = self.text.screen(&view.screen, Clock::start().now()).join(" ");
                let is_right = self.yes(&question, None).await;
                is_right.map(|yes| if yes { Intent::Confirm } else { Intent::Cancel })
            }
            Screen::Consent { .. } => {
                let offers = [Offer::OpenBrowser, Offer::CannotOpen, Offer::Cancel];
                let intents = [Intent::OpenBrowser, Intent::CannotOpen, Intent::Cancel];
                let goes_on = if self.opens() { "choice-open-page" } else { "choice-go-on-without" };
                let names = offers.map(|offer| match offer == Offer::OpenBrowser {
                    true => self.text.say(goes_on, &[]),
                    false => self.text.offer(offer),
                });
                self.choose_meanwhile(&names, handle).await.map(|n| intents[n].clone())
            }
            Screen::Busy { .. }
            | Screen::Limited { .. }
            | Screen::QrCode { .. }
            | Screen::CheckCode { .. }
            | Screen::Linked { .. }
            | Screen::AwaitingApproval { .. }
            | Screen::SignedIn { .. }
            | Screen::SessionEnded { .. }
            | Screen::SignedOut { .. } => return self.wait(view, handle).await,
        };
        finish(answer, view)
    }

    async fn server(&mut self, typed: &str, problem: Option<&Failure>) -> Answer<Intent> {
        self.failure(problem);
        let field = Field::new(self.text.say("prompt-server", &[]))
            .with_text(typed)
            .with_hint(self.text.say("hint-server", &[]));
        self.was_away = false;
        self.line(field).await.map(|server| Intent::UseServer { server })
    }

    async fn address(&mut self, medium: Medium, problem: Option<&Failure>) -> Answer<Intent> {
        self.failure(problem);
        match medium {
            Medium::Email => {
                let field = Field::new(self.text.say("prompt-email", &[]));
                self.line(field).await.map(|address| Intent::UseEmail { address })
            }
            Medium::Phone => {
                let country = self.line(Field::new(self.text.say("prompt-country", &[]))).await?;
                let field = Field::new(self.text.say("prompt-number", &[]));
                self.line(field).await.map(|number| Intent::UsePhone { country, number })
            }
        }
    }

    /// Which of these; `None` if they go away.
    pub(crate) async fn pick(&mut self, question: &str, names: &[String]) -> Option<usize> {
        self.say_once(vec![question.to_owned()]);
        self.choose(names).await.ok()
    }

    /// Chooses among those offers that need no further answer.
    async fn menu(&mut self, view: &View) -> Answer<Intent> {
        let simple = |offer| match offer {
            Offer::Retry => Some(Intent::Retry),
            Offer::Cancel => Some(Intent::Cancel),
            Offer::Forget => Some(Intent::Forget),
            Offer::Resend => Some(Intent::Resend),
            Offer::SignOut => Some(Intent::SignOut { everywhere: false }),
            Offer::CheckNow => Some(Intent::CheckNow),
            Offer::Continue => Some(Intent::Continue),
            Offer::UseServer
            | Offer::CreateAccount
            | Offer::CheckUsername
            | Offer::Register
            | Offer::AcceptTerms
            | Offer::UseToken
            | Offer::UseEmail
            | Offer::UsePhone
            | Offer::EnterCode
            | Offer::OpenBrowser
            | Offer::SignInWithPassword
            | Offer::SignInWithSso
            | Offer::SignInWithToken
            | Offer::SignInWithAccessToken
            | Offer::SignInWithBrowser
            | Offer::SignInWithDeviceCode
            | Offer::ListDevices
            | Offer::ManageAccount
            | Offer::CheckSession
            | Offer::Refresh
            | Offer::SignInAgain
            | Offer::ShowCode
            | Offer::ScanCode
            | Offer::Understood
            | Offer::UseCode
            | Offer::Confirm
            | Offer::CannotOpen
            | _ => None,
        };
        let intents: Vec<Intent> = view.offers.iter().filter_map(simple).collect();
        let names: Vec<String> = intents.iter().map(|intent| self.text.offer(intent.offer())).collect();
        self.choose(&names).await.map(|n| intents[n].clone())
    }

    /// Says a failure, once.
    fn failure(&mut self, failure: Option<&Failure>) {
        let Some(failure) = failure else { return };
        let lines = self.text.failure(failure);
        if self.said == lines {
            return;
        }
        for (n, line) in lines.iter().enumerate() {
            self.canvas.print(line, if n == 0 { Tone::Bad } else { Tone::Normal });
        }
        self.said = lines;
    }

    fn say_once(&mut self, lines: Vec<String>) {
        if !lines.is_empty() && self.said != lines {
            lines.iter().for_each(|line| self.canvas.print(line, Tone::Normal));
            self.said = lines;
        }
    }
}

/// What an answer is to the conversation.
fn finish(answer: Answer<Intent>, view: &View) -> Next {
    match answer {
        Ok(intent) => Next::Say(Input::Intent(intent)),
        Err(Stop::Back) if view.offers.contains(Offer::Cancel) => Next::Say(Input::Intent(Intent::Cancel)),
        Err(Stop::Back | Stop::Gone) => Next::Cancelled,
        Err(Stop::Changed) => Next::Changed,
    }
}
