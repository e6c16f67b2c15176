//! What raw bytes are to a profile, in the place of one of its files.

use std::fs;
use std::path::Path;

use narthex::Saved;

use crate::{Keep, Options, Store};

/// What is done with raw bytes.
pub type Target = fn(&[u8]);

/// Every target by name, for the replay of their corpora.
pub const TARGETS: [(&str, Target); 1] = [("stored_file", stored_file)];

/// The files that the first byte chooses from.
const FILES: [&str; 4] = ["accounts.json", "secrets.age", "key.txt", "place"];
/// A key that is nobody's.
const KEY: &str = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";

/// One file of a profile holds these bytes: it can be opened, or it is said why not; what cannot be read stays beside
/// its place, and a sign-in can be stored afterwards.
///
/// # Panics
///
/// When the folder for it cannot be made.
pub fn stored_file(data: &[u8]) {
    let Some((which, bytes)) = data.split_first() else { return };
    let folder = tempfile::Builder::new().tempdir_in(quick()).expect("a folder");
    let profile = folder.path().join("default");
    fs::create_dir(&profile).expect("a profile");
    let others = [("place", "key-file\n"), ("key.txt", KEY)];
    others.iter().for_each(|(name, content)| fs::write(profile.join(name), content).expect("a file"));
    fs::write(profile.join(FILES[usize::from(*which) % FILES.len()]), bytes).expect("a file");
    let data_dir = folder.path().to_owned();
    let options = Options { data_dir, profile: "default".to_owned(), keep: Keep::Best { passphrase: None } };
    let Ok(store) = Store::open(options) else { return };
    for account in store.accounts().into_iter().flatten().take(4) {
        let _ = store.session(&account);
    }
    for id in store.flows().into_iter().flatten().take(4) {
        let _ = store.take_flow(&id);
    }
    let _ = std::str::from_utf8(bytes).map(Saved::from_json);
}

/// Where writing costs nothing.
fn quick() -> &'static Path {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { memory } else { Path::new("/tmp") }
}
