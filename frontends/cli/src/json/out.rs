//! The objects that are printed, one a line.

use std::io::Write as _;

use narthex_storage::Place;
use serde::Serialize;
use serde_json::json;

use crate::exit::Exit;

#[derive(Serialize)]
struct Typed<'t, T> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    value: &'t T,
}

/// Prints one object of this type. When nobody reads any more, there is nobody to tell either.
pub(crate) fn print(kind: &'static str, value: &impl Serialize) {
    if let Ok(line) = serde_json::to_string(&Typed { kind, value }) {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{line}").and_then(|()| out.flush()).ok();
    }
}

pub(crate) const fn kept(place: &Place) -> &'static str {
    match place {
        Place::Keyring => "keyring",
        Place::PassphraseFile(_) => "passphrase_file",
        Place::KeyFile(_) => "key_file",
        Place::Memory => "memory",
    }
}

/// The last line when it did not work.
pub(crate) fn failed(exit: &Exit) {
    let mut value = json!({"class": exit.class(), "exit_code": exit.code()});
    match exit {
        Exit::Failed(failure) | Exit::NotSignedOut(failure) => value["failure"] = json!(failure),
        Exit::SessionOver { user_id, failure } => {
            value["reason"] = json!("session_ended");
            value["user_id"] = json!(user_id);
            value["failure"] = json!(failure);
        }
        Exit::Unanswered(question) => {
            value["question"] = json!(question.name());
            value["intent"] = json!(question.offer());
            value["flag"] = json!(question.flag());
        }
        Exit::AwaitingApproval { server, username } => {
            value["server"] = json!(server);
            value["username"] = json!(username);
        }
        Exit::Storage(problem) => {
            value["problem"] = json!(problem.kind);
            if let Some(path) = &problem.path {
                value["path"] = json!(path.display().to_string());
            }
        }
        Exit::Cancelled => {}
        Exit::NotSignedIn => value["reason"] = json!("not_signed_in"),
        Exit::NoSuchAccount(account) => {
            value["reason"] = json!("no_such_account");
            value["account"] = json!(account);
        }
        Exit::SeveralAccounts(accounts) => {
            value["reason"] = json!("several_accounts");
            value["accounts"] = json!(accounts);
        }
        Exit::Replay(error) => {
            value["reason"] = json!("replay");
            value["message"] = json!(error.to_string());
        }
        Exit::File { path, error } => {
            value["reason"] = json!("file");
            value["path"] = json!(path);
            value["message"] = json!(error.to_string());
        }
        Exit::NobodyCanSignIn => value["reason"] = json!("nobody_can_sign_in"),
        Exit::NotAnAddress => value["reason"] = json!("not_an_address"),
        Exit::NobodyWaits => value["reason"] = json!("nobody_waits"),
        Exit::NobodyAnswers => value["reason"] = json!("nobody_answers"),
        Exit::NoAccountPage => value["reason"] = json!("no_account_page"),
        Exit::Exec(_) => value["reason"] = json!("exec"),
        Exit::System(what) => {
            value["reason"] = json!("system");
            value["message"] = json!(what);
        }
    }
    print("failed", &value);
}
