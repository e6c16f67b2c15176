//! How do two devices get from a code to a channel that nobody else can read or write?
//!
//! MSC4388, "Secure channel", for 2025; MSC4108 of 2024, "Secure channel", for 2024. One type for both generations and
//! both sides:
//!
//! ```text
//! Showing ─── answer(greeting) ─▶ Established, whose last frame is the answer     the device that shows the code
//! Scanning ── establish(answer) ▶ Established, so far with no frame of its own    the one that scans; it greets first
//! ```
//!
//! What is sealed becomes a frame: text that goes into a cell. A frame of 2025 is bound to the **version** that its cell
//! had before it (`sequence_token`): the last one that its sender learned, which is the last one that its receiver knew
//! before. In 2024 nothing is bound, and the version is not looked at.
//!
//! Everything follows from the secrets that the caller gives: the same ones make the same frames. So a channel can be
//! saved, as what it was made of and what it opened, and is built again from that; copies are made in the same way.
//!
//! A frame that does not open changes nothing. Nothing is sealed twice: a frame that was lost is sent again as it was.

mod again;
mod frame;
mod saved;
#[cfg(test)]
pub(crate) mod tests;

use std::fmt;

use serde::{Deserialize, Serialize};

pub(crate) use self::frame::{ChannelError, MAX_MESSAGE};
use self::saved::{Opened, Origin, Record, Scanned, Shown};
use super::check_code::CheckCode;
use super::dialect::{BoundUrl, Dialect, ResponseLabel, bound};
use super::key::PublicKey;
use super::payload::{Form, Generation, QrPayload};
use super::{ecies, hpke};
use crate::secret::Secret;

/// More than a sign-in has in one direction: at most four, and a failure.
const MAX_MESSAGES: usize = 16;

const GREETING: &[u8] = b"MATRIX_QR_CODE_LOGIN_INITIATE";
const ANSWER: &[u8] = b"MATRIX_QR_CODE_LOGIN_OK";

/// The device that shows a code, and waits for a greeting.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Shown", into = "Shown")]
pub(crate) struct Showing(Shown);

impl Showing {
    /// By a fresh `key` and `nonce` for each code that is shown, both from the secret seed. `None` if the code would be
    /// longer than one may be (1024 bytes).
    pub(crate) fn new(key: Secret<[u8; 32]>, nonce: Secret<[u8; 32]>, form: Form) -> Option<Self> {
        let payload = QrPayload::new(PublicKey::of(&key), form)?;
        Some(Self(Shown { key, nonce, payload }))
    }

    /// What to show.
    pub(crate) const fn payload(&self) -> &QrPayload {
        &self.0.payload
    }

    /// Reads the greeting (`LoginInitiate`), which is bound to the version `before`: that of the empty cell. The answer
    /// (`LoginOk`) is bound to the version `now`, and is the last frame of what is returned.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with the greeting. It is not from the device that scanned the code: the end, with no word.
    pub(crate) fn answer(
        &self,
        greeting: &str,
        before: &str,
        now: &str,
    ) -> Result<Established, ChannelError> {
        let Shown { key, nonce, payload } = &self.0;
        let (generation, form) = (payload.generation(), payload.form());
        let (theirs, sealed) = frame::read_greeting(generation, greeting)?;
        let mut dialect = Dialect::default();
        let (mut ends, check_code) = match generation {
            Generation::V2024 => {
                let keys = ecies::Keys { shown: payload.key(), scanned: &theirs };
                let (mut ends, check_code) = ecies::Ends::showing(key, keys);
                is(ends.open(&sealed), GREETING)?;
                (Ends::Ecies(ends), check_code)
            }
            Generation::V2025 => {
                let mut greeted = hpke::Greeted::new(key, theirs).ok_or(ChannelError::WeakKey)?;
                let mut opened = None;
                for bound_url in BoundUrl::ALL {
                    let bound = bound(form, bound_url, before).ok_or(ChannelError::WrongVersion)?;
                    opened = opened.or_else(|| greeted.open(&sealed, &bound).map(|text| (text, bound_url)));
                }
                let (text, bound_url) = opened.ok_or(ChannelError::Unopened)?;
                is(Some(text), GREETING)?;
                dialect.bound_url = bound_url;
                let check_code = greeted.check_code(payload.key());
                let ends = greeted.established(nonce.expose(), dialect.response_label);
                (Ends::Hpke(Box::new(ends)), check_code)
            }
        };
        let bound = bound(form, dialect.bound_url, now).ok_or(ChannelError::WrongVersion)?;
        let last = frame::answer(generation, nonce.expose(), &ends.seal(ANSWER, &bound));
        let greeting = Opened { frame: greeting.to_owned(), version: before.to_owned() };
        let origin = Origin::Shown { shown: self.0.clone(), greeting, version: now.to_owned() };
        let record = Record { origin, opened: Vec::new(), sealed: 0, last };
        Ok(Established { record, ends: Some(ends), check_code, dialect })
    }
}

