//! While something happens elsewhere: a spinner with words, the browser, the mailbox.

use narthex::{Callback, Input, Intent, Medium, Offer, Screen, Secret, Time, View};
use narthex_runtime::Clock;

use super::field::Field;
use super::{Interactive, finish};
use crate::next::Next;
use crate::progress::{Progress, TURN};
use crate::terminal::{Key, Tone};
use narthex_app::Handle;

impl Interactive<'_> {
    /// Turns until the view changes. Escape goes back, if that is on offer.
    pub(super) async fn wait(&mut self, view: &View, handle: &mut Handle) -> Next {
        let mut turn = tokio::time::interval(TURN);
        let mut progress = Progress::default();
        loop {
            let key = tokio::select! {
                changed = handle.changed() => {
                    self.canvas.clear();
                    return if changed { Next::Changed } else { Next::Cancelled };
                }
                key = self.keys.recv() => key,
                _ = turn.tick() => {
                    if !narthex_app::is_settled(view) {
                        let (words, rest) = progress.words(self.text, view, self.canvas.can_redraw());
                        self.canvas.draw(&words, &rest);
                    }
                    continue;
                }
            };
            match key {
                Some(Key::Escape) if view.offers.contains(Offer::Cancel) => {
                    return Next::Say(Input::Intent(Intent::Cancel));
                }
                Some(Key::End) | None => return Next::Cancelled,
                Some(_) => {}
            }
        }
    }

    /// The user is in the browser or reads their mail: they can hurry, change or stop it here.
    pub(super) async fn elsewhere(&mut self, view: &View, handle: &mut Handle) -> Next {
        if let Screen::Confirmation { problem, .. } = &view.screen {
            self.failure(problem.as_ref());
        }
        let due = self.page_due().await;
        let waiting = waiting(view, due.is_some(), self.pastes);
        let label = match &due {
            Some(host) => self.text.say("prompt-open", &[("host", host.as_str().into())]),
            None => self.text.say(waiting.label, &[]),
        };
        let (text, opens) = (self.text, if self.opens() { "yes" } else { "no" });
        let hint = || {
            let minutes = waiting.until.map_or(0, minutes);
            text.say(waiting.hint, &[("minutes", minutes.into()), ("opens", opens.into())])
        };
        match self.line_meanwhile(Field::new(label), hint, handle).await {
            Ok(typed) if typed.is_empty() && due.is_some() => {
                self.open_page().await;
                Next::Changed
            }
            Ok(typed) => self.typed_elsewhere(&typed, view).await,
            Err(stop) => finish(Err(stop), view),
        }
    }

    /// What a word means while one waits. Whatever it is, it is answered.
    async fn typed_elsewhere(&mut self, typed: &str, view: &View) -> Next {
        let (is_code, user_code) = match &view.screen {
            Screen::Confirmation { code, .. } => (*code, None),
            Screen::UserCode { user_code, .. } => (false, Some(user_code)),
            Screen::InBrowser { .. }
            | Screen::Busy { .. }
            | Screen::Limited { .. }
            | Screen::SignedIn { .. }
            | Screen::Welcome { .. }
            | Screen::Paused { .. }
            | Screen::Problem { .. }
            | Screen::Choose { .. }
            | Screen::RegisterForm { .. }
            | Screen::Terms { .. }
            | Screen::RegistrationToken { .. }
            | Screen::Address { .. }
            | Screen::AwaitingApproval { .. }
            | Screen::Warning { .. }
            | Screen::Scanner { .. }
            | Screen::QrCode { .. }
            | Screen::CheckCode { .. }
            | Screen::EnterCheckCode { .. }
            | Screen::ConfirmServer { .. }
            | Screen::Consent { .. }
            | Screen::ConfirmAccount { .. }
            | Screen::Linked { .. }
            | Screen::SessionEnded { .. }
            | Screen::SignedOut { .. } => (false, None),
        };
        let intent = match (typed, user_code) {
            ("", _) => Intent::CheckNow,
            ("o", _) => Intent::OpenBrowser,
            ("r", _) => Intent::Resend,
            ("c", Some(code)) => {
                let said = if self.canvas.copy(code) { "code-copied" } else { "code-not-copied" };
                return self.answer(said);
            }
            ("c", None) => Intent::SignInWithDeviceCode,
            ("q", _) => Intent::Cancel,
            (address, _) if address.contains(":/") => {
                return Next::Say(Input::Callback(Callback::from(address)));
            }
            (address, _) if address.contains('@') => Intent::UseEmail { address: address.to_owned() },
            (code, _) if is_code => Intent::EnterCode { code: Secret::from(code) },
            (_, _) => return self.answer(unknown(view)),
        };
        if !view.offers.contains(intent.offer()) {
            return self.answer(if typed.is_empty() { nothing(view, self.pastes) } else { unknown(view) });
        }
        if intent == Intent::CheckNow {
            self.answer("checking-now");
        }
        if intent == Intent::OpenBrowser {
            if self.pages.is_due() {
                self.open_page().await;
                return Next::Changed;
            }
            self.pages.want();
        }
        Next::Say(Input::Intent(intent))
    }

    /// Says this, and asks again.
    fn answer(&mut self, id: &str) -> Next {
        let said = self.text.say(id, &[]);
        self.canvas.print(&said, Tone::Normal);
        Next::Changed
    }
}

