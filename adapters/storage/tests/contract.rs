//! One suite for every way of keeping secrets. The keyring's run of it is in `keyring.rs`.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed, as it should")]

#[path = "contract/holds.rs"]
mod holds;

use holds::{holds, keeps_to_itself, open, session};
use narthex::StorageProblem;
use narthex_storage::{Account, Keep, Options, Place, Store};

#[test]
fn in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), Keep::Memory);
    holds(&store, || store.clone());
    assert_eq!(store.place(), &Place::Memory);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn in_a_file_whose_key_lies_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), Keep::KeyFile);
    holds(&store, || open(folder.path(), Keep::Best { passphrase: None }));
    store.put(&session("alice", "1")).unwrap();
    keeps_to_itself(&folder.path().join("default"));
    assert_eq!(store.place(), &Place::KeyFile(folder.path().join("default/secrets.age")));
}

#[test]
fn in_a_file_that_a_passphrase_opens() {
    let folder = tempfile::tempdir().unwrap();
    let passphrase = || Keep::Passphrase("open sesame".into());
    let store = open(folder.path(), passphrase());
    let other = open(folder.path(), Keep::Best { passphrase: Some("open sesame".into()) });
    holds(&store, || other.clone());
    store.put(&session("alice", "1")).unwrap();
    keeps_to_itself(&folder.path().join("default"));

    let wrong = open(folder.path(), Keep::Passphrase("open barley".into()));
    let problem = wrong.session(&Account::of(&session("alice", "1"))).expect_err("a wrong passphrase");
    assert_eq!(problem.kind, StorageProblem::WrongPassphrase);
    assert_eq!(wrong.put(&session("mallory", "1")).map_err(|p| p.kind), Err(StorageProblem::WrongPassphrase));
    assert!(
        open(folder.path(), passphrase()).session(&Account::of(&session("alice", "1"))).unwrap().is_some()
    );
    let missing = Options {
        data_dir: folder.path().to_owned(),
        profile: "default".to_owned(),
        keep: Keep::Best { passphrase: None },
    };
    assert_eq!(Store::open(missing).map(|_| ()).map_err(|p| p.kind), Err(StorageProblem::PassphraseMissing));
}

#[test]
fn another_way_than_before_is_refused_while_anything_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let opened = |keep| {
        let options = Options { data_dir: folder.path().to_owned(), profile: "default".to_owned(), keep };
        Store::open(options).map_err(|problem| problem.kind)
    };
    opened(Keep::Passphrase("unused".into())).unwrap();
    let store = opened(Keep::KeyFile).unwrap();
    store.put(&session("alice", "1")).unwrap();
    assert_eq!(opened(Keep::Passphrase("new".into())).map(|_| ()), Err(StorageProblem::OtherPlace));
    let still = opened(Keep::Best { passphrase: Some("new".into()) }).unwrap();
    assert_eq!(still.session(&Account::of(&session("alice", "1"))).unwrap(), Some(session("alice", "1")));
}
