//! What do the devices of an account leave at the server for their encryption, and what is asked of it?
//!
//! Whether a signature is right, clients find out.

mod account_data;
mod backup;
pub(crate) mod held;
mod keys;
mod signing;
mod sync;

use narthex::{Method, Response, Time};

use crate::answer::Refusal;
use crate::ask::Ask;
use crate::sandbox::Sandbox;

/// What is asked. Ids are as they are in the path, escapes and all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EncryptionRoute<'a> {
    Upload,
    Query,
    Claim,
    Identity,
    Signatures,
    NewestBackup,
    NewBackup,
    Backup { version: &'a str },
    ChangeBackup { version: &'a str },
    AccountData { user_id: &'a str, kind: &'a str },
    SetAccountData { user_id: &'a str, kind: &'a str },
    Send { kind: &'a str, id: &'a str },
    Sync,
}

/// What this method means at this path, which follows the version of the API.
pub(crate) fn route(method: Method, path: &str) -> Option<EncryptionRoute<'_>> {
    match (method, path) {
        (Method::Post, "keys/upload") => Some(EncryptionRoute::Upload),
        (Method::Post, "keys/query") => Some(EncryptionRoute::Query),
        (Method::Post, "keys/claim") => Some(EncryptionRoute::Claim),
        (Method::Post, "keys/device_signing/upload") => Some(EncryptionRoute::Identity),
        (Method::Post, "keys/signatures/upload") => Some(EncryptionRoute::Signatures),
        (Method::Get, "room_keys/version") => Some(EncryptionRoute::NewestBackup),
        (Method::Post, "room_keys/version") => Some(EncryptionRoute::NewBackup),
        (Method::Get, "sync") => Some(EncryptionRoute::Sync),
        (Method::Get | Method::Put, _) => with_ids(method == Method::Put, path),
        (Method::Post | Method::Delete | Method::Options, _) => None,
    }
}

fn with_ids(writes: bool, path: &str) -> Option<EncryptionRoute<'_>> {
    let route = match (writes, path.split('/').collect::<Vec<_>>().as_slice()) {
        (false, &["room_keys", "version", version]) => EncryptionRoute::Backup { version },
        (true, &["room_keys", "version", version]) => EncryptionRoute::ChangeBackup { version },
        (false, &["user", user_id, "account_data", kind]) => EncryptionRoute::AccountData { user_id, kind },
        (true, &["user", user_id, "account_data", kind]) => EncryptionRoute::SetAccountData { user_id, kind },
        (true, &["sendToDevice", kind, id]) => EncryptionRoute::Send { kind, id },
        (true | false, _) => return None,
    };
    Some(route)
}

/// Who asks.
struct Asker {
    localpart: String,
    user_id: String,
    /// An OAuth token may have none.
    device_id: Option<String>,
}

impl Sandbox {
    pub(crate) fn encryption(
        &mut self,
        now: Time,
        ask: Ask<'_>,
        route: EncryptionRoute<'_>,
    ) -> Result<Response, Refusal> {
        let asker = self.asker(now, ask)?;
        match route {
            EncryptionRoute::Upload => self.upload_keys(ask, &asker),
            EncryptionRoute::Query => self.query_keys(ask, &asker),
            EncryptionRoute::Claim => self.claim_keys(ask),
            EncryptionRoute::Identity => self.upload_identity(ask, &asker),
            EncryptionRoute::Signatures => self.upload_signatures(ask, &asker),
            EncryptionRoute::NewestBackup => self.backup(&asker, None),
            EncryptionRoute::NewBackup => self.new_backup(ask, &asker),
            EncryptionRoute::Backup { version } => self.backup(&asker, Some(version)),
            EncryptionRoute::ChangeBackup { version } => self.change_backup(ask, &asker, version),
            EncryptionRoute::AccountData { user_id, kind } => self.account_data(&asker, user_id, kind),
            EncryptionRoute::SetAccountData { user_id, kind } => {
                self.set_account_data(ask, &asker, user_id, kind)
            }
            EncryptionRoute::Send { kind, id } => self.send_to_devices(ask, &asker, kind, id),
            EncryptionRoute::Sync => self.sync(ask, &asker),
        }
    }

    fn asker(&mut self, now: Time, ask: Ask<'_>) -> Result<Asker, Refusal> {
        let requester = self.requester(now, ask)?;
        let account = self.accounts.find(&requester.localpart);
        let user_id = account.map(|account| account.user_id.clone()).unwrap_or_default();
        Ok(Asker { localpart: requester.localpart, user_id, device_id: requester.device_id })
    }
}
