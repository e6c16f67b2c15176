//! What is told where the folder is somebody else's, or may not be written?

use super::*;

#[test]
fn helper_that_may_not_write() {
    let Some((folder, _)) = role() else { return };
    let store = store(Path::new(&folder));
    let denied = Err(StorageProblem::Denied);
    assert_eq!(store.session(&alice()).unwrap(), Some(session("alice", 1)));
    assert_eq!(store.accounts().unwrap().len(), 1);
    assert_eq!(store.prove().map_err(|p| p.kind), denied);
    assert_eq!(store.put(&session("alice", 2)).map_err(|p| p.kind), denied);
    assert_eq!(store.erase(&alice()).map_err(|p| p.kind), denied);
    assert_eq!(store.lease(&alice()).map(|_| ()).map_err(|p| p.kind), denied);
    let (data_dir, profile) = (Path::new(&folder).to_owned(), "new".to_owned());
    assert_eq!(
        Store::open(Options { data_dir, profile, keep: Keep::KeyFile }).map(|_| ()).map_err(|p| p.kind),
        denied
    );
}

#[test]
fn helper_whose_folder_is_somebody_elses() {
    let Some((folder, _)) = role() else { return };
    for profile in ["default", "link"] {
        let (data_dir, profile) = (Path::new(&folder).to_owned(), profile.to_owned());
        let opened = Store::open(Options { data_dir, profile, keep: Keep::KeyFile });
        assert_eq!(opened.map(|_| ()).map_err(|p| p.kind), Err(StorageProblem::Exposed));
    }
}

/// Anybody may write there, and its owner could read what is put there. Only the superuser can try it.
#[test]
fn a_folder_of_somebody_else_is_not_used() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
    let folder = tempfile::tempdir().unwrap();
    if std::fs::metadata(folder.path()).unwrap().uid() != 0 {
        return;
    }
    let profile = folder.path().join("default");
    std::fs::create_dir(&profile).unwrap();
    symlink("default", folder.path().join("link")).unwrap();
    chown(&profile, Some(1234), None).unwrap();
    for path in [&profile, folder.path()] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o777)).unwrap();
    }
    let helped = helper("denied::helper_whose_folder_is_somebody_elses", folder.path(), "alice");
    let output = Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"])
        .arg(helped.get_program())
        .args(helped.get_args())
        .envs(helped.get_envs().filter_map(|(name, value)| Some((name, value?))))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(std::fs::read_dir(&profile).unwrap().count(), 0);
}

/// `Found B8`: the folder and all in it can be read, and not be written.
#[test]
fn a_folder_that_may_not_be_written_can_still_be_read() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
    const NOBODY: u32 = 65534;
    let folder = tempfile::tempdir().unwrap();
    store(folder.path()).put(&session("alice", 1)).unwrap();
    let profile = folder.path().join("default");
    let files = std::fs::read_dir(&profile).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<_> = files.chain([profile, folder.path().to_owned()]).collect();
    let is_root = std::fs::metadata(folder.path()).unwrap().uid() == 0;
    let allow = |mode: u32| {
        for file in &files {
            if is_root {
                chown(file, Some(NOBODY), Some(NOBODY)).unwrap();
            }
            let folder = if file.is_dir() { 0o100 } else { 0 };
            std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode | folder)).unwrap();
        }
    };
    allow(0o400);
    let helped = helper("denied::helper_that_may_not_write", folder.path(), "alice");
    // Nothing is forbidden to root.
    let (program, mut command) = (helped.get_program(), Command::new("setpriv"));
    if is_root {
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"]).arg(program);
    } else {
        command = Command::new(program);
    }
    command.args(helped.get_args());
    let output =
        command.envs(helped.get_envs().filter_map(|(name, value)| Some((name, value?)))).output().unwrap();
    allow(0o600);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
