//! What a program without a library has to fuzz: the files of the command line that read what others write.
#![allow(dead_code, reason = "only what reads is of interest here")]

#[path = "../../frontends/cli/src/fuzz.rs"]
mod cli;
mod json;
#[path = "../../frontends/cli/src/lines.rs"]
mod lines;
mod terminal;

/// See `frontends/cli/src/fuzz.rs`.
pub fn json_line(data: &[u8]) {
    cli::json_line(data);
}

/// See `frontends/cli/src/fuzz.rs`.
pub fn terminal_keys(data: &[u8]) {
    cli::terminal_keys(data);
}

/// See `frontends/cli/src/fuzz.rs`.
pub fn wrapped(data: &[u8]) {
    cli::wrapped_text(data);
}
