//! The tokio loop that drives a Narthex engine: ports, clock, flight recorder.
//!
//! [`Driver::drive`] is the only asynchronous code that an engine needs. It persists what
//! [`Engine::save`](narthex::Engine::save) asks for before it performs the effects, aborts what is cancelled, and
//! wakes the engine at its deadlines. What an effect *does* is behind [`Ports`], which the host implements.
//!
//! ```no_run
//! # async fn host(ports: impl narthex_runtime::Ports, seeds: narthex::Seeds) {
//! use narthex::{Client, Config, Engine, Input, Intent, Offer};
//! use narthex_runtime::{Clock, Driver};
//! use tokio::sync::{mpsc, watch};
//!
//! let config = Config::new(Client::new("Example", "https://app.example.org/".parse().unwrap()));
//! let clock = Clock::start();
//! let engine = Engine::new(config, seeds, clock.now());
//! let (intents, inbox) = mpsc::channel(16);
//! let (show, mut view) = watch::channel(engine.view());
//! let driven = tokio::spawn(Driver::new(engine, ports, move || clock.now()).drive(inbox, show));
//!
//! let intent = Intent::UseServer { server: "example.org".into() };
//! intents.send(Input::Intent(intent)).await.ok();
//! narthex_runtime::run_until(&mut view, |view| view.offers.contains(Offer::CreateAccount)).await;
//! drop(intents); // nobody can ask for anything any more: `drive` ends
//! driven.await.ok();
//! # }
//! ```
//!
//! A [`Recorder`] writes down everything that crossed the border, without its secrets, and [`replay`] shows that
//! an engine does the same again: see [`trace`].
#![cfg_attr(not(test), warn(missing_docs))]

mod callbacks;
mod clock;
mod drive;
#[cfg(feature = "fuzz")]
pub mod fuzz;
mod lease;
mod ports;
pub mod trace;
mod turns;

pub use callbacks::{Arrival, Callbacks, Outcome};
pub use clock::Clock;
pub use drive::{Driver, run_until};
pub use lease::{Grant, hold};
pub use ports::{Listening, Notice, Ports};
pub use trace::{Recorder, ReplayError, Replayed, Stopped, replay};
