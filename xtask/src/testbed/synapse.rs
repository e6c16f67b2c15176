//! How does a server come up, from an empty folder to its first answer?

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use super::home::Home;
use super::homeserver::{Surroundings, homeserver_yaml};
use super::ready::{secret, wait};
use super::{authorization_server, http, nginx, process, venv};
use crate::command::read;
use crate::place;

/// The address of the running server, started if need be.
pub(crate) fn up(home: &Home) -> Result<String> {
    let _held = lock(home)?;
    match home.url() {
        Some(url) if home.is_running() => Ok(url),
        Some(_) | None => fresh(home),
    }
}

/// The address of a server that nobody has used.
pub(crate) fn restart(home: &Home) -> Result<String> {
    let _held = lock(home)?;
    fresh(home)
}

/// Two who start the same server at once wait for each other.
fn lock(home: &Home) -> Result<File> {
    fs::create_dir_all(&home.folder)?;
    let lock = File::create(home.folder.with_extension("lock"))?;
    lock.lock().context("could not lock the testbed")?;
    Ok(lock)
}

fn fresh(home: &Home) -> Result<String> {
    // A second time, because another program may have taken the port that was free.
    attempt(home).or_else(|error| {
        eprintln!("{error:#}\nonce more");
        attempt(home)
    })
}

fn attempt(home: &Home) -> Result<String> {
    home.stop()?;
    fs::remove_dir_all(&home.folder)?;
    fs::create_dir_all(&home.folder)?;
    begin(home).inspect_err(|_| {
        // The logs stay; a half-started server does not.
        if let Err(error) = home.stop() {
            eprintln!("{error:#}");
        }
    })
}

fn begin(home: &Home) -> Result<String> {
    let name = home.profile.name();
    let since = Instant::now();
    let (smtp, http) = if home.profile.needs_sink() { sink(home)? } else { (0, 0) };
    let port = free_port()?;
    let authorization = if home.profile.is_delegated() { free_port()? } else { 0 };
    let behind = home.profile.nginx();
    let public = if behind.is_some() { free_port()? } else { port };
    let (url, direct) = (format!("http://127.0.0.1:{public}"), format!("http://127.0.0.1:{port}"));
    let secret = secret()?;
    if home.profile.is_delegated() {
        let settings =
            authorization_server::Settings { port: authorization, homeserver: &direct, secret: &secret };
        authorization_server::start(home, &settings)?;
    }
    let config = home.file("homeserver.yaml");
    let consent = place::root().join("xtask/testbed/consent");
    let around = Surroundings {
        folder: &home.folder.to_string_lossy(),
        consent: &consent.to_string_lossy(),
        port,
        public,
        secret: &secret,
        smtp,
        http,
        authorization,
    };
    fs::write(&config, homeserver_yaml(home.profile, &around))?;
    read(
        Command::new(venv::SYNAPSE.python())
            .args(["-c", SIGNING_KEY])
            .arg(home.file("signing.key"))
            .current_dir(&home.folder),
    )?;
    let mut synapse = Command::new(venv::SYNAPSE.python());
    synapse.args(["-m", "synapse.app.homeserver", "--config-path"]).arg(&config).current_dir(&home.folder);
    let mut synapse =
        process::start(&mut synapse, &home.file("homeserver.log"), &home.file("pid"), home.stays)?;
    wait(home, "homeserver.log", || {
        if let Some(status) = synapse.try_wait()? {
            bail!("Synapse ended with {status}");
        }
        Ok((http::status(port, "/_matrix/client/versions") == Some(200)).then_some(()))
    })?;
    if let Some(etags) = behind {
        nginx::start(home, etags, public, port)?;
        fs::write(home.file("direct_url"), &direct)?;
    }
    if home.profile.is_delegated() {
        authorization_server::settle(home, authorization)?;
    } else {
        let people = place::root().join("xtask/testbed/people.py");
        let mut settle = Command::new(venv::SYNAPSE.python());
        let admin = read(settle.arg(people).args([&url, &secret]).args(home.profile.tokens()))?;
        fs::write(home.file("admin_token"), admin.trim())?;
    }
    fs::write(home.file("url"), &url)?;
    eprintln!("testbed {name}: ready after {:.1} s", since.elapsed().as_secs_f32());
    Ok(url)
}

const SIGNING_KEY: &str = "import sys; from signedjson.key import generate_signing_key as make, \
                           write_signing_keys as write; write(open(sys.argv[1], 'w'), [make('testbed')])";

/// Starts the sink; its ports for mail and for HTTP.
fn sink(home: &Home) -> Result<(u16, u16)> {
    let program = place::root().join("xtask/testbed/sink.py");
    let mut sink = Command::new(venv::SYNAPSE.python());
    sink.arg(program).arg(&home.folder);
    let mut sink = process::start(&mut sink, &home.file("sink.log"), &home.file("sink.pid"), home.stays)?;
    wait(home, "sink.log", || {
        if let Some(status) = sink.try_wait()? {
            bail!("the sink ended with {status}");
        }
        let Ok(text) = fs::read(home.file("sink.json")) else { return Ok(None) };
        let ports: serde_json::Value = serde_json::from_slice(&text)?;
        let port = |name: &str| ports[name].as_u64().and_then(|port| u16::try_from(port).ok());
        Ok(port("smtp").zip(port("http")))
    })
}

/// A port that nobody listens at. Another may take it before Synapse does; then Synapse ends.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
