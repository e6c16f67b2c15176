//! Which addresses does the system bring to this program, and what has to be registered for that?
//!
//! A private-use scheme (RFC 8252 §7.1) is the second way by which a callback arrives, besides a listener on this
//! machine; the third is the person, who pastes it. All three end as `Input::Callback`, as they are: nothing here reads
//! an address, and a frontend that has one from elsewhere passes it on without asking anybody.
//!
//! What is done is [`Step`]s first, which can be shown, and compared in tests on any system. All calls wait for files
//! and programs, some seconds at worst: not for the thread of a user interface.

pub mod linux;
pub mod macos;
#[cfg(test)]
mod recorded;
mod registration;
mod step;
pub mod windows;

pub use registration::{Registrar, Registration, Scheme, SchemeProblem, Standing, this_program};
pub use step::{Here, Step, System};

/// The one for this system.
///
/// # Errors
///
/// When the environment is missing something, such as a home.
pub fn registrar(registration: Registration) -> Result<impl Registrar, SchemeProblem> {
    #[cfg(windows)]
    return windows::Registry::new(registration, Here);
    #[cfg(target_vendor = "apple")]
    return macos::Bundle::new(registration, Here);
    #[cfg(not(any(windows, target_vendor = "apple")))]
    return linux::Desktop::new(registration, |name| std::env::var_os(name), Here);
}
