//! A credential store that takes as little as that of Windows has the key; a file has the sessions.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed, as it should")]

#[path = "contract/holds.rs"]
mod holds;
#[path = "small/credentials.rs"]
mod small;

use std::fs;
use std::path::Path;
use std::process::Command;

use holds::{holds, keeps_to_itself, open, session};
use narthex::{Saved, Session, StorageProblem};
use narthex_storage::{Account, Keep, Options, Place, Problem, Store};

const BEST: Keep = Keep::Best { passphrase: None };

fn opened(folder: &Path) -> Result<Store, Problem> {
    small::install();
    Store::open(Options { data_dir: folder.to_owned(), profile: "default".to_owned(), keep: BEST })
}

/// What the names of the profile's entries begin with.
fn prefix(folder: &Path) -> String {
    let note = fs::read_to_string(folder.join("default/place")).unwrap();
    note.split_whitespace().nth(1).unwrap().to_owned()
}

fn alice() -> Account {
    Account::of(&session("alice", "1"))
}

/// Found B15.
#[test]
fn tokens_of_any_length_are_stored_where_an_entry_takes_little() {
    small::install();
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), BEST);
    assert_eq!(store.place(), &Place::Keyring(folder.path().join("default/secrets.age")));
    holds(&store, || open(folder.path(), Keep::Keyring));
    let long = |token: &str| Session {
        access_token: token.repeat(8 * 1024).as_str().into(),
        ..session("alice", "1")
    };
    store.prove().unwrap();
    store.put(&long("a")).unwrap();
    store.put(&long("b")).unwrap();
    let flow = store.begin_flow().unwrap();
    let saved = Saved::from(long("c"));
    flow.save(Some(&saved)).unwrap();
    let id = flow.id().clone();
    drop(flow);
    let again = open(folder.path(), BEST);
    assert_eq!(again.session(&alice()).unwrap(), Some(long("b")));
    assert_eq!(again.take_flow(&id).unwrap().unwrap().1, saved);
    keeps_to_itself(&folder.path().join("default"));
    assert_eq!(small::names(&prefix(folder.path())), ["key"]);
}

/// As an earlier version left it: everything in entries of the keyring.
fn former(folder: &Path) -> String {
    small::install();
    let prefix = format!("default-{}/", folder.file_name().unwrap().to_str().unwrap());
    let profile = folder.join("default");
    fs::create_dir(&profile).unwrap();
    fs::write(profile.join("place"), format!("keyring {prefix}\n")).unwrap();
    let listed = ["alice", "bob"].map(|user| Account::of(&session(user, "1")));
    let list = serde_json::json!({ "version": 1, "accounts": listed });
    fs::write(profile.join("accounts.json"), list.to_string()).unwrap();
    fs::write(profile.join("flow-0123456789abcdef.lock"), "").unwrap();
    let set = |name: &str, secret: String| small::entry(&prefix, name).set_secret(secret.as_bytes()).unwrap();
    let json = |user: &str| session(user, "1").to_json().expose().clone();
    let name =
        |user: &str| format!("session/[\"https://example.org/\",\"@{user}:example.org\",\"ABCDEFGHIJ\"]");
    set(&name("alice"), json("alice"));
    set("session/@bob:example.org/ABCDEFGHIJ", json("bob"));
    let saved = |user: &str| Saved::from(session(user, "1")).to_json().expose().clone();
    set("flow/0123456789abcdef", saved("carol"));
    set("flow", saved("dave"));
    prefix
}

fn has_everything(store: &Store) {
    assert_eq!(store.accounts().unwrap().len(), 2);
    for user in ["alice", "bob"] {
        let session = session(user, "1");
        assert_eq!(store.session(&Account::of(&session)).unwrap(), Some(session));
    }
    let unfinished = store.flows().unwrap().into_iter().map(|id| store.take_flow(&id).unwrap().unwrap().1);
    let unfinished: Vec<Saved> = unfinished.collect();
    assert_eq!(unfinished.len(), 2);
    for user in ["carol", "dave"] {
        assert!(unfinished.contains(&Saved::from(session(user, "1"))), "{user}");
    }
}

/// Found B15.
#[test]
fn what_an_earlier_version_kept_in_the_credential_store_is_moved_to_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let prefix = former(folder.path());
    has_everything(&opened(folder.path()).unwrap());
    assert_eq!(small::names(&prefix), ["key"]);
    has_everything(&opened(folder.path()).unwrap());
}

#[test]
fn what_cannot_be_moved_yet_stays_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let prefix = former(folder.path());
    small::lock(&prefix, true);
    assert_eq!(opened(folder.path()).map(|_| ()).map_err(|p| p.kind), Err(StorageProblem::Locked));
    assert_eq!(Store::listed(folder.path(), "default").len(), 2);
    small::lock(&prefix, false);
    has_everything(&opened(folder.path()).unwrap());
}

#[test]
fn helper_that_opens() {
    let Some(folder) = std::env::var_os("NARTHEX_TEST_FOLDER") else { return };
    let store = opened(Path::new(&folder)).unwrap();
    store.session(&alice()).unwrap();
    store.put(&session(&format!("user-{}", std::process::id()), "1")).unwrap();
}

