//! The keyring of a real Secret Service, on a session bus of its own.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed, as it should")]
#![expect(clippy::print_stdout, reason = "a test that is skipped says so")]

#[path = "contract/holds.rs"]
mod holds;

use std::process::Command;

use holds::{keeps_to_itself, open, session};
use narthex::{Saved, StorageProblem};
use narthex_storage::{Account, Keep, Options, Place, Store};

const BEST: Keep = Keep::Best { passphrase: None };
const UNLOCK: &str = "printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1";
const LOCK: &str = "dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets \
                    org.freedesktop.Secret.Service.Lock \
                    array:objpath:/org/freedesktop/secrets/collection/login >/dev/null";
const WITHOUT: &str = "gnome-keyring-daemon --start --components=secrets </dev/null >/dev/null 2>&1";

/// Runs the test `name` of this program where `prepare` has been run on a new session bus.
fn on_a_bus(prepare: &str, name: &str) {
    let there =
        |program: &str| Command::new(program).arg("--version").output().is_ok_and(|o| o.status.success());
    if !there("dbus-run-session") || !there("gnome-keyring-daemon") {
        println!("skipped: dbus-run-session or gnome-keyring-daemon is not installed");
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let output = Command::new("dbus-run-session")
        .args(["--", "sh", "-c", &format!("{prepare} && exec \"$0\" --exact {name} --nocapture")])
        .arg(std::env::current_exe().unwrap())
        .env("NARTHEX_TEST_KEYRING", "1")
        .env("HOME", home.path())
        .env("XDG_DATA_HOME", home.path())
        .env("XDG_RUNTIME_DIR", home.path())
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .unwrap();
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

fn is_on_a_bus() -> bool {
    std::env::var_os("NARTHEX_TEST_KEYRING").is_some()
}

#[test]
fn helper_with_a_keyring_that_is_open() {
    if !is_on_a_bus() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), BEST);
    assert!(matches!(store.place(), Place::Keyring(_)), "{:?}", store.place());
    holds::holds(&store, || open(folder.path(), Keep::Keyring));
    store.put(&session("alice", "1")).unwrap();
    keeps_to_itself(&folder.path().join("default"));

    let elsewhere = tempfile::tempdir().unwrap();
    let other = open(elsewhere.path(), BEST);
    let flow = other.begin_flow().unwrap();
    flow.save(Some(&Saved::from(session("bob", "1")))).unwrap();
    assert!(store.take_flow(flow.id()).unwrap().is_none());
    assert_eq!(other.session(&Account::of(&session("alice", "1"))).unwrap(), None);
}

#[test]
fn a_keyring_keeps_what_is_put_and_keeps_folders_apart() {
    on_a_bus(UNLOCK, "helper_with_a_keyring_that_is_open");
}

#[test]
fn helper_with_a_keyring_that_is_of_no_use() {
    if !is_on_a_bus() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), BEST);
    assert!(matches!(store.place(), Place::KeyFile(_)), "{:?}", store.place());
    store.put(&session("alice", "1")).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let asked = Store::open(Options {
        data_dir: elsewhere.path().to_owned(),
        profile: "default".to_owned(),
        keep: Keep::Keyring,
    });
    assert_eq!(asked.map(|_| ()).map_err(|problem| problem.kind), Err(StorageProblem::Locked));
}

#[test]
fn a_locked_keyring_that_nobody_can_unlock_is_not_chosen() {
    on_a_bus(&format!("{UNLOCK} && {LOCK}"), "helper_with_a_keyring_that_is_of_no_use");
}

#[test]
fn a_secret_service_without_a_keyring_is_not_chosen() {
    on_a_bus(WITHOUT, "helper_with_a_keyring_that_is_of_no_use");
}

#[test]
fn helper_with_a_keyring_that_was_open_before() {
    if !is_on_a_bus() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let before = open(folder.path(), BEST);
    before.put(&session("alice", "1")).unwrap();
    assert!(Command::new("sh").args(["-c", LOCK]).status().unwrap().success());
    let (store, locked) = (open(folder.path(), BEST), Err(StorageProblem::Locked));
    let alice = Account::of(&session("alice", "1"));
    assert_eq!(store.session(&alice).map_err(|problem| problem.kind), Err(StorageProblem::Locked));
    assert_eq!(store.prove().map_err(|problem| problem.kind), locked);
    assert_eq!(store.put(&session("alice", "2")).map_err(|problem| problem.kind), locked);
    assert_eq!(store.put(&session("bob", "1")).map_err(|problem| problem.kind), locked);
    assert_eq!(store.erase(&alice).map_err(|problem| problem.kind), locked);
    assert_eq!(store.accounts().unwrap().len(), 1);
    // Whoever knows the key needs the keyring no more.
    before.put(&session("alice", "2")).unwrap();
}

/// `Found B8`.
#[test]
fn a_keyring_that_is_locked_meanwhile_is_said_to_be_and_loses_nothing() {
    on_a_bus(UNLOCK, "helper_with_a_keyring_that_was_open_before");
}
