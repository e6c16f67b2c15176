//! Sends a message into an encrypted room, as whoever `narthex login` signed in.
//!
//! `cargo run -p narthex-matrix --example encrypted_room -- DATA_DIR [PROFILE]`, with the passphrase in
//! `NARTHEX_PASSPHRASE` where the sessions are kept by one.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use matrix_sdk::Client;
use matrix_sdk::config::SyncSettings;
use matrix_sdk::room::MessagesOptions;
use matrix_sdk::ruma::api::client::room::create_room::v3::Request;
use matrix_sdk::ruma::events::room::message::RoomMessageEventContent;
use narthex::{Secret, Session};
use narthex_matrix::{Keep, Problem};
use narthex_storage::{Account, Options, Store};

struct Sessions(Store);

impl Keep for Sessions {
    fn store(&self, session: &Session) -> Result<(), Problem> {
        Ok(self.0.put(session)?)
    }

    fn load(&self, session: &Session) -> Result<Session, Problem> {
        self.0.session(&Account::of(session))?.ok_or_else(|| "it was forgotten".into())
    }
}

#[expect(clippy::print_stdout, reason = "what a program is for")]
#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let data_dir = arguments.next().context("where are the sessions kept?")?.into();
    let profile = arguments.next().unwrap_or_else(|| "default".to_owned());
    let passphrase = std::env::var("NARTHEX_PASSPHRASE").ok().map(Secret::new);
    let keep = narthex_storage::Keep::Best { passphrase };
    let store = Store::open(Options { data_dir, profile, keep })?;
    let account = store.accounts()?.into_iter().next().context("nobody is signed in")?;
    let session = store.session(&account)?.context("nobody is signed in")?;

    // A program that runs again keeps this folder beside the sessions.
    let folder = tempfile::tempdir()?;
    let builder = Client::builder().sqlite_store(folder.path(), None);
    let kept = narthex_matrix::client(builder, session, Arc::new(Sessions(store))).await?;
    let client = &kept.client;
    let quick = || SyncSettings::new().timeout(Duration::from_secs(1));
    client.sync_once(quick()).await?;
    // So that there is something to renew, and to keep.
    if client.session_tokens().is_some_and(|tokens| tokens.refresh_token.is_some()) {
        client.refresh_access_token().await?;
    }

    let room = client.create_room(Request::new()).await?;
    room.enable_encryption().await?;
    client.sync_once(quick()).await?;
    ensure!(room.latest_encryption_state().await?.is_encrypted(), "the room is not encrypted");
    let sent = room.send(RoomMessageEventContent::text_plain("Hello from Narthex")).await?;
    client.sync_once(quick()).await?;
    let messages = room.messages(MessagesOptions::backward()).await?;
    let encrypted =
        messages.chunk.iter().find(|event| event.event_id().as_deref() == Some(&*sent.response.event_id));
    let event = encrypted.context("the message is not in the room")?;
    ensure!(event.encryption_info().is_some(), "the message was not encrypted");
    println!("{} sent {} into {}", account.user_id, sent.response.event_id, room.room_id());
    Ok(())
}
