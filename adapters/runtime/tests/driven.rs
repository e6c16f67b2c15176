//! The loop, with ports that are made up and time that does not pass.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed, as it should")]

#[path = "driven/callbacks.rs"]
mod callbacks;

use std::convert::Infallible;
use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use narthex::{
    Callback, Client, Config, Engine, Input, Intent, LeaseProblem, Lost, Offer, Request, Response, Saved,
    Screen, Secret, Seeds, Session, StorageProblem, Time, View,
};
use narthex_runtime::{
    Arrival, Callbacks, Driver, Grant, Listening, Notice, Outcome, Ports, Recorder, ReplayError, replay,
    run_until,
};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep};
use url::Url;

const IDS: [u8; 32] = [7; 32];

fn config() -> Config {
    Config::new(Client::new("Example", "https://app.example/".parse().unwrap()))
}

/// What happened, in order.
type Log = Arc<Mutex<Vec<String>>>;

#[derive(Clone, Default)]
struct Fake {
    log: Log,
    /// Saving fails so.
    trouble: Option<StorageProblem>,
    /// How long storing takes.
    slow_store: Duration,
    /// How long a refresh takes, if the server knows it.
    refresh: Option<Duration>,
    /// The server does not answer.
    silent: bool,
    /// The page that was opened, where sign-in is by the browser.
    page: Option<Arc<Mutex<Option<Url>>>>,
    stored: Arc<Mutex<Option<Session>>>,
}

impl Fake {
    fn note(&self, what: &str) {
        self.log.lock().unwrap().push(what.to_owned());
    }
}

struct Dropped(Log, &'static str);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.lock().unwrap().push(self.1.to_owned());
    }
}

impl Ports for Fake {
    async fn http(&self, request: Request) -> Result<Response, Lost> {
        let path = request.url.path().to_owned();
        self.note(&format!("{} {path}", request.method.as_str()));
        let _dropped = Dropped(Arc::clone(&self.log), "exchange over");
        if self.silent {
            std::future::pending::<()>().await;
        }
        sleep(Duration::from_millis(20)).await;
        let body = match (request.method.as_str(), path.rsplit('/').next().unwrap()) {
            ("GET", "versions") => r#"{"versions":["v1.11"]}"#,
            ("GET", "login") if self.page.is_some() => r#"{"flows":[{"type":"m.login.sso"}]}"#,
            ("GET", "login") => r#"{"flows":[{"type":"m.login.password"}]}"#,
            ("POST", "login") => {
                r#"{"user_id":"@a:localhost","device_id":"DEVICEDEVICE","access_token":"syt_marker_access",
                    "refresh_token":"syr_marker_refresh","expires_in_ms":300000}"#
            }
            ("POST", "logout") => "{}",
            ("POST", "refresh") if let Some(length) = self.refresh => {
                sleep(length).await;
                r#"{"access_token":"syt_marker_newer","refresh_token":"syr_marker_newer","expires_in_ms":300000}"#
            }
            _ => return Ok(answer(404, r#"{"errcode":"M_UNRECOGNIZED","error":"marker_of_no_use"}"#)),
        };
        Ok(answer(200, body))
    }

    async fn listen(&self, _: String, _: Option<u16>, listening: Listening) -> Result<Infallible, Lost> {
        if self.page.is_none() {
            return Err(Lost::Listen);
        }
        listening.at(Url::parse("http://127.0.0.1:1/").unwrap()).await;
        std::future::pending().await
    }

    async fn lease(&self, _: Url, _: String, _: String, grant: Grant) -> Result<Infallible, LeaseProblem> {
        self.note("lease asked for");
        let _dropped = Dropped(Arc::clone(&self.log), "lease over");
        let stored = self.stored.lock().unwrap().clone();
        grant.leased(stored).await;
        std::future::pending().await
    }

    async fn prove(&self) -> Result<(), StorageProblem> {
        Ok(())
    }

    async fn store(&self, session: Session) -> Result<(), StorageProblem> {
        self.note("storing");
        sleep(self.slow_store).await;
        self.note(&format!("stored {}", session.user_id));
        *self.stored.lock().unwrap() = Some(session);
        Ok(())
    }

    async fn erase(&self, _: Url, _: String, _: String) -> Result<(), StorageProblem> {
        self.note("erased");
        Ok(())
    }

    async fn save(&self, saved: Option<Saved>) -> Result<(), StorageProblem> {
        self.note(if saved.is_some() { "saved" } else { "forgotten" });
        self.trouble.map_or(Ok(()), Err)
    }

    fn browse(&self, url: Url) {
        if let Some(page) = &self.page {
            page.lock().unwrap().replace(url);
        }
    }
}

fn answer(status: u16, body: &str) -> Response {
    Response { status, headers: Vec::new(), body: Secret::new(body.as_bytes().to_vec()) }
}

struct Run {
    inbox: mpsc::Sender<Input>,
    callbacks: Callbacks,
    view: watch::Receiver<View>,
    notices: mpsc::UnboundedReceiver<Notice>,
    driver: tokio::task::JoinHandle<Engine>,
}

fn start(ports: Fake, recorder: Option<Recorder>) -> Run {
    start_on(ports, recorder, Arc::default())
}

/// On a machine that was `asleep` for so many milliseconds, in which timers stood still.
fn start_on(ports: Fake, recorder: Option<Recorder>, asleep: Arc<AtomicU64>) -> Run {
    let zero = Instant::now();
    let awake = move || u64::try_from(zero.elapsed().as_millis()).unwrap();
    let clock = move || Time(1_000 + awake() + asleep.load(Ordering::Relaxed));
    let engine = Engine::new(config(), Seeds::new(IDS, [8; 32]), clock());
    let (inbox, from_us) = mpsc::channel(1);
    let (show, view) = watch::channel(engine.view());
    let (tell, notices) = mpsc::unbounded_channel();
    let driver = Driver::new(engine, ports, clock).recording(recorder).noticing(tell);
    let callbacks = driver.callbacks();
    Run { inbox, callbacks, view, notices, driver: tokio::spawn(driver.drive(from_us, show)) }
}

impl Run {
    async fn ask(&self, intent: Intent) {
        self.inbox.send(Input::Intent(intent)).await.unwrap();
    }

