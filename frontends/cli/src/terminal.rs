//! The terminal: keys in, paragraphs and a prompt that is drawn again out.

mod canvas;
pub(crate) mod keys;
mod mode;
pub(crate) mod paint;
#[cfg(unix)]
mod signals;

use std::io::{self, IsTerminal as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

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
        static LISTENS: OnceLock<bool> = OnceLock::new();
        if !io::stdin().is_terminal() || !io::stderr().is_terminal() || IS_GONE.load(Ordering::Relaxed) {
            return None;
        }
        let (to, keys) = mpsc::channel(64);
        *asker() = Some(to);
        let is_ours = *LISTENS.get_or_init(listen) && mode::take_over();
        is_ours.then(|| Self { keys, canvas: Canvas::of_stderr() })
    }
}

/// Who asks now. Several may ask in one process, one after the other, but only one can read standard input.
static ASKER: Mutex<Option<mpsc::Sender<Key>>> = Mutex::new(None);
/// There is nothing more to read.
static IS_GONE: AtomicBool = AtomicBool::new(false);

fn asker() -> MutexGuard<'static, Option<mpsc::Sender<Key>>> {
    ASKER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Begins to pass on keys and signals.
fn listen() -> bool {
    // Where the queue is full, a key will draw.
    #[cfg(unix)]
    let watched = signals::watch(|| {
        asker().as_ref().map(|to| to.try_send(Key::Redraw));
    });
    #[cfg(unix)]
    if watched.is_err() {
        return false;
    }
    std::thread::spawn(|| {
        keys::read(io::stdin(), |key| {
            let to = asker().clone();
            // What is typed when nobody asks is for nobody.
            to.map(|to| to.blocking_send(key));
            true
        });
        IS_GONE.store(true, Ordering::Relaxed);
        *asker() = None;
    });
    true
}
