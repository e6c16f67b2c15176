//! How long does a device take to sign in another one by QR code, beside a program that does it with matrix-sdk alone?
//!
//! All in the same run, at the same server, through the same proxy, which makes every exchange take 50 ms. Counted is from
//! the scan until the server shows the new device as cross-signed, less what is not ours: what the person takes, and the
//! pause between the person's consent and the next time that the server lets it be asked for. What a device that waits for
//! a person rests between two looks (a second at most) is counted: people act at any moment of it. `NARTHEX` and
//! `SDK_PEER` are the programs.
#![allow(clippy::print_stdout, reason = "its figures are read by cargo xtask bench")]

#[path = "link/device.rs"]
mod device;

use std::error::Error;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use narthex::{Role, Time};
use narthex_bench::{Exchange, Figure, Proxy};
use narthex_sandbox::serve::Server;
use narthex_sandbox::{Config, DeviceGrant, Person, RendezvousConfig, Sandbox};
use url::Url;

use device::{Device, Event, Programs, Way};

/// What each exchange takes.
const LATENCY: Duration = Duration::from_millis(50);
/// How often each is linked by a person who is quick. The median counts.
const TIMES: u32 = 5;
/// What a person takes who is not.
const SLOW: Duration = Duration::from_secs(30);
const PATIENCE: Duration = Duration::from_secs(90);
const PASSWORD: &str = "correct horse battery staple";

pub(crate) type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let is_quick = std::env::args().any(|argument| argument == "--quick");
    let programs = Programs::named()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let mut config = Config::oauth("http://127.0.0.1:1/".parse()?);
    config.rendezvous = Some(RendezvousConfig::synapse());
    if let Some(oauth) = &mut config.oauth {
        oauth.device_grant =
            Some(DeviceGrant { interval: Duration::from_secs(1), complete: true, ..DeviceGrant::default() });
    }
    let server =
        runtime.block_on(Server::start(Sandbox::new(config, 1), (Ipv4Addr::LOCALHOST, 0).into(), now))?;
    let port = server.url().port().ok_or("no port")?;
    let proxy = runtime.block_on(Proxy::start(port, LATENCY))?;
    server.sandbox().set_base_url(proxy.url.clone());
    let is_timeline = std::env::args().any(|argument| argument == "--timeline");
    let world = World { server: &server, proxy: &proxy, programs: &programs, is_timeline };

    // What takes the time: what is asked when, in one link of each.
    if is_timeline {
        for shows in [Role::Existing, Role::New] {
            for way in [Way::V2024, Way::V2025] {
                let person = Pace { act: act(0), consent: Duration::ZERO };
                let account = format!("{}-{}", way.name(), shows == Role::New);
                let link = world.link(way, shows, &account, person)?;
                println!("{}, {shows:?} shows: {} ms", way.name(), link.time.as_millis());
            }
        }
        return Ok(());
    }
    for shows in [Role::Existing, Role::New] {
        let sdk = world.links(Way::Sdk, shows, is_quick)?;
        for way in [Way::V2024, Way::V2025] {
            tell(way, shows, &world.links(way, shows, is_quick)?, &sdk);
        }
    }
    Ok(())
}

/// What a person takes.
#[derive(Clone, Copy)]
struct Pace {
    /// For the scan, for the check code, and for finding the button on the page.
    act: Duration,
    /// For thinking about it.
    consent: Duration,
}

/// The moments at which people act lie evenly in the second that a device may rest.
fn act(n: u32) -> Duration {
    Duration::from_millis(600) + Duration::from_secs(1) * n / TIMES
}

/// What one link took.
#[derive(Clone, Copy)]
struct Link {
    time: Duration,
    /// Requests to the rendezvous, of both devices.
    requests: usize,
}

/// Of people who are quick, and of one who is not.
struct Links {
    quick: Link,
    /// The quickest of them and the slowest: how much lies in when people act.
    times: [Duration; 2],
    slow: Option<Link>,
}

