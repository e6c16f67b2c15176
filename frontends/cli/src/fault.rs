//! What does the system say about a file, in the user's language?

use std::io::{Error, ErrorKind};

use narthex_text::Text;

/// What is wrong, as part of a sentence; in the system's own words where it is something rare.
pub(crate) fn words(error: &Error, text: &Text) -> String {
    #[cfg(unix)]
    if error.raw_os_error() == Some(rustix::io::Errno::BADF.raw_os_error()) {
        return text.say("fault-closed", &[]);
    }
    #[expect(clippy::wildcard_enum_match_arm, reason = "what is rare keeps its own words")]
    let id = match error.kind() {
        ErrorKind::NotFound => "fault-not-found",
        ErrorKind::PermissionDenied => "fault-denied",
        ErrorKind::AlreadyExists => "fault-exists",
        ErrorKind::IsADirectory => "fault-is-a-directory",
        ErrorKind::NotADirectory => "fault-not-a-directory",
        ErrorKind::StorageFull => "fault-full",
        ErrorKind::ReadOnlyFilesystem => "fault-read-only",
        ErrorKind::InvalidData => "fault-not-utf-8",
        _ => return error.to_string(),
    };
    text.say(id, &[])
}
