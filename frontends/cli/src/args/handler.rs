//! What can be done about the scheme of the application?

use clap::ValueEnum;

/// What to do about the scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Handler {
    /// Register Narthex for its scheme
    Install,
    /// Remove the registration
    Remove,
    /// Show which application opens the scheme
    Status,
}
