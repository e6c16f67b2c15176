//! No server is asked for a session that nobody could store.

use narthex::{Effect, Screen};

use crate::class::Class;
use crate::page::callback_of;
use crate::world::World;

/// Found B8: before a password, a code, a login token or a registration leaves, and before the browser opens, the store
/// has shown that it would keep what comes of it.
pub(super) fn of_effect(after: &World, effect: &Effect) {
    let is_way_in = match effect {
        Effect::Http { .. } => Class::of(effect, &after.engine).is_some_and(leads_to_a_session),
        Effect::Browse { url } => callback_of(url).is_some(),
        Effect::Prove { .. } | Effect::Lease { .. } | Effect::Store { .. } | Effect::Erase { .. } => false,
        Effect::FindSecrets { .. } | Effect::ShareSecrets { .. } | Effect::AdoptSecrets { .. } => false,
        Effect::Listen { .. } | Effect::Cancel { .. } => false,
    };
    assert!(!is_way_in || after.memory.proved, "asks for a session unproved: {effect:?}: {:?}", after.path);
}

const fn leads_to_a_session(class: Class) -> bool {
    match class {
        Class::Register | Class::Login | Class::Exchange | Class::DeviceCode | Class::Poll => true,
        Class::WellKnown | Class::Versions | Class::LoginFlows | Class::AuthMetadata => false,
        Class::IssuerMetadata | Class::Rendezvous | Class::Naming => false,
        Class::AuthMetadataUnstable | Class::Probe | Class::Available | Class::Validity => false,
        Class::Confirm | Class::Code | Class::Page | Class::Whoami | Class::Devices => false,
        Class::Refresh | Class::Logout | Class::Introduce | Class::Identify | Class::Renew => false,
        Class::Revoke | Class::Prove | Class::Lease | Class::Store | Class::Erase | Class::Listen => false,
    }
}

/// Whether nothing runs: whatever begins from here has to be proved anew.
pub(crate) fn is_over(screen: &Screen) -> bool {
    match screen {
        Screen::Welcome { .. } | Screen::Paused { .. } | Screen::Choose { .. } => true,
        Screen::AwaitingApproval { .. } | Screen::SessionEnded { .. } | Screen::SignedOut { .. } => true,
        Screen::SignedIn { .. } => true,
        Screen::Busy { .. } | Screen::Limited { .. } | Screen::Problem { .. } => false,
        Screen::RegisterForm { .. } | Screen::Terms { .. } | Screen::RegistrationToken { .. } => false,
        Screen::Address { .. } | Screen::Confirmation { .. } | Screen::InBrowser { .. } => false,
        Screen::UserCode { .. } => false,
        Screen::Warning { .. } | Screen::Scanner { .. } | Screen::QrCode { .. } => false,
        Screen::CheckCode { .. } | Screen::EnterCheckCode { .. } | Screen::ConfirmServer { .. } => false,
        Screen::Consent { .. } | Screen::ConfirmAccount { .. } | Screen::Linked { .. } => false,
    }
}
