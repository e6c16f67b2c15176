//! People who sign in by the program, as one that reads its JSON or as one that reads its words.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;

use crate::browser::{Browser, arrive};
use crate::narthex::{Home, Json};
use crate::servers::Servers;

/// Longer than any step takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Begins to sign in; the address for the browser.
pub(crate) fn begin(home: &Home, base: &str, more: &[&str]) -> (Json, String) {
    let args = [&["login", base, "--no-browser", "--browser"], more].concat();
    let mut run = home.json(&args);
    let page = run.screen("in_browser")["url"].as_str().unwrap().to_owned();
    (run, page)
}

/// Signs in through a browser in which nobody is signed in.
pub(crate) fn sign_in(home: &Home, base: &str, name: &str) {
    let (mut run, page) = begin(home, base, &[]);
    assert_eq!(arrive(&Browser::default().sign_in(&page, name)).0, 200);
    ends_well(&mut run);
}

/// Somebody who is signed in.
pub(crate) fn signed_in(servers: &Servers) -> (Home, String) {
    let (home, name) = (Home::new(), servers.person());
    sign_in(&home, &servers.base, &name);
    (home, name)
}

pub(crate) fn ends_well(run: &mut Json) -> Value {
    let end = run.end();
    assert_eq!(end["type"], "signed_in", "{end}");
    end
}

/// A running command without a terminal, which speaks to whoever reads.
pub(crate) struct Words {
    child: Child,
    lines: Receiver<String>,
    said: Vec<String>,
}

impl Words {
    pub(crate) fn start(home: &Home, args: &[&str]) -> Self {
        let mut child = home.command(args).stdin(Stdio::null()).spawn().unwrap();
        let (to, lines) = channel();
        let (out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let also = to.clone();
        let read = |from: Box<dyn std::io::Read + Send>, to: std::sync::mpsc::Sender<String>| {
            std::thread::spawn(move || {
                BufReader::new(from).lines().map_while(Result::ok).for_each(|line| drop(to.send(line)));
            })
        };
        read(Box::new(out), to);
        read(Box::new(err), also);
        Self { child, lines, said: Vec::new() }
    }

    /// The next line with this in it.
    pub(crate) fn says(&mut self, text: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("{text} is not said: {:?}", self.said));
            self.said.push(line.clone());
            if line.contains(text) {
                return line;
            }
        }
    }

    /// Its exit code, and all that it said.
    pub(crate) fn ends(mut self) -> (i32, String) {
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            self.said.push(line);
        }
        (self.child.wait().unwrap().code().unwrap(), self.said.join("\n"))
    }
}
