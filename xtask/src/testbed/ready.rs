//! What does a server need before it runs, and when does it?

use std::fs::{self, File};
use std::io::Read as _;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::home::Home;
use crate::place;

const PATIENCE: Duration = Duration::from_secs(60);

/// Asks until there is an answer; otherwise an error that ends with the log.
pub(crate) fn wait<T>(home: &Home, log: &str, mut ask: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let since = Instant::now();
    let reason = loop {
        match ask() {
            Ok(Some(answer)) => return Ok(answer),
            Ok(None) if since.elapsed() < PATIENCE => sleep(Duration::from_millis(50)),
            Ok(None) => break anyhow::anyhow!("no answer in {} s", PATIENCE.as_secs()),
            Err(error) => break error,
        }
    };
    let text = fs::read_to_string(home.file(log)).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let tail = lines[lines.len().saturating_sub(20)..].join("\n");
    Err(reason.context(format!("testbed {}: {}\n{tail}", home.profile.name(), place::shown(&home.file(log)))))
}

/// For a server that only this machine reaches and that lives for a test.
pub(crate) fn secret() -> Result<String> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
