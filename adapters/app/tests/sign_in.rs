//! The example signs in on any server, in each of its ways, and stores the session.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed, as it should")]
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "what the browser and the other device do is all that is special"
)]

#[path = "../examples/sign_in.rs"]
#[allow(dead_code, reason = "its `main` is not called here")]
mod example;

use std::io::{Read as _, Write as _};
use std::ops::ControlFlow::Continue;

use narthex::{Intent, Screen, View};
use narthex_app::Profile;
use narthex_runtime::Clock;
use narthex_sandbox::serve::Server;
use narthex_sandbox::{Config, Person, Sandbox, browser};
use narthex_storage::Keep;
use url::Url;

const PASSWORD: &str = "correct horse battery staple";

/// The user, their browser and their other device.
fn user(server: &Server, view: &View, way: &Intent) -> Option<Intent> {
    let alice = Person::signing_in("alice", PASSWORD);
    let now = Clock::start().now();
    match &view.screen {
        Screen::InBrowser { url, .. } => {
            let callback = match url.query_pairs().find(|(key, _)| key == "redirectUrl") {
                Some((_, back)) => single_sign_on(server, &back),
                None => server.sandbox().consent(now, url, alice).unwrap(),
            };
            open(&callback);
            None
        }
        Screen::UserCode { user_code, .. } => {
            server.sandbox().link_device(now, user_code, alice, true);
            None
        }
        _ => example::choices(view).contains(&way.offer()).then(|| way.clone()),
    }
}

/// Where the provider sends the browser back to.
fn single_sign_on(server: &Server, back: &str) -> Url {
    let form = server.url().join("_sandbox/sso").unwrap();
    let request = browser::submit(&form, &[("redirectUrl", back), ("username", "alice")]);
    let answer = server.sandbox().answer(Clock::start().now(), &request);
    answer.header("location").unwrap().parse().unwrap()
}

fn open(page: &Url) {
    let address = (page.host_str().unwrap(), page.port().unwrap());
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let (path, query) = (page.path(), page.query().unwrap_or_default());
    write!(stream, "GET {path}?{query} HTTP/1.1\r\nHost: {}:{}\r\n\r\n", address.0, address.1).unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
}

async fn signs_in(config: fn(Url) -> Config, way: Intent) {
    let mut sandbox = Sandbox::new(config(Url::parse("http://127.0.0.1/").unwrap()), 1);
    sandbox.add_account("alice", PASSWORD);
    let clock = Clock::start();
    let server = Server::start(sandbox, ([127, 0, 0, 1], 0).into(), move || clock.now()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile { data_dir: folder.path().to_owned(), name: "example".to_owned() };
    let mut seen = Vec::new();
    let user = |view: &View, lines: &[String]| {
        seen.extend_from_slice(lines);
        Continue(user(&server, view, &way))
    };
    let session =
        example::sign_in(server.url().as_str(), profile, (Keep::KeyFile, false), user).await.unwrap();
    let session = session.unwrap_or_else(|| panic!("{way:?}: {seen:#?}"));
    assert!(session.user_id.starts_with("@alice:"), "{}", session.user_id);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_password() {
    let way = Intent::SignInWithPassword { identifier: "alice".to_owned(), password: PASSWORD.into() };
    signs_in(Config::open, way).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_single_sign_on() {
    signs_in(Config::sso, Intent::SignInWithSso { provider: None }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_the_browser() {
    signs_in(Config::oauth, Intent::SignInWithBrowser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_a_code_that_is_entered_elsewhere() {
    signs_in(Config::oauth, Intent::SignInWithDeviceCode).await;
}