    async fn sign_in(&mut self) {
        self.ask(Intent::UseServer { server: "http://localhost/".into() }).await;
        run_until(&mut self.view, |view| view.offers.contains(Offer::SignInWithPassword)).await;
        let password = Secret::from("marker_password");
        self.ask(Intent::SignInWithPassword { identifier: "a".into(), password }).await;
    }

    async fn end(self) -> Engine {
        drop(self.inbox);
        self.driver.await.unwrap()
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_is_saved_before_it_is_stored_and_then_no_more() {
    let ports = Fake::default();
    let mut run = start(ports.clone(), None);
    run.sign_in().await;
    run_until(&mut run.view, |view| matches!(view.screen, Screen::SignedIn { task: None, .. })).await;
    assert_eq!(run.end().await.session().unwrap().access_token.expose(), "syt_marker_access");
    let log = ports.log.lock().unwrap().clone();
    let kept: Vec<&str> = log.iter().map(String::as_str).filter(|what| !what.contains(['/', ' '])).collect();
    assert_eq!(kept, ["saved", "storing", "forgotten"]);
}

#[tokio::test(start_paused = true)]
async fn trouble_with_saving_is_told_once_and_the_flow_goes_on() {
    let ports = Fake { trouble: Some(StorageProblem::Full), ..Fake::default() };
    let mut run = start(ports, None);
    run.sign_in().await;
    assert!(
        run_until(&mut run.view, |view| matches!(view.screen, Screen::SignedIn { task: None, .. })).await
    );
    assert_eq!(run.notices.recv().await, Some(Notice::NotSaved(StorageProblem::Full)));
    run.ask(Intent::AcceptTerms).await;
    assert_eq!(run.notices.recv().await, Some(Notice::NotOffered(Offer::AcceptTerms)));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_meant_is_told() {
    let mut run = start(Fake::default(), None);
    // The first shows what is wrong.
    for _ in 0..2 {
        run.ask(Intent::UseServer { server: String::new() }).await;
    }
    assert_eq!(run.notices.recv().await, Some(Notice::Unusable(Offer::UseServer)));
}

#[tokio::test(start_paused = true)]
async fn what_is_being_stored_is_finished_although_nobody_listens_any_more() {
    let ports = Fake { slow_store: Duration::from_secs(60), ..Fake::default() };
    let mut run = start(ports.clone(), None);
    run.sign_in().await;
    while !ports.log.lock().unwrap().contains(&"storing".to_owned()) {
        sleep(Duration::from_millis(1)).await;
    }
    run.end().await;
    assert!(ports.log.lock().unwrap().contains(&"stored @a:localhost".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn cancelling_ends_what_is_under_way_at_once() {
    let ports = Fake { silent: true, ..Fake::default() };
    let mut run = start(ports.clone(), None);
    run.ask(Intent::UseServer { server: "http://localhost/".into() }).await;
    run_until(&mut run.view, |view| matches!(view.screen, Screen::Busy { .. })).await;
    sleep(Duration::from_millis(1)).await;
    let before = Instant::now();
    run.ask(Intent::Cancel).await;
    run_until(&mut run.view, |view| matches!(view.screen, Screen::Welcome { .. })).await;
    sleep(Duration::from_millis(1)).await;
    assert!(before.elapsed() < Duration::from_millis(10));
    let log = ports.log.lock().unwrap().clone();
    let of = |part: &str| log.iter().filter(|what| what.starts_with(part)).count();
    assert_eq!(of("exchange over"), of("GET") + of("POST"));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_answers_is_given_up_at_the_deadline() {
    let mut run = start(Fake { silent: true, ..Fake::default() }, None);
    run.ask(Intent::UseServer { server: "http://localhost/".into() }).await;
    run_until(&mut run.view, |view| matches!(view.screen, Screen::Welcome { problem: Some(_), .. })).await;
}

#[tokio::test(start_paused = true)]
async fn what_expired_while_the_machine_was_asleep_is_renewed_soon_after_it_wakes() {
    let (ports, asleep) = (Fake::default(), Arc::<AtomicU64>::default());
    let mut run = start_on(ports.clone(), None, Arc::clone(&asleep));
    run.sign_in().await;
    run_until(&mut run.view, |view| matches!(view.screen, Screen::SignedIn { task: None, .. })).await;
    let woken = Instant::now();
    asleep.store(8 * 3600 * 1000, Ordering::Relaxed);
    let is_renewed = || ports.log.lock().unwrap().iter().any(|what| what.ends_with("/refresh"));
    while !is_renewed() {
        sleep(Duration::from_millis(100)).await;
    }
    // The token lived for five minutes, of which the timers know nothing.
    assert!(woken.elapsed() <= Duration::from_secs(31), "{:?}", woken.elapsed());
}

/// Until the refresh of the first token is under way.
async fn refreshing(ports: &Fake, run: &mut Run) {
    run.sign_in().await;
    run_until(&mut run.view, |view| matches!(view.screen, Screen::SignedIn { task: None, .. })).await;
    while !ports.log.lock().unwrap().iter().any(|what| what.ends_with("/refresh")) {
        sleep(Duration::from_millis(100)).await;
    }
    // The server has begun with it.
    sleep(Duration::from_millis(100)).await;
}

async fn is_refreshed(ports: &Fake, run: Run) {
    let token = |session: Session| session.access_token.expose().clone();
    sleep(Duration::from_secs(20)).await;
    let view = run.view.borrow().clone();
    let after = run.end().await.session().cloned().map(token);
    assert_eq!(after.as_deref(), Some("syt_marker_newer"), "{:?} {view:?}", ports.log.lock().unwrap());
}

/// The answer is there, and the clock says that it is late.
#[tokio::test(start_paused = true)]
async fn an_answer_in_hand_counts_although_its_time_is_over() {
    let (ports, asleep) =
        (Fake { refresh: Some(Duration::from_secs(5)), ..Fake::default() }, Arc::<AtomicU64>::default());
    let mut run = start_on(ports.clone(), None, Arc::clone(&asleep));
    refreshing(&ports, &mut run).await;
    asleep.store(60 * 1000, Ordering::Relaxed);
    is_refreshed(&ports, run).await;
}

/// The process is stopped, and what came meanwhile is there together with all that was due.
#[tokio::test(start_paused = true)]
async fn whoever_was_stopped_reads_the_answer_before_they_give_up_the_request() {
    for stopped in [Duration::from_secs(26), Duration::from_secs(3600)] {
        let ports = Fake { refresh: Some(Duration::from_secs(25)), ..Fake::default() };
        let mut run = start(ports.clone(), None);
        refreshing(&ports, &mut run).await;
        tokio::time::advance(stopped).await;
        // Also if the person does something first.
        run.ask(Intent::CheckSession).await;
        is_refreshed(&ports, run).await;
    }
}

/// `Found B14`: what takes longer than its patience is stored before it is erased, and not after.
#[tokio::test(start_paused = true)]
async fn what_was_erased_stays_erased() {
    let ports = Fake { slow_store: Duration::from_secs(300), ..Fake::default() };
    let mut run = start(ports.clone(), None);
    run.sign_in().await;
    // The engine gives up and ends the session by itself, but not what the store may yet keep.
    let is_left = |view: &View| matches!(view.screen, Screen::Problem { .. });
    run_until(&mut run.view, is_left).await;
    sleep(Duration::from_secs(1000)).await;
    run.ask(Intent::Retry).await;
    sleep(Duration::from_secs(10)).await;
    let screen = run.view.borrow().screen.clone();
    assert!(!matches!(screen, Screen::Problem { .. } | Screen::Busy { .. }), "{screen:?}");
    let log = ports.log.lock().unwrap().clone();
    let of = |what: &str| log.iter().rposition(|line| line.starts_with(what));
    assert!(of("erased") > of("stored") && of("stored").is_some(), "{log:?}");
    drop(run);
}
