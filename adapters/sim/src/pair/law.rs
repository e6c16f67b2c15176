//! What has to hold of two devices, whatever an attacker does.
//!
//! - **Too early.** The private keys are read, and leave, only after all of this: the check code was entered, the account had
//!   no such device, the user consented to it, and then the account had it.
//! - **The wrong one.** Nobody but the account's own new device gets them, and it takes no others than the account's.
//! - **Not secure.** A check code is shown only by a device whose greeting was answered by the device with the code.
//! - **Sealed twice.** No key seals two messages by the same counter.
//! - **Wrong code**, **cancel unheard**. Where nothing is lost, either ends both within seconds.
//! - **Session lost.** Whoever was granted a session has it in the end, or does not want it: then nobody has it.
//! - **Not verified.** What a screen says of a device's trust is so.
//! - **Never ends.**

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use narthex::{Generation, SecretsBundle, Trust};

/// How long a wrong code and a cancelled link may live on, in milliseconds.
pub(super) const SECONDS: u64 = 10_000;

/// The laws, for the first line of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairLaw {
    /// The keys leave before all is known that has to be.
    TooEarly,
    /// Somebody else gets the keys, or the new device takes those of somebody else.
    TheWrongOne,
    /// A check code is shown without a channel.
    NotSecure,
    /// Two messages by one counter.
    SealedTwice,
    /// The check code is wrong, and somebody goes on.
    WrongCode,
    /// Somebody has cancelled, and the other goes on.
    CancelUnheard,
    /// A session is lost, or one that nobody wants is there.
    SessionLost,
    /// A device says that it is verified, and is not.
    NotVerified,
    /// It does not end.
    NeverEnds,
    /// The simulation itself is wrong.
    Person,
}

/// A law that does not hold, and how.
#[derive(Debug)]
pub struct PairBroken {
    /// Which.
    pub law: PairLaw,
    how: String,
}

impl fmt::Display for PairBroken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.law, self.how)
    }
}

pub(super) fn broken<T>(law: PairLaw, how: impl Into<String>) -> Result<T, PairBroken> {
    Err(PairBroken { law, how: how.into() })
}

fn hold(holds: bool, law: PairLaw, how: impl FnOnce() -> String) -> Result<(), PairBroken> {
    if holds { Ok(()) } else { broken(law, how()) }
}

/// What is known of the device that a device is asked to allow.
#[derive(Clone, Copy, Debug, Default)]
struct Allowed {
    absent: bool,
    consented: bool,
    present: bool,
}

/// What was written, and what is sealed in it, as far as that tells.
#[derive(Clone, Debug)]
struct Frame {
    text: String,
    ciphertext: Vec<u8>,
}

/// What was seen, by who saw it. Devices go by their place.
#[derive(Debug, Default)]
pub(super) struct Books {
    allowed: BTreeMap<(usize, String), Allowed>,
    /// Who has entered a check code that was right.
    entered: Vec<usize>,
    /// Who wrote which frame first.
    authors: BTreeMap<String, usize>,
    /// The cell that a device has written to last.
    cells: BTreeMap<usize, String>,
    /// What a device has heard of a cell last.
    heard: BTreeMap<(usize, String), String>,
    /// Whose greeting a frame answers.
    answers: BTreeMap<String, usize>,
    /// With whom a device has a channel, or takes it that it has.
    peers: BTreeMap<(usize, String), usize>,
    /// What a device has written to a cell.
    sealed: BTreeMap<(usize, String), Vec<Frame>>,
    /// What has to be over, since when.
    must_end: Option<(u64, PairLaw)>,
}

impl Books {
    /// The account of device `at` has this device, it was told, or has it not.
    pub(super) fn told(&mut self, at: usize, device_id: &str, exists: bool) {
        let allowed = self.allowed.entry((at, device_id.to_owned())).or_default();
        match (allowed.consented, exists) {
            (false, false) => allowed.absent = true,
            (true, true) => allowed.present = true,
            (true, false) | (false, true) => {}
        }
    }

    /// The user of device `at` consents to this one.
    pub(super) fn consents(&mut self, at: usize, device_id: &str) {
        self.allowed.entry((at, device_id.to_owned())).or_default().consented = true;
    }

    /// The check code that the other device shows is entered at this one.
    pub(super) fn enters(&mut self, at: usize) {
        self.entered.push(at);
    }

    /// The keys are read on device `at`, for the account's own new device: `own`.
    pub(super) fn shares(&self, at: usize, own: usize) -> Result<(), PairBroken> {
        let peer = self.peer(at);
        hold(peer == Some(own), PairLaw::TheWrongOne, || format!("device {at} has a channel with {peer:?}"))?;
        let code = self.entered.iter().any(|who| [at, own].contains(who));
        let all = |allowed: &Allowed| allowed.absent && allowed.consented && allowed.present;
        let device = self.allowed.iter().any(|((of, _), allowed)| *of == at && all(allowed));
        hold(code && device, PairLaw::TooEarly, || format!("a code: {code}, {:?}", self.allowed))
    }

    /// Device `at` takes these keys, which are or are not those that are its account's.
    pub(super) fn adopts(at: usize, secrets: &SecretsBundle, own: &SecretsBundle) -> Result<(), PairBroken> {
        let same = secrets.master_key == own.master_key
            && secrets.self_signing_key == own.self_signing_key
            && secrets.user_signing_key == own.user_signing_key
            && (secrets.backup.is_none() || secrets.backup == own.backup);
        hold(same, PairLaw::TheWrongOne, || format!("device {at} adopts other keys"))
    }

