//! What was left in a profile by whoever was killed while they wrote?

use std::path::Path;

use crate::files::{left, remove_left};
use crate::lock::Lock;

/// Removes all that was left by whoever was killed while they wrote, but not what somebody still writes.
pub(crate) fn sweep_all(folder: &Path) {
    let mut left = left(folder).peekable();
    if left.peek().is_none() {
        return;
    }
    // Whoever writes a file holds one of these. Where one is not free, the next one comes by.
    let locks = ["secrets.lock", "accounts.lock", "place.lock"];
    let held: Vec<Lock> =
        locks.iter().map_while(|lock| Lock::attempt(&folder.join(lock)).ok().flatten()).collect();
    if held.len() == locks.len() {
        left.for_each(|(_, path)| remove_left(&path));
    }
}
