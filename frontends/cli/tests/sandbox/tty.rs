//! A terminal, and the program at it.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};

use crate::narthex::Home;

/// The program at a terminal.
pub(crate) struct Tty {
    child: Child,
    master: File,
    slave: OwnedFd,
    output: Receiver<Vec<u8>>,
    pub(crate) seen: String,
    /// What was seen up to here was waited for.
    pub(crate) upto: usize,
}

impl Tty {
    /// At a terminal of this width.
    pub(crate) fn start(home: &Home, columns: u16, args: &[&str]) -> Self {
        Self::run(home.command(args), columns)
    }

    /// Below a shell that knows jobs: `Ctrl-Z`, `fg`.
    pub(crate) fn shell(home: &Home) -> Self {
        let mut command = Command::new("setsid");
        command.args(["--ctty", "--wait", "bash", "--norc", "--noprofile", "-i"]);
        command.env("NARTHEX_DATA_DIR", home.path()).env("PS1", "prompt> ").current_dir(home.path());
        let mut tty = Self::run(command, 80);
        tty.sees("prompt> ");
        tty
    }

    pub(crate) fn run(mut command: Command, columns: u16) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
        let slave = File::options().read(true).write(true).open(name).unwrap();
        let size = Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&slave, size).unwrap();
        let end = || Stdio::from(slave.try_clone().unwrap());
        let defaults = [("LANG", "C"), ("TERM", "xterm"), ("NO_COLOR", "1")];
        for (name, value) in defaults {
            if command.get_envs().all(|(set, _)| set != name) {
                command.env(name, value);
            }
        }
        command.env_remove("DBUS_SESSION_BUS_ADDRESS").env_remove("DISPLAY");
        let child = command.stdin(end()).stdout(end()).stderr(end()).spawn().unwrap();
        let (to, output) = channel();
        let master = File::from(master);
        let mut reader = master.try_clone().unwrap();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                let _ = to.send(buffer[..n].to_vec());
            }
        });
        Self { child, master, slave: slave.into(), output, seen: String::new(), upto: 0 }
    }

    /// Waits until this is shown, after what was waited for before.
    pub(crate) fn sees(&mut self, text: &str) -> &mut Self {
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            if let Some(at) = self.seen[self.upto..].find(text) {
                self.upto += at + text.len();
                return self;
            }
            assert!(Instant::now() < until, "{text} is not shown: {}", &self.seen[self.upto..]);
            if let Ok(bytes) = self.output.recv_timeout(Duration::from_millis(100)) {
                self.seen.push_str(&String::from_utf8_lossy(&bytes));
            }
        }
    }

    pub(crate) fn types(&mut self, keys: &str) -> &mut Self {
        self.master.write_all(keys.as_bytes()).unwrap();
        self
    }

    pub(crate) fn ends(&mut self) -> i32 {
        self.child.wait().unwrap().code().unwrap()
    }

    /// Which signal ended it.
    pub(crate) fn dies(&mut self) -> Option<i32> {
        self.child.wait().unwrap().signal()
    }

    pub(crate) fn interrupt(&self) {
        self.signals(Signal::INT);
    }

    pub(crate) fn signals(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// All that is shown from here on, until it ends.
    pub(crate) fn rest(&mut self) -> &str {
        let from = self.upto;
        self.child.wait().unwrap();
        while let Ok(bytes) = self.output.recv_timeout(Duration::from_millis(200)) {
            self.seen.push_str(&String::from_utf8_lossy(&bytes));
        }
        &self.seen[from..]
    }

    /// Whether the terminal shows what is typed, as it does for a shell.
    pub(crate) fn echoes(&self) -> bool {
        tcgetattr(&self.slave).unwrap().local_modes.contains(LocalModes::ECHO | LocalModes::ICANON)
    }

    pub(crate) fn shows(&self, text: &str) -> bool {
        self.seen[self.upto..].contains(text)
    }

    pub(crate) fn more(&mut self) {
        let bytes = self.output.recv_timeout(Duration::from_secs(30));
        let bytes = bytes.unwrap_or_else(|_| panic!("nothing more is shown: {}", &self.seen[self.upto..]));
        self.seen.push_str(&String::from_utf8_lossy(&bytes));
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
