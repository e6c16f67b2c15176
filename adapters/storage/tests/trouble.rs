//! Damage, contention, kills and a full disk: a clear error, and nothing that was kept is lost.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed, as it should")]

#[cfg(unix)]
#[path = "trouble/denied.rs"]
mod denied;
#[path = "trouble/held.rs"]
mod held;

use std::path::Path;
use std::process::{Child, Command, Stdio};

use narthex::{Session, StorageProblem};
use narthex_storage::{Account, Keep, Options, Problem, Store};

fn session(user: &str, token: u32) -> Session {
    Session {
        homeserver: "https://example.org/".parse().unwrap(),
        user_id: format!("@{user}:example.org"),
        device_id: "ABCDEFGHIJ".to_owned(),
        access_token: format!("token-{token}").as_str().into(),
        refresh_token: None,
        granted_at: None,
        expires_at: None,
        ended: None,
        oauth: None,
    }
}

fn alice() -> Account {
    Account::of(&session("alice", 0))
}

fn store(folder: &Path) -> Store {
    let (data_dir, profile) = (folder.to_owned(), "default".to_owned());
    Store::open(Options { data_dir, profile, keep: Keep::KeyFile }).unwrap()
}

/// The same test program, running only the test `name` in the role of a helper.
fn helper(name: &str, folder: &Path, user: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", name, "--nocapture"]).stdout(Stdio::null()).stderr(Stdio::null());
    command.env("NARTHEX_TEST_FOLDER", folder).env("NARTHEX_TEST_USER", user);
    command
}

fn role() -> Option<(String, String)> {
    Some((std::env::var("NARTHEX_TEST_FOLDER").ok()?, std::env::var("NARTHEX_TEST_USER").ok()?))
}

#[test]
fn a_damaged_file_is_said_to_be_and_kept_aside() {
    for damage in [&b""[..], b"age-encryption.org/v1\n", b"{}", &[0; 100]] {
        let folder = tempfile::tempdir().unwrap();
        store(folder.path()).put(&session("alice", 1)).unwrap();
        let file = folder.path().join("default/secrets.age");
        std::fs::write(&file, damage).unwrap();
        let problem = store(folder.path()).session(&alice()).expect_err("damaged");
        assert_eq!(problem.kind, StorageProblem::Corrupt, "{damage:?}");
        assert_eq!(std::fs::read(folder.path().join("default/secrets.age.corrupt-1")).unwrap(), damage);
        store(folder.path()).put(&session("alice", 2)).unwrap();
    }
}

/// `Found E13`: a byte that has changed is no other key, as far as that can be told, and who is signed in stays listed.
#[test]
fn a_flipped_byte_is_damage_and_hides_nobody() {
    let folder = tempfile::tempdir().unwrap();
    store(folder.path()).put(&session("alice", 1)).unwrap();
    let file = folder.path().join("default/secrets.age");
    let whole = std::fs::read(&file).unwrap();
    for at in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[at] ^= 1;
        std::fs::write(&file, &flipped).unwrap();
        let problem = store(folder.path()).session(&alice()).expect_err("it was changed");
        if problem.kind == StorageProblem::Corrupt {
            let aside = folder.path().join("default/secrets.age.corrupt-1");
            assert_eq!(problem.path, Some(aside), "it is told where it is now");
            assert!(!file.exists(), "it is set aside");
            std::fs::remove_file(folder.path().join("default/secrets.age.corrupt-1")).unwrap();
        } else {
            // In the part that only its key can read.
            assert_eq!(problem.kind, StorageProblem::WrongKey, "byte {at}");
            assert!(file.exists(), "another key may be right");
        }
        assert_eq!(store(folder.path()).accounts().unwrap(), [alice()]);
    }
    std::fs::remove_file(&file).ok();
    assert_eq!(store(folder.path()).session(&alice()).unwrap(), None);
    store(folder.path()).erase(&alice()).unwrap();
    assert_eq!(store(folder.path()).accounts().unwrap(), []);
}

