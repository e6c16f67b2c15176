//! How long does a call take, when it is made again and again?

use std::fmt;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// The median of some samples, and how far they lie apart. In nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Half of the samples are below.
    pub median: f64,
    /// The fastest.
    pub min: f64,
    /// The slowest.
    pub max: f64,
}

impl Spread {
    /// Of samples in nanoseconds; there has to be one.
    #[must_use]
    pub fn of(mut samples: Vec<f64>) -> Self {
        samples.sort_by(f64::total_cmp);
        let at = |index: usize| samples.get(index).copied().unwrap_or(f64::NAN);
        Self { median: at(samples.len() / 2), min: at(0), max: at(samples.len().saturating_sub(1)) }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scale, unit, digits) = match self.median {
            ..1e4 => (1.0, "ns", 0),
            ..1e6 => (1e3, "µs", 2),
            _ => (1e6, "ms", 0),
        };
        let [median, min, max] = [self.median, self.min, self.max].map(|nanoseconds| nanoseconds / scale);
        write!(f, "{median:.digits$} {unit} ({min:.digits$}–{max:.digits$})")
    }
}

/// So many values are made ready at once: few enough to stay in the cache that a driver's engine would be in.
const BATCH: usize = 32;
const SAMPLES: usize = 21;

/// The time of one `call` on a `fresh` value. What it returns is dropped outside of the time, as a driver would.
///
/// A sample is the median of its batches, so that it does not matter when another program takes the processor.
pub fn sample<S, O>(calls: usize, mut fresh: impl FnMut() -> S, mut call: impl FnMut(&mut S) -> O) -> Spread {
    let mut batch = || {
        let mut values: Vec<S> = (0..BATCH).map(|_| fresh()).collect();
        let mut results = Vec::with_capacity(BATCH);
        let since = Instant::now();
        for value in &mut values {
            results.push(black_box(call(black_box(value))));
        }
        since.elapsed().as_nanos() as f64 / BATCH as f64
    };
    let mut one = || Spread::of((0..calls.div_ceil(BATCH)).map(|_| batch()).collect()).median;
    one(); // Warms up.
    Spread::of((0..SAMPLES).map(|_| one()).collect())
}

/// The time that this thread spends on `work`: not that of others, where the system counts it (Linux).
pub fn busy(work: impl FnOnce()) -> Duration {
    let (since, before) = (Instant::now(), processor_time());
    work();
    let (Some(before), Some(after)) = (before, processor_time()) else { return since.elapsed() };
    Some(after.saturating_sub(before)).filter(|spent| !spent.is_zero()).unwrap_or_else(|| since.elapsed())
}

fn processor_time() -> Option<Duration> {
    let schedule = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    schedule.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}
