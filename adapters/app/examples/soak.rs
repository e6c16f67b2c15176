//! One session, an application that stays, and programs that come and go: is a token ever spent twice, or dead?
//!
//! `cargo xtask soak --seconds 600` builds all of it and runs it. The server is the sandbox, with tokens that live 20
//! seconds and are good for one refresh: whoever spends one twice ends the session. An application holds the session;
//! beside it `narthex token` runs eight times a second. Each token that is printed is shown to the server at once.
#![expect(clippy::print_stdout, reason = "it is read at a shell")]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use narthex::{Callback, Client, Input, Intent, Offer, Screen, Time};
use narthex_app::{Application, Handle, Profile, Setup, Slot, World};
use narthex_runtime::Clock;
use narthex_sandbox::serve::Server;
use narthex_sandbox::{Config, OauthConfig, Person, Rotation, Sandbox};
use narthex_storage::{Keep, Options, Store};
use tokio::process::Command;
use tokio::task::JoinSet;
use url::Url;

/// How long an access token lives.
const LIFE: Duration = Duration::from_secs(20);
/// It is refreshed when a fifth of its life is left.
const FRESH: Duration = Duration::from_secs(16);
/// Between two programs that want a token.
const PAUSE: Duration = Duration::from_millis(125);
const PASSWORD: &str = "correct horse battery staple";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let seconds = std::env::args().skip_while(|arg| arg != "--seconds").nth(1);
    let length = Duration::from_secs(seconds.map_or(Ok(600), |seconds| seconds.parse())?);
    let folder = tempfile::tempdir()?;
    let clock = Clock::start();
    let server = Arc::new(Server::start(sandbox()?, ([127, 0, 0, 1], 0).into(), move || clock.now()).await?);
    let mut application = sign_in(&server, folder.path()).await?;
    let program = program()?;
    let mut refreshes = Refreshes::since(server.sandbox().oauth_tokens_issued());
    let (mut running, mut tally) = (JoinSet::new(), Tally::default());
    let start = Instant::now();
    let mut next = start;
    while start.elapsed() < length {
        if Instant::now() >= next {
            next += PAUSE;
            running.spawn(token(program.clone(), folder.path().to_owned(), Arc::clone(&server)));
        }
        while let Some(done) = running.try_join_next() {
            tally.count(done?);
        }
        refreshes.look(server.sandbox().oauth_tokens_issued());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let lifetimes = start.elapsed().as_secs_f64() / FRESH.as_secs_f64();
    while let Some(done) = running.join_next().await {
        tally.count(done?);
    }
    let view = application.perform(Intent::CheckSession).await;
    application.end().await;
    let is_alive = matches!(view.screen, Screen::SignedIn { problem: None, .. })
        && server.sandbox().oauth_sessions("alice") == 1;
    println!("{} s, {tally:?}", start.elapsed().as_secs());
    println!("sessions lost: {}", u32::from(!is_alive));
    println!("dead tokens printed: {}", tally.dead);
    println!("refreshes: {} in {lifetimes:.1} lifetimes, {} too many", refreshes.all, refreshes.too_many);
    let is_good = is_alive && tally.dead == 0 && refreshes.too_many == 0 && tally.failed.is_empty();
    if is_good { Ok(()) } else { Err("that is not good".into()) }
}

fn sandbox() -> Result<Sandbox, Box<dyn Error>> {
    let mut config = Config::oauth(Url::parse("http://127.0.0.1/")?);
    let oauth = OauthConfig { access_lifetime: LIFE, rotation: Rotation::Strict, ..OauthConfig::default() };
    config.oauth = Some(oauth);
    let mut sandbox = Sandbox::new(config, 1);
    sandbox.add_account("alice", PASSWORD);
    Ok(sandbox)
}

