//! What is still done when a signal ends the program?

use std::sync::{Mutex, PoisonError};

type Last = Box<dyn FnOnce() + Send>;

static LAST: Mutex<Option<Last>> = Mutex::new(None);

/// It is done when a signal ends the program, unless it is [called off](called_off).
pub(crate) fn at_last(last: impl FnOnce() + Send + 'static) {
    *LAST.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(last));
    #[cfg(unix)]
    watch();
}

/// The program has come to its own end.
pub(crate) fn called_off() {
    LAST.lock().unwrap_or_else(PoisonError::into_inner).take();
}

/// A signal has come that ends the program. Whoever comes second waits until it is done.
#[cfg(unix)]
pub(crate) fn now() {
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(last) = last.take() {
        last();
    }
}

/// On a thread of its own: what runs may be busy.
#[cfg(unix)]
fn watch() {
    use signal_hook::consts::{SIGHUP, SIGQUIT, SIGTERM};
    let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGTERM, SIGHUP, SIGQUIT]) else { return };
    std::thread::spawn(move || {
        for signal in signals.forever() {
            now();
            signal_hook::low_level::emulate_default_handler(signal).ok();
        }
    });
}
