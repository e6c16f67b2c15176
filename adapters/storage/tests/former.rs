//! What earlier versions kept is found, and moved on.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed, as it should")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use narthex::Session;
use narthex_storage::{Account, Keep, Options, Store};

fn session(homeserver: &str, token: &str) -> Session {
    Session {
        homeserver: homeserver.parse().unwrap(),
        user_id: "@alice:example.org".to_owned(),
        device_id: "ABCDEFGHIJ".to_owned(),
        access_token: token.into(),
        refresh_token: None,
        granted_at: None,
        expires_at: None,
        ended: None,
        oauth: None,
    }
}

const HOME: &str = "https://example.org/";
const FORMER: &str = "session/@alice:example.org/ABCDEFGHIJ";

fn open(folder: &Path) -> Store {
    let (data_dir, profile) = (folder.to_owned(), "default".to_owned());
    Store::open(Options { data_dir, profile, keep: Keep::KeyFile }).unwrap()
}

/// The names of all secrets, after those that `rename` knows have got another one.
fn names(folder: &Path, rename: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let (key, file) = (folder.join("default/key.txt"), folder.join("default/secrets.age"));
    let key: age::x25519::Identity = fs::read_to_string(key).unwrap().trim().parse().unwrap();
    let plain = age::decrypt(&key, &fs::read(&file).unwrap()).unwrap();
    let secrets: BTreeMap<String, String> = serde_json::from_slice(&plain).unwrap();
    let secrets: BTreeMap<String, String> =
        secrets.into_iter().map(|(name, secret)| (rename(&name).unwrap_or(name), secret)).collect();
    let plain = serde_json::to_vec(&secrets).unwrap();
    fs::write(&file, age::encrypt(&key.to_public(), &plain).unwrap()).unwrap();
    secrets.into_keys().collect()
}

/// It was kept under the name of its user and device, which any homeserver could claim.
#[test]
fn a_session_of_an_earlier_version_is_found_by_its_own_homeserver_and_moved() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let (before, account) = (session(HOME, "1"), Account::of(&session(HOME, "1")));
    let to_former = |name: &str| name.starts_with("session/[\"https://ex").then(|| FORMER.to_owned());
    store.put(&before).unwrap();
    assert_eq!(names(folder.path(), to_former), [FORMER]);
    assert_eq!(store.session(&account).unwrap().as_ref(), Some(&before));

    let evil = session("https://evil.example/", "evil");
    assert_eq!(store.session(&Account::of(&evil)).unwrap(), None);
    store.put(&evil).unwrap();
    store.erase(&Account::of(&evil)).unwrap();
    assert_eq!(store.session(&account).unwrap().as_ref(), Some(&before));

    let renewed = session(HOME, "2");
    store.put(&renewed).unwrap();
    assert_eq!(store.session(&account).unwrap(), Some(renewed));
    assert_eq!(names(folder.path(), |_| None).len(), 1);
    names(folder.path(), to_former);
    store.erase(&account).unwrap();
    assert_eq!(names(folder.path(), |_| None), Vec::<String>::new());
    assert_eq!(store.accounts().unwrap(), []);
}

/// The list of an earlier version knows no default, and passes over one.
#[test]
fn a_list_of_an_earlier_version_is_read() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).put(&session(HOME, "1")).unwrap();
    let list = r#"{"version":1,"accounts":[{"user_id":"@alice:example.org","device_id":"ABCDEFGHIJ",
        "homeserver":"https://example.org/"}]}"#;
    fs::write(folder.path().join("default/accounts.json"), list).unwrap();
    let store = open(folder.path());
    assert_eq!(store.accounts().unwrap(), [Account::of(&session(HOME, "1"))]);
    assert_eq!(store.default_account().unwrap(), None);
}
