//! Told to end while a server answers with new tokens: they are stored first.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::Stdio;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use narthex_sandbox::serve::{Fate, Server};
use narthex_sandbox::{Config, Sandbox};
use rustix::process::{Pid, Signal, kill_process};
use url::Url;

use crate::PASSWORD;
use crate::homeserver::{grow_old, now};
use crate::narthex::{Home, said};

/// How long the server takes. Longer than `--timeout` of the test.
const SLOW: Duration = Duration::from_millis(1800);

#[test]
fn a_program_that_is_told_to_end_stores_the_tokens_that_are_on_their_way() {
    for by_key in [false, true] {
        let ((asked, is_asked), (_never, silence)) = (mpsc::channel(), mpsc::channel::<()>());
        let silence = std::sync::Mutex::new(silence);
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let home = Home::new();
        let mut sandbox = Sandbox::new(Config::open(Url::parse("http://127.0.0.1/").unwrap()), 1);
        sandbox.add_account("alice", PASSWORD);
        let network = move |request: &narthex::Request| {
            if request.url.path().ends_with("/refresh") {
                asked.send(()).unwrap();
                silence.lock().unwrap().recv_timeout(SLOW).unwrap_err();
            }
            Fate::Answered
        };
        let server = Server::start_behind(sandbox, ([127, 0, 0, 1], 0).into(), now, network);
        let server = runtime.block_on(server).unwrap();
        let login =
            ["login", server.url().as_str(), "--username", "alice", "--password-stdin", "--no-browser"];
        home.ok(&login, PASSWORD);
        let before = home.ok(&["token"], "");
        grow_old(&home);

        let timeout: &[&str] = if by_key { &[] } else { &["--timeout", "1"] };
        let run = home.command(&[timeout, &["token"]].concat());
        let run = { run }.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        is_asked.recv().unwrap();
        if by_key {
            kill_process(Pid::from_child(&run), Signal::INT).unwrap();
        }
        let output = run.wait_with_output().unwrap();
        // The one that there is works for some seconds yet.
        assert_eq!(output.status.code(), Some(if by_key { 130 } else { 0 }), "{}", said(&output));
        let token = home.ok(&["token"], "");
        assert_ne!(token, before);
        assert!(server.sandbox().holder(now(), &token).is_some());
        assert!(is_asked.try_recv().is_err(), "nothing was asked for again");
    }
}

/// Found D14: what a server sends without end is given up when the time is over, and delays nothing.
#[test]
fn a_server_that_never_stops_sending_takes_no_longer_than_it_may() {
    let endless = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", endless.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in endless.incoming().map_while(Result::ok) {
            std::thread::spawn(move || {
                // What comes before the request breaks the connection, sooner or later.
                let _ = stream.read(&mut [0; 4096]);
                let interim = b"HTTP/1.1 100 Continue\r\n\r\n".repeat(4000);
                while stream.write_all(&interim).is_ok() {}
            });
        }
    });
    let start = Instant::now();
    let (code, told) = Home::new().fails(&["doctor", &url, "--timeout=2"], "");
    assert!(code == 10 && told.contains("Stopped after 2 seconds"), "{code} {told}");
    let taken = start.elapsed();
    assert!(taken < Duration::from_secs(4), "{taken:?}");
}
