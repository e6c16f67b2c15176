//! One suite for every way of keeping secrets.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed, as it should")]
#![expect(clippy::print_stdout, reason = "a test that is skipped says so")]

use std::path::Path;
use std::process::Command;

use narthex::{Saved, Session, StorageProblem, Time};
use narthex_storage::{Keep, Options, Place, Store};

const MARK: &str = "MARKED-SECRET";

fn session(user: &str, token: &str) -> Session {
    Session {
        homeserver: "https://example.org/".parse().unwrap(),
        user_id: format!("@{user}:example.org"),
        device_id: "ABCDEFGHIJ".to_owned(),
        access_token: format!("{MARK}-{token}").as_str().into(),
        refresh_token: Some(MARK.into()),
        expires_at: Some(Time(1_700_000_000_000)),
    }
}

fn open(folder: &Path, keep: Keep) -> Store {
    Store::open(Options { data_dir: folder.to_owned(), profile: "default".to_owned(), keep }).unwrap()
}

/// What holds however secrets are kept. `again` opens the same store anew.
fn holds(store: &Store, again: impl Fn() -> Store) {
    let (alice, bob) = (session("alice", "1"), session("bob", "1"));
    assert_eq!(store.accounts().unwrap(), []);
    assert_eq!(store.session(&alice.user_id, &alice.device_id).unwrap(), None);
    store.put(&bob).unwrap();
    store.put(&alice).unwrap();
    store.put(&alice).unwrap();
    let listed: Vec<_> = again().accounts().unwrap().into_iter().map(|account| account.user_id).collect();
    assert_eq!(listed, [alice.user_id.as_str(), bob.user_id.as_str()]);
    assert_eq!(again().session(&bob.user_id, &bob.device_id).unwrap(), Some(bob.clone()));
    let renewed = session("alice", "2");
    store.put(&renewed).unwrap();
    assert_eq!(again().session(&alice.user_id, &alice.device_id).unwrap(), Some(renewed));

    assert_eq!(store.flow().unwrap(), None);
    let flow = Saved::from(alice.clone());
    store.save_flow(Some(&flow)).unwrap();
    store.save_flow(Some(&flow)).unwrap();
    assert_eq!(again().flow().unwrap(), Some(flow));
    store.save_flow(None).unwrap();
    store.save_flow(None).unwrap();
    assert_eq!(again().flow().unwrap(), None);

    store.erase(&alice.user_id, &alice.device_id).unwrap();
    store.erase(&alice.user_id, &alice.device_id).unwrap();
    assert_eq!(again().session(&alice.user_id, &alice.device_id).unwrap(), None);
    assert_eq!(again().session(&bob.user_id, &bob.device_id).unwrap(), Some(bob.clone()));
    store.erase(&bob.user_id, &bob.device_id).unwrap();
    assert_eq!(again().accounts().unwrap(), []);
    drop(store.lock().unwrap());
}

/// Nothing secret in any file, and none of them for other eyes.
fn keeps_to_itself(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let content = std::fs::read(entry.path()).unwrap();
        assert!(!String::from_utf8_lossy(&content).contains(MARK), "{:?}", entry.path());
        #[cfg(unix)]
        if entry.path().extension().is_none_or(|extension| extension != "lock") {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.path());
        }
    }
}

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
    holds(&store, || open(folder.path(), Keep::Best { passphrase: Some("open sesame".into()) }));
    store.put(&session("alice", "1")).unwrap();
    keeps_to_itself(&folder.path().join("default"));

    let wrong = open(folder.path(), Keep::Passphrase("open barley".into()));
    let problem = wrong.session("@alice:example.org", "ABCDEFGHIJ").expect_err("a wrong passphrase");
    assert_eq!(problem.kind, StorageProblem::Locked);
    assert_eq!(wrong.put(&session("mallory", "1")).map_err(|p| p.kind), Err(StorageProblem::Locked));
    assert!(open(folder.path(), passphrase()).session("@alice:example.org", "ABCDEFGHIJ").unwrap().is_some());
    let missing = Options {
        data_dir: folder.path().to_owned(),
        profile: "default".to_owned(),
        keep: Keep::Best { passphrase: None },
    };
    assert_eq!(Store::open(missing).map(|_| ()).map_err(|p| p.kind), Err(StorageProblem::Locked));
}

/// Inside a session bus of its own with an unlocked keyring: see the test after it.
#[test]
fn in_the_keyring() {
    if std::env::var_os("NARTHEX_TEST_KEYRING").is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), Keep::Best { passphrase: None });
    assert_eq!(store.place(), &Place::Keyring);
    holds(&store, || open(folder.path(), Keep::Keyring));
    store.put(&session("alice", "1")).unwrap();
    keeps_to_itself(&folder.path().join("default"));
}

#[test]
fn the_keyring_of_a_real_secret_service() {
    let there =
        |program: &str| Command::new(program).arg("--version").output().is_ok_and(|o| o.status.success());
    if !there("dbus-run-session") || !there("gnome-keyring-daemon") {
        println!("skipped: dbus-run-session or gnome-keyring-daemon is not installed");
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let script = "printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1 && \
                  exec \"$0\" --exact in_the_keyring --nocapture";
    let output = Command::new("dbus-run-session")
        .args(["--", "sh", "-c", script])
        .arg(std::env::current_exe().unwrap())
        .env("NARTHEX_TEST_KEYRING", "1")
        .env("HOME", home.path())
        .env("XDG_DATA_HOME", home.path())
        .env("XDG_RUNTIME_DIR", home.path())
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .output()
        .unwrap();
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}
