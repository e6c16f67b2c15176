//! What becomes of a callback, and what is told to whoever brings it?

use super::*;

/// Signs in through the browser; the callback.
async fn in_browser() -> (Run, String) {
    let ports = Fake { page: Some(Arc::default()), ..Fake::default() };
    let mut run = start(ports.clone(), None);
    run.ask(Intent::UseServer { server: "http://localhost/".into() }).await;
    run_until(&mut run.view, |view| view.offers.contains(Offer::SignInWithSso)).await;
    run.ask(Intent::SignInWithSso { provider: None }).await;
    run_until(&mut run.view, |view| matches!(view.screen, Screen::InBrowser { .. })).await;
    // The effects follow the view.
    run.ask(Intent::CheckNow).await;
    run.notices.recv().await;
    let page = ports.page.unwrap().lock().unwrap().clone().unwrap();
    let (_, redirect) = page.query_pairs().find(|(key, _)| key == "redirectUrl").unwrap();
    (run, format!("{redirect}?loginToken=marker_token"))
}

/// `Found D5`, `Found D7`.
#[tokio::test(start_paused = true)]
async fn whoever_brings_a_callback_is_told_what_became_of_it() {
    let (mut run, callback) = in_browser().await;
    for foreign in ["", "nonsense", "http://127.0.0.1:1/sso/another?loginToken=1"] {
        assert_eq!(run.callbacks.hear(foreign.into()).await, Outcome::NotMine, "{foreign}");
    }
    // Whoever has given up may have brought it to somebody else.
    let (arrival, outcome) = Arrival::new(Callback::from(callback.as_str()));
    drop(outcome);
    run.callbacks.pass(arrival).await;
    assert_eq!(run.callbacks.hear("nonsense".into()).await, Outcome::NotMine);
    assert!(matches!(run.view.borrow().screen, Screen::InBrowser { .. }));

    assert_eq!(run.callbacks.hear(callback.as_str().into()).await, Outcome::Taken);
    assert_eq!(run.callbacks.hear(callback.as_str().into()).await, Outcome::NotMine, "once");
    run_until(&mut run.view, |view| matches!(view.screen, Screen::SignedIn { task: None, .. })).await;
    let callbacks = run.callbacks.clone();
    run.end().await;
    assert_eq!(callbacks.hear(callback.as_str().into()).await, Outcome::NotMine, "nobody is there");
}

/// The clock of the machine may have stood still until the callback came.
#[tokio::test(start_paused = true)]
async fn a_callback_that_comes_too_late_is_nobodys() {
    let (run, callback) = in_browser().await;
    tokio::time::advance(Duration::from_secs(24 * 60 * 60)).await;
    assert_eq!(run.callbacks.hear(callback.as_str().into()).await, Outcome::NotMine);
}

/// `Found D4`.
#[tokio::test(start_paused = true)]
async fn a_flood_of_callbacks_keeps_no_real_one_out() {
    let (run, callback) = in_browser().await;
    let flood = (0..1000).map(|n| {
        let callbacks = run.callbacks.clone();
        tokio::spawn(async move { callbacks.hear(format!("http://127.0.0.1:1/?n={n}").into()).await })
    });
    let flood: Vec<_> = flood.collect();
    assert_eq!(run.callbacks.hear(callback.into()).await, Outcome::Taken);
    for heard in flood {
        assert_eq!(heard.await.unwrap(), Outcome::NotMine);
    }
}

/// Bytes that can be looked at while somebody writes them.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_trace_replays_and_holds_no_secret() {
    let written = Shared::default();
    let recorder = Recorder::new(written.clone(), &config(), None, IDS, Time(1_000)).unwrap();
    let mut run = start(Fake::default(), Some(recorder));
    run.sign_in().await;
    run_until(&mut run.view, |view| matches!(view.screen, Screen::SignedIn { task: None, .. })).await;
    let before_the_end = written.0.lock().unwrap().clone();
    assert!(replay(before_the_end.as_slice()).is_ok(), "it replays while it is written");
    run.end().await;

    let trace = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
    for secret in ["marker_password", "marker_access", "marker_refresh"] {
        assert!(!trace.contains(secret), "{secret} in {trace}");
    }
    let replayed = replay(trace.as_bytes()).unwrap();
    assert_eq!(replayed.views.last().unwrap().1["screen"], "signed_in");

    let changed = trace.replace("DEVICEDEVICE", "ANOTHERONE");
    assert!(replay(changed.as_bytes()).is_ok(), "the same everywhere is the same");
    let changed = trace.replacen("\"device_id\":\"DEVICEDEVICE\"", "\"device_id\":\"ANOTHERONE\"", 1);
    assert!(matches!(replay(changed.as_bytes()), Err(ReplayError::Differs { .. })));
    let cut = &trace[..trace.len() - 10];
    assert!(replay(cut.as_bytes()).is_ok(), "a kill may cut the last line");
    assert!(matches!(replay("nonsense\n".as_bytes()), Err(ReplayError::Malformed(1))));
}