/// What is damaged can be got rid of.
#[test]
fn a_session_in_a_damaged_file_can_be_erased() {
    let folder = tempfile::tempdir().unwrap();
    store(folder.path()).put(&session("alice", 1)).unwrap();
    std::fs::write(folder.path().join("default/secrets.age"), "nonsense").unwrap();
    store(folder.path()).erase(&alice()).unwrap();
    assert_eq!(store(folder.path()).accounts().unwrap(), []);
    store(folder.path()).put(&session("alice", 2)).unwrap();
}

#[test]
fn a_file_cut_anywhere_is_never_taken_for_a_whole_one() {
    let folder = tempfile::tempdir().unwrap();
    store(folder.path()).put(&session("alice", 1)).unwrap();
    let file = folder.path().join("default/secrets.age");
    let whole = std::fs::read(&file).unwrap();
    for end in 0..whole.len() {
        std::fs::write(&file, &whole[..end]).unwrap();
        let read = store(folder.path()).session(&alice());
        assert!(read.is_err(), "cut after {end} bytes");
    }
}

/// `Found E13`.
#[test]
fn a_key_that_is_missing_or_damaged_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    store(folder.path()).put(&session("alice", 1)).unwrap();
    let key = folder.path().join("default/key.txt");
    let whole = std::fs::read(&key).unwrap();
    let other = tempfile::tempdir().unwrap();
    store(other.path()).put(&session("bob", 1)).unwrap();
    let others = std::fs::read_to_string(other.path().join("default/key.txt")).unwrap();
    for (damage, kind) in [
        (None, StorageProblem::KeyMissing),
        (Some(""), StorageProblem::WrongKey),
        (Some("AGE-SECRET-KEY-1"), StorageProblem::WrongKey),
        (Some(&*others), StorageProblem::WrongKey),
    ] {
        // Written where it is: its permissions stay.
        match damage {
            None => std::fs::rename(&key, key.with_extension("away")).unwrap(),
            Some(damage) => std::fs::write(&key, damage).unwrap(),
        }
        let store = store(folder.path());
        assert_eq!(store.prove(), Err(Problem { kind, path: Some(key.clone()) }));
        assert_eq!(store.accounts().unwrap().len(), 1, "who is signed in is known all the same");
        assert_eq!(store.session(&alice()).map_err(|p| p.kind), Err(kind));
        assert_eq!(store.put(&session("bob", 1)).map_err(|p| p.kind), Err(kind));
        if damage.is_none() {
            std::fs::rename(key.with_extension("away"), &key).unwrap();
        }
        std::fs::write(&key, &whole).unwrap();
    }
    let kept = store(folder.path()).session(&alice()).unwrap();
    assert_eq!(kept, Some(session("alice", 1)));
}

#[test]
fn what_a_newer_version_wrote_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    store(folder.path()).put(&session("alice", 1)).unwrap();
    let list = folder.path().join("default/accounts.json");
    let newer = br#"{"version":2,"accounts":[]}"#;
    std::fs::write(&list, newer).unwrap();
    let store = store(folder.path());
    assert_eq!(store.accounts().map_err(|p| p.kind), Err(StorageProblem::TooNew));
    assert_eq!(store.put(&session("bob", 1)).map_err(|p| p.kind), Err(StorageProblem::TooNew));
    assert_eq!(std::fs::read(&list).unwrap(), newer);
}

