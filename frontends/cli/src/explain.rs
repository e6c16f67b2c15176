//! An end that was not wanted, in words on standard error.

use narthex_runtime::ReplayError;

use crate::ended::Ended;
use crate::plain::say;
use narthex_text::{Text, plain};

/// Says why, and what to do.
pub(crate) fn explain(ended: &Ended, text: &Text) {
    lines(ended, text).iter().for_each(|line| say(line));
}

fn lines(ended: &Ended, text: &Text) -> Vec<String> {
    match ended {
        Ended::Failed(failure) => text.failure(failure),
        Ended::SessionOver { user_id, failure } => {
            let values = [("user", plain(user_id).into())];
            let mut lines = vec![text.say("screen-session-ended", &values)];
            lines.extend(text.part("screen-session-ended", "cause", &values));
            let remedy = text.part("screen-session-ended", "do", &values);
            lines.extend(remedy.map(|remedy| text.say("what-to-do", &[("remedy", remedy.into())])));
            lines.extend(failure.evidence.as_deref().map(|evidence| text.evidence(evidence)));
            lines
        }
        Ended::NotSignedOut(failure) => {
            let mut lines = text.failure(failure);
            lines.push(text.say("still-signed-in", &[]));
            lines
        }
        Ended::Unanswered(question) => vec![text.say(&format!("question-{}", question.name()), &[])],
        Ended::AwaitingApproval { server, username } => {
            let values = [("server", plain(server).into()), ("username", plain(username).into())];
            vec![text.say("screen-awaiting-approval", &values)]
        }
        // Whoever pressed the keys knows.
        Ended::Cancelled => Vec::new(),
        Ended::Storage(problem) => text.storage(*problem),
        Ended::NotSignedIn => vec![text.say("no-accounts", &[])],
        Ended::NoSuchAccount(account) => {
            vec![text.say("no-such-account", &[("account", plain(account).into())])]
        }
        Ended::SeveralAccounts(accounts) => {
            let mut lines = vec![text.say("several-accounts", &[])];
            lines.extend(accounts.iter().map(|account| format!("  {}", plain(account))));
            lines
        }
        Ended::Replay(ReplayError::Differs { input, recorded, replayed }) => vec![
            text.say("replay-differs", &[("input", (*input).into())]),
            format!("- {recorded}"),
            format!("+ {replayed}"),
        ],
        Ended::Replay(error) => vec![error.to_string()],
        Ended::File { path, error } => {
            let values = [("path", plain(path).into()), ("error", error.to_string().into())];
            vec![text.say("bad-file", &values)]
        }
        // The checklist has said it.
        Ended::NobodyCanSignIn => Vec::new(),
        Ended::NotAnAddress => vec![text.say("not-an-address", &[])],
        Ended::NobodyWaits => vec![text.say("nobody-waits", &[])],
        Ended::NoAccountPage => vec![text.say("no-account-page", &[])],
        // It has said why.
        Ended::Exec(_) => Vec::new(),
        Ended::System(what) => vec![text.say("bad-system", &[("what", plain(what).into())])],
    }
}
