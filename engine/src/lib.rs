//! The sign-in engine for Matrix: from nothing to a kept session on any server, and from there to its end.
//!
//! [`Engine`] is a value. It does no I/O, reads no clock, draws no randomness, spawns and logs nothing. What happens
//! in the world goes in as an [`Input`]; what the world is asked to do comes out as [`Effect`]s; what a user may
//! see and do is the [`View`]. Randomness comes from [`Seeds`], time from an argument, so a run can be repeated
//! exactly from its seeds and its inputs.
//!
//! # Where to begin
//!
//! With the crates around it. `adapters/app/examples/sign_in.rs` signs in on any server, by each of its ways, in 120 lines.
//! `adapters/http/examples/embed.rs` needs no other part of Narthex: it is the engine on bare `reqwest` and `tokio`, which
//! `docs/src/embedding.md` explains. What follows is for whoever writes a driver of their own.
//!
//! # Run loop
//!
//! A driver holds an engine and does five things for each input, in this order:
//!
//! 1. call [`Engine::handle`] with the time and the input;
//! 2. write [`Engine::save`] down, if it changed, **before** going on: what is about to be sent may create an
//!    account, and only what is written down survives a kill;
//! 3. start the effects that were returned, in order; each is answered later by an [`Input::Reply`] with its id;
//! 4. show [`Engine::view`], and pass on as [`Input::Intent`] what the user does about it;
//! 5. sleep no longer than until [`Engine::deadline`], then pass [`Input::Tick`].
//!
//! There is no queue to drain and nothing to poll: `handle` returns everything it wants. Which clock is best, and what
//! any other costs, is said at [`Time`].
//!
//! ```
//! use narthex::{Client, Config, Effect, Engine, Input, Intent, Lost, Offer, Reply, Screen, Seeds, Time};
//!
//! // The application says who it is. The seeds come from the operating system, the time from a clock.
//! let config = Config::new(Client::new("Example", "https://app.example.org/".parse().unwrap()));
//! # fn fill(bytes: &mut [u8]) -> Result<(), ()> { Ok(bytes.fill(7)) }
//! let (seeds, mut now) = (Seeds::draw(fill).unwrap(), Time(1_700_000_000_000));
//! let mut engine = Engine::new(config, seeds, now);
//! assert!(engine.offers().contains(Offer::UseServer));
//!
//! let intent = Intent::UseServer { server: "example.org".into() };
//! let mut todo = engine.handle(now, Input::Intent(intent));
//! while let Some(effect) = todo.pop() {
//!     // A real driver writes `engine.save()` down here, and performs the effect.
//!     if let Effect::Http { id, request } = effect {
//!         assert_eq!(request.url.as_str(), "https://example.org/.well-known/matrix/client");
//!         now = now + std::time::Duration::from_millis(20);
//!         todo.extend(engine.handle(now, Input::Reply { id, reply: Reply::Http(Err(Lost::Dns)) }));
//!     }
//! }
//! // The failure says what can be done, with the evidence; what was typed is kept.
//! let Screen::Welcome { server, problem: Some(failure) } = engine.view().screen else { panic!() };
//! assert_eq!(server, "example.org");
//! assert_eq!(failure.evidence.unwrap().host, "example.org");
//! assert!(engine.offers().contains(Offer::Retry));
//! ```
//!
//! # Rules that a driver can rely on
//!
//! - `handle` never fails and never panics. An intent that is not on offer, a reply that nothing waits for and a
//!   callback that is not awaited change nothing.
//! - An effect is under way exactly as long as some state waits for it. When none does any more, [`Effect::Cancel`]
//!   comes; a reply that is late all the same is ignored.
//! - An engine that was just made, by [`Engine::new`] or [`Engine::resume`], has asked for nothing yet.
//! - A session is given to [`Effect::Store`] before its token is used for anything.
//!
//! # What may grow
//!
//! An enum whose variants may be more in a later release is `#[non_exhaustive]`. That are those for which there is a
//! sensible stand-in for what is not known: the name of a [`Task`], a [`Refusal::Other`], a lost connection, and an
//! [`Offer`] that is not made. All others are exhaustive on purpose, because what is overlooked there breaks something:
//! an [`Effect`], an [`Input`], a [`Reply`] or a [`Method`] that a driver does not know leaves a flow waiting, a
//! [`Screen`] without a place strands the user, and a class of failure ([`Cause`]) says what can be done. A release that
//! adds to these asks for your attention by not compiling.
//!
//! # Specification
//!
//! The Matrix client-server API: "Server Discovery", "User-Interactive Authentication API", "Login", "Account
//! registration", "Refreshing access tokens", "Logout". Deviations of real servers are handled where they are met,
//! each with a comment that names the server.
#![warn(missing_docs)]

mod account;
mod account_management;
mod actor;
mod address;
mod adoption;
mod carried;
mod chance;
mod choice;
mod client_registration;
mod config;
#[cfg(feature = "http")]
mod convert;
mod cx;
mod device_authorization;
mod discovery;
mod engine;
mod exchange;
mod failure;
mod flow;
#[cfg(feature = "fuzz")]
pub mod fuzz;
mod http;
mod identify;
mod idle;
mod intent;
mod io;
mod keep;
mod legacy;
mod limits;
mod link;
mod login_answer;
mod lost;
mod metadata;
mod oauth;
mod qr;
mod qr_login;
mod redirect;
mod register;
#[cfg(feature = "world")]
mod rehearsal;
mod rendezvous;
mod report;
mod revoke;
mod saved;
#[cfg(feature = "schema")]
mod schema;
mod scope;
mod secret;
mod secrets;
mod secure_channel;
mod session;
mod stage;
mod text;
mod time;
mod token;
mod uia;
mod view;
mod what;

pub use account_management::{AccountAction, AccountManagement};
pub use address::is_loopback;
pub use chance::Seeds;
pub use config::{Client, Config, KnownClient};
pub use engine::Engine;
pub use failure::{
    Bug, Cause, Evidence, Expiring, Failure, Misbehaviour, Missing, Outage, PasswordProblem, Refusal,
    UsernameProblem,
};
pub use intent::{Intent, Offer, Offers};
pub use io::{
    Callback, Effect, EffectId, HEADERS_READ, Input, LeaseProblem, Lost, Method, Reply, Request, Response,
    StorageProblem, Time,
};
pub use qr::{Generation, QrField, QrPayload, Role, ScannedCode, WrongCode};
pub use redirect::{RedirectProblem, lint};
pub use report::{
    Finding, IdentityProvider, LoginSupport, OAuthSupport, Probe, RegistrationSupport, Rendezvous,
    RendezvousSupport, ServerReport, Sso, Step,
};
pub use saved::Saved;
#[cfg(feature = "schema")]
pub use schema::schemas;
pub use secret::Secret;
pub use secrets::{BackupKey, CannotVerify, EncryptionProblem, SecretsBundle, Trust, VerificationWay};
pub use session::{OAuth, SavedError, Session, SessionEnd};
pub use stage::{Medium, Stage, StageKind};
pub use text::{is_misleading, occurrences};
pub use view::{Actor, Availability, Device, Policy, Progress, Screen, Task, View, WarningAbout};
pub use what::{Wanted, What};
