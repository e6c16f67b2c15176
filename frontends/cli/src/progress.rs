//! What is said while one waits: what for, and for how long already.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use narthex::{Screen, Time, View};
use narthex_runtime::Clock;
use narthex_text::Text;
use tokio::sync::watch;

use crate::lines::{columns, width, wrapped};
use crate::setup::Setup;
use crate::terminal::Canvas;

/// Between two pictures.
pub(crate) const TURN: Duration = Duration::from_millis(120);
const FRAMES: [&str; 4] = ["|", "/", "-", "\\"];
/// What is done sooner needs no words.
pub(crate) const AT_ONCE: Duration = Duration::from_millis(150);
/// From here on, how long it has taken is of interest.
const LONG: Duration = Duration::from_secs(3);

/// One wait.
#[derive(Debug)]
pub(crate) struct Progress {
    since: Instant,
    turns: usize,
}

impl Default for Progress {
    fn default() -> Self {
        Self { since: Instant::now(), turns: 0 }
    }
}

impl Progress {
    /// What is being done, as a line and what does not fit into it. Where it `moves`, it also shows that it goes on.
    #[expect(clippy::wildcard_enum_match_arm, reason = "what all other screens say stands nowhere else")]
    pub(crate) fn words(&mut self, text: &Text, view: &View, moves: bool) -> (String, String) {
        let words = match &view.screen {
            _ if narthex_app::is_settled(view) => text.say("screen-busy", &[]),
            // What they say stands above.
            Screen::QrCode { until, .. } => waiting(text, "waiting-for-scan", *until),
            Screen::CheckCode { until, .. } => waiting(text, "waiting-for-device", *until),
            _ => text.screen(&view.screen, Clock::start().now()).swap_remove(0),
        };
        if !moves {
            return (words, String::new());
        }
        self.turns += 1;
        let frame = FRAMES[self.turns % FRAMES.len()];
        let elapsed = self.since.elapsed();
        let elapsed = (elapsed >= LONG).then(|| {
            let seconds = u32::try_from(elapsed.as_secs()).unwrap_or(u32::MAX);
            format!(" {}", text.say("elapsed", &[("seconds", seconds.into())]))
        });
        let elapsed = elapsed.unwrap_or_default();
        in_rows(frame, &words, &elapsed, columns())
    }
}

/// What is awaited from the other device, and for how long that may take.
pub(crate) fn waiting(text: &Text, id: &str, until: Time) -> String {
    let left = Clock::start().now().until(until).as_secs();
    let left = format!("{}:{:02}", left / 60, left % 60);
    text.say(id, &[("left", left.into())])
}

/// A line that begins so and ends so, and what does not fit between.
fn in_rows(frame: &str, words: &str, elapsed: &str, columns: usize) -> (String, String) {
    let words = wrapped(words, columns.saturating_sub(3 + width(elapsed)), "");
    let (first, rest) = words.split_once('\n').unwrap_or((&words, ""));
    (format!("{frame} {first}{elapsed}"), rest.replace('\n', " "))
}

/// Does the work. Where somebody sits at a terminal and it takes a while, it says what is being done.
pub(crate) async fn meanwhile<T>(
    setup: &Setup,
    views: watch::Receiver<View>,
    work: impl Future<Output = T>,
) -> T {
    if setup.global.json || !std::io::stderr().is_terminal() {
        return work.await;
    }
    let mut work = std::pin::pin!(work);
    if let Ok(done) = tokio::time::timeout(AT_ONCE, &mut work).await {
        return done;
    }
    let (mut progress, mut line) = (Progress::default(), Line(Canvas::of_stderr()));
    let mut turn = tokio::time::interval(TURN);
    loop {
        tokio::select! {
            done = &mut work => return done,
            _ = turn.tick() => {
                let (words, rest) = progress.words(&setup.text, &views.borrow(), line.0.can_redraw());
                line.0.draw(&words, &rest);
            }
        }
    }
}

/// What is said while one waits goes when that is over, or is given up.
struct Line(Canvas);

impl Drop for Line {
    fn drop(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_cut_of_what_is_said_meanwhile() {
        let words = "Das Zugriffstoken wird erneuert, und der Server hat noch nicht geantwortet";
        let (line, rest) = in_rows("|", words, " (12 s)", 40);
        assert!(width(&line) < 40 && line.ends_with(" (12 s)"), "{line}");
        let said = format!("{} {rest}", line.trim_start_matches("| ").trim_end_matches(" (12 s)"));
        assert_eq!(said, words);
        assert_eq!(in_rows("|", "Kurz", "", 40), ("| Kurz".to_owned(), String::new()));
    }
}
