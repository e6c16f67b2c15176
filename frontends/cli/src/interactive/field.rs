//! A line to type into.

use std::time::Duration;

use narthex::Secret;
use tokio::time::Interval;
use zeroize::Zeroizing;

use super::Interactive;
use crate::lines::{columns, tail, width};
use crate::terminal::{Canvas, Key, Tone};
use narthex_app::Handle;

/// How many columns of what is typed are shown at least.
const LEAST_ROOM: usize = 8;

/// What is typed, or why nothing is.
pub(super) type Answer<T> = Result<T, Stop>;

/// Why a question has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// One step back.
    Back,
    /// The view is another one now.
    Changed,
    /// The terminal is gone.
    Gone,
}

/// A line to type into.
#[derive(Debug, Default)]
pub(super) struct Field {
    label: String,
    /// Wiped when it is dropped: it may be a password.
    pub(super) text: Zeroizing<String>,
    pub(super) hint: String,
    masked: bool,
}

/// What a key did to a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pressed {
    Edited,
    Entered,
    Back,
    Gone,
    Nothing,
}

impl Field {
    /// The longest text that is taken, in bytes: what is pasted may be anything.
    const LONGEST: usize = 16 * 1024;

    pub(super) fn new(label: String) -> Self {
        Self { label, ..Self::default() }
    }

    pub(super) fn with_text(self, text: &str) -> Self {
        Self { text: text.to_owned().into(), ..self }
    }

    pub(super) fn with_hint(self, hint: String) -> Self {
        Self { hint, ..self }
    }

    /// What is typed is not shown.
    pub(super) fn masked(self) -> Self {
        Self { masked: true, ..self }
    }

    pub(super) fn press(&mut self, key: Option<Key>) -> Pressed {
        match key {
            Some(Key::Char(c)) => {
                if self.text.len() + c.len_utf8() > Self::LONGEST {
                    return Pressed::Nothing;
                }
                if self.text.len() + c.len_utf8() > self.text.capacity() {
                    // By hand, so that the shorter copy of a password is wiped.
                    let mut longer = Zeroizing::new(String::with_capacity(2 * self.text.len() + 64));
                    longer.push_str(&self.text);
                    self.text = longer;
                }
                self.text.push(c);
                Pressed::Edited
            }
            Some(Key::Backspace) => {
                self.text.pop();
                Pressed::Edited
            }
            Some(Key::Clear) => {
                self.text.clear();
                Pressed::Edited
            }
            Some(Key::ClearWord) => {
                let end = self.text.trim_end().rfind(' ').map_or(0, |at| at + 1);
                self.text.truncate(end);
                Pressed::Edited
            }
            Some(Key::Enter) => Pressed::Entered,
            Some(Key::Escape) => Pressed::Back,
            Some(Key::Up | Key::Down | Key::Other | Key::Redraw) => Pressed::Nothing,
            Some(Key::End) | None => Pressed::Gone,
        }
    }

    pub(super) fn draw(&mut self, canvas: &mut Canvas) {
        // What is typed has to have room, whatever is asked.
        if width(&self.label) > columns().saturating_sub(LEAST_ROOM + 3) {
            canvas.print(&std::mem::take(&mut self.label), Tone::Normal);
        }
        canvas.draw(&self.line(), &self.hint);
    }

    /// Leaves it on the screen as it is.
    pub(super) fn keep(&self, canvas: &mut Canvas) {
        canvas.keep(&self.line());
    }

    fn line(&self) -> String {
        let shown =
            if self.masked { "*".repeat(self.text.chars().count().min(40)) } else { self.text.to_string() };
        let label = if self.label.is_empty() { "> ".to_owned() } else { format!("{}: ", self.label) };
        let room = columns().saturating_sub(width(&label) + 1).max(LEAST_ROOM);
        format!("{label}{}", tail(&shown, room))
    }
}

