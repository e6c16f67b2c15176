//! One at a time, across threads and processes.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use narthex::StorageProblem;

use crate::problem::Problem;

/// Longer than any exchange with a server takes that is made under a lock.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(15);

/// Held until it is dropped, or the process ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Waits for the lock, at most a minute.
    pub(crate) fn acquire(path: &Path) -> Result<Self, Problem> {
        Self::acquire_within(path, PATIENCE)
    }

    fn acquire_within(path: &Path, patience: Duration) -> Result<Self, Problem> {
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(path);
        let file = file.map_err(|error| Problem::io(&error, path))?;
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::WouldBlock) if start.elapsed() < patience => thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => return Err(Problem::at(StorageProblem::Locked, path)),
                Err(TryLockError::Error(error)) => return Err(Problem::io(&error, path)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_held_by_one_and_free_after_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let first = Lock::acquire(&path).unwrap();
        let second = Lock::acquire_within(&path, Duration::ZERO).expect_err("held by the first");
        assert_eq!(second.kind, StorageProblem::Locked);
        drop(first);
        assert!(Lock::acquire_within(&path, Duration::ZERO).is_ok());
    }
}
