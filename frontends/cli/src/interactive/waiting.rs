//! While something happens elsewhere: a spinner with words, the browser, the mailbox.

use std::time::Duration;

use narthex::{Callback, Input, Intent, Offer, Screen, Secret, View};
use narthex_runtime::Clock;

use super::field::Field;
use super::{Interactive, finish};
use crate::next::Next;
use crate::terminal::Key;
use narthex_app::Handle;

const TURN: Duration = Duration::from_millis(120);
const FRAMES: [&str; 4] = ["|", "/", "-", "\\"];

impl Interactive<'_> {
    /// Turns until the view changes. Escape goes back, if that is on offer.
    pub(super) async fn wait(&mut self, view: &View, handle: &mut Handle) -> Next {
        let mut turn = tokio::time::interval(TURN);
        let mut frames = FRAMES.iter().cycle();
        loop {
            let key = tokio::select! {
                changed = handle.changed() => {
                    self.terminal.clear();
                    return if changed { Next::Changed } else { Next::Cancelled };
                }
                key = self.terminal.key() => key,
                _ = turn.tick() => {
                    if let (Some(words), Some(frame)) = (self.words(view), frames.next()) {
                        let room = crate::lines::columns().saturating_sub(3);
                        self.terminal.draw(&format!("{frame} {}", crate::lines::head(&words, room)), "");
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

    fn words(&self, view: &View) -> Option<String> {
        let is_busy = !narthex_app::is_settled(view);
        is_busy.then(|| self.text.screen(&view.screen, Clock::start().now()).swap_remove(0))
    }

    /// The user is in the browser or reads their mail: they can hurry, change or stop it here.
    pub(super) async fn elsewhere(&mut self, view: &View, handle: &mut Handle) -> Next {
        let mut values = Vec::new();
        let (label, hint) = match &view.screen {
            Screen::Confirmation { code, problem, .. } => {
                self.failure(problem.as_ref());
                let label = if *code { "prompt-code" } else { "prompt-other-email" };
                (label, "hint-waiting")
            }
            Screen::UserCode { until, .. } => {
                let left = Clock::start().now().until(*until).as_secs().div_ceil(60);
                values.push(("minutes", u32::try_from(left).unwrap_or(u32::MAX).into()));
                ("prompt-waiting", "hint-user-code")
            }
            Screen::InBrowser { stage: Some(_), .. } => ("prompt-waiting", "hint-page"),
            Screen::InBrowser { .. } if view.offers.contains(Offer::SignInWithDeviceCode) => {
                ("prompt-paste", "hint-browser-or-code")
            }
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
            | Screen::SessionEnded { .. }
            | Screen::SignedOut { .. } => ("prompt-paste", "hint-browser"),
        };
        let field = Field::new(self.text.say(label, &[])).with_hint(self.text.say(hint, &values));
        match self.line_meanwhile(field, handle).await {
            Ok(typed) => said(&typed, view),
            Err(stop) => finish(Err(stop), view),
        }
    }
}

/// What a word means while one waits.
fn said(typed: &str, view: &View) -> Next {
    let is_code = matches!(view.screen, Screen::Confirmation { code: true, .. });
    let intent = match typed {
        "" => Intent::CheckNow,
        "o" => Intent::OpenBrowser,
        "r" => Intent::Resend,
        "c" => Intent::SignInWithDeviceCode,
        "q" => Intent::Cancel,
        address if address.contains(":/") => return Next::Say(Input::Callback(Callback::from(address))),
        address if address.contains('@') => Intent::UseEmail { address: address.to_owned() },
        code if is_code => Intent::EnterCode { code: Secret::from(code) },
        _ => return Next::Changed,
    };
    if view.offers.contains(intent.offer()) { Next::Say(Input::Intent(intent)) } else { Next::Changed }
}
