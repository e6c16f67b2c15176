//! What do signals do to a terminal that was taken over?

use std::io;

use rustix::process::{getpgrp, getppid, getsid};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use super::mode;

/// From now on, whatever stops or ends us leaves the terminal as it was, and what continues us takes it back.
///
/// On a thread of its own: what runs may be busy.
pub(super) fn watch(redraw: impl Fn() + Send + 'static) -> io::Result<()> {
    crate::ending::always(mode::restore);
    let mut signals = Signals::new([SIGTSTP, SIGCONT, SIGWINCH, SIGTERM, SIGHUP, SIGQUIT])?;
    std::thread::spawn(move || {
        for signal in signals.forever() {
            match signal {
                SIGTSTP if nobody_continues_us() => {}
                SIGTSTP => {
                    mode::lend();
                    // Stops here. It comes back by `SIGCONT`.
                    emulate_default_handler(signal).ok();
                }
                SIGCONT => {
                    mode::take_back();
                    redraw();
                }
                SIGWINCH => redraw(),
                _ => {
                    crate::ending::now(signal);
                    emulate_default_handler(signal).ok();
                }
            }
        }
    });
    Ok(())
}

/// Without a shell that knows jobs, as at the start of a terminal or a container, nobody would ever continue us. By
/// itself the system does not stop such a process either: see "orphaned process group" in POSIX.
fn nobody_continues_us() -> bool {
    let Ok(ours) = getsid(None) else { return true };
    let parents = getppid().and_then(|parent| getsid(Some(parent)).ok());
    getpgrp() == ours || parents != Some(ours)
}
