//! A client of one file: it drives the engine with reqwest and tokio alone.
//!
//! `echo PASSWORD | cargo run --package narthex-http --example embed -- register SERVER USERNAME [TOKEN]`
//!
//! Use `login` in the place of `register` for an account that exists, and `browser SERVER` where accounts are in the
//! browser. The embedding guide explains it.
#![expect(clippy::print_stdout, reason = "it is read at a shell")]
#![expect(clippy::wildcard_enum_match_arm, reason = "what is not shown here is left to real clients")]

use std::collections::BTreeMap;
use std::error::Error;
use std::io;
use std::net::Ipv4Addr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use narthex::{
    Callback, Config, Effect, EffectId, EncryptionProblem, Engine, Input, Intent, Lost, Method, Offer, Reply,
    Request, Response, Saved, Screen, Secret, Seeds, Session, StorageProblem, Time, View,
};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};
use url::Url;

// ANCHOR: client
struct Client {
    engine: Engine,
    http: reqwest::Client,
    running: JoinSet<(EffectId, Reply)>,
    handles: BTreeMap<EffectId, AbortHandle>,
    /// What a listener has to say, and where it comes out.
    heard: (mpsc::Sender<Input>, mpsc::Receiver<Input>),
}

impl Client {
    /// Tells the engine what happened, and begins what it asks for.
    fn hear(&mut self, input: Input) {
        let effects = self.engine.handle(now(), input);
        keep_flow(self.engine.save()); // before anything is sent
        for effect in effects {
            match effect {
                Effect::Http { id, request } => {
                    let http = self.http.clone();
                    self.start(id, async move { Reply::Http(send(http, request).await) });
                }
                Effect::Prove { id } => {
                    self.start(id, async { Reply::Stored(try_to_keep_something()) });
                }
                Effect::Lease { id, homeserver, user_id, device_id } => {
                    let stored = stored_session(&homeserver, &user_id, &device_id).map(Box::new);
                    self.start(id, async move { Reply::Leased(Ok(stored)) });
                }
                Effect::Store { id, session } => {
                    self.start(id, async move { Reply::Stored(keep_session(&session)) });
                }
                Effect::Erase { id, homeserver, user_id, device_id } => {
                    let forget = move || forget_session(&homeserver, &user_id, &device_id);
                    self.start(id, async move { Reply::Stored(forget()) });
                }
                Effect::Listen { id, path, port } => {
                    let listening = listen(id, path, port.unwrap_or(0), self.heard.0.clone());
                    self.start(id, async { listening.await.unwrap_or(Reply::Listening(Err(Lost::Listen))) });
                }
                // A client with encryption gives its keys away, and takes those of another device.
                Effect::FindSecrets { id, .. } => {
                    self.start(id, async { Reply::SecretsFound(Err(EncryptionProblem::Absent)) });
                }
                Effect::ShareSecrets { id, .. } => {
                    self.start(id, async { Reply::SecretsShared(Err(EncryptionProblem::Absent)) });
                }
                Effect::AdoptSecrets { id, .. } => {
                    self.start(id, async { Reply::SecretsAdopted(Err(EncryptionProblem::Absent)) });
                }
                Effect::Browse { url } => println!("Please open {url}"),
                Effect::Cancel { id } => self.handles.remove(&id).iter().for_each(AbortHandle::abort),
            }
        }
    }

    fn start(&mut self, id: EffectId, work: impl Future<Output = Reply> + Send + 'static) {
        let handle = self.running.spawn(async move { (id, work.await) });
        self.handles.insert(id, handle);
    }

    /// Waits for a reply, or for the time at which the engine wants to be called again.
    async fn next(&mut self) -> Input {
        let most = Duration::from_secs(30);
        let pause = self.engine.deadline().map_or(most, |due| now().until(due).min(most));
        tokio::select! {
            Some(done) = self.running.join_next() => match done {
                Ok((id, reply)) => Input::Reply { id, reply },
                Err(_) => Input::Tick, // it was cancelled
            },
            Some(heard) = self.heard.1.recv() => heard,
            () = tokio::time::sleep(pause) => Input::Tick,
        }
    }
}
// ANCHOR_END: client

