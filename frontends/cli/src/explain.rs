//! An end that was not wanted, in words on standard error.

use std::io::ErrorKind;

use narthex::{Cause, Outage, Refusal, Screen, View};
use narthex_runtime::ReplayError;
use serde_json::Value;

use crate::commands::quoted;
use crate::exit::Exit;
use crate::fault::words;
use crate::plain::saved_in;
use crate::terminal::{Canvas, Tone};
use narthex_text::{Text, id, plain};

/// Says why, and what to do.
pub(crate) fn explain(exit: &Exit, text: &Text) {
    // Nothing is wrong where somebody else has to act.
    let is_bad = !matches!(exit, Exit::AwaitingApproval { .. });
    let mut canvas = Canvas::of_stderr();
    for (n, line) in lines(exit, text).iter().enumerate() {
        canvas.print(line, if n == 0 && is_bad { Tone::Bad } else { Tone::Normal });
    }
}

/// What is said of a command that was canceled while it showed `view`.
pub(crate) fn cancelled(view: Option<&View>, text: &Text) -> String {
    let id = match view.map(|view| &view.screen) {
        Some(
            Screen::Welcome { .. }
            | Screen::Choose { problem: None, .. }
            | Screen::RegisterForm { problem: None, .. },
        ) => "cancelled-nothing",
        Some(
            Screen::Paused { .. }
            | Screen::Terms { .. }
            | Screen::RegistrationToken { .. }
            | Screen::Address { .. }
            | Screen::Confirmation { .. }
            | Screen::InBrowser { role: None, .. }
            | Screen::UserCode { role: None, .. },
        ) => "cancelled-resume",
        // What is under way may have been done.
        Some(
            Screen::Choose { .. }
            | Screen::RegisterForm { .. }
            | Screen::Busy { .. }
            | Screen::Limited { .. }
            | Screen::Problem { .. }
            | Screen::AwaitingApproval { .. }
            | Screen::SignedIn { .. }
            | Screen::SessionEnded { .. }
            | Screen::SignedOut { .. }
            | Screen::UserCode { .. }
            | Screen::InBrowser { .. }
            | Screen::Warning { .. }
            | Screen::Scanner { .. }
            | Screen::QrCode { .. }
            | Screen::CheckCode { .. }
            | Screen::EnterCheckCode { .. }
            | Screen::ConfirmServer { .. }
            | Screen::Consent { .. }
            | Screen::ConfirmAccount { .. }
            | Screen::Linked { .. },
        )
        | None => "cancelled",
    };
    text.say(id, &[])
}