impl TryFrom<Shown> for Showing {
    type Error = &'static str;

    fn try_from(shown: Shown) -> Result<Self, Self::Error> {
        let is_whole = PublicKey::of(&shown.key) == *shown.payload.key();
        is_whole.then_some(Self(shown)).ok_or("the code has another key")
    }
}

impl From<Showing> for Shown {
    fn from(showing: Showing) -> Self {
        showing.0
    }
}

/// The device that has scanned a code, and waits for the answer to its greeting.
#[derive(Serialize, Deserialize)]
#[serde(try_from = "Scanned", into = "Scanned")]
pub(crate) struct Scanning {
    scanned: Scanned,
    greeting: String,
    /// What follows from the rest. A copy has none, and computes it when it is needed.
    begun: Option<Begun>,
}

impl Scanning {
    /// By a fresh `key` for each code that is scanned, from the secret seed. `version` is that of the cell, which must
    /// still be empty. Which `bound_url` is right does not show: see [`Dialect`].
    ///
    /// # Errors
    ///
    /// A version that cannot be bound; a key that is of low order.
    pub(crate) fn new(
        key: Secret<[u8; 32]>,
        payload: QrPayload,
        bound_url: BoundUrl,
        version: &str,
    ) -> Result<Self, ChannelError> {
        let scanned = Scanned { key, payload, bound_url, version: version.to_owned() };
        Self::try_from(scanned)
    }

    /// The code that was scanned.
    pub(crate) const fn payload(&self) -> &QrPayload {
        &self.scanned.payload
    }

    /// The frame to send first (`LoginInitiate`).
    pub(crate) fn greeting(&self) -> &str {
        &self.greeting
    }

    /// Reads the answer (`LoginOk`), which is bound to `version`: that of the cell with our greeting.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with the answer. It is not from the device that shows the code, or somebody else was faster to
    /// greet that: the end, and no check code is shown.
    pub(crate) fn establish(&mut self, answer: &str, version: &str) -> Result<Established, ChannelError> {
        let payload = &self.scanned.payload;
        let (nonce, sealed) = frame::read_answer(payload.generation(), answer)?;
        let mut dialect = Dialect { bound_url: self.scanned.bound_url, ..Dialect::default() };
        let bound = bound(payload.form(), dialect.bound_url, version).ok_or(ChannelError::WrongVersion)?;
        let begun = self.begun.take().map_or_else(|| begin(&self.scanned).map(|(begun, _)| begun), Ok)?;
        let (ends, check_code) = match begun {
            Begun::Ecies(mut ends, check_code) => {
                is(ends.open(&sealed), ANSWER)?;
                (Ends::Ecies(ends), check_code)
            }
            Begun::Hpke(greeting) => {
                let open = |label| {
                    let mut answer = greeting.answer(&nonce, label);
                    answer.open(&sealed, &bound).map(|text| (text, answer, label))
                };
                let opened = ResponseLabel::ALL.into_iter().find_map(open);
                let (text, answer, label) = opened.ok_or(ChannelError::Unopened)?;
                is(Some(text), ANSWER)?;
                dialect.response_label = label;
                let check_code = greeting.check_code(payload.key());
                (Ends::Hpke(Box::new(greeting.established(answer))), check_code)
            }
        };
        let answer = Opened { frame: answer.to_owned(), version: version.to_owned() };
        let origin = Origin::Scanned { scanned: self.scanned.clone(), answer };
        let record = Record { origin, opened: Vec::new(), sealed: 0, last: self.greeting.clone() };
        Ok(Established { record, ends: Some(ends), check_code, dialect })
    }
}

impl TryFrom<Scanned> for Scanning {
    type Error = ChannelError;

    fn try_from(scanned: Scanned) -> Result<Self, Self::Error> {
        let (begun, greeting) = begin(&scanned)?;
        Ok(Self { scanned, greeting, begun: Some(begun) })
    }
}

impl From<Scanning> for Scanned {
    fn from(scanning: Scanning) -> Self {
        scanning.scanned
    }
}

/// What a greeting leaves behind.
enum Begun {
    Ecies(ecies::Ends, [u8; 2]),
    Hpke(hpke::Greeting),
}

/// The greeting, and what waits for its answer: the same each time.
fn begin(scanned: &Scanned) -> Result<(Begun, String), ChannelError> {
    let Scanned { key, payload, bound_url, version } = scanned;
    let generation = payload.generation();
    match generation {
        Generation::V2024 => {
            let own = PublicKey::of(key);
            let keys = ecies::Keys { shown: payload.key(), scanned: &own };
            let (mut ends, check_code) = ecies::Ends::scanning(key, keys);
            let greeting = frame::greeting(generation, &own, &ends.seal(GREETING));
            Ok((Begun::Ecies(ends, check_code), greeting))
        }
        Generation::V2025 => {
            let bound = bound(payload.form(), *bound_url, version).ok_or(ChannelError::WrongVersion)?;
            let mut begun = hpke::Greeting::new(key, payload.key()).ok_or(ChannelError::WeakKey)?;
            let sealed = begun.seal(GREETING, &bound);
            let greeting = frame::greeting(generation, begun.own(), &sealed);
            Ok((Begun::Hpke(begun), greeting))
        }
    }
}

