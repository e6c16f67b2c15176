//! Which files belong to one server, and what do they tell?

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::process;
use super::profile::Profile;
use crate::place;

/// One server's folder.
pub(crate) struct Home {
    pub(crate) profile: Profile,
    pub(crate) folder: PathBuf,
    /// Does it go on when this program ends?
    pub(crate) stays: bool,
}

pub(crate) fn testbed() -> PathBuf {
    place::target().join("testbed")
}

impl Home {
    /// Of the servers that `testbed up` starts.
    pub(crate) fn by_hand(profile: Profile) -> Self {
        Self { profile, folder: testbed().join(profile.name()), stays: true }
    }

    /// Of those that run only as long as a suite of tests.
    pub(crate) fn of_tests(profile: Profile) -> Self {
        Self { profile, folder: testbed().join("tests").join(profile.name()), stays: false }
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The address at which it answers, if it was ever ready.
    pub(crate) fn url(&self) -> Option<String> {
        fs::read_to_string(self.file("url")).ok()
    }

    pub(crate) fn is_running(&self) -> bool {
        let runs = |pid, mark: &Path| process::is_ours(&self.file(pid), mark);
        runs("pid", &self.file("homeserver.yaml"))
            && (!self.profile.is_delegated() || runs("authorization-server.pid", &self.folder))
            && (self.profile.nginx().is_none() || runs("nginx.pid", &self.file("nginx.conf")))
    }

    /// Stops its processes. Nothing happens to one that already ended, or that is not ours.
    pub(crate) fn stop(&self) -> Result<()> {
        process::stop(&self.file("nginx.pid"), &self.file("nginx.conf"))?;
        process::stop(&self.file("pid"), &self.file("homeserver.yaml"))?;
        process::stop(&self.file("authorization-server.pid"), &self.folder)?;
        process::stop(&self.file("sink.pid"), &self.folder)
    }

    /// `NARTHEX_TESTBED_…`, as `testbed help` explains them.
    pub(crate) fn variables(&self) -> Result<Vec<(String, String)>> {
        let name = self.profile.variable();
        let read =
            |file| fs::read_to_string(self.file(file)).with_context(|| format!("{name} has no {file}"));
        let mut all = vec![(format!("NARTHEX_TESTBED_{name}"), read("url")?)];
        if self.profile.is_delegated() {
            all.push((format!("NARTHEX_TESTBED_AUTHORIZATION_{name}"), read("authorization_url")?));
            all.push((format!("NARTHEX_TESTBED_CONTROL_{name}"), read("control_secret")?));
        } else {
            all.push((format!("NARTHEX_TESTBED_ADMIN_{name}"), read("admin_token")?));
        }
        if self.profile.nginx().is_some() {
            let log = self.file("nginx-etags.log").display().to_string();
            all.push((format!("NARTHEX_TESTBED_ETAGS_{name}"), log));
            all.push((format!("NARTHEX_TESTBED_DIRECT_{name}"), read("direct_url")?));
        }
        if self.profile.sends_mail() {
            let mail = self.file("mail").display().to_string();
            all.push((format!("NARTHEX_TESTBED_MAIL_{name}"), mail));
        }
        Ok(all)
    }
}
