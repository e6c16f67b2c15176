//! How does one get a real homeserver on this machine, in each of its configurations?
//!
//! A testbed is a Synapse from the Python registry on sqlite and a loopback port, and beside it, for the
//! profiles that send mail or ask someone else, `xtask/testbed/sink.py`, or for the one that leaves accounts to
//! it, `xtask/testbed/authorization-server`, and in front of some of these an nginx. Each start is a fresh server.

mod authorization_server;
pub(crate) mod cli;
mod home;
mod homeserver;
mod http;
mod nginx;
mod process;
mod profile;
mod ready;
mod synapse;
mod venv;

use std::fs::File;
use std::num::NonZero;
use std::sync::{Mutex, PoisonError};
use std::thread::available_parallelism;

use anyhow::{Result, bail};

use home::Home;
pub(crate) use profile::Profile;
pub(crate) use venv::install_python;

/// Servers that stop when this is dropped.
pub(crate) struct Testbed {
    homes: Vec<Home>,
    /// Two suites at once would start and stop each other's servers.
    _alone: File,
}

impl Testbed {
    /// Starts fresh servers apart from those of `testbed up`, a few at once: each wants a processor for seconds.
    pub(crate) fn start(profiles: &[Profile]) -> Result<Self> {
        install(profiles)?;
        let homes = profiles.iter().map(|profile| Home::of_tests(*profile)).collect();
        let testbed = Self { homes, _alone: alone()? };
        let homes = Mutex::new(testbed.homes.iter());
        let start = || -> Result<()> {
            loop {
                // Locked only for as long as it takes to get the next one.
                let home = homes.lock().unwrap_or_else(PoisonError::into_inner).next();
                let Some(home) = home else { return Ok(()) };
                synapse::restart(home)?;
            }
        };
        let at_once = available_parallelism().map_or(2, NonZero::get) * 2;
        std::thread::scope(|scope| {
            let starts: Vec<_> = (0..at_once).map(|_| scope.spawn(start)).collect();
            starts.into_iter().try_for_each(|start| {
                start.join().unwrap_or_else(|_| bail!("the start of a server panicked"))
            })
        })?;
        Ok(testbed)
    }

    /// What tests learn of the servers: names of environment variables and their values.
    pub(crate) fn variables(&self) -> Result<Vec<(String, String)>> {
        let mut all = Vec::new();
        for home in &self.homes {
            all.extend(home.variables()?);
        }
        Ok(all)
    }
}

fn install(profiles: &[Profile]) -> Result<()> {
    if profiles.iter().any(|profile| profile.nginx().is_some()) {
        nginx::install()?;
    }
    if !profiles.iter().any(|profile| profile.is_delegated()) {
        return venv::SYNAPSE.ensure();
    }
    // Both at once: the first time it is what takes longest.
    std::thread::scope(|scope| {
        let synapse = scope.spawn(|| venv::SYNAPSE.ensure());
        authorization_server::install()?;
        synapse.join().unwrap_or_else(|_| bail!("the installation of Synapse panicked"))
    })
}

fn alone() -> Result<File> {
    let lock = File::create(home::testbed().join("tests.lock"))?;
    if lock.try_lock().is_err() {
        eprintln!("waiting for the servers of another suite to stop");
        lock.lock()?;
    }
    Ok(lock)
}

impl Drop for Testbed {
    fn drop(&mut self) {
        for home in &self.homes {
            if let Err(error) = home.stop() {
                eprintln!("could not stop the testbed {}: {error:#}", home.profile.name());
            }
        }
    }
}
