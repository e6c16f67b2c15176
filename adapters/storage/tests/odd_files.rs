//! Something else in the place of a file, files that others can read, and what a kill has left.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that panics has failed, as it should")]

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;

use narthex::{Session, StorageProblem};
use narthex_storage::{Account, Keep, Options, Problem, Store};

/// What is there in the place of a file, and how it comes there.
type Odd<'a> = (&'a str, &'a dyn Fn(&Path));

fn session() -> Session {
    Session {
        homeserver: "https://example.org/".parse().unwrap(),
        user_id: "@alice:example.org".to_owned(),
        device_id: "ABCDEFGHIJ".to_owned(),
        access_token: "token".into(),
        refresh_token: None,
        granted_at: None,
        expires_at: None,
        ended: None,
        oauth: None,
    }
}

fn opened(folder: &Path) -> Result<Store, Problem> {
    Store::open(Options { data_dir: folder.to_owned(), profile: "default".to_owned(), keep: Keep::KeyFile })
}

fn signed_in(folder: &Path) -> Store {
    let store = opened(folder).unwrap();
    store.put(&session()).unwrap();
    store
}

/// All that a program does with a store.
fn all(folder: &Path) -> Result<(), Problem> {
    let (store, account) = (opened(folder)?, Account::of(&session()));
    store.accounts()?;
    store.session(&account)?;
    drop(store.lease(&account)?);
    store.prove()?;
    store.put(&session())?;
    store.flows()?;
    store.erase(&account)
}

fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// A pipe is not waited for, and a link is not followed to what it would empty or make.
#[test]
fn whatever_is_in_the_place_of_a_file_is_told_with_its_path_and_left_alone() {
    let elsewhere = tempfile::tempdir().unwrap();
    let target = elsewhere.path().join("mine");
    fs::write(&target, "mine").unwrap();
    for name in [
        "accounts.json",
        "accounts.lock",
        "secrets.age",
        "secrets.lock",
        "key.txt",
        "place",
        "flows.lock",
        "sessions.lock",
    ] {
        let odd: [Odd<'_>; 5] = [
            ("a pipe", &pipe),
            ("a folder", &|path| fs::create_dir(path).unwrap()),
            ("a link to a device", &|path| symlink("/dev/zero", path).unwrap()),
            ("a link to a file", &|path| symlink(&target, path).unwrap()),
            ("a link to nothing", &|path| symlink(elsewhere.path().join("new"), path).unwrap()),
        ];
        for (what, make) in odd {
            let folder = tempfile::tempdir().unwrap();
            drop(signed_in(folder.path()));
            let path = folder.path().join("default").join(name);
            fs::remove_file(&path).ok();
            make(&path);
            let kind = StorageProblem::NotAFile;
            assert_eq!(all(folder.path()), Err(Problem { kind, path: Some(path) }), "{what} as {name}");
        }
    }
    assert_eq!(fs::read(&target).unwrap(), b"mine");
    assert!(!elsewhere.path().join("new").exists());
}

/// `Found D11`.
#[test]
fn what_others_can_change_or_read_is_refused_with_its_path() {
    for (name, mode) in [("", 0o777), ("default", 0o777), ("default", 0o702), ("default/key.txt", 0o644)] {
        let folder = tempfile::tempdir().unwrap();
        drop(signed_in(folder.path()));
        let path = folder.path().join(name);
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let path = Path::new(path.to_str().unwrap().trim_end_matches('/')).to_owned();
        let kind = StorageProblem::Exposed;
        assert_eq!(all(folder.path()), Err(Problem { kind, path: Some(path) }), "{name}");
    }
    // Others may see that it is there; and a group may have it, as in the volume of a container.
    for mode in [0o755, 0o770, 0o1777] {
        let folder = tempfile::tempdir().unwrap();
        drop(signed_in(folder.path()));
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode)).unwrap();
        all(folder.path()).unwrap();
    }
}

/// `Found B9`.
#[test]
fn what_a_kill_has_left_is_gone_with_the_next_that_comes_by() {
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("default");
    let store = signed_in(folder.path());
    let left = || {
        let names =
            fs::read_dir(&profile).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with(".new-")).collect::<Vec<_>>()
    };
    // Of these versions, and of earlier ones.
    for name in [".new-secrets.age-abcdef", ".new-accounts.json-abcdef", ".new-place-abcdef", ".new-abcdef"] {
        fs::write(profile.join(name), "token").unwrap();
    }
    drop(opened(folder.path()).unwrap());
    assert_eq!(left(), Vec::<String>::new());
    // Nobody opens it any more.
    fs::write(profile.join(".new-secrets.age-abcdef"), "token").unwrap();
    store.erase(&Account::of(&session())).unwrap();
    assert_eq!(left(), Vec::<String>::new());
    store.prove().unwrap();
    assert_eq!(left(), Vec::<String>::new());
}

/// Whoever still writes is not disturbed.
#[test]
fn what_somebody_still_writes_stays() {
    let folder = tempfile::tempdir().unwrap();
    drop(signed_in(folder.path()));
    let profile = folder.path().join("default");
    let written = profile.join(".new-secrets.age-abcdef");
    fs::write(&written, "half a fi").unwrap();
    let lock = fs::File::options().write(true).open(profile.join("secrets.lock")).unwrap();
    lock.lock().unwrap();
    drop(opened(folder.path()).unwrap());
    assert!(written.exists());
}

