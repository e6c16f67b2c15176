//! Several processes of one application, with a session bus and without: who gets the callback?
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that panics has failed, as it should")]
#![expect(clippy::print_stdout, reason = "processes talk to the test, and a test that is skipped says so")]

#[path = "processes/role.rs"]
mod role;
#[cfg(target_os = "linux")]
#[path = "processes/schemes.rs"]
mod schemes;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::{Child, Command, Stdio};

use role::{ADDRESS, APP, Place};
use tempfile::TempDir;

#[tokio::test]
async fn plays_its_part() {
    role::play().await;
}

/// Without a session bus, and with one of its own if there is a program for it.
fn in_both_worlds(test: impl Fn(&Place)) {
    test(&Place { runtime: runtime().path(), bus: None });
    with_a_bus(|bus| test(&Place { runtime: runtime().path(), bus: Some(bus) }));
}

fn runtime() -> TempDir {
    tempfile::Builder::new().permissions(fs::Permissions::from_mode(0o700)).tempdir().unwrap()
}

/// A session bus that ends with the test.
struct Bus(Child);

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn with_a_bus(test: impl FnOnce(&str)) {
    let mut daemon = Command::new("dbus-daemon");
    daemon.args(["--session", "--nofork", "--print-address"]).stdout(Stdio::piped()).stderr(Stdio::null());
    let Ok(child) = daemon.spawn() else {
        println!("not run with a session bus: dbus-daemon is not installed");
        return;
    };
    let mut bus = Bus(child);
    let mut address = String::new();
    BufReader::new(bus.0.stdout.take().unwrap()).read_line(&mut address).unwrap();
    test(address.trim());
}

#[test]
fn a_second_process_hands_its_callback_to_the_first() {
    in_both_worlds(|place| {
        let (mut first, claimed) = place.claim("default");
        assert_eq!(claimed, "first");
        let (mut second, claimed) = place.claim("default");
        assert_eq!(claimed, "running");
        assert_eq!(second.says(), "Ok(1)");
        assert_eq!(first.says(), ADDRESS);
        assert_eq!(place.deliver("io.example.app:/callback?error=access_denied"), "Ok(1)");
        assert_eq!(first.says(), "io.example.app:/callback?error=access_denied");
    });
}

#[test]
fn what_a_killed_process_leaves_is_no_obstacle() {
    in_both_worlds(|place| {
        for _ in 0..3 {
            let (mut first, claimed) = place.claim("default");
            assert_eq!(claimed, "first");
            assert_eq!(place.deliver(ADDRESS), "Ok(1)");
            assert_eq!(first.says(), ADDRESS);
            // SIGKILL: it can put nothing away.
            drop(first);
            assert!(place.runtime.join(APP).join("default.sock").exists());
            assert_eq!(place.deliver(ADDRESS), "Err(Nobody)");
        }
    });
}

/// Who started a flow is known by its `state` alone, and that to its engine.
#[test]
fn every_profile_gets_the_callback_once() {
    in_both_worlds(|place| {
        let (mut work, claimed) = place.claim("work");
        assert_eq!(claimed, "first");
        let (mut home, claimed) = place.claim("0home");
        assert_eq!(claimed, "first");
        assert_eq!(place.deliver("a"), "Ok(2)");
        assert_eq!(place.deliver("b"), "Ok(2)");
        for process in [&mut work, &mut home] {
            assert_eq!((process.says(), process.says()), ("a".to_owned(), "b".to_owned()));
        }
    });
}

#[test]
fn a_callback_that_nobody_awaits_is_said_to_be_undelivered() {
    in_both_worlds(|place| assert_eq!(place.deliver(ADDRESS), "Err(Nobody)"));
}

#[test]
fn what_is_no_address_goes_nowhere() {
    in_both_worlds(|place| {
        let (_first, _) = place.claim("default");
        for garbage in ["", "a\nb", &"x".repeat(8 * 1024 + 1)] {
            assert_eq!(place.deliver(garbage), "Err(NotAnAddress)");
        }
        assert_eq!(place.deliver(&"x".repeat(8 * 1024)), "Ok(1)");
    });
}

#[test]
fn a_process_without_the_bus_and_one_with_it_meet() {
    with_a_bus(|bus| {
        let runtime = runtime();
        let without = Place { runtime: runtime.path(), bus: None };
        let with = Place { runtime: runtime.path(), bus: Some(bus) };
        for (one, other) in [(&without, &with), (&with, &without)] {
            let (mut first, claimed) = one.claim("default");
            assert_eq!(claimed, "first");
            let (mut second, claimed) = other.claim("default");
            assert_eq!((claimed, second.says()), ("running".to_owned(), "Ok(1)".to_owned()));
            assert_eq!(first.says(), ADDRESS);
        }
    });
}

