//! Where does Synapse come from?

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::home;
use crate::command::{answers, read};
use crate::place;
use crate::system;

/// The interpreter of the virtual environment.
pub(crate) fn python() -> PathBuf {
    home::testbed().join("venv/bin/python")
}

/// Can this machine's Python make virtual environments?
pub(crate) fn python_answers() -> bool {
    answers("python3", &["-c", "import venv, ensurepip"])
}

pub(crate) fn install_python() -> Result<()> {
    if python_answers() { Ok(()) } else { system::install(&["python3", "python3-venv", "python3-pip"]) }
}

/// Makes the virtual environment, unless it already holds exactly what is required.
pub(crate) fn ensure() -> Result<()> {
    let folder = home::testbed();
    fs::create_dir_all(&folder)?;
    let lock = File::create(folder.join("venv.lock"))?;
    lock.lock().context("could not lock the virtual environment")?;
    let required = place::root().join("xtask/testbed/requirements.txt");
    let wanted = fs::read_to_string(&required).context("no requirements.txt")?;
    let stamp = folder.join("venv/installed.txt");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    install_python()?;
    eprintln!("installing Synapse into {}", place::shown(&folder.join("venv")));
    read(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder.join("venv")))?;
    read(
        Command::new(python())
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
            .arg(&required),
    )?;
    if !answers(&python().to_string_lossy(), &["-c", "import synapse, aiosmtpd, authlib"]) {
        bail!("the virtual environment does not work: {}", place::shown(&folder.join("venv")));
    }
    fs::write(stamp, wanted)?;
    Ok(())
}
