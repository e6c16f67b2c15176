//! One of several, yes or no.

use super::Interactive;
use super::field::{Answer, Field, Pressed, Stop};
use crate::lines::rows;
use crate::terminal::{Key, Tone};
use narthex_app::Handle;

/// Several things, one of which is marked.
#[derive(Debug)]
struct Choice<'n> {
    names: &'n [String],
    marked: usize,
    /// The number of one, or the beginning of a word of it.
    typed: String,
}

/// What a key did to a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Chosen {
    Marked,
    Taken(usize),
    /// What was typed is none of them.
    NoneOfThem,
    Stopped(Stop),
}

impl<'n> Choice<'n> {
    /// No name or number is longer.
    const LONGEST: usize = 64;

    const fn of(names: &'n [String]) -> Self {
        Self { names, marked: 0, typed: String::new() }
    }

    fn press(&mut self, key: Option<Key>) -> Chosen {
        match key {
            Some(Key::Enter) => match self.found() {
                Some(found) => return Chosen::Taken(found),
                None => {
                    self.typed.clear();
                    return Chosen::NoneOfThem;
                }
            },
            Some(Key::Up) => self.mark(self.marked.checked_sub(1).unwrap_or(self.names.len() - 1)),
            Some(Key::Down) => self.mark((self.marked + 1) % self.names.len()),
            Some(Key::Char(c)) => {
                if self.typed.len() < Self::LONGEST {
                    self.typed.push(c);
                }
            }
            Some(Key::Backspace) => drop(self.typed.pop()),
            Some(Key::Clear | Key::ClearWord) => self.typed.clear(),
            Some(Key::Escape) => return Chosen::Stopped(Stop::Back),
            Some(Key::Other | Key::Redraw) => {}
            Some(Key::End) | None => return Chosen::Stopped(Stop::Gone),
        }
        self.marked = self.found().unwrap_or(self.marked);
        Chosen::Marked
    }

    fn mark(&mut self, n: usize) {
        (self.marked, self.typed) = (n, String::new());
    }

    /// The one that what is typed means: nothing is the marked one.
    fn found(&self) -> Option<usize> {
        let typed = self.typed.trim().to_lowercase();
        if typed.is_empty() {
            return Some(self.marked);
        }
        match typed.parse::<usize>() {
            Ok(n) => n.checked_sub(1).filter(|n| *n < self.names.len()),
            Err(_) => {
                let names = || self.names.iter().map(|name| name.to_lowercase());
                let begins = |name: &String| name.split_whitespace().any(|word| word.starts_with(&typed));
                names().position(|name| name.starts_with(&typed)).or_else(|| names().position(|n| begins(&n)))
            }
        }
    }

    fn name(&self, n: usize) -> String {
        format!("{}. {}", n + 1, self.names.get(n).map(String::as_str).unwrap_or_default())
    }

    /// As many rows as there is room for, around the marked one.
    fn rows(&self, room: usize) -> Vec<(String, Tone)> {
        let room = room.clamp(1, self.names.len());
        let first = self.marked.saturating_sub(room / 2).min(self.names.len() - room);
        let row = |n| match n == self.marked {
            true => (format!("> {}", self.name(n)), Tone::Strong),
            false => (format!("  {}", self.name(n)), Tone::Normal),
        };
        (first..first + room).map(row).collect()
    }
}

