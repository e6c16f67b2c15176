//! What Narthex applications share: how they start, what the engine's effects are to them, where they store what.
//!
//! A frontend brings its own way of showing and asking. It says who it is once, as an [`Application`], makes a
//! [`Setup`], and talks to the running engine through a [`Handle`]: it shows each view and passes on what the user
//! does. Sentences are in `narthex-text`. `tests/tiny.rs` is a whole frontend.
//!
//! Nothing here knows arguments, a terminal or a window; nothing prints or ends the process. All that can go wrong
//! before an engine runs is an [`Error`].
#![warn(missing_docs)]

mod account;
mod application;
mod callbacks;
mod encryption;
mod error;
mod goal;
mod handle;
pub mod handler;
mod profile;
mod setup;
mod sign_out;
mod status;
mod unfinished;
mod ways;
mod world;

pub use account::{called, chosen, is_meant, meant, name, name_among, session, several, short_name};
pub use application::Application;
pub use callbacks::{Delivered, Receiving, deliver, resume_by};
pub use encryption::{Answer, Encryption};
pub use error::Error;
pub use goal::{Finished, Goal, finished, is_settled, problem};
pub use handle::Handle;
pub use narthex_http::proxy;
pub use profile::{Profile, data_dir};
pub use setup::Setup;
pub use sign_out::{Replaced, SignOut, check, replace, sign_out};
pub use status::{GivenUp, Listed, Underway, give_up, listed, readable, underway};
pub use unfinished::{Left, Slot, Unfinished, awaiting, settle, unconfirmed, unfinished};
pub use ways::{closed, lacking, ways};
pub use world::{Browser, World};
