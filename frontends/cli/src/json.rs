//! The frontend for programs: one JSON object a line, in both directions. See `docs/json.md`.

mod line;
pub(crate) mod out;

use narthex::{Input, Screen, View};
use narthex_runtime::Notice;
use narthex_storage::Place;
use serde_json::json;

use crate::input::{Line, Lines};
use crate::interface::Next;
use line::Said;
use narthex_app::Handle;

/// A program on the other side.
#[derive(Debug)]
pub(crate) struct Json {
    lines: Option<Lines>,
    shown: Option<View>,
}

impl Json {
    pub(crate) fn reading(lines: Lines) -> Self {
        Self { lines: Some(lines), shown: None }
    }

    /// Each view once.
    pub(crate) fn show(&mut self, view: &View) {
        if self.shown.as_ref() != Some(view) {
            out::print("view", view);
            self.shown = Some(view.clone());
        }
    }

    pub(crate) fn notice(&mut self, notice: Notice, view: &View) {
        match notice {
            Notice::NotSaved(problem) => out::print("not_saved", &json!({"problem": problem})),
            Notice::NotOffered(intent) => {
                out::print("not_offered", &json!({"intent": intent, "offers": view.offers}));
            }
        }
    }

    pub(crate) async fn next(&mut self, handle: &mut Handle) -> Next {
        loop {
            let Some(lines) = &mut self.lines else { return Next::Nobody };
            let line = tokio::select! {
                line = lines.next() => line,
                changed = handle.changed() => return if changed { Next::Changed } else { Next::Nobody },
            };
            let Some(line) = line else {
                self.lines = None;
                return Next::Nobody;
            };
            let said = match line {
                Line::Text(text) => line::read(text.expose()),
                Line::TooLong => Said::Invalid("a line may have 65536 bytes".to_owned()),
                Line::NotUtf8 => Said::Invalid("not UTF-8".to_owned()),
            };
            match said {
                Said::Intent(intent) => return Next::Say(Input::Intent(intent)),
                Said::Callback(callback) => return Next::Say(Input::Callback(callback)),
                Said::Assess(password) => {
                    out::print("password_strength", &narthex_strength::assess(&password, &[]));
                }
                Said::Nothing => {}
                Said::Invalid(reason) => out::print("invalid_intent", &json!({"reason": reason})),
            }
        }
    }

    pub(crate) fn signed_in(&mut self, view: &View, place: &Place) {
        let Screen::SignedIn { user_id, device_id, homeserver, expires_at, .. } = &view.screen else {
            return;
        };
        let mut end = json!({
            "user_id": user_id,
            "device_id": device_id,
            "homeserver": homeserver,
            "kept": out::kept(place),
        });
        if let Some(at) = expires_at {
            end["expires_at"] = json!(at);
        }
        out::print("signed_in", &end);
    }
}
