//! Two devices on real servers: behind proxies, with lost answers, killed at each step. It takes hours, and ends with a
//! report.

use std::fs;

use anyhow::{Result, bail};

use crate::command::{cargo, watch};
use crate::place;
use crate::testbed::{self, Profile, Testbed};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only lives with this in their name, such as `2024`, `KilledAfter` or `secrets`
    #[arg(long, value_name = "TEXT", default_value = "")]
    only: String,
    /// How many pairs live at once
    #[arg(long, default_value_t = 2)]
    jobs: u8,
}

impl Options {
    pub(crate) fn run(&self) -> Result<()> {
        testbed::install_python()?;
        let testbed = Testbed::start(&[Profile::Oauth, Profile::OauthPacked, Profile::OauthWeak])?;
        let report = place::target().join("nightly.md");
        if report.exists() {
            fs::remove_file(&report)?;
        }
        let mut lives = cargo(["test", "--workspace", "--all-features", "--locked", "--test", "nightly"]);
        lives.args(["--", "--nocapture", "two_devices_and_bad_luck"]).envs(testbed.variables()?);
        lives.env("NARTHEX_NIGHTLY", &report).env("NARTHEX_NIGHTLY_ONLY", &self.only);
        lives.env("NARTHEX_NIGHTLY_JOBS", self.jobs.to_string());
        let (ok, _) = watch(&mut lives)?;
        println!("the report is in {}", place::shown(&report));
        if ok { Ok(()) } else { bail!("what must not be has happened, or the tests did not run") }
    }
}
