//! How does `narthex` sign in by OAuth 2.0, beside a program that does it with matrix-sdk alone?
//!
//! Both in the same run, at the same server, through the same proxy, which makes every exchange take 100 ms. `NARTHEX`
//! and `SDK` are the programs.
#![allow(clippy::print_stdout, reason = "its figures are read by cargo xtask bench")]

#[path = "beside_sdk/program.rs"]
mod program;

use std::error::Error;
use std::ffi::OsString;
use std::net::Ipv4Addr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use narthex::Time;
use narthex_bench::{Figure, Proxy};
use narthex_sandbox::serve::Server;
use narthex_sandbox::{Config, Person, Sandbox};

use program::{Program, Run};

/// What each exchange takes.
const LATENCY: Duration = Duration::from_millis(100);
/// How often each signs in. The median counts.
const TIMES: usize = 5;
const PASSWORD: &str = "correct horse battery staple";

pub(crate) type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let named = |name: &str| std::env::var_os(name).ok_or_else(|| format!("{name} has to be the program"));
    let (narthex, sdk) = (named("NARTHEX")?, named("SDK")?);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let mut config = Config::oauth("http://127.0.0.1:1/".parse()?);
    // Short enough for `narthex token` to renew it each time.
    if let Some(oauth) = &mut config.oauth {
        oauth.access_lifetime = Duration::from_secs(30);
    }
    let mut sandbox = Sandbox::new(config, 1);
    sandbox.add_account("alice", PASSWORD);
    let server = runtime.block_on(Server::start(sandbox, (Ipv4Addr::LOCALHOST, 0).into(), now))?;
    let port = server.url().port().ok_or("no port")?;
    let proxy = runtime.block_on(Proxy::start(port, LATENCY))?;
    server.sandbox().set_base_url(proxy.url.clone());
    let world = World { server: &server, proxy: &proxy };

    let mut ours = Vec::new();
    let mut theirs = Vec::new();
    for _ in 0..TIMES {
        ours.push(world.run(&narthex, Program::narthex)?);
        theirs.push(world.run(&sdk, Program::sdk)?);
    }
    let (ours, theirs) = (median(ours), median(theirs));
    tell(&ours, &theirs);
    Ok(())
}

struct World<'w> {
    server: &'w Server,
    proxy: &'w Proxy,
}

impl World<'_> {
    fn run(&self, path: &OsString, start: impl Fn(&OsString, &str) -> Result<Program>) -> Result<Run> {
        let consent = |page: &url::Url| {
            let person = Person::signing_in("alice", PASSWORD);
            self.server.sandbox().consent(now(), page, person)
        };
        start(path, self.proxy.url.as_str())?.measured(self.proxy, consent)
    }
}

fn tell(ours: &Run, theirs: &Run) {
    let figure = |name: &str, measured: String, target: &str, is_met: bool| {
        println!("{}", Figure::new(name, measured, target, is_met));
    };
    // One more than counted here: an address was typed, and a name has its delegation asked for first.
    let (depth, theirs_depth) = (ours.depth + 1, theirs.depth + 1);
    figure(
        "OAuth: serial exchanges from a name to signed in",
        format!("{depth} (matrix-sdk: {theirs_depth})"),
        "≤ 5",
        depth <= 5,
    );
    figure(
        "OAuth: exchanges for a refresh",
        format!("{} (matrix-sdk: {})", ours.refresh, theirs.refresh),
        "≤ 1",
        ours.refresh <= 1,
    );
    let ratio = ours.wall.as_secs_f64() / theirs.wall.as_secs_f64();
    figure(
        "OAuth: time to signed in at 100 ms latency, beside matrix-sdk",
        format!("{ratio:.2} ({} of {} ms)", ours.wall.as_millis(), theirs.wall.as_millis()),
        "≤ 0.75",
        ratio <= 0.75,
    );
    let ratio = ours.peak as f64 / theirs.peak as f64;
    figure(
        "OAuth: peak memory after sign-in, beside matrix-sdk",
        format!("{ratio:.2} ({:.1} of {:.1} MB)", ours.peak as f64 / 1024.0, theirs.peak as f64 / 1024.0),
        "≤ 0.6",
        ratio <= 0.6,
    );
}

fn median(mut runs: Vec<Run>) -> Run {
    runs.sort_by_key(|run| run.wall);
    runs.swap_remove(TIMES / 2)
}

fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
