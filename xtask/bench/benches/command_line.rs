//! How much memory does `narthex` need to sign in? `NARTHEX` is the program.
#![allow(clippy::print_stdout, reason = "its figures are read by cargo xtask bench")]

use std::error::Error;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::Ipv4Addr;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use narthex::Time;
use narthex_bench::Figure;
use narthex_sandbox::serve::Server;
use narthex_sandbox::{Config, Sandbox};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(60);
const MOST: u64 = 20 * 1024;

fn main() -> Result<(), Box<dyn Error>> {
    let program = std::env::var_os("NARTHEX").ok_or("NARTHEX has to be the program to measure")?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let base = "http://127.0.0.1:1/".parse()?;
    let sandbox = Sandbox::new(Config::terms(base), 1);
    let server = runtime.block_on(Server::start(sandbox, (Ipv4Addr::LOCALHOST, 0).into(), now))?;
    let folder = tempfile::tempdir()?;
    let mut narthex = Command::new(program)
        .args(["--json", "--no-browser", "--data-dir"])
        .arg(folder.path())
        .args(["register", server.url().as_str()])
        // No keyring of whoever measures is asked.
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env("XDG_RUNTIME_DIR", folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let peak = sign_in(&mut narthex);
    // It has ended by itself, or it hangs.
    let _ = narthex.kill();
    narthex.wait()?;
    let (peak, resident) = peak?;
    let measured =
        format!("{:.1} MB (then {:.1} MB resident)", peak as f64 / 1024.0, resident as f64 / 1024.0);
    println!("{}", Figure::new("narthex, peak memory until signed in", measured, "≤ 20 MB", peak <= MOST));
    Ok(())
}

fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// Talks with the program until it has signed in: its peak of memory, and what it holds then, in kB.
fn sign_in(narthex: &mut Child) -> Result<(u64, u64), Box<dyn Error>> {
    let lines = lines(narthex)?;
    let mut stdin = narthex.stdin.take().ok_or("no standard input")?;
    let status = format!("/proc/{}/status", narthex.id());
    let until = Instant::now() + PATIENCE;
    let mut memory = None;
    let mut last = String::new();
    while let Some(left) = until.checked_duration_since(Instant::now()) {
        memory = fs::read_to_string(&status).ok().and_then(|status| of(&status)).or(memory);
        let Ok(line) = lines.recv_timeout(left.min(Duration::from_millis(1))) else {
            if narthex.try_wait()?.is_some() && lines.try_recv().is_err() {
                break;
            }
            continue;
        };
        let view: Value = serde_json::from_str(&line).unwrap_or_default();
        if line.contains("\"signed_in\"") {
            memory = fs::read_to_string(&status).ok().and_then(|status| of(&status)).or(memory);
            return memory.ok_or_else(|| "there is no /proc to read the memory from".into());
        }
        if let Some(intent) = answer(&view) {
            writeln!(stdin, "{intent}")?;
        }
        last = line;
    }
    Err(format!("it did not sign in; last it said: {last}").into())
}

fn lines(narthex: &mut Child) -> Result<Receiver<String>, Box<dyn Error>> {
    let stdout = narthex.stdout.take().ok_or("no standard output")?;
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    Ok(receiver)
}

/// What a person would do about this view.
fn answer(view: &Value) -> Option<Value> {
    let offers = view["offers"].as_array()?;
    let on = |offer: &str| offers.iter().any(|offered| offered == offer);
    if on("create_account") {
        Some(json!({ "intent": "create_account" }))
    } else if on("register") {
        let password = "correct horse battery staple";
        Some(json!({ "intent": "register", "username": "alice", "password": password }))
    } else if on("accept_terms") {
        Some(json!({ "intent": "accept_terms" }))
    } else {
        None
    }
}

/// The peak and what is resident now, in kB.
fn of(status: &str) -> Option<(u64, u64)> {
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse().ok()
    };
    Some((field("VmHWM:")?, field("VmRSS:")?))
}
