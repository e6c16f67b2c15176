//! The terminal: keys in, paragraphs and a prompt that is drawn again out.

mod canvas;
pub(crate) mod keys;
mod mode;
pub(crate) mod paint;
#[cfg(unix)]
mod signals;

use std::io::{self, IsTerminal as _};

use tokio::sync::mpsc;

pub(crate) use canvas::Canvas;
pub(crate) use keys::Key;
pub(crate) use mode::restore;
pub(crate) use paint::Tone;

/// A terminal that a user sits at.
#[derive(Debug)]
pub(crate) struct Terminal {
    /// It ends when the terminal is gone.
    pub(crate) keys: mpsc::Receiver<Key>,
    pub(crate) canvas: Canvas,
}

impl Terminal {
    /// `None` when there is none, to read from and to write to.
    pub(crate) fn open() -> Option<Self> {
        if !io::stdin().is_terminal() || !io::stderr().is_terminal() || !mode::take_over() {
            return None;
        }
        let (to, keys) = mpsc::channel(64);
        #[cfg(unix)]
        {
            let to = to.clone();
            // Where the queue is full, a key will draw.
            let redraw = move || {
                to.try_send(Key::Redraw).ok();
            };
            if signals::watch(redraw).is_err() {
                restore();
                return None;
            }
        }
        std::thread::spawn(move || keys::read(io::stdin(), |key| to.blocking_send(key).is_ok()));
        Some(Self { keys, canvas: Canvas::of_stderr() })
    }
}
