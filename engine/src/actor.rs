//! Who acts next?

use serde::Serialize;

use crate::failure::{Cause, Failure, Outage};
use crate::view::Screen;

/// Who acts next, so that something changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The user, here: by one of the offers.
    Person,
    /// A server, a browser, a mailbox, another device, or time. The user may still do what is on offer.
    World,
    /// It is over: signed in, signed out, ended by the server, or as far as one can get. Nothing has to be done; what
    /// is on offer may be.
    Nobody,
}

impl Screen {
    pub(crate) const fn next(&self) -> Actor {
        match self {
            Self::Welcome { .. }
            | Self::Paused { .. }
            | Self::Problem { .. }
            | Self::Choose { .. }
            | Self::RegisterForm { .. }
            | Self::Terms { .. }
            | Self::RegistrationToken { .. }
            | Self::Address { .. }
            | Self::Confirmation { code: true, .. } => Actor::Person,
            Self::Confirmation { problem: Some(failure), .. } if !passes(failure) => Actor::Person,
            Self::Confirmation { .. }
            | Self::Busy { .. }
            | Self::Limited { .. }
            | Self::InBrowser { .. }
            | Self::UserCode { .. }
            | Self::SignedIn { task: Some(_), .. } => Actor::World,
            Self::AwaitingApproval { .. }
            | Self::SignedIn { task: None, .. }
            | Self::SessionEnded { .. }
            | Self::SignedOut { .. } => Actor::Nobody,
        }
    }
}

/// Whether it may pass by itself while one waits.
const fn passes(failure: &Failure) -> bool {
    match failure.cause {
        Cause::Unavailable { outage: Outage::Storage(_), .. } => false,
        Cause::Unavailable { .. } => true,
        Cause::Refused { .. }
        | Cause::Expired { .. }
        | Cause::Unsupported { .. }
        | Cause::Misbehaved { .. }
        | Cause::Broken { .. } => false,
    }
}
