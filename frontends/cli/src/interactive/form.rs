//! The form of a new account: a username, checked as it is typed, and a password with its strength.

use narthex::{Availability, Cause, Failure, Intent, Refusal, Screen, Secret, View};

use super::Interactive;
use super::field::{Answer, Field, Pressed, Stop};
use crate::next::Next;
use crate::terminal::Tone;
use narthex_app::Handle;
use narthex_text::{Text, plain};

impl Interactive<'_> {
    pub(super) async fn register(
        &mut self,
        username: &str,
        password_given: bool,
        problem: Option<&Failure>,
        handle: &mut Handle,
    ) -> Next {
        self.failure(problem);
        let keeps_password = password_given && !problem.is_some_and(is_about_password);
        let intent = self.filled_in(username, keeps_password, handle).await;
        super::finish(intent, &handle.view())
    }

    async fn filled_in(&mut self, before: &str, keeps_password: bool, handle: &mut Handle) -> Answer<Intent> {
        let username = self.username(before, handle).await?;
        let password = if keeps_password { None } else { Some(self.new_password(&username).await?) };
        Ok(Intent::Register { username, password, prefer: Vec::new() })
    }

    /// Each change is checked, when the typing pauses; what is known of it stands below.
    async fn username(&mut self, before: &str, handle: &mut Handle) -> Answer<String> {
        let label = self.text.say("prompt-username", &[]);
        let mut field = Field::new(label).with_text(before).with_hint(self.text.say("username-rule", &[]));
        loop {
            field.draw(&mut self.terminal);
            let key = tokio::select! {
                key = self.terminal.key() => key,
                changed = handle.changed() => {
                    if !changed {
                        return Err(Stop::Gone);
                    }
                    if let Some(hint) = hint(self.text, &handle.view(), &field.text) {
                        field.hint = hint;
                    }
                    continue;
                }
            };
            match field.press(key) {
                Pressed::Entered if field.text.trim().is_empty() => {}
                Pressed::Entered => {
                    field.keep(&mut self.terminal);
                    return Ok(field.text.trim().to_owned());
                }
                Pressed::Back => return Err(Stop::Back),
                Pressed::Gone => return Err(Stop::Gone),
                Pressed::Edited => {
                    handle.ask(Intent::CheckUsername { username: field.text.to_string() }).await
                }
                Pressed::Nothing => {}
            }
        }
    }

    /// Twice the same.
    async fn new_password(&mut self, username: &str) -> Answer<Secret<String>> {
        loop {
            let text = self.text;
            let label = text.say("prompt-password", &[]);
            let first = self.secret(label, |typed| strength(text, typed, username)).await?;
            let label = self.text.say("prompt-password-again", &[]);
            if self.secret(label, |_| String::new()).await? == first {
                return Ok(first);
            }
            let retype = self.text.say("prompt-retype", &[]);
            self.terminal.print(&retype, Tone::Bad);
        }
    }
}

/// What is known of the username in the view, if that is the one in the field.
fn hint(text: &Text, view: &View, typed: &str) -> Option<String> {
    let Screen::RegisterForm { username, availability, .. } = &view.screen else { return None };
    if username != typed {
        return None;
    }
    Some(match availability {
        Availability::Unknown => text.say("username-rule", &[]),
        Availability::Checking => text.say("username-checking", &[]),
        Availability::Free => text.say("username-free", &[]),
        Availability::Refused { failure, suggestion } => {
            let mut hint = text.headline(&failure.cause);
            if let Some(suggestion) = suggestion {
                hint.push(' ');
                hint.push_str(&text.say("username-suggestion", &[("suggestion", plain(suggestion).into())]));
            }
            hint
        }
    })
}

fn strength(text: &Text, typed: &Secret<String>, username: &str) -> String {
    if typed.expose().is_empty() {
        return text.say("hint-no-password-shown", &[]);
    }
    let strength = narthex_strength::assess(typed, &[username]);
    let score = usize::from(strength.score.min(4));
    let meter = format!("[{}{}]", "#".repeat(score + 1), "-".repeat(4 - score));
    let mut hint = format!("{meter} {}", text.say("password-strength", &[("score", strength.score.into())]));
    let reason = strength.warning.map(|warning| text.warning(&warning));
    if let Some(reason) = reason.or_else(|| strength.suggestions.first().map(|s| text.suggestion(s))) {
        hint.push_str(&format!(": {reason}"));
    }
    hint
}

const fn is_about_password(failure: &Failure) -> bool {
    matches!(failure.cause, Cause::Refused { refusal: Refusal::PasswordWeak(_) | Refusal::PasswordMissing })
}
