//! What is said and asked where no engine shows a view: two devices compare emoji, or the recovery key is typed.

use narthex::Secret;

use super::Interactive;
use crate::lines::{columns, wrapped};
use crate::terminal::{Key, Tone};

impl Interactive<'_> {
    /// Says this, once.
    pub(crate) fn tells(&mut self, lines: Vec<String>) {
        self.say_once(lines);
    }

    /// Yes or no; `None` if they go away. When it is dropped, nothing was asked.
    pub(crate) async fn agrees(&mut self, question: &str) -> Option<bool> {
        self.yes(question, None).await.ok()
    }

    /// The recovery key, which is not shown; `None` if they go away.
    pub(crate) async fn recovery_key(&mut self) -> Option<Secret<String>> {
        // Another one that is wrong is one more.
        self.said.clear();
        let label = self.text.say("ask-recovery-key", &[]);
        self.secret(label, |_| String::new()).await.ok()
    }

    /// Says what is waited for, until they do not want to wait any more.
    pub(crate) async fn waits(&mut self, id: &str) {
        let (words, hint) = (self.text.say(id, &[]), self.text.say("hint-escape", &[]));
        loop {
            if self.canvas.can_redraw() {
                // What does not fit into the line goes on below it.
                let rows = wrapped(&words, columns().saturating_sub(1), "");
                let (first, rest) = rows.split_once('\n').unwrap_or((&rows, ""));
                let below = format!("{} {hint}", rest.replace('\n', " "));
                self.canvas.draw(first, below.trim_start());
            } else {
                self.canvas.print(&words, Tone::Normal);
            }
            loop {
                match self.keys.recv().await {
                    Some(Key::Escape | Key::End) | None => return self.canvas.clear(),
                    Some(Key::Redraw) if self.canvas.can_redraw() => break,
                    Some(_) => {}
                }
            }
        }
    }
}
