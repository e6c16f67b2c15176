//! The terminal's mode: keys one by one and unseen, and put back at the end, however it comes.

#[cfg(unix)]
mod unix {
    use std::sync::Mutex;

    use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

    static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

    /// Keys come one by one and are not shown. Interrupts go on working.
    pub(crate) fn take_over() -> bool {
        let Ok(before) = tcgetattr(std::io::stdin()) else { return false };
        let mut ours = before.clone();
        ours.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
        if let Ok(mut kept) = BEFORE.lock() {
            *kept = Some(before);
        }
        tcsetattr(std::io::stdin(), OptionalActions::Drain, &ours).is_ok()
    }

    /// As it was before, if it was taken over.
    pub(crate) fn restore() {
        let before = BEFORE.lock().ok().and_then(|mut kept| kept.take());
        if let Some(before) = before {
            // What the prompt left on the line is taken away; if the terminal is gone, there is nothing to restore.
            use std::io::Write as _;
            write!(std::io::stderr(), "\r\x1b[J").ok();
            tcsetattr(std::io::stdin(), OptionalActions::Drain, &before).ok();
        }
    }
}

#[cfg(unix)]
pub(crate) use unix::{restore, take_over};

/// Not here yet: flags and `--json` work.
#[cfg(not(unix))]
pub(crate) const fn take_over() -> bool {
    false
}

#[cfg(not(unix))]
pub(crate) const fn restore() {}