/// Room that is reserved is no use to a thief, goes with its lease, and is swept when its process was killed.
#[test]
fn room_that_is_reserved_is_there_as_long_as_the_lease() {
    let folder = tempfile::tempdir().unwrap();
    let (store, profile) = (signed_in(folder.path()), folder.path().join("default"));
    let rooms = || {
        let names = fs::read_dir(&profile).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.to_str().unwrap().starts_with(".new-")).count()
    };
    let account = Account::of(&session());
    let lease = store.lease(&account).unwrap().unwrap();
    lease.reserve().unwrap();
    assert_eq!(rooms(), 1);
    // Others come by, and write.
    let other = opened(folder.path()).unwrap();
    other.put(&Session { user_id: "@bob:example.org".to_owned(), ..session() }).unwrap();
    other.prove().unwrap();
    assert_eq!(rooms(), 1);
    store.put(&Session { access_token: "new".into(), ..session() }).unwrap();
    assert_eq!(rooms(), 0, "it was used");
    lease.reserve().unwrap();
    lease.reserve().unwrap();
    assert_eq!(rooms(), 1);
    drop(lease);
    assert_eq!(rooms(), 0);
    assert_eq!(opened(folder.path()).unwrap().accounts().unwrap().len(), 2);
    assert_eq!(store.session(&account).unwrap().unwrap().access_token, "new".into());
}

/// Nothing is encrypted with it: the way is free.
#[test]
fn a_damaged_key_without_secrets_is_moved_aside_and_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    opened(folder.path()).unwrap().put(&session()).unwrap();
    let (key, file) = (folder.path().join("default/key.txt"), folder.path().join("default/secrets.age"));
    fs::write(&key, "").unwrap();
    fs::remove_file(&file).unwrap();
    opened(folder.path()).unwrap().prove().unwrap();
    opened(folder.path()).unwrap().put(&session()).unwrap();
    assert!(folder.path().join("default/key.txt.corrupt-1").exists());
    assert_eq!(opened(folder.path()).unwrap().session(&Account::of(&session())).unwrap(), Some(session()));
}

#[test]
fn a_damaged_note_of_the_way_is_moved_aside_and_told_from_the_files() {
    for damage in ["", "nonsense"] {
        let folder = tempfile::tempdir().unwrap();
        opened(folder.path()).unwrap().put(&session()).unwrap();
        let note = folder.path().join("default/place");
        fs::write(&note, damage).unwrap();
        assert_eq!(
            opened(folder.path()).unwrap().session(&Account::of(&session())).unwrap(),
            Some(session())
        );
        assert!(folder.path().join("default/place.corrupt-1").exists());
        assert_eq!(fs::read_to_string(&note).unwrap().trim(), "key-file");
    }
}

#[test]
fn a_list_that_is_far_too_long_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    opened(folder.path()).unwrap().put(&session()).unwrap();
    let list = fs::File::create(folder.path().join("default/accounts.json")).unwrap();
    list.set_len(20 << 30).unwrap();
    drop(list);
    opened(folder.path()).unwrap().prove().unwrap();
    assert_eq!(opened(folder.path()).unwrap().accounts().unwrap(), [Account::of(&session())]);
    assert!(fs::metadata(folder.path().join("default/accounts.json")).unwrap().len() < 1000);
}

/// The list is older than the sessions, as from a backup.
#[test]
fn a_list_that_is_stale_hides_no_session() {
    let folder = tempfile::tempdir().unwrap();
    let store = signed_in(folder.path());
    let list = folder.path().join("default/accounts.json");
    let bob = Session { user_id: "@bob:example.org".to_owned(), ..session() };
    let [alices, bobs] = [session(), bob.clone()].map(|session| Account::of(&session));
    let of_alice = fs::read_to_string(&list).unwrap();
    let of_bob = of_alice.replace("@alice:", "@bob:");
    let of_nobody = r#"{"version":1,"accounts":[]}"#.to_owned();
    store.put(&bob).unwrap();
    for (stale, order) in
        [(of_nobody, [&alices, &bobs]), (of_alice, [&alices, &bobs]), (of_bob, [&bobs, &alices])]
    {
        fs::write(&list, stale).unwrap();
        let accounts = opened(folder.path()).unwrap().accounts().unwrap();
        assert_eq!(accounts.iter().collect::<Vec<_>>(), order);
        assert_eq!(Store::listed(folder.path(), "default"), accounts, "it is written again");
    }
}

#[test]
fn what_was_moved_aside_is_lost_until_a_session_is_stored() {
    let folder = tempfile::tempdir().unwrap();
    let store = signed_in(folder.path());
    assert_eq!(store.lost(), None);
    let file = folder.path().join("default/secrets.age");
    fs::write(&file, "nonsense").unwrap();
    store.session(&Account::of(&session())).expect_err("damaged");
    let aside = folder.path().join("default/secrets.age.corrupt-1");
    assert_eq!(store.lost(), Some(aside.clone()));
    // Found D20: of whoever looks later, too, and they stay listed.
    let again = store.session(&Account::of(&session())).expect_err("damaged");
    assert_eq!(again, Problem { kind: StorageProblem::Corrupt, path: Some(aside) });
    assert_eq!(store.accounts().unwrap(), [Account::of(&session())]);
    store.put(&session()).unwrap();
    assert_eq!(store.lost(), None);
}
