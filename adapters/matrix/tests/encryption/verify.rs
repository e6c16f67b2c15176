//! Two devices that compare emoji.

use narthex::Trust;
use narthex_matrix::EncryptionError;

use crate::VERIFIED;
use crate::lab::Lab;

#[tokio::test(flavor = "multi_thread")]
async fn two_devices_that_show_the_same_emoji_verify_each_other_and_share_the_keys() {
    let lab = Lab::start().await;
    let (phone, laptop) = (lab.device("alice").await, lab.device("alice").await);
    let (old, new) = (phone.open().await, laptop.open().await);
    assert_eq!(new.ask_to_verify().await.unwrap_err(), EncryptionError::NoIdentity);
    old.set_up().await.unwrap();
    let (asked, asking) = tokio::join!(old.asked_to_verify(), new.ask_to_verify());
    let (asked, asking) = (asked.unwrap(), asking.unwrap());
    assert_eq!(asked.other_device().as_ref(), Some(&laptop.session.device_id));
    assert_eq!(asking.other_device(), None);
    let (seen, shown) = tokio::join!(asked.emoji(), asking.emoji());
    assert_eq!(seen.unwrap(), shown.unwrap());
    assert_eq!(asking.other_device().as_ref(), Some(&phone.session.device_id));
    let (given, taken) = tokio::join!(asked.confirm(), asking.confirm());
    assert_eq!((given.unwrap(), taken.unwrap()), (VERIFIED, VERIFIED));
    assert_eq!(new.share().await.unwrap(), old.share().await.unwrap());
    assert!(lab.is_seen_verified(&laptop).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn different_emoji_and_a_changed_mind_end_it_on_both_devices() {
    let lab = Lab::start().await;
    let (phone, laptop) = (lab.device("alice").await, lab.device("alice").await);
    let (old, new) = (phone.open().await, laptop.open().await);
    old.set_up().await.unwrap();

    let (asked, asking) = tokio::join!(old.asked_to_verify(), new.ask_to_verify());
    let (asked, asking) = (asked.unwrap(), asking.unwrap());
    let (seen, shown) = tokio::join!(asked.emoji(), asking.emoji());
    assert_eq!(seen.unwrap(), shown.unwrap());
    asked.mismatch().await.unwrap();
    let told = EncryptionError::Cancelled { by_us: false, code: "m.mismatched_sas".to_owned() };
    assert_eq!(asking.confirm().await.unwrap_err(), told);

    let (asked, asking) = tokio::join!(old.asked_to_verify(), new.ask_to_verify());
    asked.unwrap().cancel().await.unwrap();
    let told = EncryptionError::Cancelled { by_us: false, code: "m.user".to_owned() };
    assert_eq!(asking.unwrap().emoji().await.unwrap_err(), told);
    assert!(matches!(new.status().await.unwrap(), Trust::NeedsVerification { .. }));
    assert!(!lab.is_seen_verified(&laptop).await);
}