/// The application that stays.
async fn sign_in(server: &Server, folder: &Path) -> Result<Handle, Box<dyn Error>> {
    let profile = Profile { data_dir: folder.to_owned(), name: "default".to_owned() };
    let (data_dir, name) = (profile.data_dir.clone(), profile.name.clone());
    let store = Store::open(Options { data_dir, profile: name, keep: Keep::KeyFile })?;
    let client = Client::new("Soak", Url::parse("https://soak.example/")?);
    let application = Application { client, scheme: "example.soak".to_owned(), deliver: &[] };
    let setup =
        Setup { application, profile, languages: vec!["en".to_owned()], trace: None, rendezvous: None };
    let world = World { listens: true, slot: Some(Slot::new()), ..World::new(store)? };
    let mut handle = setup.start(None, None, world)?;
    handle.ask(Intent::UseServer { server: server.url().to_string() }).await;
    handle.until(|view| view.offers.contains(Offer::SignInWithBrowser)).await;
    handle.ask(Intent::SignInWithBrowser).await;
    let view = handle.until(|view| matches!(view.screen, Screen::InBrowser { .. })).await;
    if let Screen::InBrowser { url, .. } = &view.screen {
        let alice = Person::signing_in("alice", PASSWORD);
        let back = server.sandbox().consent(now(), url, alice).ok_or("nobody gets anywhere from there")?;
        handle.say(Input::Callback(Callback::from(back.as_str()))).await;
    }
    handle.until(|view| matches!(view.screen, Screen::SignedIn { task: None, .. })).await;
    Ok(handle)
}

/// The command line, in the folder above that of this example.
fn program() -> Result<PathBuf, Box<dyn Error>> {
    let folder = std::env::current_exe()?.parent().and_then(Path::parent).map(Path::to_owned);
    let program = folder.ok_or("no folder")?.join(format!("narthex{}", std::env::consts::EXE_SUFFIX));
    if program.exists() { Ok(program) } else { Err(format!("{} is not there", program.display()).into()) }
}

/// What the server says at once to a token that was printed.
enum Printed {
    Alive,
    Dead,
    /// It was replaced while the program ran, before or after it was printed.
    Overtaken,
    /// Nothing was printed.
    Failed(String),
}

async fn token(program: PathBuf, folder: PathBuf, server: Arc<Server>) -> Result<Printed, String> {
    let before = server.sandbox().oauth_tokens_issued();
    let mut command = Command::new(program);
    command.args(["token", "--data-dir"]).arg(folder).stdin(Stdio::null()).kill_on_drop(true);
    let output = command.output().await.map_err(|error| error.to_string())?;
    let printed = String::from_utf8_lossy(&output.stdout);
    let (is_alive, issued) = {
        let sandbox = server.sandbox();
        (sandbox.holder(now(), printed.trim()).is_some(), sandbox.oauth_tokens_issued())
    };
    let said = String::from_utf8_lossy(&output.stderr);
    Ok(match output.status.success() {
        false => Printed::Failed(format!("{}: {}", output.status, said.lines().next().unwrap_or_default())),
        true if is_alive => Printed::Alive,
        true if issued > before => Printed::Overtaken,
        true => Printed::Dead,
    })
}

/// What came of all programs.
#[derive(Debug, Default)]
struct Tally {
    printed: u32,
    dead: u32,
    overtaken: u32,
    failed: BTreeMap<String, u32>,
}

impl Tally {
    fn count(&mut self, printed: Result<Printed, String>) {
        match printed {
            Ok(Printed::Alive) => self.printed += 1,
            Ok(Printed::Dead) => (self.printed, self.dead) = (self.printed + 1, self.dead + 1),
            Ok(Printed::Overtaken) => (self.printed, self.overtaken) = (self.printed + 1, self.overtaken + 1),
            Ok(Printed::Failed(how)) | Err(how) => *self.failed.entry(how).or_default() += 1,
        }
    }
}

/// How often the tokens were replaced.
#[derive(Debug)]
struct Refreshes {
    issued: u64,
    /// When the present tokens were first seen.
    at: Instant,
    all: u32,
    /// Those of tokens that were fresh.
    too_many: u32,
}

impl Refreshes {
    fn since(issued: u64) -> Self {
        Self { issued, at: Instant::now(), all: 0, too_many: 0 }
    }

    fn look(&mut self, issued: u64) {
        let new = u32::try_from(issued - self.issued).unwrap_or(u32::MAX);
        if new == 0 {
            return;
        }
        // The clocks that are compared here differ by less than a second.
        let is_due = self.at.elapsed() + Duration::from_secs(1) > FRESH;
        self.too_many += new - u32::from(is_due);
        self.all += new;
        (self.issued, self.at) = (issued, Instant::now());
    }
}

fn now() -> Time {
    Clock::start().now()
}
