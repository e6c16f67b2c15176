//! The real program against the sandbox, which is served in this process: no network, no other program.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed, as it should")]

#[path = "sandbox/homeserver.rs"]
mod homeserver;
#[path = "sandbox/json.rs"]
mod json;
#[path = "sandbox/killed.rs"]
mod killed;
#[path = "real_synapse/narthex.rs"]
mod narthex;
#[path = "sandbox/registration.rs"]
mod registration;
#[path = "sandbox/secrets.rs"]
mod secrets;
#[path = "sandbox/sessions.rs"]
mod sessions;
#[cfg(target_os = "linux")]
#[path = "sandbox/terminal.rs"]
mod terminal;
#[path = "sandbox/words.rs"]
mod words;

const PASSWORD: &str = "correct horse battery staple";
const TOKEN: &str = "narthex-demo-token";