/// As in two sandboxes, which share the bus and no folder.
#[test]
fn two_processes_that_share_only_the_bus_meet() {
    with_a_bus(|bus| {
        let (here, there) = (runtime(), runtime());
        let (mut first, claimed) = Place { runtime: here.path(), bus: Some(bus) }.claim("default");
        assert_eq!(claimed, "first");
        let (mut second, claimed) = Place { runtime: there.path(), bus: Some(bus) }.claim("default");
        assert_eq!((claimed, second.says()), ("running".to_owned(), "Ok(1)".to_owned()));
        assert_eq!(first.says(), ADDRESS);
    });
}

#[test]
fn a_bus_that_dies_takes_no_callback_with_it() {
    let runtime = runtime();
    let mut first = None;
    with_a_bus(|bus| {
        let (process, claimed) = Place { runtime: runtime.path(), bus: Some(bus) }.claim("default");
        assert_eq!(claimed, "first");
        first.replace(process);
    });
    let Some(mut first) = first else { return };
    assert_eq!(Place { runtime: runtime.path(), bus: None }.deliver(ADDRESS), "Ok(1)");
    assert_eq!(first.says(), ADDRESS);
}

#[test]
fn hostile_peers_do_not_keep_the_callback_out() {
    let runtime = runtime();
    let place = Place { runtime: runtime.path(), bus: None };
    let (mut first, _) = place.claim("default");
    let socket = runtime.path().join(APP).join("default.sock");
    let connected = || UnixStream::connect(&socket).unwrap();
    let mut silent = Vec::new();
    for n in 0..100 {
        let mut peer = connected();
        if n % 2 == 0 {
            peer.write_all(b"\x01").unwrap();
        }
        silent.push(peer);
    }
    let garbage: [&[u8]; 6] =
        [b"", b"\0\0", b"\xff\xff", b"\0\x02\xff\xfe", b"\0\x03a\nb", b"GET / HTTP/1.1\r\n"];
    for garbage in garbage {
        let mut peer = connected();
        peer.write_all(garbage).unwrap();
        peer.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        // It may be refused before it is read.
        let _ = peer.read_to_end(&mut answer);
        assert!(answer.is_empty() || answer == [0], "{garbage:?}: {answer:?}");
    }
    // A megabyte, which is cut off.
    let _ = connected().write_all(&vec![b'x'; 1024 * 1024]);
    assert_eq!(place.deliver(ADDRESS), "Ok(1)");
    assert_eq!(first.says(), ADDRESS);
}

#[test]
fn garbage_on_the_bus_is_refused() {
    with_a_bus(|bus| {
        let runtime = runtime();
        let place = Place { runtime: runtime.path(), bus: Some(bus) };
        let (mut first, _) = place.claim("default");
        let long = "x".repeat(1024 * 1024);
        for (method, argument) in [
            ("Deliver", "string:a\nb".to_owned()),
            ("Deliver", "string:".to_owned()),
            ("Deliver", "int32:1".to_owned()),
            ("Other", "string:a".to_owned()),
            ("Deliver", format!("string:{}", &long[..100_000])),
        ] {
            let called = Command::new("dbus-send")
                .args(["--session", "--print-reply", "--dest=io.example.app.Callback._default", "/callback"])
                .args([format!("narthex.Delivery.{method}"), argument])
                .env("DBUS_SESSION_BUS_ADDRESS", bus)
                .output();
            let Ok(called) = called else { return };
            assert!(!called.status.success(), "{method}");
        }
        assert_eq!(place.deliver(ADDRESS), "Ok(1)");
        assert_eq!(first.says(), ADDRESS);
    });
}

#[test]
fn a_folder_that_others_can_enter_is_not_used() {
    let runtime = runtime();
    let place = Place { runtime: runtime.path(), bus: None };
    let folder = runtime.path().join(APP);
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
    let squatter = UnixListener::bind(folder.join("default.sock")).unwrap();
    assert_eq!(place.deliver(ADDRESS), "Err(Nobody)");
    assert_eq!(place.claim("default").1, "PermissionDenied");
    drop(squatter);
}

/// One that stands still, as under a debugger, does not keep the others from their callback.
#[test]
fn a_process_that_stands_still_is_given_up() {
    let runtime = runtime();
    let place = Place { runtime: runtime.path(), bus: None };
    let (still, _) = place.claim("a");
    let (mut other, _) = place.claim("b");
    let stop = format!("kill -STOP {}", still.id());
    assert!(Command::new("sh").args(["-c", &stop]).status().unwrap().success());
    assert_eq!(place.deliver(ADDRESS), "Ok(1)");
    assert_eq!(other.says(), ADDRESS);
}