    /// Device `at` writes this to a cell.
    pub(super) fn writes(
        &mut self,
        at: usize,
        cell: &str,
        generation: Generation,
        frame: &str,
    ) -> Result<(), PairBroken> {
        self.authors.entry(frame.to_owned()).or_insert(at);
        self.cells.insert(at, cell.to_owned());
        let place = (at, cell.to_owned());
        let known = self.sealed.entry(place.clone()).or_default();
        // The first frame of the device with the code answers what it has heard.
        if known.is_empty()
            && let Some(peer) = self.heard.get(&place).and_then(|heard| self.authors.get(heard))
        {
            self.answers.insert(frame.to_owned(), *peer);
            self.peers.insert(place, *peer);
        }
        if known.iter().any(|before| before.text == frame) {
            return Ok(());
        }
        let ciphertext = ciphertext(generation, frame);
        let again = known.iter().find(|before| is_same_key_and_counter(&before.ciphertext, &ciphertext));
        let again = again.map(|before| format!("device {at}: {} and {frame}", before.text));
        known.push(Frame { text: frame.to_owned(), ciphertext });
        again.map_or(Ok(()), |how| broken(PairLaw::SealedTwice, how))
    }

    /// Device `at` hears that this is in the cell.
    pub(super) fn hears(&mut self, at: usize, cell: &str, data: String) {
        self.heard.insert((at, cell.to_owned()), data);
    }

    fn peer(&self, at: usize) -> Option<usize> {
        self.peers.get(&(at, self.cells.get(&at)?.clone())).copied()
    }

    /// Device `at` shows a check code: it has heard an answer to its own greeting, by the device with the code: `shows`.
    pub(super) fn shows_check_code(&mut self, at: usize, shows: usize) -> Result<(), PairBroken> {
        if self.peer(at).is_some() {
            return Ok(());
        }
        let place = (at, self.cells.get(&at).cloned().unwrap_or_default());
        let heard = self.heard.get(&place).cloned().unwrap_or_default();
        let is_answer = self.answers.get(&heard) == Some(&at) && self.authors.get(&heard) == Some(&shows);
        self.peers.insert(place, shows);
        hold(is_answer, PairLaw::NotSecure, || format!("device {at} heard {heard} of {shows}"))
    }

    /// From here on both have to come to an end.
    pub(super) fn ends(&mut self, now: u64, law: PairLaw) {
        self.must_end.get_or_insert((now, law));
    }

    /// Whether it has come to an end, if it has to by `now`.
    pub(super) fn is_over(&self, now: u64, at_rest: bool) -> Result<(), PairBroken> {
        match self.must_end {
            Some((since, law)) if now > since + SECONDS && !at_rest => broken(law, format!("since {since}")),
            _ => Ok(()),
        }
    }

    /// A device is signed in in the end, and the server has so many sessions of the account beside the first, of which so
    /// many are excused. `stored`: it was there, and nobody said that it is not wanted.
    pub(super) fn sessions(
        signed_in: bool,
        stored: bool,
        at_server: usize,
        excused: bool,
    ) -> Result<(), PairBroken> {
        let lost = stored && !(signed_in && at_server > 0);
        hold(!lost, PairLaw::SessionLost, || "it was stored".to_owned())?;
        let left = at_server != usize::from(signed_in) && !excused;
        hold(!left, PairLaw::SessionLost, || format!("signed in: {signed_in}, at the server: {at_server}"))
    }

    /// What the new device and the existing one say of its trust, and what the server shows.
    pub(super) fn verified(
        trust: Option<&Trust>,
        linked: Option<bool>,
        signed: bool,
    ) -> Result<(), PairBroken> {
        let says = matches!(trust, Some(Trust::Verified { .. })) || linked == Some(true);
        hold(!says || signed, PairLaw::NotVerified, || format!("{trust:?}, {linked:?}"))
    }
}

/// The first bytes that are sealed in a frame: after the key of a greeting of 2025, or the nonce of its answer.
fn ciphertext(generation: Generation, frame: &str) -> Vec<u8> {
    let sealed = frame.split('|').next().unwrap_or_default();
    let bytes = BASE64_STANDARD_NO_PAD.decode(sealed).unwrap_or_default();
    // A greeting has 77 bytes, an answer 71; no message of ours has either.
    let before = match (generation, bytes.len()) {
        (Generation::V2025, 71 | 77) => 32,
        _ => 0,
    };
    bytes.into_iter().skip(before).take(PREFIX).collect()
}

/// How much is looked at. What is sealed begins in one of two ways.
const PREFIX: usize = 16;
const GREETING: &[u8] = b"MATRIX_QR_CODE_LOGIN_";
const MESSAGE: &[u8] = b"{\"type\":\"m.login.";

/// Both were made with one stream of the cipher: together they are what two texts are together.
fn is_same_key_and_counter(one: &[u8], other: &[u8]) -> bool {
    let together = |one: &[u8], other: &[u8]| -> Vec<u8> {
        one.iter().zip(other).map(|(one, other)| one ^ other).take(PREFIX).collect()
    };
    let both = together(one, other);
    both.len() == PREFIX && (both.iter().all(|byte| *byte == 0) || both == together(GREETING, MESSAGE))
}
