//! A session of a real Synapse, as a client that writes into an encrypted room, and two that share their keys.
//!
//! `cargo xtask testbed run --profile refresh -- cargo test -p narthex-matrix --test real`
#![expect(clippy::unwrap_used, reason = "a test that panics has failed, as it should")]

#[path = "encryption/side.rs"]
mod side;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use matrix_sdk::config::SyncSettings;
use matrix_sdk::ruma::OwnedUserId;
use matrix_sdk::ruma::api::client::room::create_room::v3::Request as CreateRoom;
use matrix_sdk::ruma::events::room::message::RoomMessageEventContent;
use narthex::{
    Client, Config, Engine, Input, Intent, LeaseProblem, Lost, Offer, Request, Response, Saved, Screen,
    Secret, Seeds, Session, StorageProblem, Trust, VerificationWay,
};
use narthex_http::Http;
use narthex_matrix::{Encryption, EncryptionError, EncryptionStore, Keep, Problem, VerificationRole};
use narthex_runtime::{Clock, Driver, Grant, Listening, Ports, run_until};
use tokio::sync::{mpsc, watch};
use url::Url;

use side::{agrees, side};

/// Everything in memory, but the server.
#[derive(Clone)]
struct World {
    http: Http,
    stored: watch::Sender<Option<Session>>,
}

impl World {
    fn new() -> Self {
        Self { http: Http::new().unwrap(), stored: watch::Sender::new(None) }
    }
}

impl Ports for World {
    async fn http(&self, request: Request) -> Result<Response, Lost> {
        self.http.send(request).await
    }

    async fn listen(&self, _: String, _: Option<u16>, _: Listening) -> Result<Infallible, Lost> {
        Err(Lost::Listen)
    }

    /// Nobody else has the session.
    async fn lease(&self, _: Url, _: String, _: String, grant: Grant) -> Result<Infallible, LeaseProblem> {
        let stored = self.stored.borrow().clone();
        grant.leased(stored).await;
        std::future::pending().await
    }

    async fn prove(&self) -> Result<(), StorageProblem> {
        Ok(())
    }

    async fn store(&self, session: Session) -> Result<(), StorageProblem> {
        self.stored.send_replace(Some(session));
        Ok(())
    }

    async fn erase(&self, _: Url, _: String, _: String) -> Result<(), StorageProblem> {
        Ok(())
    }

    async fn save(&self, _: Option<Saved>) -> Result<(), StorageProblem> {
        Ok(())
    }

    fn browse(&self, _: Url) {}
}

impl Keep for World {
    fn store(&self, session: &Session) -> Result<(), Problem> {
        self.stored.send_replace(Some(session.clone()));
        Ok(())
    }

    fn load(&self, _: &Session) -> Result<Session, Problem> {
        self.stored.borrow().clone().ok_or_else(|| "nothing is kept".into())
    }
}

/// Each seed is a device of its own.
async fn signed_in(world: &World, identifier: &str, seed: u8) -> Session {
    let server = std::env::var("NARTHEX_TESTBED_REFRESH").expect("run by `cargo xtask testbed run`");
    let clock = Clock::start();
    let home = "https://narthex.example/".parse().unwrap();
    let config = Config::new(Client::new("Narthex", home));
    let engine = Engine::new(config, Seeds::new([seed; 32], [seed; 32]), clock.now());
    let (say, heard) = mpsc::channel(1);
    let (show, mut views) = watch::channel(engine.view());
    let driver = tokio::spawn(Driver::new(engine, world.clone(), move || clock.now()).drive(heard, show));
    say.send(Input::Intent(Intent::UseServer { server })).await.unwrap();
    assert!(run_until(&mut views, |view| view.offers.contains(Offer::SignInWithPassword)).await);
    let password = "correct horse battery staple".into();
    let intent = Intent::SignInWithPassword { identifier: identifier.into(), password };
    say.send(Input::Intent(intent)).await.unwrap();
    assert!(run_until(&mut views, |view| matches!(view.screen, Screen::SignedIn { task: None, .. })).await);
    drop(say);
    driver.await.unwrap().session().unwrap().clone()
}

