//! The objects that are printed, one a line.

use std::io::Write as _;

use narthex::View;
use narthex_storage::Place;
use serde_json::{Value, json};

use crate::ended::Ended;

/// Prints one line. When nobody reads any more, there is nobody to tell either.
pub(crate) fn print(value: &Value) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{value}").and_then(|()| out.flush()).ok();
}

pub(crate) fn view(view: &View) {
    let mut value = json!(view);
    value["type"] = json!("view");
    print(&value);
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
    let mut value = json!({"type": "failed", "class": ended.class(), "exit_code": ended.code()});
    match ended {
        Ended::Failed(failure) => value["failure"] = json!(failure),
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
        Ended::System(what) => {
            value["reason"] = json!("system");
            value["message"] = json!(what);
        }
    }
    print(&value);
}
