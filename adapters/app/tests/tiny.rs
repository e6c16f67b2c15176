//! A second, tiny frontend: it shows what the view says, and answers by what is on offer. Nothing of it knows the
//! protocol, and nothing of another frontend is in it.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed, as it should")]

use narthex::{Callback, Client, Input, Intent, Screen, View};
use narthex_app::{Application, Finished, Handle, Profile, Setup, Slot, World};
use narthex_runtime::Clock;
use narthex_sandbox::serve::Server;
use narthex_sandbox::{Config, Person, Sandbox};
use narthex_storage::{Keep, Options, Store};
use narthex_text::Text;
use url::Url;

/// The frontend.
struct Tiny {
    text: Text,
    handle: Handle,
    /// What a user would press, by what is on offer.
    wishes: Vec<Intent>,
    /// What a user would see.
    window: Vec<String>,
}

impl Tiny {
    async fn run(mut self, browser: impl Fn(&Url) -> Callback) -> (Option<Finished>, Vec<String>) {
        loop {
            let view = self.handle.view();
            self.show(&view);
            let finished = narthex_app::finished(&view);
            if finished.is_some() {
                self.handle.end().await;
                return (finished, self.window);
            }
            let wish = self.wishes.iter().position(|wish| view.offers.contains(wish.offer()));
            match (&view.screen, wish) {
                (Screen::InBrowser { url, .. }, _) => self.handle.say(Input::Callback(browser(url))).await,
                (_, Some(wish)) => self.handle.ask(self.wishes.remove(wish)).await,
                (_, None) if self.handle.changed().await => {}
                (_, None) => return (None, self.window),
            }
        }
    }

    fn show(&mut self, view: &View) {
        self.window.extend(self.text.screen(&view.screen, Clock::start().now()));
        self.window.extend(narthex_app::problem(view).into_iter().flat_map(|f| self.text.failure(f)));
        self.window.extend(view.offers.iter().map(|offer| format!("[{}]", self.text.offer(offer))));
    }
}

const PASSWORD: &str = "correct horse battery staple";

/// The frontend on a server of this kind, with the wishes of a user whose password this is.
async fn used(config: fn(Url) -> Config, wishes: Vec<Intent>) -> (Option<Finished>, String) {
    let mut sandbox = Sandbox::new(config(Url::parse("http://127.0.0.1/").unwrap()), 1);
    sandbox.add_account("alice", PASSWORD);
    let clock = Clock::start();
    let server = Server::start(sandbox, ([127, 0, 0, 1], 0).into(), move || clock.now()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile { data_dir: folder.path().to_owned(), name: "tiny".to_owned() };
    let (data_dir, name) = (profile.data_dir.clone(), profile.name.clone());
    let store = Store::open(Options { data_dir, profile: name, keep: Keep::KeyFile }).unwrap();
    let client = Client::new("Tiny", Url::parse("https://tiny.example/").unwrap());
    let application = Application { client, scheme: "example.tiny".to_owned(), deliver: &[] };
    let setup =
        Setup { application, profile, languages: vec!["en".to_owned()], rendezvous: None, trace: None };
    let world = World { listens: true, slot: Some(Slot::new()), ..World::new(store.clone()).unwrap() };
    let handle = setup.start(None, None, world).unwrap();
    let mut wishes = wishes;
    wishes.insert(0, Intent::UseServer { server: server.url().to_string() });
    let tiny = Tiny { text: Text::in_language(&[], &[]), handle, wishes, window: Vec::new() };
    let consent = |page: &Url| {
        let alice = Person::signing_in("alice", PASSWORD);
        let callback = server.sandbox().consent(Clock::start().now(), page, alice).unwrap();
        Callback::from(callback.as_str())
    };
    let (finished, window) = tiny.run(consent).await;
    if finished == Some(Finished::SignedIn) {
        assert_eq!(narthex_app::session(&store, Some("alice")).unwrap().device_id.len(), 10);
    }
    (finished, window.join("\n"))
}

#[tokio::test]
async fn it_signs_in_by_password_and_says_why_not() {
    let sign_in = |password: &str| Intent::SignInWithPassword {
        identifier: "alice".to_owned(),
        password: password.into(),
    };
    let (finished, window) = used(Config::open, vec![sign_in("wrong"), sign_in(PASSWORD)]).await;
    assert_eq!(finished, Some(Finished::SignedIn), "{window}");
    for words in ["[Sign in with a password]", "do not match", "What to do: ", "Signed in as @alice:"] {
        assert!(window.contains(words), "{words} in {window}");
    }
}

#[tokio::test]
async fn it_signs_in_by_the_browser() {
    let (finished, window) = used(Config::oauth, vec![Intent::SignInWithBrowser]).await;
    assert_eq!(finished, Some(Finished::SignedIn), "{window}");
    assert!(window.contains("/authorize?") && window.contains("Signed in as @alice:"), "{window}");
}