pub(crate) fn lines(exit: &Exit, text: &Text) -> Vec<String> {
    match exit {
        Exit::Failed(failure) => text.failure(failure),
        Exit::NoSuchWay { failure, flags } => {
            let mut lines = text.failure(failure);
            if !flags.is_empty() {
                lines.push(text.say("ways-there-are", &[("flags", flags.join(", ").into())]));
            }
            lines
        }
        // No server has ended it, and nothing is left to sign in to again.
        Exit::SessionOver { failure, .. }
            if matches!(failure.cause, Cause::Refused { refusal: Refusal::SignedOutElsewhere }) =>
        {
            text.failure(failure)
        }
        Exit::SessionOver { user_id, failure } => {
            let values = [("user", id(user_id).into())];
            let mut lines = vec![text.say("screen-session-ended", &values)];
            lines.extend(text.part("screen-session-ended", "cause", &values));
            lines.extend(text.remedy("screen-session-ended", &values));
            lines.extend(failure.evidence.as_deref().map(|evidence| text.evidence(evidence)));
            lines
        }
        Exit::NotRemoved { failure, is_over, place } => {
            let id = if *is_over { "over-not-removed" } else { "not-removed" };
            [text.say(id, &[]), saved_in(text, place)].into_iter().chain(text.failure(failure)).collect()
        }
        Exit::NotSignedOut { failure, everywhere } => {
            let mut lines = text.failure(failure);
            let is_here = matches!(failure.cause, Cause::Unavailable { outage: Outage::Storage(_), .. });
            let id = match everywhere {
                _ if is_here => "not-told",
                true => "still-signed-in-everywhere",
                false => "still-signed-in",
            };
            lines.push(text.say(id, &[]));
            lines
        }
        Exit::NotGivenUp(failure) => {
            let mut lines = text.failure(failure);
            lines.push(text.say("still-unfinished", &[]));
            lines
        }
        #[cfg(feature = "encryption")]
        Exit::Encryption { error, server } => crate::encryption::words::lines(error, server, text),
        Exit::Unanswered(unanswered) => unanswered.lines(text),
        Exit::Unconfirmed { user_id, homeserver } => vec![unconfirmed(user_id, homeserver, text)],
        Exit::AwaitingApproval { server, username } => {
            let values = [("server", plain(server).into()), ("username", id(username).into())];
            vec![text.say("screen-awaiting-approval", &values)]
        }
        // See `cancelled`.
        Exit::Cancelled | Exit::Unverified => Vec::new(),
        Exit::CancelledInBrowser => vec![text.say("cancelled-in-browser", &[])],
        Exit::Storage(problem) => {
            let mut lines = text.storage(problem.kind);
            let path = problem.path.as_ref().map(|path| plain(&path.display().to_string()));
            lines.extend(path.map(|path| text.say("storage-place", &[("path", path.into())])));
            lines
        }
        Exit::NotSignedIn => vec![text.say("no-accounts", &[])],
        Exit::NoSuchAccount(account) => {
            vec![text.say("no-such-account", &[("account", id(account).into())])]
        }
        Exit::SeveralAccounts(accounts) => {
            let mut lines = vec![text.say("several-accounts", &[])];
            lines.extend(accounts.iter().map(|account| format!("  {}", id(account))));
            lines
        }
        Exit::Replay(ReplayError::Differs { input, recorded, replayed }) => vec![
            text.say("replay-differs", &[("input", (*input).into())]),
            format!("- {}", harmless(recorded)),
            format!("+ {}", harmless(replayed)),
        ],
        Exit::Replay(ReplayError::Read(error)) => {
            vec![text.say("replay-unreadable", &[("error", words(error, text).into())])]
        }
        Exit::Replay(ReplayError::Malformed(line)) => {
            vec![text.say("replay-malformed", &[("line", line.to_string().into())])]
        }
        Exit::Replay(ReplayError::Version(version)) => {
            vec![text.say("replay-version", &[("version", version.to_string().into())])]
        }
        Exit::File { path, error } => {
            let values = [("path", plain(path).into()), ("error", words(error, text).into())];
            vec![text.say("bad-file", &values)]
        }
        Exit::NoCode { path, why } => {
            let path = path.as_deref().map_or_else(|| text.say("standard-input", &[]), plain);
            vec![text.say("no-code-in", &[("path", path.into()), ("why", why.name().into())])]
        }
        Exit::NotRun { program, error } => {
            let values = [("program", plain(program).into()), ("error", words(error, text).into())];
            vec![text.say("not-run", &values)]
        }
        Exit::BadLine { what, why } => {
            let what = text.say(&format!("asked-{}", named(what.name())), &[]);
            vec![text.say(&format!("bad-line-{}", named(why.name())), &[("what", what.into())])]
        }
        Exit::BadVariable { variable, why, .. } => {
            let values = [("variable", (*variable).into()), ("why", named(why.name()).into())];
            vec![text.say("bad-variable", &values)]
        }
        Exit::TimedOut { seconds, settled: true, .. } => {
            vec![text.say("timed-out-settled", &[("seconds", (*seconds).into())])]
        }
        Exit::TimedOut { seconds, awaited, settled: false } => {
            let screen = awaited.as_deref().map(|view| &view.screen);
            let values = [("seconds", (*seconds).into()), ("what", screen.map_or("nothing", awaits).into())];
            let mut lines = vec![text.say("timed-out", &values)];
            if screen.is_some_and(is_kept) {
                lines.push(text.say("timed-out-resume", &[]));
            }
            lines
        }
        Exit::NoDataDir => vec![text.say("no-data-dir", &[])],
        Exit::NoHomeserver => vec![text.say("no-homeserver", &[])],
        Exit::NotRenewable => vec![text.say("not-renewable", &[])],
        // Whoever has read enough closes the pipe.
        Exit::Output(error) if error.kind() == ErrorKind::BrokenPipe => Vec::new(),
        Exit::Output(error) => vec![text.say("bad-output", &[("error", words(error, text).into())])],
        // The checklist has said it.
        Exit::NobodyCanSignIn => Vec::new(),
        Exit::NotAnAddress => vec![text.say("not-an-address", &[])],
        Exit::NobodyWaits => vec![text.say("nobody-waits", &[])],
        Exit::NobodyAnswers => vec![text.say("nobody-answers", &[])],
        Exit::NoAccountPage => vec![text.say("no-account-page", &[])],
        // It has said why.
        Exit::Exec(_) => Vec::new(),
        Exit::System(what) => vec![text.say("bad-system", &[("what", plain(what).into())])],
    }
}

