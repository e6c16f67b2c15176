//! What time is it, counting the time that the machine was asleep, and never going back?

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use narthex::Time;

/// A clock for the engine: the wall clock's time when it is started, and steady from then on.
///
/// A wall clock that is set afterwards, by a person or by the network, moves nothing that waits. One that was wrong at
/// the start stays wrong, and only by as much. Where it is asleep, the machine's time goes on:
///
/// | system | clock |
/// |---|---|
/// | Linux, Android | `CLOCK_BOOTTIME` |
/// | macOS, iOS | `CLOCK_MONOTONIC`, which there counts sleep (`clock_gettime(3)`) |
/// | Windows | `QueryPerformanceCounter`, which counts sleep and hibernation |
/// | others | [`Instant`](std::time::Instant), which may stand still in sleep: [`Time`] says what that costs |
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    wall: Duration,
    steady: Duration,
}

impl Clock {
    /// Reads the wall clock, this once.
    #[must_use]
    pub fn start() -> Self {
        // A clock that stands before 1970 stands at 1970.
        Self::set(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default(), steady())
    }

    /// The time, to a millisecond.
    #[must_use]
    pub fn now(&self) -> Time {
        self.at(steady())
    }

    /// Started when it was `wall` since 1970, and `steady` by what it goes on with.
    const fn set(wall: Duration, steady: Duration) -> Self {
        Self { wall, steady }
    }

    fn at(&self, steady: Duration) -> Time {
        let now = self.wall.saturating_add(steady.saturating_sub(self.steady));
        Time(u64::try_from(now.as_millis()).unwrap_or(u64::MAX))
    }
}

/// The time since some moment, the same for all of the process. It never goes back and is never set.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn steady() -> Duration {
    use rustix::time::{ClockId, clock_gettime};

    #[cfg(target_vendor = "apple")]
    const STEADY: ClockId = ClockId::Monotonic;
    #[cfg(not(target_vendor = "apple"))]
    const STEADY: ClockId = ClockId::Boottime;
    // Neither is negative, so neither fails.
    Duration::try_from(clock_gettime(STEADY)).unwrap_or_default()
}

/// The time since some moment, the same for all of the process. It never goes back and is never set.
#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn steady() -> Duration {
    use std::sync::LazyLock;
    use std::time::Instant;

    static FIRST: LazyLock<Instant> = LazyLock::new(Instant::now);
    FIRST.elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);
    /// In 2026.
    const TODAY: Duration = Duration::from_secs(1_780_000_000);

    #[test]
    fn it_starts_at_the_wall_clock_and_never_goes_back() {
        let clock = Clock::start();
        let mut last = clock.now();
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis();
        assert!(u128::from(last.0).abs_diff(wall) < 1000);
        for _ in 0..1000 {
            let now = clock.now();
            assert!(now >= last);
            last = now;
        }
    }

    #[test]
    fn whatever_the_wall_clock_says_at_the_start_a_wait_is_as_long_as_it_should_be() {
        // At 1970, today, a year ahead, and at the end of all time.
        for wall in [Duration::ZERO, TODAY, TODAY + YEAR, Duration::MAX] {
            let clock = Clock::set(wall, 5 * SECOND);
            let due = clock.at(5 * SECOND) + 30 * SECOND;
            assert!(wall == Duration::MAX || clock.at(34 * SECOND) < due, "{wall:?}");
            assert!(clock.at(35 * SECOND) >= due, "{wall:?}");
        }
    }

    #[test]
    fn two_that_are_started_under_different_wall_clocks_go_on_alike() {
        let (right, ahead) = (Clock::set(TODAY, SECOND), Clock::set(TODAY + YEAR, 2 * SECOND));
        let passed = |clock: Clock| clock.at(50 * SECOND).0 - clock.at(10 * SECOND).0;
        assert_eq!(passed(right), 40_000);
        assert_eq!(passed(ahead), 40_000);
    }

    #[test]
    fn time_in_which_the_machine_was_asleep_has_passed() {
        let clock = Clock::set(TODAY, SECOND);
        let asleep = 8 * 3600 * SECOND;
        assert_eq!(clock.at(SECOND + asleep), clock.at(SECOND) + asleep);
    }

    #[test]
    fn a_steady_clock_that_goes_back_all_the_same_is_not_followed_before_the_start() {
        let clock = Clock::set(TODAY, 10 * SECOND);
        assert_eq!(clock.at(Duration::ZERO), clock.at(10 * SECOND));
    }
}
