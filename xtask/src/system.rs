//! Which of the system's packages are missing, and who may install them?

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::command::{answers, read};

/// Installs Debian packages, or says the one command that does.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    let missing: Vec<&str> = packages.iter().copied().filter(|package| !is_installed(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let by_hand = format!("apt-get install --yes --no-install-recommends {}", missing.join(" "));
    if !answers("apt-get", &["--version"]) {
        bail!("missing: {}. On Debian: {by_hand}", missing.join(", "));
    }
    if read(Command::new("id").arg("-u"))?.trim() != "0" {
        bail!("missing: {}. Please run: sudo {by_hand}", missing.join(", "));
    }
    eprintln!("$ {by_hand}");
    read(apt().args(["update", "--quiet"]))?;
    read(apt().args(["install", "--quiet", "--yes", "--no-install-recommends"]).args(&missing))?;
    Ok(())
}

/// Unpacks a Debian package below `folder`, without installing it, or says the command that installs it.
pub(crate) fn unpack(package: &str, folder: &Path) -> Result<()> {
    if !answers("apt-get", &["--version"]) {
        bail!("missing: {package}. On Debian: apt-get install --yes --no-install-recommends {package}");
    }
    eprintln!("unpacking {package}");
    fs::create_dir_all(folder)?;
    // Without lists of packages there is nothing to download; only root may fetch them.
    let download = || read(apt().args(["download", "--quiet", package]).current_dir(folder));
    if download().is_err() {
        read(apt().args(["update", "--quiet"]))?;
        download()?;
    }
    for file in fs::read_dir(folder)? {
        let file = file?.path();
        if file.extension().is_some_and(|extension| extension == "deb") {
            read(Command::new("dpkg-deb").arg("--extract").args([&file, &folder.to_owned()]))?;
            fs::remove_file(file)?;
        }
    }
    Ok(())
}

fn apt() -> Command {
    let mut apt = Command::new("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive");
    // Another program may be installing something: it is waited for, in seconds.
    apt.args(["-o", "DPkg::Lock::Timeout=300"]);
    apt
}

fn is_installed(package: &str) -> bool {
    read(Command::new("dpkg-query").args(["--show", "--showformat=${db:Status-Status}", package]))
        .is_ok_and(|status| status == "installed")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Found E17.
    #[test]
    fn another_program_that_installs_something_is_waited_for() {
        let args: Vec<_> = apt().get_args().map(|arg| arg.to_string_lossy().into_owned()).collect();
        assert!(args.iter().any(|arg| arg.starts_with("DPkg::Lock::Timeout=")), "{args:?}");
    }
}
