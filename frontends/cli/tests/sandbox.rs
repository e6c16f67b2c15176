//! The real program against the sandbox, which is served in this process: no network, no other program.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed, as it should")]

#[path = "sandbox/accounts.rs"]
mod accounts;
#[path = "sandbox/asked.rs"]
mod asked;
#[cfg(unix)]
#[path = "sandbox/callbacks.rs"]
mod callbacks;
#[path = "sandbox/code_file.rs"]
mod code_file;
#[cfg(target_os = "linux")]
#[path = "sandbox/commands.rs"]
mod commands;
#[path = "sandbox/devices.rs"]
mod devices;
#[cfg(target_os = "linux")]
#[path = "sandbox/devices_terminal.rs"]
mod devices_terminal;
#[cfg(target_os = "linux")]
#[path = "sandbox/encryption.rs"]
mod encryption;
#[path = "sandbox/first_use.rs"]
mod first_use;
#[path = "sandbox/flags.rs"]
mod flags;
#[cfg(target_os = "linux")]
#[path = "sandbox/given.rs"]
mod given;
#[cfg(target_os = "linux")]
#[path = "sandbox/held.rs"]
mod held;
#[path = "sandbox/homeserver.rs"]
mod homeserver;
#[path = "sandbox/json.rs"]
mod json;
#[path = "sandbox/killed.rs"]
mod killed;
#[path = "sandbox/link_killed.rs"]
mod link_killed;
#[path = "sandbox/linking.rs"]
mod linking;
#[path = "sandbox/meant.rs"]
mod meant;
#[path = "real_synapse/narthex.rs"]
mod narthex;
#[path = "sandbox/oauth.rs"]
mod oauth;
#[path = "sandbox/oauth_killed.rs"]
mod oauth_killed;
#[path = "sandbox/oauth_sessions.rs"]
mod oauth_sessions;
#[cfg(target_os = "linux")]
#[path = "sandbox/oauth_terminal.rs"]
mod oauth_terminal;
#[cfg(target_os = "linux")]
#[path = "sandbox/parted.rs"]
mod parted;
#[path = "sandbox/paste.rs"]
mod paste;
#[path = "real_oauth/proxy.rs"]
mod proxy;
#[cfg(target_os = "linux")]
#[path = "sandbox/pseudo.rs"]
mod pseudo;
#[path = "sandbox/reference.rs"]
mod reference;
#[path = "sandbox/registration.rs"]
mod registration;
#[path = "sandbox/secrets.rs"]
mod secrets;
#[path = "sandbox/sessions.rs"]
mod sessions;
#[cfg(target_os = "linux")]
#[path = "sandbox/settled.rs"]
mod settled;
#[path = "sandbox/shown.rs"]
mod shown;
#[path = "real_oauth/spoken.rs"]
mod spoken;
#[cfg(target_os = "linux")]
#[path = "sandbox/stopped.rs"]
mod stopped;
#[cfg(target_os = "linux")]
#[path = "sandbox/terminal.rs"]
mod terminal;
#[cfg(target_os = "linux")]
#[path = "sandbox/tokens.rs"]
mod tokens;
#[path = "sandbox/truths.rs"]
mod truths;
#[cfg(target_os = "linux")]
#[path = "sandbox/tty.rs"]
mod tty;
#[path = "sandbox/unconfirmed.rs"]
mod unconfirmed;
#[path = "sandbox/verification.rs"]
mod verification;
#[path = "sandbox/ways.rs"]
mod ways;
#[path = "sandbox/words.rs"]
mod words;

const PASSWORD: &str = "correct horse battery staple";
const TOKEN: &str = "narthex-demo-token";
