//! The real program against a real Synapse whose accounts are at an authorization server.
//!
//! `cargo xtask test` starts the servers and says where they are; without them everything is left out, aloud.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test that panics has failed, as it should")]

#[path = "real_oauth/again.rs"]
mod again;
#[path = "real_oauth/browser.rs"]
mod browser;
#[path = "real_oauth/chromium.rs"]
mod chromium;
#[path = "real_oauth/device.rs"]
mod device;
#[path = "real_oauth/devices.rs"]
mod devices;
#[path = "real_oauth/etags.rs"]
mod etags;
#[path = "real_oauth/killed.rs"]
mod killed;
#[path = "sandbox/linking.rs"]
mod linking;
#[path = "real_oauth/modes.rs"]
mod modes;
#[path = "real_synapse/narthex.rs"]
mod narthex;
#[path = "real_oauth/people.rs"]
mod people;
#[path = "real_oauth/proxy.rs"]
mod proxy;
#[path = "real_oauth/sdk.rs"]
mod sdk;
#[path = "real_oauth/secrets.rs"]
mod secrets;
#[path = "real_oauth/seen.rs"]
mod seen;
#[path = "real_synapse/server.rs"]
mod server;
#[path = "real_oauth/servers.rs"]
mod servers;
#[path = "real_oauth/sessions.rs"]
mod sessions;
#[path = "real_oauth/sign_in.rs"]
mod sign_in;
#[path = "real_oauth/sign_out.rs"]
mod sign_out;
#[path = "real_oauth/spoken.rs"]
mod spoken;
#[path = "real_oauth/tokens.rs"]
mod tokens;

const PASSWORD: &str = "correct horse battery staple";
