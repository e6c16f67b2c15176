//! Unfinished sign-ins: each has a slot of its own, which one process runs at a time.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed, as it should")]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use narthex::{Saved, Session, StorageProblem, Task};
use narthex_storage::{Account, Flow, Keep, Options, Store};

fn session(user: &str) -> Session {
    Session {
        homeserver: "https://example.org/".parse().unwrap(),
        user_id: format!("@{user}:example.org"),
        device_id: "ABCDEFGHIJ".to_owned(),
        access_token: "token".into(),
        refresh_token: None,
        granted_at: None,
        expires_at: None,
        ended: None,
        oauth: None,
    }
}

/// One that can be spared: nothing at a server is known through it alone.
fn spare(user: &str) -> Saved {
    Saved::from(session(user))
}

/// One that cannot: the session is nowhere else.
fn precious(user: &str) -> Saved {
    let json = spare(user).to_json().expose().replace("\"stored\"", "\"fresh\"");
    Saved::from_json(&json).unwrap()
}

fn open(data_dir: &Path, keep: Keep) -> Store {
    Store::open(Options { data_dir: data_dir.to_owned(), profile: "default".to_owned(), keep }).unwrap()
}

fn begun(store: &Store, saved: &Saved) -> Flow {
    let flow = store.begin_flow().unwrap();
    flow.save(Some(saved)).unwrap();
    flow
}

/// What can be taken, in the order in which it is listed.
fn free(store: &Store) -> Vec<Saved> {
    let taken = store.flows().unwrap().into_iter().filter_map(|id| store.take_flow(&id).unwrap());
    taken.map(|(_, saved)| saved).collect()
}

/// On disk and in memory.
fn everywhere(test: impl Fn(&Store)) {
    let folder = tempfile::tempdir().unwrap();
    for keep in [Keep::KeyFile, Keep::Memory] {
        test(&open(folder.path(), keep));
    }
}

/// `Found A4`, `Found A8`.
#[test]
fn a_second_sign_in_neither_adopts_nor_erases_the_first() {
    everywhere(|store| {
        let (first, second) = (begun(store, &spare("first")), begun(store, &spare("second")));
        assert_ne!(first.id(), second.id());
        assert_eq!(free(store), [], "somebody runs them");
        second.save(None).unwrap();
        drop(second);
        let id = first.id().clone();
        first.save(Some(&spare("later"))).unwrap();
        drop(first);
        assert_eq!(store.flows().unwrap(), [id]);
        assert_eq!(free(store), [spare("later")]);
    });
}

#[test]
fn the_newest_is_listed_first_and_what_is_finished_leaves_nothing() {
    everywhere(|store| {
        for user in ["a", "b", "c"] {
            drop(begun(store, &spare(user)));
        }
        assert_eq!(free(store), [spare("c"), spare("b"), spare("a")]);
        for id in store.flows().unwrap() {
            store.take_flow(&id).unwrap().unwrap().0.save(None).unwrap();
            assert!(store.take_flow(&id).unwrap().is_none());
        }
        assert_eq!(store.flows().unwrap(), []);
        drop(store.begin_flow().unwrap());
        assert_eq!(store.flows().unwrap(), [], "nothing was ever written in it");
    });
}

#[test]
fn the_oldest_that_can_be_spared_goes_when_there_are_too_many() {
    everywhere(|store| {
        drop(begun(store, &precious("precious")));
        let running = begun(store, &spare("running"));
        for n in 0..30 {
            drop(begun(store, &spare(&format!("n{n}"))));
        }
        assert_eq!(store.flows().unwrap().len(), 16);
        let left = free(store);
        assert_eq!((left.first(), left.last()), (Some(&spare("n29")), Some(&precious("precious"))));
        assert!(!left.contains(&spare("n0")));
        running.save(Some(&spare("still there"))).unwrap();
        drop(running);
        assert!(free(store).contains(&spare("still there")));
    });
}

#[test]
fn when_none_can_be_spared_it_is_said_and_none_is_lost() {
    everywhere(|store| {
        for n in 0..16 {
            drop(begun(store, &precious(&format!("n{n}"))));
        }
        let problem = store.begin_flow().map(|_| ()).expect_err("there is no room");
        assert_eq!(problem.kind, StorageProblem::Full);
        assert_eq!(free(store).len(), 16);
    });
}

