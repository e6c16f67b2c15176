//! The sign-in engine for Matrix.
#![cfg_attr(not(test), warn(missing_docs))]

mod account;
mod config;
mod cx;
mod discovery;
mod engine;
mod failure;
mod http;
mod intent;
mod io;
mod keep;
mod legacy;
mod register;
mod report;
mod saved;
mod secret;
mod session;
mod stage;
mod view;

pub use config::Config;
pub use engine::Engine;
pub use failure::{
    Bug, Cause, Evidence, Expiring, Failure, Misbehaviour, Missing, Outage, PasswordProblem, Refusal,
    UsernameProblem,
};
pub use intent::{Intent, Offer, Offers};
pub use io::{Effect, EffectId, Input, Lost, Method, Reply, Request, Response, StorageProblem, Time};
pub use report::{
    Finding, IdentityProvider, LoginSupport, OAuthSupport, Question, RegistrationSupport, ServerReport, Sso,
    Step,
};
pub use saved::{Saved, SavedError};
pub use secret::Secret;
pub use session::Session;
pub use stage::{Medium, Stage, StageKind};
pub use view::{Availability, Policy, Progress, Screen, Task, View};