/// What is asked while one waits, what can be done, and when it is over.
struct Waiting {
    label: &'static str,
    hint: &'static str,
    until: Option<Time>,
}

fn waiting(view: &View, is_due: bool, pastes: bool) -> Waiting {
    let (label, hint, until) = match &view.screen {
        Screen::Confirmation { code: true, .. } => ("prompt-code", "hint-code", None),
        Screen::Confirmation { medium: Medium::Phone, .. } => ("prompt-waiting", "hint-waiting", None),
        Screen::Confirmation { medium: Medium::Email, .. } => ("prompt-other-email", "hint-waiting", None),
        // What counts is the end that comes first.
        Screen::UserCode { until, role: Some(_), keys_until: Some(keys), .. } => {
            ("prompt-waiting", "hint-user-code-from-device", Some(*until.min(keys)))
        }
        Screen::UserCode { until, role: Some(_), keys_until: None, .. } => {
            ("prompt-waiting", "hint-user-code-without-keys", Some(*until))
        }
        Screen::UserCode { until, role: None, .. } => ("prompt-waiting", "hint-user-code", Some(*until)),
        Screen::InBrowser { stage: Some(_), until, .. } if is_due => {
            ("prompt-waiting", "hint-open", Some(*until))
        }
        Screen::InBrowser { stage: Some(_), until, .. } => ("prompt-waiting", "hint-page", Some(*until)),
        // It comes back to the other device.
        Screen::InBrowser { role: Some(_), until, .. } => {
            ("prompt-waiting", "hint-browser-for-device", Some(*until))
        }
        Screen::InBrowser { until, .. } if is_due => ("prompt-paste", "hint-open-or-paste", Some(*until)),
        Screen::InBrowser { until, .. } if pastes => ("prompt-paste-only", "hint-paste", Some(*until)),
        Screen::InBrowser { until, .. } if view.offers.contains(Offer::SignInWithDeviceCode) => {
            ("prompt-paste", "hint-browser-or-code", Some(*until))
        }
        Screen::InBrowser { until, .. } => ("prompt-paste", "hint-browser", Some(*until)),
        Screen::Busy { .. }
        | Screen::Limited { .. }
        | Screen::SignedIn { .. }
        | Screen::Welcome { .. }
        | Screen::Paused { .. }
        | Screen::Problem { .. }
        | Screen::Choose { .. }
        | Screen::RegisterForm { .. }
        | Screen::Terms { .. }
        | Screen::RegistrationToken { .. }
        | Screen::Address { .. }
        | Screen::AwaitingApproval { .. }
        | Screen::Warning { .. }
        | Screen::Scanner { .. }
        | Screen::QrCode { .. }
        | Screen::CheckCode { .. }
        | Screen::EnterCheckCode { .. }
        | Screen::ConfirmServer { .. }
        | Screen::Consent { .. }
        | Screen::ConfirmAccount { .. }
        | Screen::Linked { .. }
        | Screen::SessionEnded { .. }
        | Screen::SignedOut { .. } => ("prompt-paste", "hint-browser", None),
    };
    Waiting { label, hint, until }
}

fn minutes(until: Time) -> u32 {
    let left = Clock::start().now().until(until);
    u32::try_from(left.as_secs().div_ceil(60)).unwrap_or(u32::MAX)
}

/// What is said about something that means nothing here.
const fn unknown(view: &View) -> &'static str {
    if matches!(view.screen, Screen::InBrowser { stage: None, .. }) {
        "typed-no-address"
    } else {
        "typed-unknown"
    }
}

/// What is said about Enter alone, where it does nothing.
const fn nothing(view: &View, pastes: bool) -> &'static str {
    if matches!(view.screen, Screen::Confirmation { code: true, .. }) {
        "hint-empty"
    } else if matches!(view.screen, Screen::InBrowser { stage: None, .. }) {
        if pastes { "hint-empty" } else { "comes-by-itself" }
    } else {
        "checking-already"
    }
}
