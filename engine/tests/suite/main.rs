//! The engine, driven by hand: user stories, edge cases, oracles. One test crate, so that it links once.

mod answers;
mod choice;
mod driver;
mod edge;
mod exchanges;
mod golden;
mod oracle;
mod replay;
mod saved;
mod secrets;
mod show;
mod stories;
