//! A scheme registered on a real Linux desktop without a screen, and opened as a browser would.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::role::{ADDRESS, Place, Process};

/// A home where nothing has been chosen yet.
struct Home {
    folder: TempDir,
}

impl Home {
    fn new() -> Self {
        Self { folder: super::runtime() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn entry(&self) -> PathBuf {
        self.path("data/applications/io.example.app.callback.desktop")
    }

    fn list(&self) -> String {
        fs::read_to_string(self.path("config/mimeapps.list")).unwrap_or_default()
    }

    /// A program of this name that runs a script, which is told the words of its command as `$@`.
    fn program(&self, name: &str, script: &str) -> PathBuf {
        let program = self.path(name);
        fs::create_dir_all(program.parent().unwrap()).unwrap();
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
        program
    }

    /// A program that passes its words on into a pipe.
    fn listing(&self, name: &str) -> PathBuf {
        let pipe = self.path("pipe");
        if !pipe.exists() {
            assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        }
        self.program(name, &format!("printf '%s|' \"$@\" > '{}'", pipe.display()))
    }

    fn in_here<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("HOME", self.folder.path())
            .env("XDG_DATA_HOME", self.path("data"))
            .env("XDG_CONFIG_HOME", self.path("config"))
            // Whether there is a display is all that xdg-open asks.
            .env("DISPLAY", ":nowhere")
            .env_remove("XDG_CURRENT_DESKTOP")
            .env_remove("WAYLAND_DISPLAY")
    }

    /// What became of `deed`: register, standing or unregister.
    fn ask(&self, deed: &str, program: &Path) -> String {
        let place = Place { runtime: self.folder.path(), bus: None };
        let mut command = place.command(&format!("{deed} {}", program.display()));
        self.in_here(&mut command);
        Process::start(command).says()
    }

    /// What a program of `listing` was told when `opener` opened an address.
    fn told(&self, opener: &[&str]) -> String {
        let mut cat = Command::new("timeout");
        let cat = cat.arg("20").arg("cat").arg(self.path("pipe")).stdout(std::process::Stdio::piped());
        let cat = cat.spawn().unwrap();
        let mut open = Command::new(opener[0]);
        let opened = self.in_here(open.args(&opener[1..]).arg(ADDRESS)).status().unwrap();
        let said = cat.wait_with_output().unwrap();
        assert!(opened.success(), "{opener:?}");
        String::from_utf8(said.stdout).unwrap()
    }
}

fn is_there(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// The programs that open an address and are installed; those that are not are named.
fn openers() -> Vec<&'static [&'static str]> {
    let all: [&[&str]; 2] = [&["xdg-open"], &["gio", "open"]];
    let there = |opener: &&[&str]| {
        let there =
            opener[0] == "gio" && Command::new("gio").arg("version").output().is_ok() || is_there(opener[0]);
        if !there {
            println!("not run with {}, which is not installed", opener[0]);
        }
        there
    };
    all.into_iter().filter(there).collect()
}

fn nothing_registers() -> bool {
    let nothing = openers().is_empty();
    if nothing {
        println!("not run: there are neither xdg-utils nor gio");
    }
    nothing
}

#[test]
fn an_address_of_the_scheme_starts_the_program_with_it_unchanged() {
    if nothing_registers() {
        return;
    }
    let home = Home::new();
    let program = home.listing("bin/narthex");
    assert_eq!(home.ask("standing", &program), "Ok(Nobody)");
    assert_eq!(home.ask("register", &program), "Ok(())");
    assert_eq!(home.ask("standing", &program), "Ok(Ours)");
    assert!(home.list().contains("x-scheme-handler/io.example.app=io.example.app.callback.desktop"));
    for opener in openers() {
        assert_eq!(home.told(opener), format!("deliver|{ADDRESS}|"), "{opener:?}");
    }
    assert!(!Path::new("pwned").exists());
}

#[test]
fn a_path_with_characters_of_a_shell_is_started_where_quotes_are_understood() {
    let home = Home::new();
    let program = home.listing("a b/$(touch pwned)`\"\\ü;&/narthex");
    if !openers().contains(&&["gio", "open"][..]) {
        return;
    }
    assert_eq!(home.ask("register", &program), "Ok(())");
    assert_eq!(home.told(&["gio", "open"]), format!("deliver|{ADDRESS}|"));
    assert!(!Path::new("pwned").exists());
}

#[test]
fn a_program_that_has_moved_is_noticed_and_registered_again() {
    if nothing_registers() {
        return;
    }
    let home = Home::new();
    let old = home.listing("old/narthex");
    assert_eq!(home.ask("register", &old), "Ok(())");
    let new = home.path("new-narthex");
    fs::rename(&old, &new).unwrap();
    // Some desktops see that the program is gone, and say nothing of it.
    let standing = home.ask("standing", &new);
    assert!(standing == "Ok(Nobody)" || standing.starts_with("Ok(Outdated("), "{standing}");
    assert_eq!(home.ask("register", &new), "Ok(())");
    for opener in openers() {
        assert_eq!(home.told(opener), format!("deliver|{ADDRESS}|"), "{opener:?}");
    }
}

#[test]
fn what_was_registered_is_taken_back_and_nothing_else() {
    if nothing_registers() {
        return;
    }
    let home = Home::new();
    let program = home.listing("bin/narthex");
    fs::create_dir_all(home.path("config")).unwrap();
    let others = "[Default Applications]\nx-scheme-handler/other=other.desktop\n";
    fs::write(home.path("config/mimeapps.list"), others).unwrap();
    assert_eq!(home.ask("unregister", &program), "Ok(())");
    assert_eq!(home.list(), others);
    assert_eq!(home.ask("register", &program), "Ok(())");
    assert_eq!(home.ask("unregister", &program), "Ok(())");
    assert_eq!(home.ask("standing", &program), "Ok(Nobody)");
    assert!(!home.entry().exists());
    assert!(home.list().contains("x-scheme-handler/other=other.desktop"));
    assert!(!home.list().contains("io.example.app"), "{}", home.list());
}

#[test]
fn another_application_that_is_chosen_is_named() {
    if nothing_registers() {
        return;
    }
    let home = Home::new();
    let program = home.listing("bin/narthex");
    let entry = "[Desktop Entry]\nType=Application\nName=Other\nExec=/bin/sh %u\n\
                 MimeType=x-scheme-handler/io.example.app;\n";
    fs::create_dir_all(home.path("data/applications")).unwrap();
    fs::create_dir_all(home.path("config")).unwrap();
    fs::write(home.path("data/applications/other.desktop"), entry).unwrap();
    let list = "[Default Applications]\nx-scheme-handler/io.example.app=other.desktop\n";
    fs::write(home.path("config/mimeapps.list"), list).unwrap();
    assert_eq!(home.ask("standing", &program), "Ok(Other(\"other.desktop\"))");
    // Whoever registers wants to be it.
    assert_eq!(home.ask("register", &program), "Ok(())");
    assert_eq!(home.ask("unregister", &program), "Ok(())");
    // xdg-mime keeps the earlier choice behind ours, gio replaces it.
    let standing = home.ask("standing", &program);
    assert!(standing == "Ok(Nobody)" || standing == "Ok(Other(\"other.desktop\"))", "{standing}");
}

/// All the way: what a browser does at the end of a sign-in, to the process that waits for it.
#[test]
fn an_address_that_is_opened_reaches_the_process_that_runs() {
    if nothing_registers() {
        return;
    }
    let home = Home::new();
    let place = Place { runtime: home.folder.path(), bus: None };
    let this = std::env::current_exe().unwrap();
    let script = format!(
        "export NARTHEX_TEST_PART=\"$1\" NARTHEX_TEST_ADDRESS=\"$2\"\n\
         exec '{}' --exact plays_its_part --nocapture",
        this.display()
    );
    let program = home.program("bin/narthex", &script);
    assert_eq!(home.ask("register", &program), "Ok(())");
    for opener in openers() {
        // Another one each time: an engine takes a callback once.
        let (mut running, claimed) = place.claim("default");
        assert_eq!(claimed, "first");
        let mut open = Command::new(opener[0]);
        let open = home.in_here(open.args(&opener[1..]).arg(ADDRESS));
        open.env("XDG_RUNTIME_DIR", home.folder.path());
        open.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
        assert!(open.stdout(std::process::Stdio::null()).status().unwrap().success(), "{opener:?}");
        assert_eq!(running.says(), ADDRESS);
    }
}