/// A channel. Whom it leads to, the check code says: until the user has compared it, nothing that comes is acted upon.
pub(crate) struct Established {
    record: Record,
    /// What follows from the rest. A copy has none, and builds it when it is needed: most copies are only saved.
    ends: Option<Ends>,
    check_code: [u8; 2],
    dialect: Dialect,
}

enum Ends {
    Ecies(ecies::Ends),
    Hpke(Box<hpke::Ends>),
}

impl Established {
    /// To be shown by the device that scanned, and compared by the one that showed the code: there, once.
    pub(crate) const fn check_code(&self) -> CheckCode {
        CheckCode::new(self.check_code, self.payload().generation())
    }

    /// The code that it began with.
    pub(crate) const fn payload(&self) -> &QrPayload {
        match &self.record.origin {
            Origin::Shown { shown, .. } => &shown.payload,
            Origin::Scanned { scanned, .. } => &scanned.payload,
        }
    }

    /// The frame of a message, bound to `version`: the last one that is known. It has to be saved before it is sent, and
    /// is sent again as it is.
    ///
    /// # Errors
    ///
    /// A message that is too long, or one too many; a version that cannot be bound. Then nothing is sealed.
    pub(crate) fn seal(&mut self, message: &Secret<Vec<u8>>, version: &str) -> Result<&str, ChannelError> {
        let bound = self.bound(version)?;
        match () {
            () if message.expose().len() > MAX_MESSAGE => return Err(ChannelError::TooLong),
            () if self.record.sealed >= MAX_MESSAGES => return Err(ChannelError::TooMany),
            () => {}
        }
        let sealed = self.ends().seal(message.expose(), &bound);
        self.record.sealed += 1;
        self.record.last = frame::message(&sealed);
        Ok(&self.record.last)
    }

    /// The frame that was sealed last: the answer, a message, or, of a device that scanned and has said nothing yet, the
    /// greeting.
    pub(crate) fn last_frame(&self) -> &str {
        &self.record.last
    }

    /// The message in a frame that is bound to `version`: the one that was known before it came. A frame that was sent
    /// out of turn may be bound to another one (qr-2025 §3.1): both may be tried.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with the frame; it changed nothing. A frame more than a sign-in has.
    pub(crate) fn open(&mut self, frame: &str, version: &str) -> Result<Secret<Vec<u8>>, ChannelError> {
        if self.record.opened.len() >= MAX_MESSAGES {
            return Err(ChannelError::TooMany);
        }
        let bound = self.bound(version)?;
        let sealed = frame::read(frame)?;
        let message = self.ends().open(&sealed, &bound).ok_or(ChannelError::Unopened)?;
        self.record.opened.push(Opened { frame: frame.to_owned(), version: version.to_owned() });
        Ok(message)
    }

    fn bound(&self, version: &str) -> Result<Vec<u8>, ChannelError> {
        bound(self.payload().form(), self.dialect.bound_url, version).ok_or(ChannelError::WrongVersion)
    }
}

impl Ends {
    fn seal(&mut self, message: &[u8], bound: &[u8]) -> Vec<u8> {
        match self {
            Self::Ecies(ends) => ends.seal(message),
            Self::Hpke(ends) => ends.seal(message, bound),
        }
    }

    /// Counts messages that were sealed before.
    fn skip(&mut self, count: usize) {
        for _ in 0..count {
            match self {
                Self::Ecies(ends) => ends.skip(),
                Self::Hpke(ends) => ends.skip(),
            }
        }
    }

    fn open(&mut self, sealed: &[u8], bound: &[u8]) -> Option<Secret<Vec<u8>>> {
        match self {
            Self::Ecies(ends) => ends.open(sealed),
            Self::Hpke(ends) => ends.open(sealed, bound),
        }
    }
}

impl fmt::Debug for Showing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Showing[channel]")
    }
}

impl fmt::Debug for Scanning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scanning[channel]")
    }
}

impl fmt::Debug for Established {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Established[channel]")
    }
}

/// Whether what opened is what a channel begins with.
fn is(opened: Option<Secret<Vec<u8>>>, text: &[u8]) -> Result<(), ChannelError> {
    let opened = opened.ok_or(ChannelError::Unopened)?;
    (opened.expose() == text).then_some(()).ok_or(ChannelError::WrongGreeting)
}
