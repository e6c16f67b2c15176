//! Opens the browser and receives the callback.
#![warn(missing_docs)]

mod browser;
mod exchange;
mod listener;
mod page;

pub use browser::{NoBrowser, open};
pub use listener::Listener;
