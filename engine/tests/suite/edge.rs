//! The edge cases of `docs/edge-cases.md`, by their numbers.

mod discovery;
mod oauth_account;
mod oauth_callback;
mod oauth_client;
mod oauth_device;
mod oauth_metadata;
mod oauth_refresh;
mod oauth_slept_over;
mod oauth_token;
mod oauth_unlucky;
mod refresh;
mod register;
mod session;
mod sign_in;
mod uia;
