//! What crossed the border, written down so that it can be shown to anyone and replayed.
//!
//! A trace is JSON lines: one [`Header`](line), then for each input a line with it and a line with what came of it,
//! then an end. It holds neither secrets nor request bodies:
//!
//! - what a person typed as a secret, and every string in an answer whose key says that it is one (`access_token`,
//!   `session`, `sid`, …) is replaced by a numbered stand-in, the same for the same value, of the same class of
//!   length and the same alphabet, so that the engine treats it alike;
//! - a stand-in also replaces the value wherever else it shows up later: in another answer, an address, a view;
//! - of a request only the method, the origin and the path are kept; of headers only those that the engine reads;
//!   a body that is no JSON is replaced by another that is none.
//!
//! Of the engine's two [seeds](narthex::Seeds) the trace holds the first, of what others may see. What the engine drew
//! from the second (a `state`, a verifier, the path of a callback) is replaced by a stand-in too, numbered in the order
//! of its use. So an engine that is replayed with another second seed does the same, and what the browser brought back
//! reaches it with the `state` that it drew itself. Anyone may read and replay a trace, also while its flow still runs.
//!
//! Of an answer to a request whose path may not be told ([`shown_path`](narthex::Request::shown_path)) only the status is
//! kept. A replay ends there, and says so: what follows was between two devices.
//!
//! A trace is bounded: after [`Recorder::LIMIT`] bytes it stops, says so, and stays replayable up to there.

mod answer;
mod ask;
pub(crate) mod line;
mod recorder;
mod replay;
mod standin;
#[cfg(test)]
mod tests;

pub use recorder::Recorder;
pub use replay::{ReplayError, Replayed, Stopped, replay};

/// An answer as a replay gives it to the engine.
#[cfg(feature = "fuzz")]
pub(crate) fn hidden(bytes: &[u8]) -> Vec<u8> {
    let mut known = standin::StandIns::default();
    answer::bytes(answer::body(bytes, &mut known), &known)
}
