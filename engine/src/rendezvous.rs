//! A cell at a server, through which two devices pass messages in turn: MSC4388 (2025), and the rendezvous of MSC4108 as
//! of June 2024.
//!
//! ```text
//!   Opening ──▶ ┐                         ┌── send ──▶ Sending ──┐
//!   Joining ──▶ ┴─▶ Listening ────────────┘                      │ it is there
//!                    ▲   └─ Received: the other device wrote     │
//!                    └───────────────────────────────────────────┘        leave: Leaving ──▶ Left
//! ```
//!
//! It knows nothing of what the messages say. Nothing is sealed here, so what is sent again is the same bytes. What the
//! other device wrote is never overwritten unread.

mod api;
mod cell;
mod opening;
mod sending;
#[cfg(test)]
mod tests;

pub(crate) use self::api::{CREATE_2025, Place};
pub(crate) use self::cell::{Happened, Order, Pace, Received, Rendezvous, SavedRendezvous};
pub(crate) use self::opening::{Joining, NotOpened, Opening};