// ANCHOR: send
async fn send(http: reqwest::Client, request: Request) -> Result<Response, Lost> {
    let method = match request.method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Delete => reqwest::Method::DELETE,
        Method::Options => reqwest::Method::OPTIONS,
    };
    let mut ask = http.request(method, request.url).timeout(request.patience);
    ask = ask.body(request.body.expose().clone());
    for (name, value) in &request.headers {
        ask = ask.header(*name, value.expose());
    }
    let mut answer = ask.send().await.map_err(|error| lost(&error))?;
    let status = answer.status().as_u16();
    let headers = answer.headers().iter();
    let headers =
        headers.filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())));
    let headers = headers.collect();
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| lost(&error))? {
        body.extend_from_slice(&chunk);
        if body.len() > request.limit {
            return Err(Lost::TooLarge);
        }
    }
    Ok(Response { status, headers, body: Secret::new(body) })
}

fn lost(error: &reqwest::Error) -> Lost {
    match error {
        error if error.is_timeout() => Lost::Timeout,
        error if error.is_connect() => Lost::Connect,
        _ => Lost::Broken,
    }
}

/// It must follow no redirect: where a secret may go is for the engine to decide.
fn http_client() -> Result<reqwest::Client, reqwest::Error> {
    // Not needed with reqwest's feature `rustls`; this workspace chooses its TLS provider by hand.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()
}
// ANCHOR_END: send

// ANCHOR: listen
/// Listens on this machine for the browser that comes back. It ends when the engine cancels it.
async fn listen(id: EffectId, path: String, port: u16, heard: mpsc::Sender<Input>) -> io::Result<Reply> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let origin = format!("http://{}/", listener.local_addr()?);
    let at = origin.parse().map_err(io::Error::other)?;
    heard.send(Input::Reply { id, reply: Reply::Listening(Ok(at)) }).await.ok();
    loop {
        let (mut browser, _) = listener.accept().await?;
        let mut request = Vec::new();
        // The line `GET /path?query HTTP/1.1` is all that matters. Whoever is slow or long-winded is not the browser.
        let mut reader = BufReader::new(&mut browser).take(16 * 1024);
        let line = reader.read_until(b'\n', &mut request);
        let _ = tokio::time::timeout(Duration::from_secs(5), line).await;
        let target = String::from_utf8_lossy(&request).split(' ').nth(1).unwrap_or_default().to_owned();
        if target.split('?').next() == Some(path.as_str()) {
            let callback = format!("{}{target}", origin.trim_end_matches('/'));
            heard.send(Input::Callback(Callback::from(callback.as_str()))).await.ok();
        }
        let page =
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nGo back to the program.";
        browser.write_all(page.as_bytes()).await.ok();
    }
}
// ANCHOR_END: listen

// ANCHOR: storage
/// A real client writes it to the system's keyring, or erases it there.
fn keep_flow(saved: Option<Saved>) {
    let _json: Option<Secret<String>> = saved.map(|saved| saved.to_json());
}

/// A real client writes something of a session's size where sessions go, and takes it away again.
const fn try_to_keep_something() -> Result<(), StorageProblem> {
    Ok(())
}

/// A real client answers `Ok` only when the session is durable.
fn keep_session(session: &Session) -> Result<(), StorageProblem> {
    let _json: Secret<String> = session.to_json();
    Ok(())
}

/// A real client reads it. If several processes share its store, it first takes a lock, until the lease is cancelled.
fn stored_session(_homeserver: &Url, _user_id: &str, _device_id: &str) -> Option<Session> {
    None
}

fn forget_session(_homeserver: &Url, _user_id: &str, _device_id: &str) -> Result<(), StorageProblem> {
    Ok(())
}
// ANCHOR_END: storage