impl Interactive<'_> {
    /// One line, trimmed.
    pub(super) async fn line(&mut self, mut field: Field) -> Answer<String> {
        loop {
            field.draw(&mut self.canvas);
            match field.press(self.keys.recv().await) {
                Pressed::Entered if field.text.trim().is_empty() => {
                    field.hint = self.text.say("hint-empty", &[])
                }
                Pressed::Entered => {
                    field.keep(&mut self.canvas);
                    return Ok(field.text.trim().to_owned());
                }
                Pressed::Back => return Err(Stop::Back),
                Pressed::Gone => return Err(Stop::Gone),
                Pressed::Edited | Pressed::Nothing => {}
            }
        }
    }

    /// One line, while the view may change; what was typed so far stays for the next time. May be empty. `hint` says
    /// what is below it now.
    pub(super) async fn line_meanwhile(
        &mut self,
        mut field: Field,
        hint: impl Fn() -> String,
        handle: &mut Handle,
    ) -> Answer<String> {
        let mut second = tokio::time::interval(Duration::from_secs(1));
        field.text = std::mem::take(&mut self.draft).into();
        loop {
            field.hint = hint();
            field.draw(&mut self.canvas);
            let key = tokio::select! {
                key = self.keys.recv() => key,
                changed = handle.changed() => {
                    self.draft = field.text.to_string();
                    self.canvas.clear();
                    return Err(if changed { Stop::Changed } else { Stop::Gone });
                }
                page = self.pages.next() => {
                    self.pages.put(page);
                    self.draft = field.text.to_string();
                    return Err(Stop::Changed);
                }
                () = other_hint(&mut second, &field.hint, &hint) => continue,
            };
            match field.press(key) {
                Pressed::Entered => {
                    self.canvas.clear();
                    return Ok(field.text.trim().to_owned());
                }
                Pressed::Back => return Err(Stop::Back),
                Pressed::Gone => return Err(Stop::Gone),
                Pressed::Edited | Pressed::Nothing => {}
            }
        }
    }

    /// A line that is not shown; `hint` says something about it as it is typed.
    pub(super) async fn secret(
        &mut self,
        label: String,
        mut hint: impl FnMut(&Secret<String>) -> String,
    ) -> Answer<Secret<String>> {
        let mut field = Field::new(label).masked().with_hint(self.text.say("hint-no-password-shown", &[]));
        loop {
            field.draw(&mut self.canvas);
            match field.press(self.keys.recv().await) {
                Pressed::Entered if field.text.is_empty() => field.hint = self.text.say("hint-empty", &[]),
                Pressed::Entered => {
                    field.keep(&mut self.canvas);
                    return Ok(Secret::new(std::mem::take(&mut *field.text)));
                }
                Pressed::Back => return Err(Stop::Back),
                Pressed::Gone => return Err(Stop::Gone),
                // Where nothing can be drawn again, each key would be a line.
                Pressed::Edited if self.canvas.can_redraw() => {
                    field.hint = hint(&Secret::new(field.text.to_string()));
                }
                Pressed::Edited => {}
                Pressed::Nothing => {}
            }
        }
    }
}

/// Waits until there is something else to say.
async fn other_hint(second: &mut Interval, shown: &str, hint: impl Fn() -> String) {
    loop {
        second.tick().await;
        if hint() != shown {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_takes_what_is_typed_and_no_more_than_it_should() {
        let mut field = Field::new("x".into());
        for c in "ab cd".chars() {
            assert_eq!(field.press(Some(Key::Char(c))), Pressed::Edited);
        }
        field.press(Some(Key::ClearWord));
        assert_eq!(*field.text, "ab ");
        field.press(Some(Key::Backspace));
        assert_eq!(*field.text, "ab");
        field.text = "x".repeat(Field::LONGEST).into();
        assert_eq!(field.press(Some(Key::Char('y'))), Pressed::Nothing);
        field.press(Some(Key::Clear));
        assert_eq!(*field.text, "");
        assert_eq!(field.press(None), Pressed::Gone);
    }

    #[test]
    fn a_password_is_not_shown() {
        let mut field = Field::new("Password".into()).masked();
        for c in "marker".chars() {
            field.press(Some(Key::Char(c)));
        }
        assert_eq!(field.line(), "Password: ******");
    }
}
