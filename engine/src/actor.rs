//! Who acts next, on which screen?

use crate::failure::{Cause, Failure, Outage};
use crate::view::{Actor, Screen};

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
            | Self::Warning { .. }
            | Self::Scanner { .. }
            | Self::EnterCheckCode { .. }
            | Self::ConfirmServer { .. }
            | Self::Consent { .. }
            | Self::ConfirmAccount { .. }
            | Self::Confirmation { code: true, .. } => Actor::Person,
            Self::Confirmation { problem: Some(failure), .. } if !passes(failure) => Actor::Person,
            Self::Confirmation { .. }
            | Self::Busy { .. }
            | Self::Limited { .. }
            | Self::InBrowser { .. }
            | Self::UserCode { .. }
            | Self::QrCode { .. }
            | Self::CheckCode { .. }
            | Self::SignedIn { task: Some(_), .. } => Actor::World,
            Self::AwaitingApproval { .. }
            | Self::Linked { .. }
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
