//! A person at a terminal: asked, corrected, waited for, interrupted.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use narthex_sandbox::Config;
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};

use crate::homeserver::Homeserver;
use crate::narthex::Home;
use crate::{PASSWORD, TOKEN};

/// The program at a terminal of this width.
struct Tty {
    child: Child,
    master: File,
    slave: OwnedFd,
    output: Receiver<Vec<u8>>,
    seen: String,
    /// What was seen up to here was waited for.
    upto: usize,
}

impl Tty {
    fn start(home: &Home, columns: u16, args: &[&str]) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
        let slave = File::options().read(true).write(true).open(name).unwrap();
        let size = Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&slave, size).unwrap();
        let end = || Stdio::from(slave.try_clone().unwrap());
        let mut command = Command::new(env!("CARGO_BIN_EXE_narthex"));
        command.args(args).env("NARTHEX_DATA_DIR", home.path()).env("LANG", "C").env("TERM", "xterm");
        command.env("NO_COLOR", "1").env_remove("DBUS_SESSION_BUS_ADDRESS").env_remove("DISPLAY");
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
    fn sees(&mut self, text: &str) -> &mut Self {
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

    fn types(&mut self, keys: &str) -> &mut Self {
        self.master.write_all(keys.as_bytes()).unwrap();
        self
    }

    fn ends(&mut self) -> i32 {
        self.child.wait().unwrap().code().unwrap()
    }

    fn interrupt(&self) {
        kill_process(Pid::from_child(&self.child), Signal::INT).unwrap();
    }

    /// Whether the terminal shows what is typed, as it does for a shell.
    fn echoes(&self) -> bool {
        tcgetattr(&self.slave).unwrap().local_modes.contains(LocalModes::ECHO | LocalModes::ICANON)
    }
}

#[test]
fn an_account_is_made_by_answering_what_is_asked() {
    for columns in [40, 80] {
        let (server, home) = (Homeserver::start(Config::everything), Home::new());
        server.look(|sandbox| sandbox.add_account("taken", "x"));
        let mut tty = Tty::start(&home, columns, &["register", "--no-browser"]);
        tty.sees("Server: ").types("not a server\r").sees("This is not a server").sees("What to do: ");
        tty.sees("Server: not a server").types("\u{15}").types(server.url()).types("\r");
        tty.sees("Username: ").types("taken").sees("This username is taken").sees("What about");
        tty.types("\u{15}Al").sees("cannot have").types("\u{15}alice").sees("Free").types("\r");
        tty.sees("Password: ").types("password").sees("Very weak").types("\u{15}");
        tty.types(PASSWORD)
            .sees("Strong")
            .types("\r")
            .sees("Once more: ")
            .types("other\r")
            .sees("not the same");
        tty.sees("Password: ").types(PASSWORD).types("\r").sees("Once more: ").types(PASSWORD).types("\r");
        loop {
            let step =
                ["Registration token: ", "Or paste", "[y/n]: ", "E-mail address: ", "Signed in as @alice"]
                    .into_iter()
                    .find(|step| tty.shows(step));
            match step {
                Some("Registration token: ") => {
                    tty.sees("Registration token: ").types("wrong\r").sees("not valid");
                    tty.sees("Registration token: ").types(TOKEN).types("\r");
                    tty.sees("\r\n");
                }
                Some("[y/n]: ") => drop(tty.sees("[y/n]: ").types("y\r").sees("\r\n")),
                Some("Or paste") => {
                    let page = tty.seen[..tty.seen.rfind("Or paste").unwrap()].to_owned();
                    let page = page.rsplit("http").find(|part| part.contains("session=")).unwrap();
                    server.solve_captcha(&format!("http{}", page.split_whitespace().next().unwrap()));
                    tty.sees("Or paste").types("\r");
                    tty.upto = tty.seen.len();
                }
                Some("E-mail address: ") => {
                    tty.sees("E-mail address: ").types("a@example.invalid\r").sees("confirmation was sent");
                    server.open_mailed_link("a@example.invalid");
                    tty.types("\r");
                    tty.upto = tty.seen.len();
                }
                Some(_) => break,
                None => tty.more(),
            }
        }
        assert_eq!(tty.ends(), 0);
        assert!(tty.echoes());
        assert!(!tty.seen.contains(PASSWORD));
        let whoami = home.ok(&["whoami"], "");
        assert!(whoami.contains("@alice:"), "{whoami} {}", tty.seen);
    }
}

impl Tty {
    fn shows(&self, text: &str) -> bool {
        self.seen[self.upto..].contains(text)
    }

    fn more(&mut self) {
        let bytes = self.output.recv_timeout(Duration::from_secs(30));
        let bytes = bytes.unwrap_or_else(|_| panic!("nothing more is shown: {}", &self.seen[self.upto..]));
        self.seen.push_str(&String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn an_interrupt_is_silent_and_the_next_run_asks_whether_to_go_on() {
    let (server, home) = (Homeserver::start(Config::token), Home::new());
    let mut tty = Tty::start(&home, 80, &["register", server.url()]);
    tty.sees("Username: ").types("alice\r").sees("Password: ").types(PASSWORD).types("\r");
    tty.sees("Once more: ").types(PASSWORD).types("\r").sees("Registration token: ");
    assert!(!tty.echoes());
    tty.interrupt();
    assert_eq!(tty.ends(), 130);
    assert!(tty.echoes());
    assert!(!tty.seen[tty.upto..].contains(|c: char| c.is_alphabetic()), "{:?}", &tty.seen[tty.upto..]);

    let mut tty = Tty::start(&home, 80, &["register"]);
    tty.sees("Continue signing in to http://127.0.0.1").sees("[Y/n]: ").types("\r");
    tty.sees("Registration token: ").types(TOKEN).types("\r").sees("Signed in as @alice");
    assert_eq!(tty.ends(), 0);
}

#[test]
fn a_wrong_password_is_asked_for_again_and_escape_goes_back() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    let mut tty = Tty::start(&home, 80, &["login", server.url()]);
    tty.sees("User id").types("alice\r").sees("Password: ").types("wrong\r").sees("do not match");
    tty.sees("Your choice: ").types("1\r").sees("User id").types("alice\r").sees("Password: ");
    tty.types("\u{1b}").sees("Server: ").types("\r").sees("User id").types("alice\r");
    tty.sees("Password: ").types(PASSWORD).types("\r").sees("Signed in as @alice");
    assert_eq!(tty.ends(), 0);
}

#[test]
fn a_terminal_that_goes_away_ends_the_program() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    let mut tty = Tty::start(&home, 80, &["register", server.url()]);
    tty.sees("Username: ").types("\u{4}");
    assert_eq!(tty.ends(), 130);
}
