//! Reads a trace, and sees whether an engine does the same again.

use std::fmt;
use std::io::{self, BufRead};

use narthex::{
    Callback, Config, EffectId, Engine, Input, Intent, Reply, Response, Saved, Secret, Seeds, Session,
};
use serde::Deserialize;
use serde_json::Value;

use super::line::{Heard, Line, VERSION};
use super::recorder::Recorder;
use super::standin::StandIns;
use super::{answer, ask};

/// What a replay showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// How many inputs there were.
    pub inputs: usize,
    /// Each view, as JSON, with the number of the input that led to it, from 1.
    pub views: Vec<(usize, Value)>,
    /// Why it ends before the run that was recorded did, if it does.
    pub stopped: Option<Stopped>,
}

/// Why a replay ends early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stopped {
    /// The trace reached its limit: there was more.
    Full,
    /// From here on, what happened was between two devices, and no trace holds it.
    Hidden,
}

/// Why a trace did not replay.
#[derive(Debug)]
pub enum ReplayError {
    /// It could not be read.
    Read(io::Error),
    /// This line (from 1) is none of a trace, or not where it belongs.
    Malformed(usize),
    /// It was written in a format that is not known.
    Version(u32),
    /// After this input (from 1), an engine of today shows or asks for something else.
    Differs {
        /// Which input.
        input: usize,
        /// What the trace says.
        recorded: Value,
        /// What happened now.
        replayed: Value,
    },
}

impl fmt::Display for ReplayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(error) => write!(f, "the trace cannot be read: {error}"),
            Self::Malformed(line) => write!(f, "line {line} is not part of a trace"),
            Self::Version(version) => {
                write!(f, "the trace is of version {version}, and only version {VERSION} can be replayed")
            }

            Self::Differs { input, .. } => write!(f, "after input {input} the engine does something else"),
        }
    }
}

impl std::error::Error for ReplayError {}

/// Does what the trace tells to a new engine, and compares what it shows and asks for.
///
/// # Errors
///
/// When the trace cannot be read, or the engine behaves differently.
pub fn replay(trace: impl BufRead) -> Result<Replayed, ReplayError> {
    let mut lines = read(trace)?.into_iter().zip(1..);
    let Some((header, _)) = lines.next() else { return Err(ReplayError::Malformed(1)) };
    let Line::Header { version, at, ids, device_name, languages, client, encryption, rendezvous, resumed } =
        header
    else {
        return Err(ReplayError::Malformed(1));
    };
    if version != VERSION {
        return Err(ReplayError::Version(version));
    }
    // What the engine draws as secrets is of another seed than it was. It does not show: the stand-ins are the same.
    let seeds = Seeds::new(seed_of(&ids).ok_or(ReplayError::Malformed(1))?, [0; 32]);
    let config = Config { device_name, languages, client: *client, encryption, rendezvous };
    let mut engine = match resumed {
        Some(saved) => {
            let saved = Saved::from_json(&saved).map_err(|_| ReplayError::Malformed(1))?;
            Engine::resume(saved, config, seeds, at)
        }
        None => Engine::new(config, seeds, at),
    };
    let mut report = Replayed { inputs: 0, views: Vec::new(), stopped: None };
    let mut own = StandIns::default();
    let mut expected = None;
    let mut happened = None;
    for (line, number) in lines {
        match line {
            Line::Input { input: Heard::Hidden { .. } | Heard::Between, .. } => {
                report.stopped = Some(Stopped::Hidden);
                break;
            }
            Line::Input { at, input } => {
                let input = heard(input, &own).ok_or(ReplayError::Malformed(number))?;
                report.inputs += 1;
                let effects = engine.handle(at, input);
                happened = Some(ask::outcome(&effects, &engine.view(), &mut own));
            }
            Line::Outcome { effects, view } => {
                let (asked, shown) = happened.take().ok_or(ReplayError::Malformed(number))?;
                if let Some(view) = view {
                    report.views.push((report.inputs, view.clone()));
                    expected = Some(view);
                }
                compare(report.inputs, &expected, &Some(shown))?;
                compare(report.inputs, &effects, &asked)?;
            }
            Line::Full => report.stopped = Some(Stopped::Full),
            Line::End => break,
            Line::Header { .. } => return Err(ReplayError::Malformed(number)),
        }
    }
    Ok(report)
}

