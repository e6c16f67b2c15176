//! What is still done when a signal ends the program?

use std::sync::{Mutex, PoisonError};

type Last = Box<dyn FnOnce(Signal) + Send>;

static LAST: Mutex<Vec<Last>> = Mutex::new(Vec::new());
/// What is done after all that.
#[cfg(unix)]
static ALWAYS: std::sync::OnceLock<fn()> = std::sync::OnceLock::new();

/// What a signal that ends the program says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(unix), expect(dead_code, reason = "there are none"))]
pub(crate) enum Signal {
    /// The terminal has gone: nobody will be there to answer.
    HangUp,
    /// Only that it ends.
    Other,
}

/// It is done when a signal ends the program, unless it is [called off](called_off).
pub(crate) fn at_last(last: impl FnOnce(Signal) + Send + 'static) {
    LAST.lock().unwrap_or_else(PoisonError::into_inner).push(Box::new(last));
    #[cfg(unix)]
    watch();
}

/// It is done whenever a signal ends the program, whichever thread hears of it first.
#[cfg(unix)]
pub(crate) fn always(last: fn()) {
    ALWAYS.set(last).ok();
}

/// The program has come to its own end.
pub(crate) fn called_off() {
    LAST.lock().unwrap_or_else(PoisonError::into_inner).clear();
}

/// A signal has come that ends the program. Whoever comes second waits until it is done. The newest comes first.
#[cfg(unix)]
pub(crate) fn now(signal: i32) {
    let signal = if signal == signal_hook::consts::SIGHUP { Signal::HangUp } else { Signal::Other };
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    while let Some(last) = last.pop() {
        last(signal);
    }
    if let Some(last) = ALWAYS.get() {
        last();
    }
}

/// On a thread of its own: what runs may be busy.
#[cfg(unix)]
fn watch() {
    static WATCHES: std::sync::Once = std::sync::Once::new();
    WATCHES.call_once(begin);
}

#[cfg(unix)]
fn begin() {
    use signal_hook::consts::{SIGHUP, SIGQUIT, SIGTERM};
    let hang_up = (!ignores_hang_up()).then_some(SIGHUP);
    let signals = [SIGTERM, SIGQUIT].into_iter().chain(hang_up);
    let Ok(mut signals) = signal_hook::iterator::Signals::new(signals) else { return };
    std::thread::spawn(move || {
        for signal in signals.forever() {
            now(signal);
            signal_hook::low_level::emulate_default_handler(signal).ok();
        }
    });
}

/// Whether we were started to outlive the terminal, as by `nohup`. Where the system does not say so, we were not.
#[cfg(unix)]
fn ignores_hang_up() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    // Signal 1 is the lowest bit.
    ignored.is_some_and(|mask| mask & 1 != 0)
}
