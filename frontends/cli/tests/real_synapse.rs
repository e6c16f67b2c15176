//! The real program against a real Synapse in every configuration.
//!
//! `cargo xtask test` starts the servers and says where they are; a server that does not run is left out, aloud.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test that panics has failed, as it should")]

#[path = "real_synapse/killed.rs"]
mod killed;
#[path = "real_synapse/narthex.rs"]
mod narthex;
#[path = "real_synapse/outside.rs"]
mod outside;
#[path = "real_synapse/registration.rs"]
mod registration;
#[path = "real_synapse/server.rs"]
mod server;
#[path = "real_synapse/sessions.rs"]
mod sessions;

const PASSWORD: &str = "correct horse battery staple";
const TOKEN: &str = "narthex-demo-token";
