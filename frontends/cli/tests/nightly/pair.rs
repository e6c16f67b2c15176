//! Two programs and the person who has both: they do what is on the screen, unless a scene has it otherwise.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::devices::first_device_at;
use crate::linking::Cell;
use crate::narthex::{Heard, Home, Json};
use crate::proxy::Proxy;
use crate::seen::{Stranger, devices_that_are_signed};
use crate::servers::Servers;
use crate::words::{Outcome, failure, other, port, trust, word};

/// Longer than the longest life of a rendezvous.
const PATIENCE: Duration = Duration::from_secs(200);
/// How long the other one may still take when one has ended: longer than what is asked while nobody is waited for.
const AFTERWARDS: Duration = Duration::from_secs(140);

/// How often a person tries again.
const RETRIES: u8 = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Who {
    New,
    Existing,
}

/// What the person does at a screen in place of what it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Does {
    Cancels,
    /// Types another code than the one that is shown.
    Mistypes,
    /// Says no on the page of the account.
    Declines,
    /// Lets the time of the code pass.
    Waits,
    /// Signs in as somebody else on the page of the account.
    AsAnother,
    /// The program is killed, and started again.
    Kills,
}

/// One of the two devices.
struct Device {
    home: Home,
    args: Vec<String>,
    run: Option<Json>,
    /// How it ended, in words.
    end: Option<String>,
    must_type: bool,
    /// How often the person has tried again, where a server was not reached.
    retries: u8,
}

pub(crate) struct Pair<'a> {
    servers: &'a Servers,
    stranger: &'a Stranger,
    pub(crate) proxy: Proxy,
    cell: Cell,
    name: String,
    first: String,
    new: Device,
    existing: Device,
    payload: Option<String>,
    code: Option<String>,
    /// Has the person let the new device in?
    pub(crate) is_allowed: Arc<AtomicBool>,
    scene: Option<(Who, &'static str, Does)>,
    has_cancelled: Option<Who>,
    mistypes: bool,
    /// Who is killed when the proxy holds something.
    dies: Option<Who>,
    /// Somebody who scans the code first.
    other: Option<Home>,
    others: Option<Json>,
}

impl<'a> Pair<'a> {
    /// A person with one device, and a new one that nobody has used.
    pub(crate) fn new(servers: &'a Servers, stranger: &'a Stranger, cell: Cell) -> Self {
        let proxy = Proxy::around(&servers.base, &servers.authorization);
        let (home, name) = first_device_at(servers, &proxy.base);
        let first = servers.devices(&name)[0].clone();
        let Cell { new_shows, generation } = cell;
        let args = |args: &[&str]| args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>();
        let (new, existing) = if new_shows {
            (
                args(&["login", &proxy.base, "--no-browser", "--qr", "--generation", generation]),
                args(&["link", "--no-browser", "--scan", "-"]),
            )
        } else {
            (
                args(&["login", &proxy.base, "--no-browser", "--scan", "-"]),
                args(&["link", "--no-browser", "--generation", generation]),
            )
        };
        let device = |home, args| Device { home, args, run: None, end: None, must_type: false, retries: 0 };
        Self {
            new: device(Home::new(), new),
            existing: device(home, existing),
            servers,
            stranger,
            proxy,
            cell,
            name,
            first,
            payload: None,
            code: None,
            is_allowed: Arc::default(),
            scene: None,
            has_cancelled: None,
            mistypes: false,
            dies: None,
            other: None,
            others: None,
        }
    }

    /// Somebody else has seen the code, and scans it first.
    pub(crate) fn scanned_first(mut self) -> Self {
        // Who helps has to be signed in.
        let other =
            if self.cell.new_shows { first_device_at(self.servers, &self.proxy.base).0 } else { Home::new() };
        self.other = Some(other);
        self
    }

    pub(crate) fn with(mut self, who: Who, screen: &'static str, does: Does) -> Self {
        self.scene = Some((who, screen, does));
        self
    }

    /// This one is killed when the proxy holds an exchange, and started again.
    pub(crate) fn killed(mut self, who: Who) -> Self {
        self.dies = Some(who);
        self
    }

