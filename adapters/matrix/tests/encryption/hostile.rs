//! A server that lies, hides, drops and sends elsewhere.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use narthex::{Response, Secret, SecretsBundle, Trust};
use narthex_matrix::{EncryptionError, VerificationRole};
use narthex_sandbox::serve::Fate;
use serde_json::json;

use crate::VERIFIED;
use crate::lab::{Lab, answer};
use crate::side::{agrees, side};

/// What a server keeps of a recovery key that is made of a passphrase, stretched so often.
fn stretched(iterations: u64) -> Fate {
    let passphrase = json!({ "algorithm": "m.pbkdf2", "iterations": iterations, "salt": "abc", "bits": 256 });
    let content = json!({ "algorithm": "m.secret_storage.v1.aes-hmac-sha2", "passphrase": passphrase });
    Fate::Instead(answer(200, &content))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passphrase_that_would_be_stretched_for_hours_is_not() {
    let lab = Lab::start().await;
    let (phone, laptop) = (lab.device("alice").await, lab.device("alice").await);
    let recovery_key = phone.open().await.set_up().await.unwrap();
    let new = laptop.open().await;
    lab.fail("/m.secret_storage.key.", Some(|| stretched(2_000_000_000)));
    for key in [&recovery_key, &"a passphrase".into()] {
        assert_eq!(new.recover(key).await.unwrap_err(), EncryptionError::Misbehaved);
    }
    lab.fail("/m.secret_storage.key.", None);
    assert_eq!(new.recover(&recovery_key).await.unwrap(), VERIFIED);
}

/// It names a bearable effort when it is asked first, and another one when matrix-sdk asks.
#[tokio::test]
async fn whoever_waits_for_a_passphrase_can_stop() {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    let lab = Lab::start().await;
    let (phone, laptop) = (lab.device("alice").await, lab.device("alice").await);
    phone.open().await.set_up().await.unwrap();
    let new = laptop.open().await;
    lab.fail(
        "/m.secret_storage.key.",
        Some(|| stretched(if ASKED.fetch_add(1, Ordering::Relaxed) == 0 { 1000 } else { 2_000_000 })),
    );
    let begun = Instant::now();
    let stopped = tokio::time::timeout(Duration::from_secs(1), new.recover(&"a passphrase".into())).await;
    assert!(stopped.is_err(), "{stopped:?}");
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert_eq!(ASKED.load(Ordering::Relaxed), 2);
}

fn redirect<const STATUS: u16>() -> Fate {
    let headers = vec![("location".to_owned(), "/_matrix/client/v3/elsewhere".to_owned())];
    Fate::Instead(Response { status: STATUS, headers, body: Secret::new(b"{}".to_vec()) })
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_followed_elsewhere() {
    let lab = Lab::start().await;
    let phone = lab.device("alice").await;
    let old = phone.open().await;
    for fate in [redirect::<301>, redirect::<302>, redirect::<303>, redirect::<307>, redirect::<308>] {
        lab.fail("keys/query", Some(fate));
        assert_eq!(old.status().await.unwrap_err(), EncryptionError::Misbehaved);
    }
    assert!(lab.requests("elsewhere").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_packed_is_not_unpacked() {
    let lab = Lab::start().await;
    let phone = lab.device("alice").await;
    let old = phone.open().await;
    // Whoever unpacked it would find that it is not packed.
    let packed = || {
        let headers = vec![("content-encoding".to_owned(), "gzip".to_owned())];
        Fate::Instead(Response { status: 200, headers, body: Secret::new(b"{}".to_vec()) })
    };
    lab.fail("keys/query", Some(packed));
    assert_eq!(old.status().await.unwrap(), Trust::NoIdentity);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identity_that_was_seen_does_not_go_away() {
    let lab = Lab::start().await;
    let (phone, laptop) = (lab.device("alice").await, lab.device("alice").await);
    let old = phone.open().await;
    let recovery_key = old.set_up().await.unwrap();
    let new = laptop.open().await;
    for fate in [(|| Fate::Instead(answer(200, &json!({})))) as fn() -> Fate, || {
        Fate::Instead(answer(200, &json!({ "device_keys": {}, "failures": {} })))
    }] {
        lab.fail("keys/query", Some(fate));
        assert_eq!(old.status().await.unwrap_err(), EncryptionError::Misbehaved);
        assert_eq!(old.set_up().await.unwrap_err(), EncryptionError::Misbehaved);
        assert_eq!(old.new_recovery_key().await.unwrap_err(), EncryptionError::Misbehaved);
        let verified = side(&old, VerificationRole::Answers, Duration::from_secs(5), agrees).await;
        assert_eq!(verified.end.unwrap_err(), EncryptionError::Misbehaved);
        // One that has never seen it cannot know.
        assert_eq!(new.status().await.unwrap(), Trust::NoIdentity);
        lab.fail("keys/query", None);
        assert_eq!(old.status().await.unwrap(), VERIFIED);
    }
    assert_eq!(new.recover(&recovery_key).await.unwrap(), VERIFIED);
}

/// Whatever it drops, no recovery key is handed out, and once it keeps what it is given the set-up goes on. Only a server that
/// has signatures of an identity and not the identity itself stays in the wrong.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_drops_what_it_is_given_is_found_out() {
    let lab = Lab::start().await;
    for (person, path) in
        [("alice", "keys/device_signing/upload"), ("bob", "room_keys/version"), ("carol", "account_data/")]
    {
        let phone = lab.device(person).await;
        let old = phone.open().await;
        lab.fail(path, Some(|| Fate::Instead(answer(200, &json!({})))));
        assert_eq!(old.set_up().await.unwrap_err(), EncryptionError::Misbehaved, "{path}");
        lab.fail(path, None);
        if path == "keys/device_signing/upload" {
            continue;
        }
        let recovery_key = old.new_recovery_key().await.unwrap();
        let laptop = lab.device(person).await;
        assert_eq!(laptop.open().await.recover(&recovery_key).await.unwrap(), VERIFIED, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_none_is_not_what_the_keys_are_held_against() {
    let lab = Lab::start().await;
    let phone = lab.device("alice").await;
    let old = phone.open().await;
    old.set_up().await.unwrap();
    let bundle: SecretsBundle = old.share().await.unwrap();
    let cut_short = || {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Fate::Instead(Response { status: 200, headers, body: Secret::new(br#"{"x":"#.to_vec()) })
    };
    for fate in [cut_short as fn() -> Fate, || Fate::Instead(answer(200, &json!([1])))] {
        let laptop = lab.device("alice").await;
        lab.fail("keys/query", Some(fate));
        assert_eq!(laptop.open().await.adopt(&bundle).await.unwrap_err(), EncryptionError::Misbehaved);
        lab.fail("keys/query", None);
        assert_eq!(laptop.open().await.adopt(&bundle).await.unwrap(), VERIFIED);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_no_refusal_and_a_token_that_is_over_is_none_either() {
    let lab = Lab::start().await;
    let phone = lab.device("alice").await;
    phone.open().await.set_up().await.unwrap();
    let unavailable = |status, seconds: Option<u64>| EncryptionError::Unavailable {
        status,
        retry_after: seconds.map(Duration::from_secs),
    };
    let day = 24 * 60 * 60;
    for (fate, told) in [
        (
            (|| {
                Fate::Instead(answer(429, &json!({ "errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 17000 })))
            }) as fn() -> Fate,
            unavailable(429, Some(17)),
        ),
        (
            || {
                let mut answer = answer(429, &json!({ "errcode": "M_LIMIT_EXCEEDED", "error": "no" }));
                answer.headers.push(("retry-after".to_owned(), "99999999999".to_owned()));
                Fate::Instead(answer)
            },
            unavailable(429, Some(day)),
        ),
        (|| Fate::Instead(answer(429, &json!("no"))), unavailable(429, None)),
        (
            || Fate::Instead(answer(500, &json!({ "errcode": "M_UNKNOWN", "error": "no" }))),
            unavailable(500, None),
        ),
        (|| Fate::Instead(answer(503, &json!("no"))), unavailable(503, None)),
        (
            || Fate::Instead(answer(401, &json!({ "errcode": "M_UNKNOWN_TOKEN", "error": "no" }))),
            EncryptionError::TokenNotInForce,
        ),
        (
            || Fate::Instead(answer(401, &json!({ "errcode": "M_UNKNOWN_TOKEN", "soft_logout": true }))),
            EncryptionError::TokenNotInForce,
        ),
    ] {
        for path in ["keys/query", "/sync"] {
            lab.fail(path, Some(fate));
            let laptop = lab.device("alice").await;
            let error = laptop.open().await.recover(&"wrong".into()).await.unwrap_err();
            lab.fail(path, None);
            assert_eq!(error, told, "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_web_page_is_one_to_allow_something_on() {
    let lab = Lab::start().await;
    let phone = lab.device("alice").await;
    fn challenge(url: &str) -> Fate {
        let (params, flows) = (json!({ "m.oauth": { "url": url } }), json!([{ "stages": ["m.oauth"] }]));
        Fate::Instead(answer(401, &json!({ "session": "s", "flows": flows, "params": params })))
    }
    for (fate, shown) in [
        ((|| challenge("javascript:alert(1)\u{1b}[2J")) as fn() -> Fate, None),
        (|| challenge("file:///etc/passwd"), None),
        (|| challenge("not an address"), None),
        (|| challenge("https://a.example/\u{1b}[2J"), Some("https://a.example/%1B[2J")),
    ] {
        lab.fail("keys/device_signing/upload", Some(fate));
        let error = phone.open().await.set_up().await.unwrap_err();
        assert_eq!(error, EncryptionError::NeedsApproval { page: shown.map(str::to_owned) });
    }
}
