//! Two devices of one account at the sandbox, in stores of their own, and what a third client sees of them.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed, as it should")]

mod hostile;
mod lab;
mod side;
mod store;
mod verify;

use narthex::{EncryptionProblem, Lost, Secret, SecretsBundle, Trust, VerificationWay};
use narthex_matrix::{EncryptionError, client};
use narthex_sandbox::serve::Fate;
use serde_json::json;

use lab::{Lab, Nothing, answer};

const VERIFIED: Trust = Trust::Verified { backup: true };

#[tokio::test(flavor = "multi_thread")]
async fn keys_go_from_one_device_to_another_which_others_then_see_as_verified() {
    let lab = Lab::start().await;
    let (phone, laptop) = (lab.device("alice").await, lab.device("alice").await);
    let old = phone.open().await;
    assert!(!old.has_secrets().await);
    assert_eq!(old.share().await.unwrap_err(), EncryptionError::NoSecrets);
    assert_eq!(old.share().await.unwrap_err().problem(), EncryptionProblem::NoSecrets);
    assert_eq!(old.status().await.unwrap(), Trust::NoIdentity);
    old.set_up().await.unwrap();
    assert_eq!(old.status().await.unwrap(), VERIFIED);
    assert!(old.has_secrets().await);

    let new = laptop.open().await;
    let ways = vec![VerificationWay::AnotherDevice, VerificationWay::RecoveryKey];
    assert_eq!(new.status().await.unwrap(), Trust::NeedsVerification { ways });
    let bundle = old.share().await.unwrap();
    assert!(bundle.backup.is_some());
    let uploads = lab.requests("keys/upload").len();
    assert_eq!(new.adopt(&bundle).await.unwrap(), VERIFIED);
    let uploads = lab.requests("keys/upload").split_off(uploads);
    assert_eq!(uploads.len(), 1, "the keys of the device go up once");
    let signatures = uploads[0]["device_keys"]["signatures"][&laptop.session.user_id].as_object().unwrap();
    assert_eq!(signatures.len(), 2, "by the device and by the account: {signatures:?}");
    assert!(lab.requests("keys/signatures/upload").len() == 1, "by the first device alone");
    assert_eq!(new.status().await.unwrap(), VERIFIED);
    assert_eq!(new.share().await.unwrap(), bundle);
    drop((old, new));
    assert_eq!(laptop.store.was_verified(&laptop.session).await, Ok(Some(true)));
    let tablet = lab.device("alice").await;
    assert_eq!(tablet.store.was_verified(&tablet.session).await, Ok(None));
    tablet.open().await.status().await.unwrap();
    assert_ne!(tablet.store.was_verified(&tablet.session).await, Ok(Some(true)));

    assert!(lab.is_seen_verified(&laptop).await);
    assert!(lab.is_seen_verified(&phone).await);
    assert!(!lab.is_seen_verified(&lab.device("alice").await).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_finds_the_keys_in_the_same_store() {
    let lab = Lab::start().await;
    let (phone, laptop) = (lab.device("alice").await, lab.device("alice").await);
    let old = phone.open().await;
    old.set_up().await.unwrap();
    let new = laptop.open().await;
    new.adopt(&old.share().await.unwrap()).await.unwrap();
    drop(new);

    let held = laptop.store.hold().unwrap();
    let builder = laptop.store.given_to(matrix_sdk::Client::builder());
    let kept = client(builder, laptop.session.clone(), Nothing::keeps()).await.unwrap();
    kept.client.sync_once(lab.quick()).await.unwrap();
    let encryption = kept.client.encryption();
    encryption.wait_for_e2ee_initialization_tasks().await;
    assert!(encryption.cross_signing_status().await.unwrap().is_complete());
    assert!(encryption.get_own_device().await.unwrap().unwrap().is_cross_signed_by_owner());
    assert!(encryption.backups().are_enabled().await);
    drop((encryption, kept, held));
    assert_eq!(laptop.open().await.status().await.unwrap(), VERIFIED);
}

/// Edge case 164.
#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_fails_is_told_and_succeeds_when_it_is_tried_again() {
    let lab = Lab::start().await;
    let phone = lab.device("alice").await;
    let old = phone.open().await;
    old.set_up().await.unwrap();
    let bundle = old.share().await.unwrap();
    let refusal = || Fate::Instead(answer(403, &json!({ "errcode": "M_FORBIDDEN", "error": "no" })));
    let refused = EncryptionError::Refused { status: 403, errcode: Some("M_FORBIDDEN".to_owned()) };
    for (fate, told, problem) in [
        (refusal as fn() -> Fate, refused, EncryptionProblem::ServerRefused),
        (
            || Fate::Cut { heard: true },
            EncryptionError::Lost(Lost::Broken),
            EncryptionProblem::Lost(Lost::Broken),
        ),
        (
            || Fate::Instead(answer(401, &json!({ "errcode": "M_UNKNOWN_TOKEN", "error": "no" }))),
            EncryptionError::TokenNotInForce,
            EncryptionProblem::ServerRefused,
        ),
    ] {
        let laptop = lab.device("alice").await;
        let new = laptop.open().await;
        lab.fail("keys/upload", Some(fate));
        let error = new.adopt(&bundle).await.unwrap_err();
        assert_eq!((&error, error.problem()), (&told, problem));
        lab.fail("keys/upload", None);
        assert_eq!(new.adopt(&bundle).await.unwrap(), VERIFIED);
        assert!(lab.is_seen_verified(&laptop).await);
        // Nor does it hurt to take them once more.
        assert_eq!(new.adopt(&bundle).await.unwrap(), VERIFIED);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_whose_keys_are_there_unsigned_is_signed_by_those_that_it_adopts() {
    let lab = Lab::start().await;
    let (phone, laptop) = (lab.device("alice").await, lab.device("alice").await);
    let (old, new) = (phone.open().await, laptop.open().await);
    old.set_up().await.unwrap();
    assert_eq!(new.recover(&"wrong".into()).await.unwrap_err(), EncryptionError::WrongRecoveryKey);
    assert!(lab.requests("keys/upload").len() > 1);
    assert!(!lab.is_seen_verified(&laptop).await);
    assert_eq!(new.adopt(&old.share().await.unwrap()).await.unwrap(), VERIFIED);
    assert!(lab.is_seen_verified(&laptop).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_adopted_is_verified_only_with_the_keys_that_the_account_publishes() {
    let lab = Lab::start().await;
    let (phone, laptop) = (lab.device("alice").await, lab.device("alice").await);
    phone.open().await.set_up().await.unwrap();
    let stranger = lab.device("bob").await;
    let theirs = stranger.open().await;
    theirs.set_up().await.unwrap();
    let new = laptop.open().await;
    let error = new.adopt(&theirs.share().await.unwrap()).await.unwrap_err();
    assert_eq!(error, EncryptionError::SecretsDoNotMatch);
    assert!(matches!(new.status().await.unwrap(), Trust::NeedsVerification { .. }));
    assert!(!lab.is_seen_verified(&laptop).await);
    let other = SecretsBundle { backup: None, ..theirs.share().await.unwrap() };
    assert!(!format!("{other:?} {new:?} {:?}", laptop.store).contains(&key_text(&other)));
}

/// As it would be printed.
fn key_text(bundle: &SecretsBundle) -> String {
    format!("{:?}", bundle.master_key.expose())
}

#[tokio::test(flavor = "multi_thread")]
async fn encryption_is_set_up_once_and_recovered_with_the_key_that_came_of_it() {
    let lab = Lab::start().await;
    let (phone, laptop) = (lab.device("alice").await, lab.device("alice").await);
    let (old, new) = (phone.open().await, laptop.open().await);
    assert_eq!(new.recover(&"any".into()).await.unwrap_err(), EncryptionError::NoIdentity);
    let recovery_key = old.set_up().await.unwrap();
    assert_eq!(old.set_up().await.unwrap_err(), EncryptionError::HasRecovery);
    assert_eq!(new.set_up().await.unwrap_err(), EncryptionError::HasIdentity);
    let another = Secret::new(recovery_key.expose().replace(|letter: char| letter.is_ascii_digit(), "x"));
    for wrong in [Secret::from(""), another] {
        assert_eq!(new.recover(&wrong).await.unwrap_err(), EncryptionError::WrongRecoveryKey);
    }
    assert_eq!(new.recover(&recovery_key).await.unwrap(), VERIFIED);
    assert_eq!(new.share().await.unwrap(), old.share().await.unwrap());
    assert!(lab.is_seen_verified(&laptop).await);
}

/// Its set-up was cut short after it was made, or it is lost.
#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_key_that_nobody_has_is_replaced_by_a_device_with_the_keys() {
    let lab = Lab::start().await;
    let (phone, laptop) = (lab.device("alice").await, lab.device("alice").await);
    let (old, new) = (phone.open().await, laptop.open().await);
    let lost = old.set_up().await.unwrap();
    assert_eq!(old.set_up().await.unwrap_err(), EncryptionError::HasRecovery);
    assert_eq!(new.new_recovery_key().await.unwrap_err(), EncryptionError::HasIdentity);
    let recovery_key = old.new_recovery_key().await.unwrap();
    assert_eq!(old.status().await.unwrap(), VERIFIED);
    assert_eq!(new.recover(&lost).await.unwrap_err(), EncryptionError::WrongRecoveryKey);
    assert_eq!(new.recover(&recovery_key).await.unwrap(), VERIFIED);
    assert_eq!(new.share().await.unwrap(), old.share().await.unwrap());
    // Where there is none yet, it is the first.
    let first = lab.device("bob").await;
    let bob = first.open().await;
    bob.new_recovery_key().await.unwrap();
    assert_eq!(bob.status().await.unwrap(), VERIFIED);
}

#[tokio::test(flavor = "multi_thread")]
async fn setting_up_goes_on_where_it_was_cut_short() {
    let lab = Lab::start().await;
    let phone = lab.device("alice").await;
    for path in ["keys/device_signing/upload", "keys/signatures/upload", "room_keys/version", "account_data/"]
    {
        let refusal = || Fate::Instead(answer(403, &json!({ "errcode": "M_FORBIDDEN", "error": "no" })));
        lab.fail(path, Some(refusal));
        let error = phone.open().await.set_up().await.unwrap_err();
        assert!(matches!(error, EncryptionError::Refused { status: 403, .. }), "{path}: {error:?}");
        lab.fail(path, None);
    }
    let old = phone.open().await;
    let recovery_key = old.set_up().await.unwrap();
    assert_eq!(old.status().await.unwrap(), VERIFIED);
    let laptop = lab.device("alice").await;
    assert_eq!(laptop.open().await.recover(&recovery_key).await.unwrap(), VERIFIED);
}

/// An identity that is lost is nobody's to replace without a word.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_wants_the_user_to_allow_it_says_so() {
    let lab = Lab::start().await;
    let phone = lab.device("alice").await;
    let challenge = || {
        let params = json!({ "m.oauth": { "url": "https://account.example/reset" } });
        let flows = json!([{ "stages": ["m.oauth"] }]);
        Fate::Instead(answer(401, &json!({ "session": "s", "flows": flows, "params": params })))
    };
    lab.fail("keys/device_signing/upload", Some(challenge));
    let page = Some("https://account.example/reset".to_owned());
    let error = phone.open().await.set_up().await.unwrap_err();
    assert_eq!(error, EncryptionError::NeedsApproval { page });
    lab.fail("keys/query", Some(|| Fate::Cut { heard: false }));
    let lost = phone.open().await.status().await.unwrap_err();
    assert_eq!(lost.problem(), EncryptionProblem::Lost(Lost::Broken));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_was_replaced_is_not_in_use_here() {
    let lab = Lab::start().await;
    let (phone, laptop) = (lab.device("alice").await, lab.device("alice").await);
    let old = phone.open().await;
    let recovery_key = old.set_up().await.unwrap();
    lab.post(&phone, "room_keys/version", &another_backup()).await;
    let without = Trust::Verified { backup: false };
    assert_eq!(old.status().await.unwrap(), without);
    // As a person types it.
    let typed = Secret::new(format!(" {}\n", recovery_key.expose()));
    assert_eq!(laptop.open().await.recover(&typed).await.unwrap(), without);
    assert!(lab.is_seen_verified(&laptop).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_somebody_has_the_key_of_is_not_replaced() {
    let lab = Lab::start().await;
    let phone = lab.device("alice").await;
    lab.post(&phone, "room_keys/version", &another_backup()).await;
    let open = phone.open().await;
    assert_eq!(open.set_up().await.unwrap_err(), EncryptionError::HasBackup);
    assert_eq!(open.status().await.unwrap(), Trust::NoIdentity, "nothing was changed");
    assert!(lab.requests("keys/device_signing/upload").is_empty());
}

fn another_backup() -> serde_json::Value {
    let auth_data = json!({ "public_key": "abc", "signatures": {} });
    json!({ "algorithm": "m.megolm_backup.v1.curve25519-aes-sha2", "auth_data": auth_data })
}