    /// To the end of both.
    pub(crate) fn lives(mut self) -> Outcome {
        let since = Instant::now();
        let mut until = since + PATIENCE;
        let shows = if self.cell.new_shows { Who::New } else { Who::Existing };
        self.start(shows);
        while self.new.end.is_none() || self.existing.end.is_none() {
            if Instant::now() > until {
                for who in [Who::New, Who::Existing] {
                    self.device(who).end.get_or_insert_with(|| "SILENT".to_owned());
                }
                break;
            }
            if let Some(who) = self.dies.filter(|_| self.proxy.is_holding()) {
                self.dies = None;
                self.dies_and_comes_back(who);
            }
            for who in [Who::New, Who::Existing] {
                let ended_before = self.device(who).end.is_some();
                self.listen(who);
                if !ended_before && self.device(who).end.is_some() {
                    if self.payload.is_none() {
                        // The other one has nothing to scan.
                        let other = if who == Who::New { Who::Existing } else { Who::New };
                        self.ends(other, "not begun".to_owned());
                    }
                    until = until.min(Instant::now() + AFTERWARDS);
                }
            }
        }
        let seconds = since.elapsed().as_secs();
        self.proxy.pass();
        let seen = self.look();
        let end = |device: &mut Device| device.end.take().unwrap_or_default();
        Outcome { new: end(&mut self.new), existing: end(&mut self.existing), seen, seconds }
    }

    fn device(&mut self, who: Who) -> &mut Device {
        match who {
            Who::New => &mut self.new,
            Who::Existing => &mut self.existing,
        }
    }

    fn start(&mut self, who: Who) {
        let payload = self.payload.clone();
        let device = self.device(who);
        let args: Vec<&str> = device.args.iter().map(String::as_str).collect();
        let mut run = device.home.json(&args);
        if let Some(payload) = payload.filter(|_| args.contains(&"--scan")) {
            run.say_text(&payload);
        }
        device.run = Some(run);
    }

    fn dies_and_comes_back(&mut self, who: Who) {
        if let Some(run) = self.device(who).run.take() {
            run.kill();
        }
        self.proxy.pass();
        self.start(who);
    }

    fn listen(&mut self, who: Who) {
        self.types_the_code(who);
        let device = self.device(who);
        let Some(run) = device.run.as_mut() else { return };
        match run.within(Duration::from_millis(40)) {
            Heard::Line(line) => self.sees(who, &line),
            Heard::Nothing => {}
            Heard::End => {
                let code = run.child.wait().ok().and_then(|status| status.code());
                device.run = None;
                device.end.get_or_insert_with(|| format!("ended with {code:?}"));
            }
        }
    }

    fn types_the_code(&mut self, who: Who) {
        let Some(mut code) = self.code.clone() else { return };
        if self.device(who).must_type {
            self.device(who).must_type = false;
            if self.mistypes {
                code = if code == "42" { "24" } else { "42" }.to_owned();
            }
            self.say(who, &json!({ "intent": "enter_code", "code": code }));
        }
    }

    fn say(&mut self, who: Who, line: &Value) {
        if let Some(run) = self.device(who).run.as_mut() {
            // One that has ended meanwhile is heard of below.
            run.try_say(line);
        }
    }

    fn intent(&mut self, who: Who, intent: &str) {
        self.say(who, &json!({ "intent": intent }));
    }

    fn ends(&mut self, who: Who, how: String) {
        self.device(who).end.get_or_insert(how);
    }

    fn sees(&mut self, who: Who, line: &Value) {
        let kind = line["type"].as_str().unwrap_or_default();
        match kind {
            "signed_in" => return self.ends(who, trust(&line["trust"])),
            "linked" => {
                let verified = line["verified"] == true;
                return self.ends(who, if verified { "linked" } else { "linked, not verified" }.to_owned());
            }
            "failed" => {
                let why = if line["failure"].is_object() { failure(&line["failure"]) } else { other(line) };
                return self.ends(who, why);
            }
            "view" => {}
            _ => return,
        }
        let screen = line["screen"].as_str().unwrap_or_default();
        if self.has_cancelled == Some(who) && matches!(screen, "choose" | "welcome" | "signed_in") {
            return self.ends(who, "cancelled".to_owned());
        }
        let answered = line["answered_by_flag"] == true;
        let is_it = |scene: &(Who, &str, Does)| scene.0 == who && scene.1 == screen;
        if let Some((_, _, does)) = self.scene.filter(is_it)
            && self.does(who, does, line)
        {
            return;
        }
        let problem = if screen == "problem" { &line["failure"] } else { &line["problem"] };
        let is_offered = line["offers"].as_array().is_some_and(|offers| offers.contains(&json!("retry")));
        if problem["class"] == "unavailable" && is_offered && self.device(who).retries < RETRIES {
            self.device(who).retries += 1;
            return self.intent(who, "retry");
        }
        match screen {
            _ if line["problem"].is_object() && screen != "signed_in" => {
                self.ends(who, failure(&line["problem"]));
                self.intent(who, "cancel");
            }
            "problem" => {
                self.ends(who, failure(&line["failure"]));
                self.intent(who, "cancel");
            }
            "warning" if !answered => self.intent(who, "understood"),
            "paused" => self.intent(who, "continue"),
            "confirm_account" | "confirm_server" => self.intent(who, "confirm"),
            "qr_code" => self.shows(who, line),
            "check_code" => self.code = Some(word(line, "check_code")),
            "enter_check_code" => self.device(who).must_type = true,
            "consent" => self.intent(who, "open_browser"),
            "user_code" => {
                let name = self.name.clone();
                self.lets_in(line, &name, true);
            }
            _ => {}
        }
    }

