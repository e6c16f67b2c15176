//! A real process in the place of the browser.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

const ADDRESS: &str = "https://example.org/a%20b?x=$(touch%20pwned)&y=`id`;z='%22#--flag";

#[test]
fn helper_that_opens_the_page() {
    if std::env::var_os("NARTHEX_TEST_BROWSER").is_none() {
        return;
    }
    narthex_delivery::open(&ADDRESS.parse().unwrap()).unwrap();
}

#[test]
fn the_chosen_browser_gets_the_address_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let (browser, pipe) = (folder.path().join("browser"), folder.path().join("pipe"));
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    fs::write(&browser, format!("#!/bin/sh\necho noise\nprintf '%s|' \"$@\" > '{}'\n", pipe.display()))
        .unwrap();
    fs::set_permissions(&browser, fs::Permissions::from_mode(0o700)).unwrap();
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "helper_that_opens_the_page", "--nocapture"])
        .env("NARTHEX_TEST_BROWSER", "1")
        .env("BROWSER", &browser)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .unwrap();
    assert!(child.status.success());
    assert!(!String::from_utf8_lossy(&child.stdout).contains("noise"));
    let parsed: url::Url = ADDRESS.parse().unwrap();
    assert_eq!(fs::read_to_string(&pipe).unwrap(), format!("{parsed}|"));
}

/// `Found D8`.
#[test]
fn the_browser_inherits_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let (browser, pipe) = (folder.path().join("browser"), folder.path().join("pipe"));
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    fs::write(&browser, format!("#!/bin/sh\n{{ echo \"$1\"; env; }} > '{}'\n", pipe.display())).unwrap();
    fs::set_permissions(&browser, fs::Permissions::from_mode(0o700)).unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    for name in narthex_delivery::SECRET_VARIABLES {
        command.env(name, "marker_secret");
    }
    let child = command
        .args(["--exact", "helper_that_opens_the_page"])
        .env("NARTHEX_TEST_BROWSER", "1")
        .env("BROWSER", &browser)
        .output()
        .unwrap();
    assert!(child.status.success());
    let seen = fs::read_to_string(&pipe).unwrap();
    let parsed: url::Url = ADDRESS.parse().unwrap();
    assert!(seen.starts_with(parsed.as_str()) && seen.contains("NARTHEX_TEST_BROWSER"), "{seen}");
    assert!(!seen.contains("marker_secret"), "{seen}");
}

#[test]
fn a_browser_that_is_not_there_is_said_to_be_missing() {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "helper_that_opens_the_page"])
        .env("NARTHEX_TEST_BROWSER", "1")
        .env("BROWSER", "/nonexistent/browser")
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("WSL_DISTRO_NAME")
        .output()
        .unwrap();
    assert!(!child.status.success());
    assert!(String::from_utf8_lossy(&child.stdout).contains("NoBrowser"));
}