struct World<'w> {
    server: &'w Server,
    proxy: &'w Proxy,
    programs: &'w Programs,
    is_timeline: bool,
}

impl World<'_> {
    fn links(&self, way: Way, shows: Role, is_quick: bool) -> Result<Links> {
        let account = format!("{}-{}", way.name(), if shows == Role::New { "new" } else { "existing" });
        let mut quick = Vec::new();
        for n in 0..TIMES {
            quick.push(self.link(
                way,
                shows,
                &format!("{account}-{n}"),
                Pace { act: act(n), consent: Duration::ZERO },
            )?);
        }
        quick.sort_by_key(|link| link.time);
        let slow = if is_quick {
            None
        } else {
            Some(self.link(way, shows, &format!("{account}-slow"), Pace { act: act(0), consent: SLOW })?)
        };
        let times = [quick[0].time, quick[quick.len() - 1].time];
        Ok(Links { quick: quick.swap_remove(quick.len() / 2), times, slow })
    }

    /// Whoever scans is there before there is something to scan.
    fn link(&self, way: Way, shows: Role, account: &str, person: Pace) -> Result<Link> {
        self.server.sandbox().add_account(account, PASSWORD);
        let (sender, events) = channel();
        let homeserver = self.proxy.url.as_str();
        let start = |role| Device::start(self.programs, way, role, shows, homeserver, &sender);
        let mut scanning_new = None;
        if shows == Role::Existing {
            scanning_new = Some(start(Role::New)?);
        }
        let mut existing = start(Role::Existing)?;
        existing.set_up(&events, |page| self.sign_in(page, account))?;
        while self.cross_signed(account) == 0 {
            std::thread::sleep(Duration::from_millis(10));
        }
        // A program on matrix-sdk does not say when it is ready to scan.
        if shows == Role::New {
            existing.begin()?;
            std::thread::sleep(Duration::from_secs(2));
        }
        drop(self.proxy.taken());
        let new = match scanning_new {
            Some(new) => {
                existing.begin()?;
                new
            }
            None => start(Role::New)?,
        };
        Run { world: self, account, person, existing, new }.ended(&events)
    }

    fn sign_in(&self, page: &Url, account: &str) -> Result<()> {
        let person = Person::signing_in(account, PASSWORD);
        let callback = self.server.sandbox().consent(now(), page, person).ok_or("nobody could consent")?;
        call_back(&callback)
    }

    fn cross_signed(&self, account: &str) -> usize {
        self.server.sandbox().cross_signed(account).count()
    }
}

/// Two devices, and the person who has both.
struct Run<'w> {
    world: &'w World<'w>,
    account: &'w str,
    person: Pace,
    existing: Device,
    new: Device,
}

