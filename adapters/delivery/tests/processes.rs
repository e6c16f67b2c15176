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
use std::time::{Duration, Instant};

use role::{ADDRESS, APP, Place, Process};
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
        assert_eq!(second.says(), "Ok(())");
        assert_eq!(first.says(), ADDRESS);
        assert_eq!(place.deliver("io.example.app:/callback?error=access_denied"), "Ok(())");
        assert_eq!(first.says(), "io.example.app:/callback?error=access_denied");
    });
}

#[test]
fn what_a_killed_process_leaves_is_no_obstacle() {
    in_both_worlds(|place| {
        for _ in 0..3 {
            let (mut first, claimed) = place.claim("default");
            assert_eq!(claimed, "first");
            assert_eq!(place.deliver(ADDRESS), "Ok(())");
            assert_eq!(first.says(), ADDRESS);
            // SIGKILL: it can put nothing away.
            drop(first);
            assert!(place.runtime.join(APP).join("default.sock").exists());
            assert_eq!(place.deliver(ADDRESS), "Err(Nobody)");
        }
    });
}

/// `Found D7`. Whose a callback is, is known by its `state` alone, and that to the engine that made it.
#[test]
fn a_callback_goes_on_until_somebody_takes_it() {
    in_both_worlds(|place| {
        let mut processes: Vec<(String, Process)> = (1..=5)
            .map(|n| (format!("state={n}"), n))
            .map(|(own, _)| (own.clone(), place.open(&own)))
            .collect();
        for (own, process) in &mut processes {
            let address = format!("io.example.app:/callback?{own}");
            assert_eq!(place.deliver(&address), "Ok(())");
            assert_eq!(process.says(), address);
        }
        assert_eq!(place.deliver("io.example.app:/callback?state=6"), "Err(Nobody)");
        // The name of one that was killed is free again.
        drop(processes.remove(1));
        let mut again = place.open("state=6");
        assert_eq!(place.deliver("io.example.app:/callback?state=6"), "Ok(())");
        assert_eq!(again.says(), "io.example.app:/callback?state=6");
        let sockets = fs::read_dir(place.runtime.join(APP)).unwrap();
        assert!(sockets.count() <= 10, "a socket and a lock for each of five");
    });
}

/// A profile that is in use is no obstacle to another sign-in of the same profile.
#[test]
fn a_process_with_a_name_and_others_without_listen_side_by_side() {
    in_both_worlds(|place| {
        let (mut named, claimed) = place.claim("default");
        assert_eq!(claimed, "first");
        let mut other = place.open("state=other");
        let address = "io.example.app:/callback?state=other";
        assert_eq!(place.deliver(address), "Ok(())");
        // The first one takes whatever comes.
        assert!(named.says() == address || other.says() == address);
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
        assert_eq!(place.deliver(&"x".repeat(8 * 1024)), "Ok(())");
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
            assert_eq!((claimed, second.says()), ("running".to_owned(), "Ok(())".to_owned()));
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
        assert_eq!((claimed, second.says()), ("running".to_owned(), "Ok(())".to_owned()));
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
    assert_eq!(Place { runtime: runtime.path(), bus: None }.deliver(ADDRESS), "Ok(())");
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
    assert_eq!(place.deliver(ADDRESS), "Ok(())");
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
        assert_eq!(place.deliver(ADDRESS), "Ok(())");
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

/// One that stands still, as under a debugger, does not keep the others from their callback; and when nobody else takes
/// it, it is not said that nobody waits.
#[test]
fn a_process_that_stands_still_is_given_up() {
    let runtime = runtime();
    let place = Place { runtime: runtime.path(), bus: None };
    let still = place.open("state=1");
    let mut other = place.open("state=2");
    let stop = format!("kill -STOP {}", still.id());
    assert!(Command::new("sh").args(["-c", &stop]).status().unwrap().success());
    assert_eq!(place.deliver("a?state=2"), "Ok(())");
    assert_eq!(other.says(), "a?state=2");
    let start = Instant::now();
    assert_eq!(place.deliver("a?state=1"), "Err(Busy)");
    assert!(start.elapsed() < Duration::from_secs(10));
}

/// One whose whole life is over in the middle of a handover.
#[test]
fn a_process_that_dies_half_way_is_no_obstacle() {
    let runtime = runtime();
    let place = Place { runtime: runtime.path(), bus: None };
    let mut other = place.open("state=2");
    let folder = runtime.path().join(APP);
    let dying = UnixListener::bind(folder.join("dying.sock")).unwrap();
    let died = std::thread::spawn(move || {
        // Both versions: gone before it has read, and after.
        drop(dying.accept().unwrap());
        let (mut peer, _) = dying.accept().unwrap();
        let _ = peer.read(&mut [0; 4]);
    });
    assert_eq!(place.deliver("a?state=2"), "Ok(())");
    assert_eq!(other.says(), "a?state=2");
    assert_eq!(place.deliver("a?state=3"), "Err(Nobody)");
    drop(UnixStream::connect(folder.join("dying.sock")));
    died.join().unwrap();
}

/// What the first version of this program does: it takes whatever it has room for, and cannot say more.
#[test]
fn an_older_process_is_asked_last_and_still_gets_its_callback() {
    let runtime = runtime();
    let place = Place { runtime: runtime.path(), bus: None };
    let mut newer = place.open("state=2");
    let older = UnixListener::bind(runtime.path().join(APP).join("default.sock")).unwrap();
    let heard = std::thread::spawn(move || {
        let mut heard = Vec::new();
        for peer in older.incoming().take(3) {
            let mut peer = peer.unwrap();
            let mut length = [0; 2];
            peer.read_exact(&mut length).unwrap();
            let length = usize::from(u16::from_be_bytes(length));
            let is_read = length <= 8 * 1024;
            if is_read {
                let mut address = vec![0; length];
                peer.read_exact(&mut address).unwrap();
                heard.push(String::from_utf8(address).unwrap());
            }
            let _ = peer.write_all(&[u8::from(is_read)]);
        }
        heard
    });
    assert_eq!(place.deliver("a?state=2"), "Ok(())");
    assert_eq!(newer.says(), "a?state=2");
    assert_eq!(place.deliver("a?state=1"), "Ok(())");
    assert_eq!(heard.join().unwrap(), ["a?state=1"]);
}