fn compare<T: PartialEq + serde::Serialize>(
    input: usize,
    recorded: &T,
    replayed: &T,
) -> Result<(), ReplayError> {
    if recorded == replayed {
        return Ok(());
    }
    let json = |t: &T| serde_json::to_value(t).unwrap_or(Value::Null);
    Err(ReplayError::Differs { input, recorded: json(recorded), replayed: json(replayed) })
}

/// An input as the engine of today has to hear it: with the secrets that it drew itself.
pub(super) fn heard(input: Heard, own: &StandIns) -> Option<Input> {
    let reply = |id, reply| Some(Input::Reply { id: EffectId(id), reply });
    match input {
        Heard::Intent { intent } => serde_json::from_value::<Intent>(intent).ok().map(Input::Intent),
        Heard::Answer { id, status, headers, body } => {
            let body = Secret::new(answer::bytes(body, own));
            reply(id, Reply::Http(Ok(Response { status, headers, body })))
        }
        // Whoever replays stops before.
        Heard::Hidden { .. } | Heard::Between => None,
        Heard::Lost { id, lost } => reply(id, Reply::Http(Err(lost))),
        Heard::Listening { id, origin } => reply(id, Reply::Listening(Ok(origin))),
        Heard::NotListening { id, lost } => reply(id, Reply::Listening(Err(lost))),
        Heard::Leased { id, stored } => {
            let stored = stored.map(|json| Session::from_json(&json)).transpose().ok()?;
            reply(id, Reply::Leased(Ok(stored.map(Box::new))))
        }
        Heard::NotLeased { id, problem } => reply(id, Reply::Leased(Err(problem))),
        Heard::Stored { id, problem } => reply(id, Reply::Stored(problem.map_or(Ok(()), Err))),
        Heard::SecretsFound { id, found } => reply(id, Reply::SecretsFound(found)),
        Heard::Callback { address } => Some(Input::Callback(Callback::from(own.restore(&address)))),
        Heard::Tick => Some(Input::Tick),
    }
}

/// The first line of any version.
#[derive(Deserialize)]
struct First {
    version: u32,
}

/// The lines. The last may be cut short, by a kill.
fn read(trace: impl BufRead) -> Result<Vec<Line>, ReplayError> {
    // Twice the limit: nothing that was recorded is longer.
    let mut trace = trace.take(2 * Recorder::LIMIT as u64);
    let (mut lines, mut text) = (Vec::new(), Vec::new());
    loop {
        text.clear();
        trace.read_until(b'\n', &mut text).map_err(ReplayError::Read)?;
        if text.is_empty() {
            return Ok(lines);
        }
        match serde_json::from_slice(&text) {
            Ok(line) => lines.push(line),
            // Another version may have other lines.
            Err(_) if lines.is_empty() => {
                return Err(match serde_json::from_slice(&text) {
                    Ok(First { version, .. }) if version != VERSION => ReplayError::Version(version),
                    Ok(_) | Err(_) => ReplayError::Malformed(1),
                });
            }
            Err(_) if !text.ends_with(b"\n") => return Ok(lines),
            Err(_) => return Err(ReplayError::Malformed(lines.len() + 1)),
        }
    }
}

fn seed_of(hex: &str) -> Option<[u8; 32]> {
    let mut seed = [0; 32];
    let digits = hex.as_bytes().chunks_exact(2);
    if hex.len() != 64 {
        return None;
    }
    for (byte, digits) in seed.iter_mut().zip(digits) {
        *byte = u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(seed)
}