impl Run<'_> {
    fn ended(&mut self, events: &Receiver<(Role, Event)>) -> Result<Link> {
        let before = self.world.cross_signed(self.account);
        let (mut scanned, mut signed, mut consented) = (None, None, None);
        let (mut code, mut done) = (None, 0);
        let since = Instant::now();
        while done < 2 || signed.is_none() {
            if since.elapsed() > PATIENCE {
                return Err("it does not end".into());
            }
            if self.world.cross_signed(self.account) > before {
                signed.get_or_insert_with(Instant::now);
            }
            let Ok((role, event)) = events.recv_timeout(Duration::from_millis(1)) else { continue };
            match event {
                Event::Payload(payload) => {
                    std::thread::sleep(self.person.act);
                    scanned.get_or_insert_with(Instant::now);
                    self.other(role).hear(&payload)?;
                }
                Event::Check(code) => {
                    std::thread::sleep(self.person.act);
                    self.other(role).enter(&code)?;
                }
                Event::Asks(intent) => self.device(role).say(intent)?,
                Event::Allow(page) => {
                    // The page says which code it is about, and the other device shows it too: the person looks there.
                    let found = page.query_pairs().find(|(name, _)| name == "code");
                    code = found.map(|(_, code)| code.into_owned());
                    self.device(role).open_browser()?;
                }
                Event::Done => done += 1,
                Event::Failed(why) => {
                    self.tell_timeline(scanned.unwrap_or(since), &self.world.proxy.taken(), &[]);
                    return Err(format!("{role:?}: {why}").into());
                }
                Event::Browse(_) => {}
            }
            if let (None, Some(code)) = (consented, &code) {
                std::thread::sleep(self.person.act + self.person.consent);
                consented = Some(Instant::now());
                let person = Person::signing_in(self.account, PASSWORD);
                if !self.world.server.sandbox().link_device(now(), code, person, true) {
                    return Err("nobody could consent".into());
                }
            }
        }
        let (Some(scanned), Some(signed), Some(consented)) = (scanned, signed, consented) else {
            return Err("a step is missing".into());
        };
        let exchanges = self.world.proxy.taken();
        let moments = [("consented", consented), ("cross-signed", signed)];
        self.tell_timeline(scanned, &exchanges, &moments);
        let asked = exchanges.iter().find(|e| e.began >= consented && e.line.contains("/token"));
        // One that was on its way already was answered with the tokens.
        let pause = asked.map_or(Duration::ZERO, |asked| asked.began - consented);
        let requests = exchanges.iter().filter(|exchange| exchange.line.contains("/rendezvous"));
        let (time, requests) =
            (signed - scanned - pause - 2 * self.person.act - self.person.consent, requests.count());
        Ok(Link { time, requests })
    }

    /// What was asked when, in milliseconds since the scan.
    fn tell_timeline(&self, scanned: Instant, exchanges: &[Exchange], moments: &[(&str, Instant)]) {
        if !self.world.is_timeline {
            return;
        }
        let at = |moment: Instant| {
            let before = || format!("-{}", (scanned - moment).as_millis());
            moment.checked_duration_since(scanned).map_or_else(before, |since| since.as_millis().to_string())
        };
        for exchange in exchanges {
            let ended = exchange.ended.map(at).unwrap_or_default();
            println!("{:>6} {ended:>6}  {}", at(exchange.began), exchange.line);
        }
        for (what, moment) in moments {
            println!("{:>6}         {what}", at(*moment));
        }
    }

    const fn device(&mut self, role: Role) -> &mut Device {
        match role {
            Role::New => &mut self.new,
            Role::Existing => &mut self.existing,
        }
    }

    const fn other(&mut self, role: Role) -> &mut Device {
        match role {
            Role::New => &mut self.existing,
            Role::Existing => &mut self.new,
        }
    }
}

fn tell(way: Way, shows: Role, ours: &Links, sdk: &Links) {
    let who = if shows == Role::New { "the new device shows" } else { "the existing one shows" };
    let name = |what: &str| format!("QR link of {}, {who}: {what}", way.name());
    let (time, theirs) = (ours.quick.time, sdk.quick.time);
    let met = time <= Duration::from_millis(1100);
    let [least, most] = ours.times.map(|time| time.as_millis());
    let measured = format!("{} ms ({least} to {most})", time.as_millis());
    println!("{}", Figure::new(name("from the scan to cross-signed"), measured, "≤ 1100 ms", met));
    let ratio = time.as_secs_f64() / theirs.as_secs_f64();
    let measured = format!("{ratio:.2} (matrix-sdk: {} ms)", theirs.as_millis());
    println!("{}", Figure::new(name("beside matrix-sdk"), measured, "≤ 0.35", ratio <= 0.35));
    let requests = |what: &str, ours: Link, theirs: Link, most: f64| {
        let ratio = ours.requests as f64 / theirs.requests as f64;
        let measured = format!("{ratio:.2} ({} of {})", ours.requests, theirs.requests);
        println!("{}", Figure::new(name(what), measured, format!("≤ {most}"), ratio <= most));
    };
    requests("rendezvous requests beside matrix-sdk", ours.quick, sdk.quick, 1.25);
    if let (Some(ours), Some(theirs)) = (ours.slow, sdk.slow) {
        requests("the same, of a person who takes 30 s", ours, theirs, 1.0);
    }
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

fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
