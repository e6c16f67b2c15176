//! The exchanges of a link, and what can become of one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::linking::Cell;
use crate::pair::Who;
use crate::proxy::{Fate, Seen};

/// One exchange of one side.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) who: Who,
    at: At,
}

#[derive(Clone, Copy, Debug)]
enum At {
    /// The message with this number, from nought, that is written into the cell.
    Message(usize),
    /// The request with this method whose path has this in it, the first one once so many messages were written.
    Request(usize, &'static str, &'static str),
    /// The one for tokens, once the person has allowed it.
    Tokens,
}

/// What is done at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Luck {
    /// Killed while the request is on its way, which never arrives.
    KilledBefore,
    /// Killed when the server has answered, which is never read.
    KilledAfter,
    /// The answer is lost.
    AnswerLost,
}

/// All steps of a link, in their order.
pub(crate) fn steps(cell: Cell) -> Vec<Step> {
    use Who::{Existing, New};
    let (shows, messages): (Who, &[(&str, Who)]) = if cell.new_shows {
        (
            New,
            &[
                ("handshake", Existing),
                ("answer to the handshake", New),
                ("protocols", Existing),
                ("protocol", New),
                ("protocol accepted", Existing),
                ("success", New),
                ("secrets", Existing),
            ],
        )
    } else {
        (
            Existing,
            &[
                ("handshake", New),
                ("answer to the handshake", Existing),
                ("protocol", New),
                ("protocol accepted", Existing),
                ("success", New),
                ("secrets", Existing),
            ],
        )
    };
    let create = if cell.generation == "2024" { "msc4108/rendezvous" } else { "msc4388/rendezvous" };
    let request = |name, who, method, path| Step { name, who, at: At::Request(0, method, path) };
    let present = At::Request(messages.len() - 1, "GET", "/v3/devices/");
    let mut all = vec![request("rendezvous opened", shows, "POST", create)];
    let messages = messages.iter().enumerate();
    all.extend(messages.map(|(number, (name, who))| Step { name, who: *who, at: At::Message(number) }));
    all.extend([
        request("client registration", New, "POST", "/oauth2/registration"),
        request("device code", New, "POST", "/oauth2/device"),
        request("is the device absent?", Existing, "GET", "/v3/devices/"),
        Step { name: "tokens", who: New, at: At::Tokens },
        request("whose account?", New, "GET", "/account/whoami"),
        Step { name: "is the device there?", who: Existing, at: present },
        request("published keys", New, "POST", "/keys/query"),
        request("device keys", New, "POST", "/keys/upload"),
        request("rendezvous closed", New, "DELETE", "rendezvous"),
    ]);
    all
}

/// Judges all exchanges, so that only this one has bad luck, once.
pub(crate) fn judge(
    step: Step,
    luck: Luck,
    is_allowed: Arc<AtomicBool>,
) -> impl FnMut(&Seen<'_>) -> Fate + Send + 'static {
    let mut messages: Vec<Vec<u8>> = Vec::new();
    let mut is_over = false;
    move |seen| {
        let is_message = seen.method == "PUT" && seen.path.contains("rendezvous");
        if is_message && !messages.iter().any(|known| known == seen.body) {
            messages.push(seen.body.to_owned());
        }
        let is_it = match step.at {
            At::Message(number) => is_message && messages.get(number).is_some_and(|body| body == seen.body),
            At::Request(after, method, path) => {
                messages.len() >= after && seen.method == method && seen.path.contains(path)
            }
            At::Tokens => seen.path.ends_with("/oauth2/token") && is_allowed.load(Ordering::Relaxed),
        };
        if is_over || !is_it || seen.status.is_some() == (luck == Luck::KilledBefore) {
            return Fate::Passes;
        }
        // A poll that came too early is not the one.
        if matches!(step.at, At::Tokens) && luck != Luck::KilledBefore && seen.status != Some(200) {
            return Fate::Passes;
        }
        is_over = true;
        if luck == Luck::AnswerLost { Fate::Lost } else { Fate::Held }
    }
}

/// Loses one answer in ten.
pub(crate) fn loses_some(mut seed: u64) -> impl FnMut(&Seen<'_>) -> Fate + Send + 'static {
    move |seen| {
        if seen.status.is_none() {
            return Fate::Passes;
        }
        // xorshift64: the same exchanges are lost in the same order each time.
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        if seed.is_multiple_of(10) { Fate::Lost } else { Fate::Passes }
    }
}
