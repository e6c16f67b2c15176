//! What time is it, counting the time that the machine was asleep, and never going back?

use std::time::{SystemTime, UNIX_EPOCH};

use narthex::Time;

/// A clock for the engine: wall-clock time at the start, and from then on steady.
///
/// On Linux it advances with `CLOCK_BOOTTIME`, which counts suspension and does not follow a clock that is set.
/// Elsewhere it follows the system's clock, but not backwards.
#[derive(Debug)]
pub struct Clock {
    #[cfg(target_os = "linux")]
    ahead_of_boot: u64,
    #[cfg(not(target_os = "linux"))]
    latest: std::sync::atomic::AtomicU64,
}

impl Clock {
    /// Reads the system's clock, once on Linux.
    #[must_use]
    pub fn start() -> Self {
        Self {
            #[cfg(target_os = "linux")]
            ahead_of_boot: wall().saturating_sub(since_boot()),
            #[cfg(not(target_os = "linux"))]
            latest: std::sync::atomic::AtomicU64::new(wall()),
        }
    }

    /// The time.
    #[cfg(target_os = "linux")]
    #[must_use]
    pub fn now(&self) -> Time {
        Time(self.ahead_of_boot.saturating_add(since_boot()))
    }

    /// The time.
    #[cfg(not(target_os = "linux"))]
    #[must_use]
    pub fn now(&self) -> Time {
        let wall = wall();
        Time(self.latest.fetch_max(wall, std::sync::atomic::Ordering::Relaxed).max(wall))
    }
}

fn wall() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(target_os = "linux")]
fn since_boot() -> u64 {
    let t = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    let part = |n: i64| u64::try_from(n).unwrap_or(0);
    part(t.tv_sec).saturating_mul(1000).saturating_add(part(t.tv_nsec) / 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_starts_at_the_wall_clock_and_never_goes_back() {
        let clock = Clock::start();
        let mut last = clock.now();
        assert!(last.0.abs_diff(wall()) < 1000);
        for _ in 0..1000 {
            let now = clock.now();
            assert!(now >= last);
            last = now;
        }
    }
}