/// That nobody has called the account theirs yet, and what to do about it.
pub(crate) fn unconfirmed(user_id: &str, homeserver: &str, text: &Text) -> String {
    let again = format!("narthex login {} --username {}", quoted(homeserver), quoted(&id(user_id)));
    text.say("unconfirmed", &[("user", id(user_id).into()), ("again", again.into())])
}

/// Whether what was done so far is saved, and nothing else is under way.
const fn is_kept(screen: &Screen) -> bool {
    matches!(
        screen,
        Screen::Paused { .. }
            | Screen::Terms { .. }
            | Screen::RegistrationToken { .. }
            | Screen::Address { .. }
            | Screen::Confirmation { .. }
            | Screen::InBrowser { .. }
            | Screen::UserCode { .. }
    )
}

/// What is awaited while a screen shows, as the message says it.
const fn awaits(screen: &Screen) -> &'static str {
    match screen {
        Screen::InBrowser { .. } => "browser",
        Screen::UserCode { .. } => "code",
        Screen::QrCode { .. } | Screen::CheckCode { .. } => "device",
        Screen::Confirmation { .. } => "confirmation",
        Screen::AwaitingApproval { .. } => "approval",
        Screen::Busy { .. } => "server",
        Screen::Limited { .. } => "limit",
        // An engine that has a session works for it.
        Screen::SignedIn { .. } => "server",
        Screen::Welcome { .. }
        | Screen::Paused { .. }
        | Screen::Problem { .. }
        | Screen::Choose { .. }
        | Screen::RegisterForm { .. }
        | Screen::Terms { .. }
        | Screen::RegistrationToken { .. }
        | Screen::Address { .. }
        | Screen::Warning { .. }
        | Screen::Scanner { .. }
        | Screen::EnterCheckCode { .. }
        | Screen::ConfirmServer { .. }
        | Screen::Consent { .. }
        | Screen::ConfirmAccount { .. }
        | Screen::Linked { .. }
        | Screen::SessionEnded { .. } => "answer",
        Screen::SignedOut { .. } => "nothing",
    }
}

/// The name of a message, of a name in JSON.
fn named(name: &str) -> String {
    name.replace('_', "-")
}

/// JSON of a trace, which anybody may have written: what would move or hide what is around it is written as JSON can.
fn harmless(json: &Value) -> String {
    let mut text = String::new();
    for c in json.to_string().chars() {
        if c.is_control() || narthex::is_misleading(c) || matches!(c, '\u{2028}' | '\u{2029}') {
            text.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            text.push(c);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Found D12.
    #[test]
    fn what_a_trace_says_cannot_touch_the_terminal() {
        let json = serde_json::json!({ "a": "b\u{9b}31m\u{7f}\u{202e}\u{61c}c\u{1b}" });
        assert_eq!(harmless(&json), r#"{"a":"b\u009b31m\u007f\u202e\u061cc\u001b"}"#);
        assert_eq!(serde_json::from_str::<Value>(&harmless(&json)).unwrap(), json);
    }
}
