//! A homeserver in memory, for demonstrations, simulations and tests.
//!
//! [`Sandbox::answer`] is pure: the answer depends on the configuration, the seed, and the requests and times
//! given so far. It reads no clock, draws no randomness and does no I/O; a clone goes its own way from there.
//! It answers as Synapse 1.163 does, oddities included, and is held against recordings of it.
//!
//! ```
//! use narthex::Time;
//! use narthex_sandbox::{Config, Sandbox, browser};
//!
//! let config = Config::open("https://example.org/".parse().expect("an address"));
//! let mut server = Sandbox::new(config, 1);
//! let versions = "https://example.org/_matrix/client/versions".parse().expect("an address");
//! assert_eq!(server.answer(Time(0), &browser::open(&versions)).status, 200);
//! ```
//!
//! [`Config::oauth`] has an authorization server too, under `/auth/`, which answers as Matrix Authentication
//! Service 1.22 does. Its pages are for people; [`Sandbox::consent`] and [`Sandbox::link_device`] do without.
//! [`RendezvousConfig`] says through which cells two of its devices pass messages.
//!
//! Devices find each other's keys here, the identity of an account, its key backup without its contents, and messages
//! to devices: enough for a client to set up encryption and to be seen verified. There are no rooms, and whether a
//! signature is right is left to clients to find out.
#![cfg_attr(not(test), warn(missing_docs))]

mod accounts;
mod answer;
mod ask;
pub mod browser;
mod chance;
mod config;
mod discovery;
mod encryption;
mod fallback;
mod invites;
mod limit;
mod login;
mod oauth;
mod register;
mod rendezvous;
mod route;
mod sandbox;
#[cfg(feature = "serve")]
pub mod serve;
mod sessions;
mod settings;
mod sso;
mod stages;
mod threepid;
mod uia;
mod username;

pub use accounts::{Account, Device};
pub use config::Config;
pub use invites::RegistrationToken;
pub use oauth::{DeviceGrant, OauthConfig, Person, Rotation};
pub use rendezvous::settings::{Manners, Rendezvous2024, Rendezvous2025, RendezvousConfig};
pub use sandbox::Sandbox;
pub use settings::{
    Delegation, EmailPolicy, IdentityProvider, Limit, Limits, Login, PasswordPolicy, Policy, Refresh,
    RefreshRefusal, Registration, Usernames, WellKnown,
};
pub use threepid::{Mail, Text};
