//! A sequence is run, and the program held against the model after each step.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::mpsc::channel;
use std::time::Duration;

use serde_json::Value;

use crate::program::{Ended, Home, Waiting};
use crate::server::Homeserver;
use crate::state::{Facts, Life, Model, Stored, Unfinished};
use crate::step::{Fault, Kind, Sequence, Step, User};
use crate::{PASSWORDS, elsewhere};

const PROFILES: [&str; 2] = ["default", "other"];

/// How many commands there were, how many were killed, and how many met a server that was out of order.
pub(crate) static COMMANDS: AtomicU32 = AtomicU32::new(0);
pub(crate) static KILLED: AtomicU32 = AtomicU32::new(0);
pub(crate) static MET: AtomicU32 = AtomicU32::new(0);

/// A sign-in that waits for somebody.
pub(crate) struct Sent {
    pub(crate) run: Waiting,
    pub(crate) to: To,
    /// What was stored when it began.
    pub(crate) before: Stored,
}

/// Where it sends them.
pub(crate) enum To {
    Page(String),
    Code(String),
}

pub(crate) struct Run {
    pub(crate) kind: Kind,
    pub(crate) server: Homeserver,
    pub(crate) home: Home,
    pub(crate) model: Model,
    /// Which profile commands are of.
    pub(crate) at: usize,
    pub(crate) waiting: [VecDeque<Sent>; 2],
    pub(crate) outage: Option<(Fault, u8, u8)>,
    pub(crate) kill: Option<(u8, bool)>,
}

/// What came of a command, in whose way something may have been.
pub(crate) struct Outcome {
    pub(crate) ended: Ended,
    /// The server was out of order for a while.
    pub(crate) met: bool,
}

/// Runs a sequence; the first thing that is wrong.
pub(crate) fn run(sequence: &Sequence) -> Result<(), String> {
    let mut run = Run::new(sequence.server);
    for (number, step) in sequence.steps.iter().enumerate() {
        let done = run.perform(*step).and_then(|()| run.model.holds(&run.facts()?));
        done.map_err(|wrong| format!("step {number}, {}: {wrong}", serde_json::to_string(step).unwrap()))?;
    }
    run.sign_everybody_out().map_err(|wrong| format!("at the end: {wrong}"))
}

/// Whether the program has a command or a flag.
fn knows(args: &'static [&'static str], what: &str) -> bool {
    static HELP: OnceLock<BTreeMap<&str, String>> = OnceLock::new();
    let help = HELP.get_or_init(|| {
        let home = Home::new();
        let help = |args: &[&str]| home.run("default", args, "", channel()).unwrap().stdout;
        BTreeMap::from([("login", help(&["login", "--help"])), ("help", help(&["help"]))])
    });
    help[args[0]].contains(what)
}

impl Run {
    fn new(kind: Kind) -> Self {
        let accounts = BTreeMap::from([(User::Alice, Some(0)), (User::Bob, Some(0))]);
        let model = Model { accounts, ..Model::default() };
        Self {
            kind,
            server: Homeserver::start(kind),
            home: Home::new(),
            model,
            at: 0,
            waiting: Default::default(),
            outage: None,
            kill: None,
        }
    }

