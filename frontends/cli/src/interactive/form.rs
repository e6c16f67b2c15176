//! The form of a new account: a username, checked as it is typed, and a password with its strength.

use narthex::{Availability, Cause, Failure, Intent, Refusal, Screen, Secret, View};

use super::Interactive;
use super::field::{Answer, Field, Pressed, Stop};
use crate::next::Next;
use crate::terminal::Tone;
use narthex_app::Handle;
use narthex_text::{Text, plain};

/// A username before it is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Username<'u> {
    pub(super) text: &'u str,
    /// It was said on the command line, so that nobody is asked unless the server refuses it.
    pub(super) is_said: bool,
}

impl Interactive<'_> {
    pub(super) async fn register(
        &mut self,
        username: Username<'_>,
        password_given: bool,
        problem: Option<&Failure>,
        handle: &mut Handle,
    ) -> Next {
        self.failure(problem);
        let keeps_password = password_given && !problem.is_some_and(is_about_password);
        let intent = self.filled_in(username, keeps_password, handle).await;
        super::finish(intent, &handle.view())
    }

    async fn filled_in(
        &mut self,
        before: Username<'_>,
        keeps_password: bool,
        handle: &mut Handle,
    ) -> Answer<Intent> {
        let username = self.username(before, handle).await?;
        let password = if keeps_password { None } else { Some(self.new_password(&username).await?) };
        Ok(Intent::Register { username, password, prefer: Vec::new() })
    }

    /// Each change is checked, when the typing pauses; what is known of it stands below. Only one that is free, or of
    /// which the server says nothing, is taken.
    async fn username(&mut self, before: Username<'_>, handle: &mut Handle) -> Answer<String> {
        let label = self.text.say("prompt-username", &[]);
        let mut field =
            Field::new(label).with_text(before.text).with_hint(self.text.say("username-rule", &[]));
        let mut is_entered = before.is_said && !before.text.trim().is_empty();
        // What the server was asked about.
        let mut asked = None;
        // What is said about Enter, until the next key.
        let mut note = None;
        loop {
            let view = handle.view();
            let typed = field.text.trim().to_owned();
            match standing(&view, &typed) {
                Standing::Unknown if is_entered && asked.as_ref() != Some(&typed) => {
                    handle.ask(Intent::CheckUsername { username: typed.clone() }).await;
                    asked = Some(typed);
                    continue;
                }
                Standing::Free | Standing::Unknown if is_entered => {
                    field.keep(&mut self.canvas);
                    return Ok(typed);
                }
                Standing::Refused(_) => is_entered = false,
                Standing::Free | Standing::Unknown | Standing::Checking => {}
            }
            let hint = hint(self.text, &view, &typed);
            field.hint = note.clone().or(hint).unwrap_or(field.hint);
            field.draw(&mut self.canvas);
            let key = tokio::select! {
                key = self.keys.recv() => key,
                changed = handle.changed() => {
                    if !changed {
                        return Err(Stop::Gone);
                    }
                    continue;
                }
            };
            note = None;
            match (field.press(key), standing(&handle.view(), &typed)) {
                (Pressed::Entered, _) if typed.is_empty() => note = Some(self.text.say("hint-empty", &[])),
                (Pressed::Entered, Standing::Refused(Some(suggestion))) => {
                    field.text = suggestion.clone().into();
                    handle.ask(Intent::CheckUsername { username: suggestion.clone() }).await;
                    (is_entered, asked) = (true, Some(suggestion));
                }
                (Pressed::Entered, Standing::Refused(None)) => {
                    let why = field.hint.clone();
                    self.canvas.print(&why, Tone::Bad);
                }
                // They do not want to wait for an answer that does not come.
                (Pressed::Entered, Standing::Checking) if is_entered => {
                    field.keep(&mut self.canvas);
                    return Ok(typed);
                }
                (Pressed::Entered, _) => is_entered = true,
                (Pressed::Back, _) => return Err(Stop::Back),
                (Pressed::Gone, _) => return Err(Stop::Gone),
                (Pressed::Edited, _) => {
                    let username = field.text.trim().to_owned();
                    handle.ask(Intent::CheckUsername { username: username.clone() }).await;
                    (is_entered, asked) = (false, Some(username));
                }
                (Pressed::Nothing, _) => {}
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
            self.canvas.print(&retype, Tone::Bad);
        }
    }
}

/// What is known of a username.
#[derive(Debug, PartialEq, Eq)]
enum Standing {
    Unknown,
    Checking,
    Free,
    /// With another one to try.
    Refused(Option<String>),
}

fn standing(view: &View, typed: &str) -> Standing {
    match availability(view, typed) {
        None | Some(Availability::Unknown) => Standing::Unknown,
        Some(Availability::Checking) => Standing::Checking,
        Some(Availability::Free) => Standing::Free,
        Some(Availability::Refused { suggestion, .. }) => Standing::Refused(suggestion.clone()),
    }
}

/// What to say about it.
fn hint(text: &Text, view: &View, typed: &str) -> Option<String> {
    Some(match availability(view, typed)? {
        Availability::Unknown => text.say("username-rule", &[]),
        Availability::Checking => text.say("username-checking", &[]),
        Availability::Free => text.say("username-free", &[]),
        Availability::Refused { failure, suggestion } => {
            let mut hint = text.headline(&failure.cause, failure.evidence.as_deref());
            if let Some(suggestion) = suggestion {
                hint.push(' ');
                hint.push_str(&text.say("hint-suggestion", &[("suggestion", plain(suggestion).into())]));
            }
            hint
        }
    })
}

/// What is known of the username in the view, if that is the one in the field.
fn availability<'v>(view: &'v View, typed: &str) -> Option<&'v Availability> {
    let Screen::RegisterForm { username, availability, .. } = &view.screen else { return None };
    (username == typed).then_some(availability)
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
