//! The lines of another program, as the command line reads them.

#[path = "../../frontends/cli/src/json/line.rs"]
pub(crate) mod line;
