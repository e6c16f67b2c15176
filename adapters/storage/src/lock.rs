//! One at a time, across threads and processes.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use narthex::StorageProblem;

use crate::files;
use crate::problem::Problem;

/// Far longer than anything takes that is done under a lock.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(15);

/// Held until it is dropped, or the process ends.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
    _whole: Option<File>,
}

impl Lock {
    /// Waits for the lock, at most a minute.
    pub(crate) fn acquire(path: &Path) -> Result<Self, Problem> {
        Self::acquire_within(path, PATIENCE)
    }

    /// Does not wait: `None` when somebody else holds it.
    pub(crate) fn attempt(path: &Path) -> Result<Option<Self>, Problem> {
        Self::if_free(Self::acquire_within(path, Duration::ZERO))
    }

    /// Locks one `part` of what `whole` locks, unless somebody else has locked the same part, or the whole.
    pub(crate) fn attempt_part(whole: &Path, part: &str) -> Result<Option<Self>, Problem> {
        Self::if_free(Self::acquire_part_within(whole, part, Duration::ZERO))
    }

    fn if_free(attempt: Result<Self, Problem>) -> Result<Option<Self>, Problem> {
        match attempt {
            Ok(lock) => Ok(Some(lock)),
            Err(Problem { kind: StorageProblem::Busy, .. }) => Ok(None),
            Err(problem) => Err(problem),
        }
    }

    /// Waits for it so long.
    pub(crate) fn acquire_within(path: &Path, patience: Duration) -> Result<Self, Problem> {
        let file = locked(path, patience, File::try_lock)?;
        Ok(Self { _file: file, _whole: None })
    }

    fn acquire_part_within(whole: &Path, part: &str, patience: Duration) -> Result<Self, Problem> {
        let path = whole.with_extension(format!("{:016x}.lock", hash(part)));
        let whole = locked(whole, patience, File::try_lock_shared)?;
        let file = locked(&path, patience, File::try_lock)?;
        Ok(Self { _file: file, _whole: Some(whole) })
    }
}

fn locked(
    path: &Path,
    patience: Duration,
    attempt: fn(&File) -> Result<(), TryLockError>,
) -> Result<File, Problem> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = files::open(&mut options, path)?.ok_or_else(|| Problem::at(StorageProblem::Other, path))?;
    let start = Instant::now();
    loop {
        match attempt(&file) {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if start.elapsed() < patience => thread::sleep(PAUSE),
            Err(TryLockError::WouldBlock) => return Err(Problem::at(StorageProblem::Busy, path)),
            Err(TryLockError::Error(error)) => return Err(Problem::io(&error, path)),
        }
    }
}

/// FNV-1a: the same in every version of every program, which the standard library's is not. Two parts that share a
/// lock by chance only wait for each other.
fn hash(part: &str) -> u64 {
    part.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::ZERO;

    #[test]
    fn a_lock_is_held_by_one_and_free_after_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let first = Lock::acquire(&path).unwrap();
        let second = Lock::acquire_within(&path, NOW).expect_err("held by the first");
        assert_eq!(second.kind, StorageProblem::Busy);
        drop(first);
        assert!(Lock::acquire_within(&path, NOW).is_ok());
    }

    #[test]
    fn parts_exclude_themselves_and_the_whole_but_not_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let whole = folder.path().join("all.lock");
        let alice = Lock::attempt_part(&whole, "alice").unwrap().expect("free");
        let _bob = Lock::attempt_part(&whole, "bob").unwrap().expect("free");
        assert!(Lock::attempt_part(&whole, "alice").unwrap().is_none());
        assert!(Lock::acquire_within(&whole, NOW).is_err());
        drop((alice, _bob));
        let _all = Lock::acquire_within(&whole, NOW).unwrap();
        assert!(Lock::attempt_part(&whole, "alice").unwrap().is_none());
    }

    #[test]
    fn parts_are_named_the_same_for_ever() {
        assert_eq!((hash(""), hash("foobar")), (0xcbf2_9ce4_8422_2325, 0x8594_4171_f739_67e8));
    }
}