impl Interactive<'_> {
    /// One of several, the first unless another is marked or typed. The only one is chosen by itself.
    pub(super) async fn choose(&mut self, names: &[String]) -> Answer<usize> {
        self.chosen(names, std::future::pending()).await
    }

    /// The same, while the view may change.
    pub(super) async fn choose_meanwhile(&mut self, names: &[String], handle: &mut Handle) -> Answer<usize> {
        self.chosen(names, handle.changed()).await
    }

    /// Until one is chosen, or the view `changed`; or until it cannot any more.
    async fn chosen(&mut self, names: &[String], changed: impl Future<Output = bool>) -> Answer<usize> {
        let mut changed = std::pin::pin!(changed);
        if names.len() < 2 {
            return if names.is_empty() { Err(Stop::Back) } else { Ok(0) };
        }
        let label = self.text.say("prompt-choice", &[]);
        let numbers = [("count", count(names.len()).into())];
        let mut choice = Choice::of(names);
        let draws = self.canvas.can_redraw();
        if !draws {
            (0..names.len()).for_each(|n| self.canvas.print(&choice.name(n), Tone::Normal));
        }
        let mut is_mistaken = false;
        loop {
            is_mistaken |= choice.found().is_none();
            let hint = match (is_mistaken, draws) {
                (true, _) => self.text.say("hint-none-of-them", &numbers),
                (false, true) => self.text.say("hint-choice", &[]),
                (false, false) => self.text.say("hint-number", &numbers),
            };
            // The label, the hint, and a row to spare.
            let mut below = if draws { choice.rows(rows().saturating_sub(4)) } else { Vec::new() };
            below.push((hint, Tone::Dim));
            // The mark shows what was typed. It may have been meant for a prompt that hides it.
            let typed = if draws { "" } else { choice.typed.as_str() };
            self.canvas.draw_above(&format!("{label}: {typed}"), &below);
            let key = tokio::select! {
                changed = &mut changed => {
                    self.canvas.clear();
                    return Err(if changed { Stop::Changed } else { Stop::Gone });
                }
                key = self.keys.recv() => key,
            };
            let chosen = choice.press(key);
            is_mistaken = chosen == Chosen::NoneOfThem;
            match chosen {
                Chosen::Marked | Chosen::NoneOfThem => {}
                Chosen::Taken(n) => {
                    self.canvas.keep(&format!("{label}: {}", choice.name(n)));
                    return Ok(n);
                }
                Chosen::Stopped(stop) => return Err(stop),
            }
        }
    }

    /// Yes or no; Enter alone takes the default, if there is one.
    pub(super) async fn yes(&mut self, question: &str, default: Option<bool>) -> Answer<bool> {
        let choices = match default {
            Some(true) => "choices-yes",
            Some(false) => "choices-no",
            None => "choices-yes-or-no",
        };
        let says =
            |id: &str, typed: &str| self.text.say(id, &[]).split_whitespace().any(|word| word == typed);
        // A long question goes above, so that the answer has room.
        let mut field = Field::new(self.text.say(choices, &[]));
        self.canvas.print(question, Tone::Strong);
        loop {
            field.draw(&mut self.canvas);
            match field.press(self.keys.recv().await) {
                Pressed::Entered => {
                    let typed = field.text.trim().to_lowercase();
                    let yes = match (typed.as_str(), default) {
                        ("", Some(default)) => default,
                        ("y" | "yes", _) => true,
                        ("n" | "no", _) => false,
                        (typed, _) if says("words-yes", typed) => true,
                        (typed, _) if says("words-no", typed) => false,
                        (_, _) => {
                            field.hint = self.text.say("hint-yes-or-no", &[]);
                            field.text.clear();
                            continue;
                        }
                    };
                    field.keep(&mut self.canvas);
                    return Ok(yes);
                }
                Pressed::Back => return Err(Stop::Back),
                Pressed::Gone => return Err(Stop::Gone),
                Pressed::Edited | Pressed::Nothing => {}
            }
        }
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn typed(choice: &mut Choice<'_>, text: &str) {
        for c in text.chars() {
            assert_eq!(choice.press(Some(Key::Char(c))), Chosen::Marked);
        }
    }

    #[test]
    fn enter_takes_the_first_and_arrows_a_number_or_a_word_another() {
        let names = names(&["Sign in with the browser", "Enter a code", "Go back"]);
        let mut choice = Choice::of(&names);
        assert_eq!(choice.press(Some(Key::Enter)), Chosen::Taken(0));
        choice.press(Some(Key::Down));
        assert_eq!(choice.press(Some(Key::Enter)), Chosen::Taken(1));
        choice.press(Some(Key::Up));
        choice.press(Some(Key::Up));
        assert_eq!(choice.press(Some(Key::Enter)), Chosen::Taken(2));
        typed(&mut choice, "1");
        assert_eq!(choice.press(Some(Key::Enter)), Chosen::Taken(0));
        let mut choice = Choice::of(&names);
        typed(&mut choice, "COD");
        assert_eq!(choice.press(Some(Key::Enter)), Chosen::Taken(1));
        typed(&mut choice, "x");
        assert_eq!(choice.press(Some(Key::Enter)), Chosen::NoneOfThem);
        for none in ["0", "4", "99999999999999999999999"] {
            typed(&mut choice, none);
            assert_eq!(choice.press(Some(Key::Enter)), Chosen::NoneOfThem, "{none}");
        }
        assert_eq!(choice.press(None), Chosen::Stopped(Stop::Gone));
    }

    #[test]
    fn a_long_list_shows_what_is_around_the_marked_one() {
        let names: Vec<String> = (0..50).map(|n| format!("provider {n}")).collect();
        let mut choice = Choice::of(&names);
        for _ in 0..50 {
            let rows = choice.rows(5);
            assert_eq!(rows.len(), 5);
            assert_eq!(rows.iter().filter(|(row, _)| row.starts_with("> ")).count(), 1);
            choice.press(Some(Key::Down));
        }
        assert_eq!(choice.marked, 0);
    }
}
