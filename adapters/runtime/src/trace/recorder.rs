//! Writes a trace.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use narthex::{Config, Effect, EffectId, Input, Intent, Reply, Saved, Time, View};
use serde_json::Value;

use super::line::{Heard, Line, VERSION};
use super::standin::StandIns;
use super::{answer, ask};

/// Writes down what crosses the border, without secrets. See [the format](super).
pub struct Recorder {
    out: Box<dyn Write + Send>,
    room: usize,
    known: StandIns,
    last_view: Option<Value>,
    /// The requests whose answers are not written down.
    hidden: BTreeSet<EffectId>,
}

impl Recorder {
    /// How much is written at most, in bytes.
    pub const LIMIT: usize = 16 << 20;

    /// Begins a trace of an engine that was made with the same arguments. `ids` is the first of its
    /// [`Seeds`](narthex::Seeds); the second one must not be written down.
    ///
    /// # Errors
    ///
    /// When nothing can be written.
    pub fn new(
        out: impl Write + Send + 'static,
        config: &Config,
        resumed: Option<&Saved>,
        ids: [u8; 32],
        now: Time,
    ) -> io::Result<Self> {
        let room = Self::LIMIT;
        let (known, hidden) = (StandIns::default(), BTreeSet::new());
        let mut recorder = Self { out: Box::new(out), room, known, last_view: None, hidden };
        let resumed = resumed.map(|saved| recorder.without_secrets(saved.to_json().expose()));
        recorder.try_write(&Line::Header {
            version: VERSION,
            at: now,
            ids: hex(&ids),
            device_name: config.device_name.clone(),
            languages: config.languages.clone(),
            client: Box::new(config.client.clone()),
            encryption: config.encryption,
            rendezvous: config.rendezvous.clone(),
            resumed,
        })?;
        Ok(recorder)
    }

    /// The same, in a new file at `path` that only its owner may read.
    ///
    /// # Errors
    ///
    /// When there is a file already, or none can be made.
    pub fn create(
        path: &Path,
        config: &Config,
        resumed: Option<&Saved>,
        ids: [u8; 32],
        now: Time,
    ) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let begun = Self::new(options.open(path)?, config, resumed, ids, now);
        if begun.is_err() {
            std::fs::remove_file(path).ok();
        }
        begun
    }

    pub(crate) fn input(&mut self, at: Time, input: &Input) {
        let input = match input {
            Input::Intent(Intent::UseCode { .. }) => Heard::Between,
            Input::Intent(intent) => Heard::Intent { intent: ask::intent(intent, &mut self.known) },
            Input::Reply { id, reply } => self.reply(*id, reply),
            Input::Callback(callback) => {
                let address = answer::address(callback.address().expose(), &mut self.known);
                Heard::Callback { address }
            }
            Input::Tick => Heard::Tick,
        };
        self.write(&Line::Input { at, input });
    }

    pub(crate) fn outcome(&mut self, effects: &[Effect], view: &View) {
        for effect in effects {
            if let Effect::Http { id, request } = effect
                && request.shown_path.is_some()
            {
                self.hidden.insert(*id);
            }
            if let Effect::Cancel { id } = effect {
                self.hidden.remove(id);
            }
        }
        let (effects, view) = ask::outcome(effects, view, &mut self.known);
        let changed = self.last_view.as_ref() != Some(&view);
        if changed {
            self.last_view = Some(view.clone());
        }
        self.write(&Line::Outcome { effects, view: changed.then_some(view) });
    }

    pub(crate) fn end(&mut self) {
        self.write(&Line::End);
        self.room = 0;
    }

    fn reply(&mut self, id: EffectId, reply: &Reply) -> Heard {
        let is_hidden = self.hidden.remove(&id);
        let id = id.0;
        match reply {
            Reply::Http(Ok(response)) if is_hidden => Heard::Hidden { id, status: response.status },
            Reply::Http(Ok(response)) => Heard::Answer {
                id,
                status: response.status,
                headers: answer::headers(&response.headers, &mut self.known),
                body: answer::body(response.body.expose(), &mut self.known),
            },
            Reply::Http(Err(lost)) => Heard::Lost { id, lost: *lost },
            Reply::Listening(Ok(origin)) => Heard::Listening { id, origin: origin.clone() },
            Reply::Listening(Err(lost)) => Heard::NotListening { id, lost: *lost },
            Reply::Leased(Ok(stored)) => {
                let json = stored.as_ref().map(|session| session.to_json());
                Heard::Leased { id, stored: json.map(|json| self.without_secrets(json.expose())) }
            }
            Reply::Leased(Err(problem)) => Heard::NotLeased { id, problem: *problem },
            Reply::Stored(result) => Heard::Stored { id, problem: result.err() },
            Reply::SecretsFound(found) => Heard::SecretsFound { id, found: *found },
            Reply::SecretsShared(_) | Reply::SecretsAdopted(_) => Heard::Between,
        }
    }

    fn without_secrets(&mut self, json: &str) -> String {
        match answer::body(json.as_bytes(), &mut self.known) {
            super::line::Body::Json(text) => text,
            super::line::Body::Opaque { .. } => String::new(),
        }
    }

    fn write(&mut self, line: &Line) {
        if let Err(error) = self.try_write(line) {
            tracing::warn!(%error, "the trace ends here");
            self.room = 0;
        }
    }

    fn try_write(&mut self, line: &Line) -> io::Result<()> {
        if self.room == 0 {
            return Ok(());
        }
        let mut text = serde_json::to_string(line)?;
        if text.len() >= self.room {
            text = serde_json::to_string(&Line::Full)?;
            self.room = 0;
        }
        text.push('\n');
        self.room = self.room.saturating_sub(text.len());
        // In one piece, so that a killed process leaves whole lines.
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recorder with room for {} bytes", self.room)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").ok();
        text
    })
}
