//! What may others see of this process, and what may end it without a word?

use narthex_text::Text;

use crate::terminal;

/// Stands for where it happened.
const PLACE: &str = "\u{fffc}";
/// The exit code of a bug.
const BUG: i32 = 15;

/// No core file with secrets is written, and other processes of this user cannot read this one's memory.
#[cfg(unix)]
pub(crate) fn keep_to_itself() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Core);
    LIMIT.set(limit).ok();
    // Where the system does not let us, it is as it was.
    setrlimit(Resource::Core, Rlimit { current: Some(0), ..limit }).ok();
    // Where the kernel hands cores to a program, it does not look at the limit.
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable).ok();
}

/// The limit for core files, as it was before.
#[cfg(unix)]
static LIMIT: std::sync::OnceLock<rustix::process::Rlimit> = std::sync::OnceLock::new();

/// What another program gets that this process becomes.
#[cfg(unix)]
pub(crate) fn as_it_was() {
    if let Some(limit) = LIMIT.get() {
        rustix::process::setrlimit(rustix::process::Resource::Core, *limit).ok();
    }
}

/// Not here: Windows asks the user before it sends anything anywhere.
#[cfg(not(unix))]
pub(crate) const fn keep_to_itself() {}

/// A file that may not grow is an error of the write, and does not kill.
#[cfg(unix)]
pub(crate) fn survive_full_files() {
    // A handler, and not to ignore it: a program that this one becomes would inherit that.
    signal_hook::flag::register(rustix::process::Signal::XFSZ.as_raw(), std::sync::Arc::default()).ok();
}

#[cfg(not(unix))]
pub(crate) const fn survive_full_files() {}

/// A panic ends the program with the code of a bug, on whichever thread it is. It says where, and not what: a value may
/// be part of the message.
pub(crate) fn say_where_it_panics(text: &Text) {
    let told = text.say("panicked", &[("place", PLACE.into())]);
    std::panic::set_hook(Box::new(move |panic| {
        terminal::restore();
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        crate::plain::say(&told.replace(PLACE, &place));
        std::process::exit(BUG);
    }));
}
