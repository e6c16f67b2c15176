//! Stopped for longer than its patience while a server answers, as a laptop that sleeps: the answer counts.

use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{self, RecvTimeoutError, TryRecvError};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use narthex_sandbox::serve::{Fate, Server};
use narthex_sandbox::{Config, Sandbox};
use rustix::process::{Pid, Signal, kill_process};
use url::Url;

use crate::PASSWORD;
use crate::homeserver::{grow_old, now};
use crate::narthex::{Home, said};

/// Longer than a request for new tokens may take: 20 seconds.
const ASLEEP: Duration = Duration::from_secs(23);

#[test]
fn an_answer_that_came_while_the_program_was_stopped_counts() {
    let (home, refreshing) = (Home::new(), Arc::new(OnceLock::<Pid>::new()));
    let ((asked, is_asked), was_stopped) = (mpsc::channel(), AtomicBool::new(false));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let mut sandbox = Sandbox::new(Config::open(Url::parse("http://127.0.0.1/").unwrap()), 1);
    sandbox.add_account("alice", PASSWORD);
    let pid = Arc::clone(&refreshing);
    let network = move |request: &narthex::Request| {
        if request.url.path().ends_with("/refresh") {
            if !was_stopped.swap(true, Relaxed) {
                kill_process(*pid.wait(), Signal::STOP).unwrap();
            }
            asked.send(()).unwrap();
        }
        Fate::Answered
    };
    let server = Server::start_behind(sandbox, ([127, 0, 0, 1], 0).into(), now, network);
    let server = runtime.block_on(server).unwrap();
    let login = ["login", server.url().as_str(), "--username", "alice", "--password-stdin", "--no-browser"];
    home.ok(&login, PASSWORD);
    let before = home.ok(&["token"], "");
    grow_old(&home);

    let run = home.command(&["token"]).stdin(Stdio::null()).spawn().unwrap();
    let pid = *refreshing.get_or_init(|| Pid::from_child(&run));
    is_asked.recv().unwrap();
    // The server answers meanwhile.
    assert_eq!(is_asked.recv_timeout(ASLEEP), Err(RecvTimeoutError::Timeout));
    kill_process(pid, Signal::CONT).unwrap();
    let output = run.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let token = String::from_utf8(output.stdout).unwrap();
    assert_ne!(token.trim(), before);
    assert!(server.sandbox().holder(now(), token.trim()).is_some(), "{token}");
    assert_eq!(home.ok(&["token"], ""), token.trim());
    assert_eq!(
        is_asked.try_recv(),
        Err(TryRecvError::Empty),
        "the answer counted, and none was asked for again"
    );
}