    pub(crate) fn profile(&self) -> &'static str {
        PROFILES[self.at]
    }

    /// What is stored, and what is at the server.
    pub(crate) fn facts(&self) -> Result<Facts, String> {
        let mut stored = [BTreeSet::new(), BTreeSet::new()];
        for (profile, stored) in PROFILES.iter().zip(&mut stored) {
            let told = self.home.run(profile, &["accounts", "--json"], "", channel())?;
            let told: Value = serde_json::from_str(&told.stdout).map_err(|_| told.said)?;
            for account in told["accounts"].as_array().into_iter().flatten() {
                let user = User::ALL.into_iter().find(|u| account["user_id"] == self.server.user_id(*u));
                let user = user.ok_or_else(|| format!("whose is {account}?"))?;
                stored.insert((user, account["device_id"].as_str().unwrap_or_default().to_owned()));
            }
        }
        let devices = User::ALL.into_iter().filter_map(|user| Some((user, self.server.devices(user)?)));
        Ok(Facts { stored, devices: devices.collect() })
    }

    /// One command to its end, with whatever is to happen to it.
    pub(crate) fn command(&mut self, args: &[&str], input: &str) -> Result<Outcome, String> {
        let (events, arriving) = channel();
        let kill = self.kill.take().map(|(at, heard)| (at, heard, events.clone()));
        let outage = self.outage.take();
        self.server.meet(outage, kill);
        let ended = self.home.run(PROFILES[self.at], args, input, (events, arriving));
        let met = outage.is_some_and(|(_, from, _)| self.server.heard() > from.into());
        self.server.meet(None, None);
        let ended = ended?;
        COMMANDS.fetch_add(1, Relaxed);
        KILLED.fetch_add(u32::from(ended.code.is_none()), Relaxed);
        MET.fetch_add(u32::from(met), Relaxed);
        Ok(Outcome { ended, met })
    }

    fn perform(&mut self, step: Step) -> Result<(), String> {
        let url = self.server.url().to_owned();
        let is_legacy = self.kind != Kind::Oauth;
        match step {
            Step::Register { user, password, token } if is_legacy => self.register(user, password, token),
            Step::Continue { user } if is_legacy => self.go_on(user),
            Step::Password { user, wrong, keep_other } => {
                let keeps = keep_other && knows(&["login"], "--keep-other");
                let mut args = vec!["login", &url, "--username", user.name(), "--password-stdin"];
                args.extend(keeps.then_some("--keep-other"));
                let password = self.model.accounts.get(&user).copied().flatten().filter(|_| !wrong);
                let outcome = self.command(&args, password.map_or("wrong", |p| PASSWORDS[usize::from(p)]))?;
                match password {
                    // Also "it prefers the browser".
                    Some(_) if !is_legacy && outcome.ended.code == Some(13) => Ok(()),
                    Some(_) => self.signed_in(user, keeps, &outcome),
                    None => self.did_nothing(user, &outcome, &[11]),
                }
            }
            Step::LoginToken { user } if is_legacy => {
                let token = self.server.login_token(user);
                self.model.accounts.entry(user).or_default();
                let outcome = self.command(&["login", &url, "--login-token-stdin"], &token)?;
                self.signed_in(user, false, &outcome)
            }
            Step::Again { user } if is_legacy => self.again(user),
            Step::Start { way } => elsewhere::start(self, way, PROFILES[self.at]),
            Step::Elsewhere { how } => elsewhere::happens(self, how),
            Step::Token { user, times } => self.token(user, times),
            Step::Whoami { user } => self.whoami(user),
            Step::Logout { user, forget } => self.logout(user, forget),
            Step::Switch { user } if knows(&["help"], "switch") => self.switch(user),
            Step::Profile => {
                self.at = 1 - self.at;
                Ok(())
            }
            Step::Both { one, other } if is_legacy => self.both(one, other),
            Step::End { user } => {
                let session = self.model.profiles[self.at].sessions.iter_mut().rev().find(|s| s.user == user);
                if let Some(session) = session
                    && session.life == Life::Alive
                {
                    session.life = Life::Ended;
                    self.server.look(|sandbox| sandbox.kill_device(user.name(), &session.device));
                }
                Ok(())
            }
            // What waits would expire.
            Step::Later if self.waiting.iter().all(VecDeque::is_empty) => {
                self.server.pass(Duration::from_secs(60 * 60));
                let sessions = self.model.profiles.iter_mut().flat_map(|profile| &mut profile.sessions);
                sessions.for_each(|session| session.is_stale = self.kind != Kind::Fleeting);
                Ok(())
            }
            Step::Outage { fault, after, times } => {
                self.outage = Some((fault, after, times));
                Ok(())
            }
            // A code is asked about all the time.
            Step::Kill { at, heard } if is_legacy => {
                self.kill = Some((at, heard));
                Ok(())
            }
            Step::Register { .. }
            | Step::Continue { .. }
            | Step::LoginToken { .. }
            | Step::Again { .. }
            | Step::Switch { .. }
            | Step::Both { .. }
            | Step::Later
            | Step::Kill { .. } => Ok(()),
        }
    }

    /// A sign-in as `user` that has to succeed, unless something was in its way.
    fn signed_in(&mut self, user: User, keeps_others: bool, outcome: &Outcome) -> Result<(), String> {
        let (ended, facts) = (&outcome.ended, self.facts()?);
        match ended.code {
            None => return self.model.believe(self.at, user, &facts),
            Some(0) => {}
            Some(10) if outcome.met => return self.model.believe(self.at, user, &facts),
            Some(code) => return Err(format!("exit code {code}: {}", ended.said)),
        }
        let expected = format!("Signed in as {}", self.server.user_id(user));
        if !ended.said.contains(&expected) {
            return Err(format!("it should have said “{expected}”: {}", ended.said));
        }
        let before = if keeps_others { Stored::new() } else { self.model.profiles[self.at].stored() };
        self.has_new_session(user, &before, outcome.met, &facts)
    }

    /// What is stored after a sign-in.
    pub(crate) fn has_new_session(
        &mut self,
        user: User,
        replaces: &Stored,
        met: bool,
        facts: &Facts,
    ) -> Result<(), String> {
        let before = self.model.profiles[self.at].stored();
        let new: Vec<_> = facts.stored[self.at].difference(&before).collect();
        let [(whose, device)] = new[..] else {
            return Err(format!("new sessions are {new:?}"));
        };
        if *whose != user {
            return Err(format!("{whose:?} is signed in"));
        }
        self.model.profiles[self.at].add(user, device, replaces);
        if met {
            // The replaced one could not be signed out.
            self.model.believe(self.at, user, facts)?;
        }
        Ok(())
    }

    /// A command that has to fail with one of these, and to change nothing.
    fn did_nothing(&mut self, user: User, outcome: &Outcome, codes: &[i32]) -> Result<(), String> {
        match outcome.ended.code {
            None => self.model.believe(self.at, user, &self.facts()?),
            Some(10) if outcome.met => Ok(()),
            Some(code) if codes.contains(&code) => Ok(()),
            Some(code) => Err(format!("exit code {code}, not one of {codes:?}: {}", outcome.ended.said)),
        }
    }

    fn register(&mut self, user: User, password: u8, token: bool) -> Result<(), String> {
        let url = self.server.url().to_owned();
        let mut args = vec!["register", &url, "--username", user.name(), "--password-stdin"];
        args.extend(token.then_some(["--registration-token", crate::server::TOKEN]).into_iter().flatten());
        let is_taken = self.model.accounts.contains_key(&user);
        let outcome = self.command(&args, PASSWORDS[usize::from(password)])?;
        let is_unsure = outcome.met || outcome.ended.code.is_none();
        let profile = &mut self.model.profiles[self.at];
        if is_unsure || !token {
            profile.unfinished.push(Unfinished { user, password, is_unsure: is_unsure || is_taken });
        }
        let may_be_ours = profile.unfinished.iter().any(|other| other.user == user && other.is_unsure);
        if is_taken && !(may_be_ours && outcome.ended.code == Some(0)) {
            return self.did_nothing(user, &outcome, if token { &[11] } else { &[11, 17] });
        }
        if !token && !is_unsure {
            return self.did_nothing(user, &outcome, &[17]);
        }
        self.made(user, &[password], &outcome)
    }

    /// An account, and a session of it.
    fn made(&mut self, user: User, passwords: &[u8], outcome: &Outcome) -> Result<(), String> {
        if self.server.devices(user).is_some() {
            let has = |password: &&u8| {
                self.server.look(|s| s.has_password(user.name(), PASSWORDS[usize::from(**password)]))
            };
            let password = passwords.iter().find(has);
            let password = *password.ok_or_else(|| format!("{user:?} has another password"))?;
            self.model.accounts.insert(user, Some(password));
        }
        if outcome.ended.code == Some(17) && outcome.met {
            return Ok(());
        }
        self.signed_in(user, false, outcome)
    }

    fn go_on(&mut self, user: User) -> Result<(), String> {
        let url = self.server.url().to_owned();
        let args =
            ["register", &url, "--username", user.name(), "--registration-token", crate::server::TOKEN];
        let profile = &self.model.profiles[self.at];
        let mine = || profile.unfinished.iter().filter(|other| other.user == user);
        let passwords: Vec<u8> = mine().map(|other| other.password).collect();
        let is_sure = mine().any(|other| !other.is_unsure);
        let is_taken = self.model.accounts.contains_key(&user);
        let outcome = self.command(&args, "")?;
        match (outcome.ended.code, passwords.is_empty()) {
            (Some(17), true) => Ok(()),
            (Some(10), _) if outcome.met && is_taken => Ok(()),
            (Some(17), false) if !is_sure || is_taken => Ok(()),
            (Some(11), _) if is_taken => Ok(()),
            // It was killed, and the name may be somebody else's.
            (None, false) if is_taken => self.did_nothing(user, &outcome, &[]),
            (Some(0) | None, false) => self.made(user, &passwords, &outcome),
            (Some(10), _) if outcome.met => {
                self.model.profiles[self.at].unfinished.iter_mut().for_each(|other| other.is_unsure = true);
                self.made(user, &passwords, &outcome)
            }
            (None, true) => self.did_nothing(user, &outcome, &[]),
            (code, _) => Err(format!("exit code {code:?}: {}", outcome.ended.said)),
        }
    }

    fn again(&mut self, user: User) -> Result<(), String> {
        let user_id = self.server.user_id(user);
        let Some(Some(password)) = self.model.accounts.get(&user).copied() else { return Ok(()) };
        let meant = self.model.profiles[self.at].meant(Some(user));
        let args = ["login", "--again", "--password-stdin", "--account", &user_id];
        let outcome = self.command(&args, PASSWORDS[usize::from(password)])?;
        let [session] = &meant[..] else {
            let facts = self.facts()?;
            let code = outcome.ended.code;
            return match meant.is_empty() {
                true => self.did_nothing(user, &outcome, &[1]),
                false if code.is_none_or(|code| code == 0) => self.model.believe(self.at, user, &facts),
                false => self.did_nothing(user, &outcome, &[1, 10]),
            };
        };
        let facts = self.facts()?;
        match outcome.ended.code {
            Some(0) if outcome.ended.said.contains(&user_id) => {
                let session = self.model.profiles[self.at].find(user, &session.device);
                let session = session.ok_or("it is gone")?;
                (session.life, session.is_stale) = (Life::Alive, false);
                Ok(())
            }
            None => self.model.believe(self.at, user, &facts),
            Some(10) if outcome.met => self.model.believe(self.at, user, &facts),
            Some(code) => Err(format!("exit code {code}: {}", outcome.ended.said)),
        }
    }

    fn both(&mut self, one: User, other: User) -> Result<(), String> {
        let of =
            |user| Some((user, PASSWORDS[usize::from(self.model.accounts.get(&user).copied().flatten()?)]));
        let (Some(one), Some(other)) = (of(one), of(other)) else { return Ok(()) };
        let (home, url, at) = (&self.home, self.server.url(), PROFILES[self.at]);
        let ended: Result<Vec<Ended>, String> = std::thread::scope(|scope| {
            let runs = [one, other].map(|(user, password)| {
                let args = ["login", url, "--username", user.name(), "--password-stdin"];
                scope.spawn(move || home.run(at, &args, password, channel()))
            });
            runs.into_iter().map(|run| run.join().unwrap()).collect()
        });
        for (ended, (user, _)) in ended?.iter().zip([one, other]) {
            let expected = format!("Signed in as {}", self.server.user_id(user));
            if ended.code != Some(0) || !ended.said.contains(&expected) {
                return Err(format!("exit code {:?}: {}", ended.code, ended.said));
            }
        }
        let facts = self.facts()?;
        if one.0 == other.0 {
            let excused = self.model.excused.clone();
            self.model.believe(self.at, one.0, &facts)?;
            self.model.excused = excused;
            return Ok(());
        }
        let before = self.model.profiles[self.at].stored();
        for (user, device) in facts.stored[self.at].difference(&before) {
            self.model.profiles[self.at].add(*user, device, &before);
        }
        self.model.profiles[self.at].order_is_unsure = true;
        Ok(())
    }
}
