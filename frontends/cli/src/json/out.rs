//! The objects that are printed, one a line.

use std::io::Write as _;

use narthex_storage::Place;
use serde::Serialize;
use serde_json::json;

use crate::ended::Ended;

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
pub(crate) fn failed(ended: &Ended) {
    let mut value = json!({"class": ended.class(), "exit_code": ended.code()});
    match ended {
        Ended::Failed(failure) | Ended::NotSignedOut(failure) => value["failure"] = json!(failure),
        Ended::SessionOver { user_id, failure } => {
            value["reason"] = json!("session_ended");
            value["user_id"] = json!(user_id);
            value["failure"] = json!(failure);
        }
        Ended::Unanswered(question) => {
            value["question"] = json!(question.name());
            value["intent"] = json!(question.offer());
            value["flag"] = json!(question.flag());
        }
        Ended::AwaitingApproval { server, username } => {
            value["server"] = json!(server);
            value["username"] = json!(username);
        }
        Ended::Storage(problem) => value["problem"] = json!(problem),
        Ended::Cancelled => {}
        Ended::NotSignedIn => value["reason"] = json!("not_signed_in"),
        Ended::NoSuchAccount(account) => {
            value["reason"] = json!("no_such_account");
            value["account"] = json!(account);
        }
        Ended::SeveralAccounts(accounts) => {
            value["reason"] = json!("several_accounts");
            value["accounts"] = json!(accounts);
        }
        Ended::Replay(error) => {
            value["reason"] = json!("replay");
            value["message"] = json!(error.to_string());
        }
        Ended::File { path, error } => {
            value["reason"] = json!("file");
            value["path"] = json!(path);
            value["message"] = json!(error.to_string());
        }
        Ended::NobodyCanSignIn => value["reason"] = json!("nobody_can_sign_in"),
        Ended::NotAnAddress => value["reason"] = json!("not_an_address"),
        Ended::NobodyWaits => value["reason"] = json!("nobody_waits"),
        Ended::NoAccountPage => value["reason"] = json!("no_account_page"),
        Ended::Exec(_) => value["reason"] = json!("exec"),
        Ended::System(what) => {
            value["reason"] = json!("system");
            value["message"] = json!(what);
        }
    }
    print("failed", &value);
}
