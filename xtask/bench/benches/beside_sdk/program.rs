//! A program that signs in, from its start until it has done so.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use url::Url;

use crate::Result;
use narthex_bench::{Exchange, Proxy};

const PATIENCE: Duration = Duration::from_secs(60);

/// What was measured.
pub(crate) struct Run {
    pub(crate) depth: usize,
    pub(crate) refresh: usize,
    pub(crate) wall: Duration,
    /// In kB.
    pub(crate) peak: u64,
}

/// A program under way.
pub(crate) struct Program {
    child: Child,
    since: Instant,
    /// The page in a line, if there is one.
    page: fn(&str) -> Option<String>,
    is_signed_in: fn(&str) -> bool,
    /// What renews its session: another run of it, or itself.
    refresh: Refresh,
}

enum Refresh {
    /// In the folder with its session, which is there as long.
    Again {
        token: Box<Command>,
        _folder: tempfile::TempDir,
    },
    Itself,
}

impl Program {
    pub(crate) fn narthex(path: &OsString, homeserver: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let command = |arguments: &[&str]| {
            let mut command = Command::new(path);
            command.args(["--json", "--no-browser", "--data-dir"]).arg(folder.path()).args(arguments);
            // No keyring of whoever measures is asked.
            command.env_remove("DBUS_SESSION_BUS_ADDRESS").env("XDG_RUNTIME_DIR", folder.path());
            command
        };
        let login = command(&["login", homeserver, "--browser"]);
        let page = |line: &str| {
            let view: Value = serde_json::from_str(line).ok()?;
            Some(view.get("url").filter(|_| view["screen"] == "in_browser")?.as_str()?.to_owned())
        };
        let is_signed_in = |line: &str| line.starts_with(r#"{"type":"signed_in""#);
        let token = command(&["token"]);
        Self::start(login, page, is_signed_in, Refresh::Again { token: Box::new(token), _folder: folder })
    }

    pub(crate) fn sdk(path: &OsString, homeserver: &str) -> Result<Self> {
        let mut command = Command::new(path);
        command.args([homeserver, "refresh"]);
        let page = |line: &str| line.starts_with("http").then(|| line.to_owned());
        Self::start(command, page, |line| line.starts_with("signed in"), Refresh::Itself)
    }

    fn start(
        mut command: Command,
        page: fn(&str) -> Option<String>,
        is_signed_in: fn(&str) -> bool,
        refresh: Refresh,
    ) -> Result<Self> {
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        Ok(Self { child, since: Instant::now(), page, is_signed_in, refresh })
    }

    /// Lets it sign in, as a person who consents at once.
    pub(crate) fn measured(mut self, proxy: &Proxy, consent: impl Fn(&Url) -> Option<Url>) -> Result<Run> {
        drop(proxy.taken());
        let run = self.run(proxy, consent);
        // It has ended by itself, or it hangs.
        let _ = self.child.kill();
        self.child.wait()?;
        run
    }

    fn run(&mut self, proxy: &Proxy, consent: impl Fn(&Url) -> Option<Url>) -> Result<Run> {
        let lines = lines(&mut self.child)?;
        let status = format!("/proc/{}/status", self.child.id());
        let mut peak = None;
        loop {
            // Again and again, because it may have ended when it has said that it is done.
            peak = fs::read_to_string(&status).ok().and_then(|status| peak_of(&status)).or(peak);
            if self.since.elapsed() > PATIENCE {
                return Err("it does not sign in".into());
            }
            let Ok(line) = lines.recv_timeout(Duration::from_millis(1)) else { continue };
            if let Some(page) = (self.page)(&line) {
                let callback = consent(&page.parse()?).ok_or("nobody could consent")?;
                call_back(&callback)?;
            }
            if (self.is_signed_in)(&line) {
                break;
            }
        }
        let wall = self.since.elapsed();
        let depth = depth(&proxy.taken());
        let refresh = match &mut self.refresh {
            Refresh::Again { token, .. } => {
                let told = token.output()?;
                if !told.status.success() {
                    return Err(String::from_utf8_lossy(&told.stdout).into());
                }
                proxy.taken().len()
            }
            Refresh::Itself => {
                let line = lines.recv_timeout(PATIENCE)?;
                if line != "refreshed" {
                    return Err(line.into());
                }
                proxy.taken().len()
            }
        };
        Ok(Run { depth, refresh, wall, peak: peak.ok_or("there is no /proc to read the memory from")? })
    }
}

fn lines(child: &mut Child) -> Result<Receiver<String>> {
    let stdout = child.stdout.take().ok_or("no standard output")?;
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(std::result::Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    Ok(receiver)
}

/// The browser comes back.
fn call_back(callback: &Url) -> Result<()> {
    let port = callback.port().ok_or("no port")?;
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    let target = &callback[url::Position::BeforePath..url::Position::AfterQuery];
    write!(stream, "GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n")?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut answer = [0; 1024];
    let _ = stream.read(&mut answer)?;
    Ok(())
}

fn peak_of(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The longest chain of exchanges of which each began when the one before had ended.
fn depth(exchanges: &[Exchange]) -> usize {
    let mut by_end: Vec<_> = exchanges.iter().filter_map(|e| Some((e.ended?, e.began))).collect();
    by_end.sort();
    let mut chain: Option<Instant> = None;
    let mut depth = 0;
    for (ended, began) in by_end {
        if chain.is_none_or(|last| began >= last) {
            chain = Some(ended);
            depth += 1;
        }
    }
    depth
}
