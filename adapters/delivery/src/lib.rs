//! Opens the browser and receives the callback.
#![warn(missing_docs)]

mod address;
mod browser;
mod child;
mod exchange;
#[cfg(feature = "fuzz")]
pub mod fuzz;
mod instance;
mod limit;
mod listener;
mod page;
mod question;
pub mod scheme;

pub use address::MAX_ADDRESS;
pub use browser::{NoBrowser, has_browser, open};
pub use child::{SECRET_VARIABLES, without_secrets};
pub use instance::{BadName, Claimed, Courier, Inbox, Instance, Undelivered};
pub use listener::Listener;
pub use narthex_runtime::{Arrival, Outcome};
