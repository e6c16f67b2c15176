//! Opens the browser and receives the callback.
#![warn(missing_docs)]

mod address;
mod browser;
mod exchange;
mod instance;
mod listener;
mod page;
mod room;
pub mod scheme;

pub use address::MAX_ADDRESS;
pub use browser::{NoBrowser, has_browser, open};
pub use instance::{BadName, Claimed, Courier, Inbox, Instance, Undelivered};
pub use listener::Listener;