/// `Found E13`: whatever becomes of the list, who can be read is listed, and the default is kept while there is a list.
#[test]
fn a_list_that_is_lost_or_damaged_is_made_anew() {
    for damage in [None, Some(""), Some("["), Some("{\"version\":1}"), Some("\0\0\0")] {
        let folder = tempfile::tempdir().unwrap();
        let ours = store(folder.path());
        for user in ["alice", "bob"] {
            ours.put(&session(user, 1)).unwrap();
        }
        ours.set_default(Some(&alice())).unwrap();
        assert_eq!(store(folder.path()).default_account().unwrap(), Some(alice()));
        let list = folder.path().join("default/accounts.json");
        std::fs::remove_file(&list).unwrap();
        if let Some(damage) = damage {
            std::fs::write(&list, damage).unwrap();
        }
        let users: Vec<_> =
            store(folder.path()).accounts().unwrap().into_iter().map(|account| account.user_id).collect();
        assert_eq!(users, ["@alice:example.org", "@bob:example.org"], "{damage:?}");
        let aside = folder.path().join("default/accounts.json.corrupt-1");
        assert_eq!(std::fs::read_to_string(aside).ok().as_deref(), damage);
        store(folder.path()).erase(&alice()).unwrap();
        assert_eq!(store(folder.path()).accounts().unwrap().len(), 1);
        assert_eq!(store(folder.path()).default_account().unwrap(), None);
    }
}

#[test]
fn a_profile_cannot_lead_out_of_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    for profile in ["", "..", "a/b", "a b", &"a".repeat(65)] {
        let (data_dir, profile) = (folder.path().to_owned(), profile.to_owned());
        assert!(Store::open(Options { data_dir, profile, keep: Keep::KeyFile }).is_err());
    }
}

#[test]
fn a_folder_that_is_a_file_is_a_clear_error() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let (data_dir, profile) = (file.path().to_owned(), "default".to_owned());
    assert!(Store::open(Options { data_dir, profile, keep: Keep::KeyFile }).is_err());
}

/// A profile's folder that is a file, leads nowhere, or says nonsense: said with its path, and left as it is.
#[cfg(unix)]
#[test]
fn a_profile_that_is_none_is_told_with_its_path_and_is_no_obstacle_to_another() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "mine").unwrap();
    std::os::unix::fs::symlink("nowhere", folder.path().join("nowhere-link")).unwrap();
    std::fs::create_dir(folder.path().join("photographs")).unwrap();
    let opened = |profile: &str| {
        let (data_dir, profile) = (folder.path().to_owned(), profile.to_owned());
        Store::open(Options { data_dir, profile, keep: Keep::KeyFile })
    };
    for (profile, kind, path) in [
        ("file", StorageProblem::NotAFile, "file"),
        ("nowhere-link", StorageProblem::NotAFile, "nowhere-link"),
    ] {
        let problem = opened(profile).map(|_| ()).expect_err(profile);
        assert_eq!((problem.kind, problem.path), (kind, Some(folder.path().join(path))));
    }
    assert_eq!(std::fs::read(folder.path().join("file")).unwrap(), b"mine");
    opened("good").unwrap().put(&session("alice", 1)).unwrap();
    // A link to a folder of one's own is that folder.
    std::os::unix::fs::symlink("good", folder.path().join("link")).unwrap();
    assert_eq!(opened("link").unwrap().accounts().unwrap().len(), 1);
    assert_eq!(Store::profiles(folder.path()), ["good", "link"]);
    assert_eq!(Store::profiles(&folder.path().join("nothing")), Vec::<String>::new());
}

#[test]
fn helper_that_writes_a_hundred_sessions() {
    let Some((folder, user)) = role() else { return };
    let store = store(Path::new(&folder));
    for n in 0..100 {
        store.put(&session(&format!("{user}{n}"), n)).unwrap();
    }
}

#[test]
fn processes_that_write_at_once_lose_nothing_of_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let name = "helper_that_writes_a_hundred_sessions";
    let children: Vec<Child> =
        ["a", "b", "c"].iter().map(|user| helper(name, folder.path(), user).spawn().unwrap()).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let store = store(folder.path());
    let accounts = store.accounts().unwrap();
    assert_eq!(accounts.len(), 300);
    for account in accounts {
        assert!(store.session(&account).unwrap().is_some());
    }
}

#[test]
fn helper_that_writes_for_ever() {
    let Some((folder, user)) = role() else { return };
    let store = store(Path::new(&folder));
    for n in 1.. {
        store.put(&session(&user, n)).unwrap();
    }
}

