//! The keys of a terminal, as the command line reads them.

#[path = "../../frontends/cli/src/terminal/keys.rs"]
pub(crate) mod keys;
