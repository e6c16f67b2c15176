//! What is set while somebody holds the lock of the secrets, and never lets go?

use std::fs::File;

use super::*;

/// As a program does that hangs, or a person who is curious.
fn held(folder: &Path) -> File {
    let file = File::options().write(true).open(folder.join("default/secrets.lock")).unwrap();
    file.lock().unwrap();
    file
}

fn late(folder: &Path) -> usize {
    let names = std::fs::read_dir(folder.join("default")).unwrap().map(|entry| entry.unwrap().file_name());
    names.filter(|name| name.to_str().unwrap().contains(".late-")).count()
}

fn stored(folder: &Path) -> Option<Session> {
    store(folder).session(&alice()).unwrap()
}

/// What a server has just granted is nowhere else: it is durable at once, and whoever comes next finds it.
#[test]
fn a_session_is_stored_although_somebody_holds_the_lock_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let ours = store(folder);
    ours.put(&session("alice", 1)).unwrap();
    ours.put(&session("bob", 1)).unwrap();
    let lease = ours.lease(&alice()).unwrap().unwrap();
    lease.reserve().unwrap();
    let theirs = held(folder);
    ours.put(&session("alice", 2)).unwrap();
    // Killed now, it is there.
    std::mem::forget(lease);
    assert_eq!(stored(folder), Some(session("alice", 2)));
    ours.put(&session("alice", 3)).unwrap();
    assert_eq!((stored(folder), late(folder)), (Some(session("alice", 3)), 2));
    // Whoever was killed while they took it in has changed nothing yet.
    drop(theirs);
    store(folder).put(&session("carol", 1)).unwrap();
    assert_eq!((stored(folder), late(folder)), (Some(session("alice", 3)), 0));
    ours.put(&session("alice", 4)).unwrap();
    assert_eq!(stored(folder), Some(session("alice", 4)));
    assert_eq!(ours.accounts().unwrap().len(), 3);
}

#[test]
fn a_session_is_erased_although_somebody_holds_the_lock() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let ours = store(folder);
    ours.put(&session("alice", 1)).unwrap();
    let theirs = held(folder);
    ours.erase(&alice()).unwrap();
    assert_eq!((stored(folder), late(folder)), (None, 1));
    assert_eq!(ours.accounts().unwrap(), []);
    ours.put(&session("alice", 2)).unwrap();
    assert_eq!(stored(folder), Some(session("alice", 2)));
    drop(theirs);
    ours.erase(&alice()).unwrap();
    assert_eq!((stored(folder), late(folder)), (None, 0));
}

/// Half of one, or one of somebody else, is none.
#[test]
fn what_is_late_and_damaged_hides_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let ours = store(folder);
    ours.put(&session("alice", 1)).unwrap();
    let first = folder.join("default/secrets.age.late-1");
    std::fs::write(&first, "nonsense").unwrap();
    let theirs = held(folder);
    ours.put(&session("alice", 2)).unwrap();
    assert_eq!((stored(folder), late(folder)), (Some(session("alice", 2)), 2));
    drop(theirs);
    ours.put(&session("bob", 1)).unwrap();
    assert_eq!((stored(folder), late(folder)), (Some(session("alice", 2)), 1));
    assert!(first.exists());
}