fn helper(folder: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "helper_that_opens"]).env("NARTHEX_TEST_FOLDER", folder);
    command.stdout(std::process::Stdio::null());
    command
}

/// Found B15. Killed at each use of the credential store.
#[test]
fn whoever_is_killed_while_they_move_loses_nothing() {
    for last in 0.. {
        let folder = tempfile::tempdir().unwrap();
        let prefix = former(folder.path());
        let end = helper(folder.path()).env("NARTHEX_TEST_LAST", last.to_string()).status().unwrap();
        if end.success() {
            assert!(last > 8, "it was not killed while it moved: {last}");
            break;
        }
        assert_eq!(end.code(), Some(small::KILLED));
        has_everything(&opened(folder.path()).unwrap());
        assert_eq!(small::names(&prefix), ["key"]);
    }
}

/// There is one key, whoever was first.
#[test]
fn several_that_come_at_once_to_a_new_profile_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let helpers: Vec<_> = (0..6).map(|_| helper(folder.path()).spawn().unwrap()).collect();
    for mut helper in helpers {
        assert!(helper.wait().unwrap().success());
    }
    let store = opened(folder.path()).unwrap();
    let accounts = store.accounts().unwrap();
    assert_eq!(accounts.len(), 6);
    for account in accounts {
        assert!(store.session(&account).unwrap().is_some());
    }
}

#[test]
fn a_credential_store_without_its_key_is_told_from_one_that_is_locked_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let before = opened(folder.path()).unwrap();
    before.put(&session("alice", "1")).unwrap();
    let (prefix, file) = (prefix(folder.path()), folder.path().join("default/secrets.age"));
    let entry = small::entry(&prefix, "key");
    let key = entry.get_secret().unwrap();
    let other = b"AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX".to_vec();
    let missing = Problem { kind: StorageProblem::KeyMissing, path: Some(file.clone()) };
    let wrong = Problem { kind: StorageProblem::WrongKey, path: Some(file) };
    let locked = Problem { kind: StorageProblem::Locked, path: None };
    for (damage, problem) in [
        (None, missing),
        (Some(b"\xff".to_vec()), wrong.clone()),
        (Some(Vec::new()), wrong.clone()),
        (Some(other), wrong),
        (Some(key.clone()), locked.clone()),
    ] {
        match damage {
            None => entry.delete_credential().unwrap(),
            Some(damage) => entry.set_secret(&damage).unwrap(),
        }
        small::lock(&prefix, problem == locked);
        let store = opened(folder.path()).unwrap();
        assert_eq!(store.accounts().unwrap(), [alice()], "who is signed in is known all the same");
        assert_eq!(store.session(&alice()), Err(problem.clone()));
        assert_eq!(store.prove(), Err(problem.clone()));
        assert_eq!(store.put(&session("bob", "1")), Err(problem.clone()));
        assert_eq!(store.erase(&alice()), Err(problem));
        small::lock(&prefix, false);
        entry.set_secret(&key).unwrap();
    }
    assert_eq!(opened(folder.path()).unwrap().session(&alice()).unwrap(), Some(session("alice", "1")));

    // Whoever knows the key needs the credential store no more: what they refresh is stored.
    small::lock(&prefix, true);
    before.put(&session("alice", "2")).unwrap();
    small::lock(&prefix, false);
    assert_eq!(opened(folder.path()).unwrap().session(&alice()).unwrap(), Some(session("alice", "2")));
}

/// Found E13.
#[test]
fn a_damaged_note_of_the_way_hides_no_session() {
    for damage in [None, Some(""), Some("nonsense")] {
        let folder = tempfile::tempdir().unwrap();
        opened(folder.path()).unwrap().put(&session("alice", "1")).unwrap();
        let note = folder.path().join("default/place");
        let whole = fs::read_to_string(&note).unwrap();
        match damage {
            None => fs::remove_file(&note).unwrap(),
            Some(damage) => fs::write(&note, damage).unwrap(),
        }
        let store = opened(folder.path()).unwrap();
        assert_eq!(store.accounts().unwrap(), [alice()]);
        assert_eq!(store.session(&alice()).unwrap(), Some(session("alice", "1")));
        assert_eq!(fs::read_to_string(&note).unwrap(), whole);
        let aside = fs::read_to_string(folder.path().join("default/place.corrupt-1")).ok();
        assert_eq!(aside.as_deref(), damage);
    }
}

/// Found E13: it alone says how the sessions are called there.
#[test]
fn a_damaged_note_of_an_earlier_version_gives_up_no_session() {
    for damage in ["", "nonsense"] {
        let folder = tempfile::tempdir().unwrap();
        let prefix = former(folder.path());
        let note = folder.path().join("default/place");
        fs::write(&note, damage).unwrap();
        for _ in 0..2 {
            let problem = Problem { kind: StorageProblem::Corrupt, path: Some(note.clone()) };
            assert_eq!(opened(folder.path()).map(|_| ()), Err(problem));
            assert_eq!(Store::listed(folder.path(), "default").len(), 2);
        }
        fs::write(&note, format!("keyring {prefix}")).unwrap();
        has_everything(&opened(folder.path()).unwrap());
    }
}
