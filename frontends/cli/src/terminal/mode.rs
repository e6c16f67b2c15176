//! The terminal's mode: keys one by one and unseen, and put back at the end, however it comes.

#[cfg(unix)]
mod unix {
    use std::sync::{Mutex, MutexGuard, PoisonError};

    use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

    /// As it was when we came.
    static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

    /// Keys come one by one and are not shown. Interrupts go on working.
    pub(crate) fn take_over() -> bool {
        let Ok(now) = tcgetattr(std::io::stdin()) else { return false };
        let mut before = before();
        set(&hidden(before.get_or_insert(now)))
    }

    /// The same once more, after somebody else had the terminal.
    pub(crate) fn take_back() {
        let before = before();
        if let Some(before) = &*before {
            set(&hidden(before));
        }
    }

    /// As it was, for somebody else, until it is taken back.
    pub(crate) fn lend() {
        let before = before();
        if let Some(before) = &*before {
            super::clear_prompt();
            set(before);
        }
    }

    /// As it was before, if it was taken over.
    pub(crate) fn restore() {
        lend();
        *before() = None;
    }

    fn before() -> MutexGuard<'static, Option<Termios>> {
        BEFORE.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hidden(before: &Termios) -> Termios {
        let mut ours = before.clone();
        ours.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
        ours
    }

    /// If the terminal is gone, there is nothing to set.
    fn set(mode: &Termios) -> bool {
        tcsetattr(std::io::stdin(), OptionalActions::Drain, mode).is_ok()
    }
}

#[cfg(unix)]
pub(crate) use unix::{lend, restore, take_back, take_over};

/// What the prompt left on the line is taken away.
#[cfg(unix)]
fn clear_prompt() {
    use std::io::Write as _;
    if !super::paint::is_dumb() {
        write!(std::io::stderr(), "\r\x1b[J").ok();
    }
}

/// Not here yet: flags and `--json` work.
#[cfg(not(unix))]
pub(crate) const fn take_over() -> bool {
    false
}

#[cfg(not(unix))]
pub(crate) const fn restore() {}
