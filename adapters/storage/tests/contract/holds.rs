//! What holds however secrets are kept.

use std::path::Path;

use narthex::{Saved, Session, Time};
use narthex_storage::{Account, Keep, Options, Store};

const MARK: &str = "MARKED-SECRET";

pub(crate) fn session(user: &str, token: &str) -> Session {
    Session {
        homeserver: "https://example.org/".parse().unwrap(),
        user_id: format!("@{user}:example.org"),
        device_id: "ABCDEFGHIJ".to_owned(),
        access_token: format!("{MARK}-{token}").as_str().into(),
        refresh_token: Some(MARK.into()),
        granted_at: Some(Time(1_699_999_700_000)),
        expires_at: Some(Time(1_700_000_000_000)),
        ended: None,
        oauth: None,
    }
}

pub(crate) fn open(folder: &Path, keep: Keep) -> Store {
    Store::open(Options { data_dir: folder.to_owned(), profile: "default".to_owned(), keep }).unwrap()
}

/// What holds however secrets are kept. `again` opens the same store anew.
pub(crate) fn holds(store: &Store, again: impl Fn() -> Store) {
    let (alice, bob) = (session("alice", "1"), session("bob", "1"));
    assert_eq!(store.accounts().unwrap(), []);
    assert_eq!(store.session(&Account::of(&alice)).unwrap(), None);
    store.put(&bob).unwrap();
    store.put(&alice).unwrap();
    store.put(&alice).unwrap();
    let listed: Vec<_> = again().accounts().unwrap().into_iter().map(|account| account.user_id).collect();
    // In the order in which they signed in.
    assert_eq!(listed, [bob.user_id.as_str(), alice.user_id.as_str()]);
    assert_eq!(again().session(&Account::of(&bob)).unwrap(), Some(bob.clone()));
    // As of two processes that set up the encryption at once. In memory there is one store, and no folder.
    let [one, other] = [(again(), 1), (again(), 2)].map(|(store, byte)| {
        let (account, fresh) = (Account::of(&alice), narthex::Secret::new([byte; 48]));
        std::thread::spawn(move || store.encryption_or(&account, &fresh).map(|place| place.folder))
    });
    assert_eq!(one.join().unwrap(), other.join().unwrap());
    let renewed = session("alice", "2");
    store.put(&renewed).unwrap();
    assert_eq!(again().session(&Account::of(&alice)).unwrap(), Some(renewed));

    assert_eq!(store.flows().unwrap(), []);
    let (saved, flow) = (Saved::from(alice.clone()), store.begin_flow().unwrap());
    let id = flow.id().clone();
    flow.save(Some(&saved)).unwrap();
    flow.save(Some(&saved)).unwrap();
    assert!(again().take_flow(&id).unwrap().is_none(), "somebody runs it");
    drop(flow);
    assert_eq!(again().flows().unwrap(), std::slice::from_ref(&id));
    let (flow, found) = again().take_flow(&id).unwrap().unwrap();
    assert_eq!(found, saved);
    flow.save(None).unwrap();
    flow.save(None).unwrap();
    drop(flow);
    assert_eq!(again().flows().unwrap(), []);

    store.erase(&Account::of(&alice)).unwrap();
    store.erase(&Account::of(&alice)).unwrap();
    assert_eq!(again().session(&Account::of(&alice)).unwrap(), None);
    assert_eq!(again().session(&Account::of(&bob)).unwrap(), Some(bob.clone()));
    store.erase(&Account::of(&bob)).unwrap();
    assert_eq!(again().accounts().unwrap(), []);
    store.prove().unwrap();
    assert_eq!(again().accounts().unwrap(), []);
    chosen(store, &again(), &alice, &bob);
    of_another_server(store, &again(), &alice);
    leases(store, &again(), &alice, &bob);
}

/// Whoever is chosen stays so, until they are signed out.
fn chosen(store: &Store, other: &Store, alice: &Session, bob: &Session) {
    store.put(alice).unwrap();
    store.put(bob).unwrap();
    assert_eq!(other.default_account().unwrap(), None);
    store.set_default(Some(&Account::of(bob))).unwrap();
    store.put(bob).unwrap();
    assert_eq!(other.default_account().unwrap(), Some(Account::of(bob)));
    store.erase(&Account::of(bob)).unwrap();
    assert_eq!(other.default_account().unwrap(), None);
    store.erase(&Account::of(alice)).unwrap();
}

/// Any homeserver can say that somebody is `@alice:example.org` on this device.
fn of_another_server(store: &Store, other: &Store, alice: &Session) {
    let mallorys =
        Session { homeserver: "https://evil.example/".parse().unwrap(), ..session("alice", "evil") };
    store.put(alice).unwrap();
    store.put(&mallorys).unwrap();
    assert_eq!(other.session(&Account::of(alice)).unwrap().as_ref(), Some(alice));
    assert_eq!(other.session(&Account::of(&mallorys)).unwrap().as_ref(), Some(&mallorys));
    assert_eq!(other.accounts().unwrap().len(), 2);
    store.erase(&Account::of(&mallorys)).unwrap();
    assert_eq!(other.session(&Account::of(alice)).unwrap().as_ref(), Some(alice));
    store.erase(&Account::of(alice)).unwrap();
}

/// One at a time for each session, and for nobody else's.
fn leases(store: &Store, other: &Store, alice: &Session, bob: &Session) {
    let lease = |store: &Store, of: &Session| store.lease(&Account::of(of)).unwrap();
    let held = lease(store, alice).expect("nobody holds it");
    assert!(lease(other, alice).is_none() && lease(store, alice).is_none());
    let _bobs = lease(other, bob).expect("another session is nothing to it");
    drop(held);
    let held = lease(other, alice).expect("it was let go");
    assert!(lease(store, alice).is_none());
    drop(held);
    assert!(lease(store, alice).is_some());
}

/// Nothing secret in any file, and none of them for other eyes.
pub(crate) fn keeps_to_itself(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let content = std::fs::read(entry.path()).unwrap();
        assert!(!String::from_utf8_lossy(&content).contains(MARK), "{:?}", entry.path());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.path());
        }
    }
}
