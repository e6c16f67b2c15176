//! What is said while the stored sessions open: a keyring may ask for its password, or not answer.

use std::io::IsTerminal as _;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use narthex_text::Text;

use crate::terminal::Canvas;

/// What is done sooner needs no words.
const AT_ONCE: Duration = Duration::from_millis(200);

/// Does work that blocks. Where somebody sits at a terminal and it takes a while, it says so.
pub(crate) fn meanwhile<T>(text: &Text, work: impl FnOnce() -> T) -> T {
    if !std::io::stderr().is_terminal() {
        return work();
    }
    let (done, until) = mpsc::channel::<()>();
    let words = text.say("opening-store", &[]);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            if until.recv_timeout(AT_ONCE) == Err(RecvTimeoutError::Timeout) {
                let mut canvas = Canvas::of_stderr();
                canvas.draw(&words, "");
                until.recv().ok();
                canvas.clear();
            }
        });
        let result = work();
        drop(done);
        result
    })
}
