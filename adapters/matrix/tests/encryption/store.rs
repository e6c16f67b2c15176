//! Who has the store open, what opens it, and what is left of it.

use std::fs;

use narthex::{Secret, Session, StorageProblem};
use narthex_matrix::{Encryption, EncryptionError, EncryptionStore};

use crate::lab::Lab;

#[tokio::test(flavor = "multi_thread")]
async fn one_has_the_store_and_another_is_told_who() {
    let lab = Lab::start().await;
    let phone = lab.device("alice").await;
    let open = phone.open().await;
    let held = EncryptionError::Held { pid: Some(std::process::id()) };
    assert_eq!(phone.store.hold().unwrap_err(), held);
    assert_eq!(phone.store.erase().unwrap_err(), held);
    let second = Encryption::open(phone.store.clone(), &phone.session, None).await;
    assert_eq!(second.unwrap_err(), held);
    assert!(held.to_string().contains(&std::process::id().to_string()));
    drop(open);
    // A name that was left there is nobody's.
    fs::write(phone.store.folder.join("lock"), "4294967296 and more").unwrap();
    let open = phone.store.hold().unwrap();
    assert_eq!(phone.store.hold().unwrap_err(), held);
    drop(open);
    phone.open().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_opens_with_its_key_for_its_device() {
    let lab = Lab::start().await;
    let (phone, laptop) = (lab.device("alice").await, lab.device("alice").await);
    phone.open().await.set_up().await.unwrap();
    let other_key = EncryptionStore { key: Secret::new([8; 32]), ..phone.store.clone() };
    let error = Encryption::open(other_key, &phone.session, None).await.unwrap_err();
    assert_eq!(error, EncryptionError::Storage(StorageProblem::WrongKey));
    let error = Encryption::open(phone.store.clone(), &laptop.session, None).await.unwrap_err();
    assert_eq!(error, EncryptionError::OtherDevice);
    let nobody = Session { user_id: "alice".to_owned(), ..phone.session.clone() };
    assert!(Encryption::open(laptop.store.clone(), &nobody, None).await.is_err());
    // Nothing of that did any harm.
    assert!(phone.open().await.has_secrets().await);

    fs::create_dir_all(&laptop.store.folder).unwrap();
    fs::write(laptop.store.folder.join("matrix-sdk-crypto.sqlite3"), "no database".repeat(1000)).unwrap();
    let error = Encryption::open(laptop.store.clone(), &laptop.session, None).await.unwrap_err();
    assert_eq!(error, EncryptionError::Storage(StorageProblem::Corrupt));
    laptop.store.erase().unwrap();
    fs::write(&laptop.store.folder, "a file").unwrap();
    let error = Encryption::open(laptop.store.clone(), &laptop.session, None).await.unwrap_err();
    assert_eq!(error, EncryptionError::Storage(StorageProblem::NotAFile));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_erased_is_gone_and_what_is_not_ours_stays() {
    let lab = Lab::start().await;
    let phone = lab.device("alice").await;
    let open = phone.open().await;
    open.set_up().await.unwrap();
    open.erase().await.unwrap();
    assert!(!phone.store.folder.exists());
    phone.store.erase().unwrap();

    let again = phone.open().await;
    assert!(!again.has_secrets().await);
    let stranger = phone.store.folder.join("of somebody else");
    fs::write(&stranger, "x").unwrap();
    // Closed first: SQLite would write an open file anew.
    again.erase().await.unwrap();
    phone.store.erase().unwrap();
    let left: Vec<_> =
        fs::read_dir(&phone.store.folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(left, [stranger]);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_folder_is_for_its_user_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let lab = Lab::start().await;
    let phone = lab.device("alice").await;
    let _open = phone.open().await;
    let mode = fs::metadata(&phone.store.folder).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}
