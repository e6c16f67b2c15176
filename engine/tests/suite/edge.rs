//! The edge cases of `docs/edge-cases.md`, by their numbers.

mod discovery;
mod refresh;
mod register;
mod session;
mod sign_in;
mod uia;