    /// Whether that is all that the person does here.
    fn does(&mut self, who: Who, does: Does, line: &Value) -> bool {
        match does {
            Does::Cancels => {
                self.scene = None;
                if line["screen"] == "qr_code" {
                    // Somebody scans it nevertheless.
                    self.shows(who, line);
                }
                self.has_cancelled = Some(who);
                self.intent(who, "cancel");
                true
            }
            Does::Kills => {
                self.scene = None;
                if line["screen"] == "qr_code" {
                    self.shows(who, line);
                }
                self.dies_and_comes_back(who);
                true
            }
            Does::Mistypes => {
                self.scene = None;
                self.mistypes = true;
                self.device(who).must_type = true;
                true
            }
            Does::Declines => {
                self.scene = None;
                let name = self.name.clone();
                self.lets_in(line, &name, false);
                true
            }
            Does::AsAnother => {
                self.scene = None;
                let another = self.servers.person();
                self.lets_in(line, &another, true);
                true
            }
            Does::Waits => true,
        }
    }

    fn shows(&mut self, who: Who, line: &Value) {
        if self.payload.is_none() {
            let payload = word(line, "payload");
            if let Some(other) = &self.other {
                let args = if who == Who::New { &self.existing.args } else { &self.new.args };
                let mut scans = other.json(&args.iter().map(String::as_str).collect::<Vec<_>>());
                scans.say_text(&payload);
                scans.screen("warning");
                scans.intent("understood");
                scans.screen("check_code");
                self.others = Some(scans);
            }
            self.payload = Some(payload);
            self.start(if who == Who::New { Who::Existing } else { Who::New });
        } else if self.payload.as_deref() != line["payload"].as_str() {
            self.ends(who, "shows another code".to_owned());
            self.intent(who, "cancel");
        }
    }

    fn lets_in(&self, line: &Value, name: &str, allow: bool) {
        if self.is_allowed.swap(true, Ordering::Relaxed) {
            return;
        }
        let page = format!("{}/device", self.servers.authorization);
        let code = word(line, "user_code");
        std::thread::scope(|scope| {
            // A page that does not work is seen by its outcome.
            let visit = scope.spawn(|| Browser::default().enter_code(&page, &code, name, allow));
            let _ = visit.join();
        });
    }

    /// What is so at the server.
    fn look(&self) -> String {
        let theirs = self.servers.devices(&self.name);
        let new: Vec<_> = theirs.iter().filter(|device| **device != self.first).collect();
        let here = self.new.home.run(&["accounts", "--json"], "");
        let here = String::from_utf8_lossy(&here.stdout).into_owned();
        let [new] = new[..] else {
            return match new.len() {
                0 if here.contains(&format!("@{}:", self.name)) => "A SESSION THAT IS NONE".to_owned(),
                0 => "no device".to_owned(),
                n => format!("{n} DEVICES"),
            };
        };
        if !here.contains(new.as_str()) {
            return "A DEVICE OF NOBODY".to_owned();
        }
        let user_id = format!("@{}:localhost{}", self.name, port(&self.servers.base));
        let signed = devices_that_are_signed(&self.stranger.keys_of(&user_id), &user_id);
        if signed.contains(new) { "signed" } else { "not signed" }.to_owned()
    }
}