/// What the program kept before there were slots: made by it, in a registration that asked for a token.
#[test]
fn what_was_kept_before_there_were_slots_gets_one() {
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("default");
    fs::create_dir(&profile).unwrap();
    for (name, content) in [
        ("key.txt", &include_bytes!("before_slots/key.txt")[..]),
        ("place", include_bytes!("before_slots/place")),
        ("secrets.age", include_bytes!("before_slots/secrets.age")),
    ] {
        fs::write(profile.join(name), content).unwrap();
        #[cfg(unix)]
        fs::set_permissions(profile.join(name), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    }
    let store = open(folder.path(), Keep::Best { passphrase: None });
    let listed = store.flows().unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(store.flows().unwrap(), listed, "once");
    let (flow, saved) = store.take_flow(&listed[0]).unwrap().unwrap();
    let what = saved.what();
    assert_eq!((what.server, what.task), ("http://127.0.0.1:18765/", Task::Register));
    flow.save(None).unwrap();
    drop(flow);
    assert_eq!(store.flows().unwrap(), []);
}

/// `Found D6`, `Found E13`.
#[test]
fn one_that_is_damaged_is_set_aside_and_hides_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), Keep::KeyFile);
    let profile = folder.path().join("default");
    drop(begun(&store, &spare("before")));
    // What is in the slot is of another slot's kind, which no version has written.
    let damaged = store.begin_flow().unwrap();
    let session_entry = Session { user_id: "x".to_owned(), ..session("x") };
    store.put(&session_entry).unwrap();
    damaged.save(Some(&spare("damaged"))).unwrap();
    let id = damaged.id().clone();
    drop(damaged);
    drop(begun(&store, &spare("after")));
    rewrite(&profile, &format!("flow/{id}"), "{");

    let read: Vec<_> =
        store.flows().unwrap().iter().map(|id| store.take_flow(id).map_err(|p| p.kind)).collect();
    assert!(matches!(read.as_slice(), [Ok(Some(_)), Err(StorageProblem::Corrupt), Ok(Some(_))]), "{read:?}");
    drop(read);
    assert_eq!(free(&store), [spare("after"), spare("before")]);
    assert!(profile.join(format!("flow-{id}.lock.corrupt-1")).exists());
}

/// `Found B3` of another kind: what a newer version wrote is left alone.
#[test]
fn one_of_a_newer_version_is_left_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), Keep::KeyFile);
    let newer = begun(&store, &spare("newer"));
    let id = newer.id().clone();
    drop(newer);
    rewrite(&folder.path().join("default"), &format!("flow/{id}"), r#"{"version":"2"}"#);
    for _ in 0..2 {
        let problem = store.take_flow(&id).map(|_| ()).expect_err("of a newer version");
        assert_eq!(problem.kind, StorageProblem::TooNew);
    }
    assert_eq!(store.flows().unwrap(), [id]);
}

/// `Found B14`: killed between storing a session and noting that, and signed out since.
#[test]
fn a_session_that_was_erased_is_not_stored_again_by_what_was_left_unfinished() {
    everywhere(|store| {
        let other = begun(store, &precious("bob"));
        drop(begun(store, &precious("alice")));
        let running = begun(store, &precious("alice"));
        store.put(&session("alice")).unwrap();
        store.erase(&Account::of(&session("alice"))).unwrap();
        drop(other);
        assert_eq!(free(store), [precious("bob")]);
        running.save(None).unwrap();
        drop(running);
        store.erase(&Account::of(&session("bob"))).unwrap();
        assert_eq!(store.flows().unwrap(), []);
    });
}

/// Writes another text in the place of a secret, as nothing of ours would.
fn rewrite(profile: &Path, name: &str, text: &str) {
    let key: age::x25519::Identity =
        fs::read_to_string(profile.join("key.txt")).unwrap().trim().parse().unwrap();
    let file = profile.join("secrets.age");
    let plain = age::decrypt(&key, &fs::read(&file).unwrap()).unwrap();
    let mut secrets: std::collections::BTreeMap<String, String> = serde_json::from_slice(&plain).unwrap();
    assert!(secrets.insert(name.to_owned(), text.to_owned()).is_some());
    let plain = serde_json::to_vec(&secrets).unwrap();
    fs::write(&file, age::encrypt(&key.to_public(), &plain).unwrap()).unwrap();
}

/// Files of the profile's folder that are named like slots, and are none.
#[test]
fn what_is_no_slot_is_not_taken_for_one() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), Keep::KeyFile);
    let profile = folder.path().join("default");
    for name in ["flow-.lock", "flow-a b.lock", "flow-x.lock.corrupt-1", "flows.lock", "flow-ü.lock"] {
        fs::write(profile.join(name), "").unwrap();
    }
    fs::create_dir(profile.join("flow-folder.lock")).unwrap();
    assert_eq!(store.flows().unwrap(), []);
    // One that was made, and nothing written in it, as by whoever was killed in between.
    fs::write(profile.join("flow-0123456789abcdef.lock"), "").unwrap();
    for id in store.flows().unwrap() {
        assert!(store.take_flow(&id).unwrap().is_none());
    }
    assert!(!profile.join("flow-0123456789abcdef.lock").exists());
}

#[test]
fn helper_that_runs_a_sign_in() {
    let Ok(folder) = std::env::var("NARTHEX_TEST_FOLDER") else { return };
    let store = open(Path::new(&folder), Keep::KeyFile);
    let flow = begun(&store, &spare("helper"));
    #[expect(clippy::print_stdout, reason = "it talks to the test")]
    {
        println!("RUNS {}", flow.id());
    }
    // Until it is killed.
    std::io::stdin().lines().for_each(drop);
}

#[test]
fn a_process_that_is_killed_lets_go_of_its_sign_in() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), Keep::KeyFile);
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "helper_that_runs_a_sign_in", "--nocapture"])
        .env("NARTHEX_TEST_FOLDER", folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines.map(Result::unwrap).find(|line| line.contains("RUNS ")).unwrap();
    assert_eq!(store.flows().unwrap().len(), 1);
    assert_eq!(free(&store), []);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(free(&store), [spare("helper")]);
}