// ANCHOR: person
/// The person. A real client shows the view, and turns a click into an intent.
struct Person {
    is_new: bool,
    in_browser: bool,
    server: String,
    username: String,
    password: Secret<String>,
    token: Option<Secret<String>>,
}

impl Person {
    fn answer(&self, view: &View) -> Option<Intent> {
        let (username, password) = (self.username.clone(), self.password.clone());
        let intent = match &view.screen {
            Screen::Welcome { problem: None, .. } => Intent::UseServer { server: self.server.clone() },
            Screen::Choose { problem: None, .. } if self.is_new => Intent::CreateAccount,
            // Which of the two there is, the offers say.
            Screen::Choose { problem: None, .. } if self.in_browser => {
                match view.offers.contains(Offer::SignInWithBrowser) {
                    true => Intent::SignInWithBrowser,
                    false => Intent::SignInWithSso { provider: None },
                }
            }
            Screen::Choose { problem: None, .. } => {
                Intent::SignInWithPassword { identifier: username, password }
            }
            Screen::RegisterForm { problem: None, .. } => {
                Intent::Register { username, password: Some(password), prefer: Vec::new() }
            }
            Screen::RegistrationToken { problem: None, .. } => {
                Intent::UseToken { token: self.token.clone()? }
            }
            Screen::Terms { problem: None, policies, .. } => {
                policies.iter().for_each(|policy| println!("Accepting {}: {}", policy.name, policy.url));
                Intent::AcceptTerms
            }
            _ => return None,
        };
        view.offers.contains(intent.offer()).then_some(intent)
    }
}
// ANCHOR_END: person

// ANCHOR: main
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let person = person()?;
    // Who the application is: authorization servers show that to the person.
    let client = narthex::Client::new("Embed example", "https://embed.example/".parse()?);
    let engine = Engine::new(Config::new(client), Seeds::draw(getrandom::fill)?, now());
    let (running, handles) = (JoinSet::new(), BTreeMap::new());
    let mut client = Client { engine, http: http_client()?, running, handles, heard: mpsc::channel(8) };
    loop {
        let view = client.engine.view();
        if let Screen::SignedIn { user_id, device_id, .. } = &view.screen {
            println!("Signed in as {user_id} on {device_id}.");
            return Ok(());
        }
        let input = match person.answer(&view) {
            Some(intent) => Input::Intent(intent),
            None if client.engine.deadline().is_some() => client.next().await,
            // Nothing is under way, and this person has no answer.
            None => return Err(why(&view).into()),
        };
        client.hear(input);
    }
}
// ANCHOR_END: main

/// A failure says what can be done, and carries the exchange that showed it. The words for it are the client's.
fn why(view: &View) -> String {
    match &view.screen {
        Screen::Welcome { problem: Some(failure), .. }
        | Screen::Choose { problem: Some(failure), .. }
        | Screen::RegisterForm { problem: Some(failure), .. }
        | Screen::RegistrationToken { problem: Some(failure), .. }
        | Screen::Problem { failure, .. } => format!("{:?}, {:?}", failure.cause, failure.evidence),
        _ => format!("nobody answers; on offer is {:?}", view.offers),
    }
}

fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

fn person() -> Result<Person, Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(goal), Some(server)) = (args.next(), args.next()) else {
        let usage =
            "browser SERVER, or register|login SERVER USERNAME [TOKEN] and the password on standard input";
        return Err(usage.into());
    };
    let in_browser = goal == "browser";
    let (username, mut password) = (args.next().unwrap_or_default(), String::new());
    if !in_browser {
        io::stdin().read_line(&mut password)?;
    }
    let password = Secret::new(password.trim_end_matches(['\r', '\n']).to_owned());
    let token = args.next().map(Secret::new);
    Ok(Person { is_new: goal == "register", in_browser, server, username, password, token })
}