#[tokio::test]
async fn a_session_becomes_a_client_that_encrypts_and_what_it_renews_is_kept() {
    let world = World::new();
    let session = signed_in(&world, "demo", 7).await;
    let folder = tempfile::tempdir().unwrap();
    let builder = matrix_sdk::Client::builder().sqlite_store(folder.path(), None);
    let kept = narthex_matrix::client(builder, session.clone(), Arc::new(world.clone())).await.unwrap();
    let quick = || SyncSettings::new().timeout(Duration::from_millis(100));
    kept.client.sync_once(quick()).await.unwrap();

    kept.client.refresh_access_token().await.unwrap();
    let tokens = kept.client.session_tokens().unwrap();
    assert_ne!(tokens.access_token, *session.access_token.expose());
    // Told by a task of its own with the legacy API.
    let mut stored = world.stored.subscribe();
    let is_new = |kept: &Option<Session>| {
        kept.as_ref().is_some_and(|kept| *kept.access_token.expose() == tokens.access_token)
    };
    tokio::time::timeout(Duration::from_secs(10), stored.wait_for(is_new)).await.unwrap().unwrap();

    let room = kept.client.create_room(CreateRoom::new()).await.unwrap();
    room.enable_encryption().await.unwrap();
    kept.client.sync_once(quick()).await.unwrap();
    let sent = room.send(RoomMessageEventContent::text_plain("hello")).await.unwrap();
    let event = room.event(&sent.response.event_id, None).await.unwrap();
    assert!(event.encryption_info().is_some(), "it was sent in the clear");
}

#[tokio::test]
async fn keys_go_from_one_device_to_another_which_a_third_account_then_sees_as_verified() {
    let folder = tempfile::tempdir().unwrap();
    let verified = Trust::Verified { backup: true };
    let open = async |seed: u8| {
        let world = World::new();
        let session = signed_in(&world, "demo", seed).await;
        let store =
            EncryptionStore { folder: folder.path().join(seed.to_string()), key: Secret::new([seed; 32]) };
        Encryption::open(store, &session, Some(Arc::new(world))).await.map(|open| (open, session)).unwrap()
    };
    let (old, _) = open(1).await;
    assert_eq!(old.status().await.unwrap(), Trust::NoIdentity);
    let recovery_key = old.set_up().await.unwrap();
    assert_eq!(old.status().await.unwrap(), verified);

    let (new, laptop) = open(2).await;
    let ways = vec![VerificationWay::AnotherDevice, VerificationWay::RecoveryKey];
    assert_eq!(new.status().await.unwrap(), Trust::NeedsVerification { ways });
    assert_eq!(new.set_up().await.unwrap_err(), EncryptionError::HasIdentity);
    assert_eq!(new.adopt(&old.share().await.unwrap()).await.unwrap(), verified);

    let world = World::new();
    let admin = signed_in(&world, "admin", 3).await;
    let builder = matrix_sdk::Client::builder();
    let third = narthex_matrix::client(builder, admin, Arc::new(world)).await.unwrap();
    let user_id: OwnedUserId = laptop.user_id.as_str().try_into().unwrap();
    third.client.encryption().request_user_identity(&user_id).await.unwrap();
    let seen = third.client.encryption().get_device(&user_id, laptop.device_id.as_str().into()).await;
    assert!(seen.unwrap().unwrap().is_cross_signed_by_owner());

    let (tablet, _) = open(4).await;
    assert_eq!(tablet.recover(&"wrong".into()).await.unwrap_err(), EncryptionError::WrongRecoveryKey);
    assert_eq!(tablet.recover(&recovery_key).await.unwrap(), verified);

    let (desktop, session) = open(5).await;
    let minute = Duration::from_secs(60);
    let (asked, asks) = tokio::join!(
        side(&old, VerificationRole::Answers, minute, agrees),
        side(&desktop, VerificationRole::Asks, minute, agrees)
    );
    assert_eq!((asked.emoji().len(), asked.emoji()), (7, asks.emoji()));
    assert!(!asked.states.is_empty());
    assert_eq!((asked.end.unwrap(), asks.end.unwrap()), (verified.clone(), verified));
    assert_eq!(desktop.share().await.unwrap(), old.share().await.unwrap());
    desktop.erase().await.unwrap();
    assert!(!folder.path().join("5").exists(), "{}", session.device_id);
}
