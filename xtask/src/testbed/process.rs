//! How is a server's process started, and stopped only if it is ours?

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

const PATIENCE: Duration = Duration::from_secs(10);

/// Starts it with its output in `log` and its process id in `pid`. One that is to outlive us gets a process
/// group of its own; any other ends with us when the keyboard interrupts.
pub(crate) fn start(command: &mut Command, log: &Path, pid: &Path, outlives_us: bool) -> Result<Child> {
    let output = File::create(log)?;
    if outlives_us {
        command.process_group(0);
    }
    // The registries' proxy, if this machine has one, is not for servers on this machine.
    for name in ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        command.env_remove(name);
    }
    let child = command
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output)
        .spawn()
        .with_context(|| format!("could not start {}", command.get_program().display()))?;
    fs::write(pid, child.id().to_string())?;
    Ok(child)
}

/// Does the recorded process run, with `mark` on its command line? A number may have been given anew.
pub(crate) fn is_ours(pid: &Path, mark: &Path) -> bool {
    recorded(pid).is_some_and(|pid| carries(pid, mark))
}

/// Stops the recorded process: asks, waits, then insists.
pub(crate) fn stop(file: &Path, mark: &Path) -> Result<()> {
    let Some(pid) = recorded(file) else { return Ok(()) };
    for name in ["TERM", "KILL"] {
        if !carries(pid, mark) {
            break;
        }
        signal(name, pid);
        let since = Instant::now();
        while carries(pid, mark) && since.elapsed() < PATIENCE {
            sleep(Duration::from_millis(50));
        }
    }
    if carries(pid, mark) {
        bail!("process {pid} does not end");
    }
    fs::remove_file(file)?;
    Ok(())
}

fn recorded(file: &Path) -> Option<u32> {
    // Zero and one would reach processes that no testbed started.
    fs::read_to_string(file).ok()?.trim().parse().ok().filter(|pid| *pid > 1)
}

/// A process that ended but was not waited for has no command line, so it carries nothing.
fn carries(pid: u32, mark: &Path) -> bool {
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    line.split(|byte| *byte == 0).any(|word| word == mark.as_os_str().as_encoded_bytes())
}

fn signal(name: &str, pid: u32) {
    // A failure means that it has ended, which the caller sees for itself.
    let arguments = ["-s", name, "--", &pid.to_string()];
    let _ended = Command::new("kill").args(arguments).stderr(Stdio::null()).status();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_does_not_carry_the_mark_is_left_alone() {
        let folder = std::env::temp_dir().join(format!("narthex-xtask-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("pid");
        fs::write(&file, std::process::id().to_string()).unwrap();
        assert!(!is_ours(&file, Path::new("/no/such/mark")));
        stop(&file, Path::new("/no/such/mark")).unwrap();
        assert!(!file.exists(), "a record of nothing of ours is dropped");
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn process_numbers_that_name_everyone_are_not_believed() {
        let folder = std::env::temp_dir().join(format!("narthex-xtask-all-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("pid");
        for text in ["0", "1", "-1", "", "x"] {
            fs::write(&file, text).unwrap();
            assert_eq!(recorded(&file), None, "{text:?}");
        }
        fs::remove_dir_all(&folder).unwrap();
    }
}
