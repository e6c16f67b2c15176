//! What does the sandbox do beyond the recordings? Stories of people, browsers and administrators.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod encryption;
mod oauth;
mod register;
mod rendezvous;
mod robust;
mod sign_in;
mod world;
