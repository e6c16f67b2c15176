//! The engine, driven by hand: user stories, edge cases, oracles. One test crate, so that it links once.
#![expect(clippy::wildcard_enum_match_arm, reason = "a test names what it expects")]

mod answers;
mod attacks;
mod backoff;
#[cfg(feature = "world")]
mod beside;
mod brought;
mod choice;
mod codes;
mod confirmations;
#[cfg(feature = "fuzz")]
mod corpus;
mod driver;
mod edge;
mod exchanges;
mod expected;
mod families;
mod families_sign_in;
mod fresh;
mod golden;
mod kept;
mod lease;
mod limits;
mod markers;
mod naming;
mod oauth;
mod oauth_codes;
mod oauth_limits;
mod odd_registration;
mod oracle;
mod oracle_oauth;
mod printed;
mod proof;
mod remembered;
mod rendezvous;
mod replay;
mod saved;
mod secrets;
mod show;
mod stories;
mod unclear;
mod wanted;
mod ways;
