//! Processes that play a part: this very program, run again for one of its tests.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use narthex::Callback;
use narthex_delivery::scheme::{Registrar as _, Registration, Scheme, registrar};
use narthex_delivery::{Claimed, Courier, Inbox, Instance, Outcome};

pub(crate) const APP: &str = "io.example.app";
pub(crate) const ADDRESS: &str = "io.example.app:/callback?code=a%20b&state=$(touch%20pwned)'`;#";

/// Where the processes of a test meet.
pub(crate) struct Place<'a> {
    pub(crate) runtime: &'a Path,
    pub(crate) bus: Option<&'a str>,
}

impl Place<'_> {
    pub(crate) fn command(&self, part: &str) -> Command {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "plays_its_part", "--nocapture"])
            .env("NARTHEX_TEST_PART", part)
            .env("XDG_RUNTIME_DIR", self.runtime)
            .env("DBUS_SESSION_BUS_ADDRESS", self.bus.unwrap_or("unix:path=/nonexistent"))
            .stdout(Stdio::piped());
        command
    }

    /// A process that claims `profile`, and what became of it.
    pub(crate) fn claim(&self, profile: &str) -> (Process, String) {
        let mut process = Process::start(self.command(&format!("claim {profile}")));
        let claimed = process.says();
        (process, claimed)
    }

    /// A process that takes what has this mark, and whether it listens.
    pub(crate) fn open(&self, own: &str) -> Process {
        let mut process = Process::start(self.command(&format!("open {own}")));
        assert_eq!(process.says(), "open");
        process
    }

    /// How a delivery to everybody went.
    pub(crate) fn deliver(&self, address: &str) -> String {
        let mut command = self.command("deliver");
        command.env("NARTHEX_TEST_ADDRESS", address);
        Process::start(command).says()
    }
}

/// Killed when it is dropped.
pub(crate) struct Process {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Process {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, output }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The next line that it has marked.
    pub(crate) fn says(&mut self) -> String {
        let mut line = String::new();
        while self.output.read_line(&mut line).unwrap() > 0 {
            if let Some((_, said)) = line.trim_end().split_once("SAYS ") {
                return said.to_owned();
            }
            line.clear();
        }
        "nothing".to_owned()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Plays the part that the environment names; no longer than any test takes.
pub(crate) async fn play() {
    let Ok(part) = std::env::var("NARTHEX_TEST_PART") else { return };
    let played = async {
        match part.split_once(' ') {
            Some(("claim", profile)) => claim(profile).await,
            Some(("open", own)) => open(own).await,
            Some((deed, program)) => println!("SAYS {}", registered(deed, Path::new(program))),
            None => deliver().await,
        }
    };
    let _ = tokio::time::timeout(Duration::from_secs(60), played).await;
}

async fn claim(profile: &str) {
    match Instance::new(APP, profile).unwrap().claim().await {
        Ok(Claimed::First(inbox)) => {
            println!("SAYS first");
            take(inbox, "").await;
        }
        Ok(Claimed::Running(courier)) => {
            println!("SAYS running");
            println!("SAYS {:?}", courier.deliver(&Callback::from(ADDRESS)).await);
        }
        Err(error) => println!("SAYS {:?}", error.kind()),
    }
}

async fn open(own: &str) {
    match Inbox::open(APP).await {
        Ok(inbox) => {
            println!("SAYS open");
            take(inbox, own).await;
        }
        Err(error) => println!("SAYS {:?}", error.kind()),
    }
}

/// As an engine does: takes what has its mark, once, and says that the rest is not its own.
async fn take(mut inbox: Inbox, own: &str) {
    let mut taken = BTreeSet::new();
    while let Some(arrival) = inbox.next().await {
        let address = arrival.callback.address().expose().clone();
        if address.contains(own) && taken.insert(address.clone()) {
            arrival.answer(if address.contains("error=") { Outcome::Stopped } else { Outcome::Taken });
            println!("SAYS {address}");
        } else {
            arrival.answer(Outcome::NotMine);
        }
    }
}

async fn deliver() {
    let address = std::env::var("NARTHEX_TEST_ADDRESS").unwrap();
    println!("SAYS {:?}", Courier::new(APP).unwrap().deliver(&Callback::from(address)).await);
}

fn registered(deed: &str, program: &Path) -> String {
    let scheme = Scheme::parse(APP).unwrap();
    let registration = Registration::new(scheme, "Example", program, &["deliver"]).unwrap();
    let mut registrar = registrar(registration).unwrap();
    match deed {
        "register" => format!("{:?}", registrar.register()),
        "unregister" => format!("{:?}", registrar.unregister()),
        _ => format!("{:?}", registrar.standing()),
    }
}
