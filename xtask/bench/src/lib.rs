//! What the programs that measure the engine share: a server of canned answers, a person, a clock, and a table.

mod canned;
mod figure;
mod proxy;
mod run;
mod sample;

pub use canned::{Server, padded};
pub use figure::{Figure, Met};
pub use proxy::{Exchange, Proxy};
pub use run::Run;
pub use sample::{Spread, busy, sample};