#[test]
fn whoever_is_killed_while_writing_leaves_the_old_or_the_new() {
    let folder = tempfile::tempdir().unwrap();
    let ours = store(folder.path());
    ours.put(&session("alice", 0)).unwrap();
    let token = || ours.session(&alice()).unwrap().unwrap().access_token;
    for _ in 0..20 {
        let before = token();
        let mut child = helper("helper_that_writes_for_ever", folder.path(), "alice").spawn().unwrap();
        while token() == before {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(token().expose().starts_with("token-"));
    }
    assert_eq!(ours.accounts().unwrap().len(), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn helper_that_runs_out_of_room() {
    let Some((folder, _)) = role() else { return };
    let store = store(Path::new(&folder));
    assert_eq!(store.prove().map_err(|p| p.kind), Err(StorageProblem::Full));
    let mut long = session("alice", 2);
    long.access_token = "x".repeat(10_000).as_str().into();
    let problem = store.put(&long).expect_err("there is no room");
    assert_eq!(problem.kind, StorageProblem::Full);
}

/// `Found B8`: a limit on the size of files looks to a program like a disk that is full.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_to_be_and_what_was_kept_is_still_there() {
    let folder = tempfile::tempdir().unwrap();
    store(folder.path()).put(&session("alice", 1)).unwrap();
    let helped = helper("helper_that_runs_out_of_room", folder.path(), "alice");
    // The signal of the limit is ignored by the shell, and so by what it starts: writing then fails.
    let status = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 4; exec \"$@\"", "sh"])
        .arg(helped.get_program())
        .args(helped.get_args())
        .envs(helped.get_envs().filter_map(|(name, value)| Some((name, value?))))
        // Which may be a file, and the limit is for that too.
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
    let kept = store(folder.path()).session(&alice()).unwrap();
    assert_eq!(kept, Some(session("alice", 1)));
}

/// Found B8: the disk fills while a server is asked for new tokens. Only the superuser can make a disk that small.
#[cfg(target_os = "linux")]
#[test]
fn what_a_server_grants_is_stored_though_the_disk_is_full_by_then() {
    let folder = tempfile::tempdir().unwrap();
    let mount = "mount -t tmpfs -o size=256k tmpfs \"$NARTHEX_TEST_FOLDER\" && exec \"$@\"";
    let helped = helper("helper_whose_disk_fills", folder.path(), "alice");
    let on_a_small_disk = |program: &std::ffi::OsStr, args: &[&std::ffi::OsStr]| {
        let mut command = Command::new("unshare");
        command.args(["--mount", "--map-root-user", "sh", "-c", mount, "sh"]).arg(program).args(args);
        command.envs(helped.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.stdout(Stdio::null()).status().is_ok_and(|status| status.success())
    };
    if on_a_small_disk("true".as_ref(), &[]) {
        let args: Vec<_> = helped.get_args().collect();
        assert!(on_a_small_disk(helped.get_program(), &args));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn helper_whose_disk_fills() {
    let Some((folder, _)) = role() else { return };
    let folder = Path::new(&folder);
    let store = store(folder);
    store.put(&session("alice", 1)).unwrap();
    let lease = store.lease(&alice()).unwrap().unwrap();
    lease.reserve().unwrap();
    let fill = |name: &str| {
        let mut file = std::fs::File::create(folder.join(name)).unwrap();
        while std::io::Write::write_all(&mut file, &[0; 512]).is_ok() {}
    };
    fill("others");
    let mut long = session("alice", 2);
    long.access_token = "x".repeat(10_000).as_str().into();
    let bob = store.put(&session("bob", 1)).map_err(|problem| problem.kind);
    assert_eq!(bob, Err(StorageProblem::Full), "there is no other room");
    store.put(&long).unwrap();
    assert_eq!(store.session(&alice()).unwrap(), Some(long));
    fill("more");
    assert_eq!(lease.reserve().map_err(|problem| problem.kind), Err(StorageProblem::Full));
    assert_eq!(store.put(&session("alice", 3)).map_err(|problem| problem.kind), Err(StorageProblem::Full));
}
