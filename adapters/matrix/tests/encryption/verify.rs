//! Two devices that compare emoji.
#![expect(clippy::wildcard_enum_match_arm, reason = "a user answers few of the states")]

use std::time::Duration;

use narthex::Trust;
use narthex_matrix::{Encryption, EncryptionError, VerificationAnswer, VerificationRole, VerificationState};

use crate::VERIFIED;
use crate::lab::Lab;
use crate::side::{agrees, side};

const LONG: Duration = Duration::from_secs(60);

/// Its keys are at the server.
async fn make_known(new: &Encryption) {
    new.recover(&"wrong".into()).await.unwrap_err();
}

fn cancelled(by_us: bool, code: &str) -> Result<Trust, EncryptionError> {
    Err(EncryptionError::Cancelled { by_us, code: code.to_owned() })
}

#[tokio::test(flavor = "multi_thread")]
async fn two_devices_that_show_the_same_emoji_verify_each_other_and_share_the_keys() {
    let lab = Lab::start().await;
    let (phone, laptop) = (lab.device("alice").await, lab.device("alice").await);
    let (old, new) = (phone.open().await, laptop.open().await);
    let alone = side(&new, VerificationRole::Asks, LONG, agrees).await;
    assert_eq!(alone.end.unwrap_err(), EncryptionError::NoIdentity);
    assert!(lab.requests("keys/upload").is_empty());
    old.set_up().await.unwrap();
    let (asked, asking) = tokio::join!(
        side(&old, VerificationRole::Answers, LONG, agrees),
        side(&new, VerificationRole::Asks, LONG, agrees)
    );
    assert_eq!((asked.end.as_ref(), asking.end.as_ref()), (Ok(&VERIFIED), Ok(&VERIFIED)));
    assert_eq!(asked.emoji().len(), 7);
    assert_eq!(asked.emoji(), asking.emoji());
    let (old_id, new_id) = (phone.session.device_id.clone(), laptop.session.device_id.clone());
    assert!(asked.states.contains(&VerificationState::Requested { device_id: new_id }), "{:?}", asked.states);
    assert!(asking.states.contains(&VerificationState::AwaitingDevice), "{:?}", asking.states);
    assert!(asking.states.contains(&VerificationState::Sharing { device_id: old_id }), "{:?}", asking.states);
    assert_eq!(new.share().await.unwrap(), old.share().await.unwrap());
    assert!(lab.is_seen_verified(&laptop).await);
}

/// Neither has to know who begins: the one that comes later finds the request, and of two at once one gives way.
#[tokio::test(flavor = "multi_thread")]
async fn two_devices_that_both_ask_find_each_other() {
    let lab = Lab::start().await;
    let (phone, laptop) = (lab.device("alice").await, lab.device("alice").await);
    let (old, new) = (phone.open().await, laptop.open().await);
    old.set_up().await.unwrap();
    // So that neither waits before it asks.
    make_known(&new).await;
    let (one, other) = tokio::join!(
        side(&old, VerificationRole::Asks, LONG, agrees),
        side(&new, VerificationRole::Asks, LONG, agrees)
    );
    assert_eq!((one.end, other.end), (Ok(VERIFIED), Ok(VERIFIED)), "{:?} {:?}", one.states, other.states);
    assert!(lab.is_seen_verified(&laptop).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn different_emoji_and_a_changed_mind_end_it_on_both_devices() {
    type Answers = fn(&VerificationState) -> Option<VerificationAnswer>;
    let differs: Answers = |state| match state {
        VerificationState::Comparing { .. } => Some(VerificationAnswer::Differs),
        other => agrees(other),
    };
    let stops_at_emoji: Answers = |state| match state {
        VerificationState::Comparing { .. } => Some(VerificationAnswer::Cancel),
        other => agrees(other),
    };
    let declines: Answers = |state| match state {
        VerificationState::Requested { .. } => Some(VerificationAnswer::Cancel),
        other => agrees(other),
    };
    let waits: Answers = |state| match state {
        VerificationState::Comparing { .. } => None,
        other => agrees(other),
    };
    let lab = Lab::start().await;
    let (phone, laptop) = (lab.device("alice").await, lab.device("alice").await);
    let (old, new) = (phone.open().await, laptop.open().await);
    old.set_up().await.unwrap();
    make_known(&new).await;
    for (of_asked, of_asking, code, by_asked) in [
        (differs, waits, "m.mismatched_sas", true),
        (waits, differs, "m.mismatched_sas", false),
        (stops_at_emoji, agrees, "m.user", true),
        (agrees, stops_at_emoji, "m.user", false),
        (declines, agrees, "m.user", true),
    ] {
        let (asked, asking) = tokio::join!(
            side(&old, VerificationRole::Answers, LONG, of_asked),
            side(&new, VerificationRole::Asks, LONG, of_asking)
        );
        assert_eq!((asked.end, asking.end), (cancelled(by_asked, code), cancelled(!by_asked, code)));
    }
    assert!(matches!(new.status().await.unwrap(), Trust::NeedsVerification { .. }));
    assert!(!lab.is_seen_verified(&laptop).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_for_nobody_stops_when_the_time_is_over() {
    let lab = Lab::start().await;
    let (phone, laptop) = (lab.device("alice").await, lab.device("alice").await);
    let (old, new) = (phone.open().await, laptop.open().await);
    old.set_up().await.unwrap();
    let short = Duration::from_millis(500);
    let over = side(&old, VerificationRole::Answers, short, agrees).await;
    assert_eq!(
        (over.end, &*over.states),
        (cancelled(true, "m.timeout"), &[VerificationState::AwaitingRequest { is_verified: true }][..])
    );
    let over = side(&new, VerificationRole::Asks, short, agrees).await;
    assert_eq!(
        (over.end, &*over.states),
        (cancelled(true, "m.timeout"), &[VerificationState::AwaitingDevice][..])
    );
    // The request was called off with it: nobody finds it afterwards.
    let over = side(&old, VerificationRole::Answers, short, agrees).await;
    assert_eq!(
        (over.end, &*over.states),
        (cancelled(true, "m.timeout"), &[VerificationState::AwaitingRequest { is_verified: true }][..])
    );
}

/// Whichever is started first: the new device's keys are not at the server while the one with the keys waits for it.
#[tokio::test(flavor = "multi_thread")]
async fn a_verified_device_waits_for_one_that_nobody_has_heard_of_yet() {
    let lab = Lab::start().await;
    let phone = lab.device("alice").await;
    let old = phone.open().await;
    old.set_up().await.unwrap();
    let late = async {
        let laptop = lab.device("alice").await;
        let new = laptop.open().await;
        let seen = side(&new, VerificationRole::Asks, LONG, agrees).await;
        (seen.end, new)
    };
    let (asked, (asking, _new)) = tokio::join!(side(&old, VerificationRole::Asks, LONG, agrees), late);
    assert_eq!((asked.end, asking), (Ok(VERIFIED), Ok(VERIFIED)), "{:?}", asked.states);
    assert_eq!(asked.states[0], VerificationState::AwaitingRequest { is_verified: true });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_has_to_ask_needs_another_one() {
    let lab = Lab::start().await;
    let (phone, laptop) = (lab.device("alice").await, lab.device("alice").await);
    let old = phone.open().await;
    old.set_up().await.unwrap();
    // Its own identity, and no device but itself.
    lab.forget(&phone).await;
    let alone = side(&laptop.open().await, VerificationRole::Asks, LONG, agrees).await;
    assert_eq!(alone.end.unwrap_err(), EncryptionError::NoOtherDevice);
}
