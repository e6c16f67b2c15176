//! The frontend for programs: one JSON object a line, in both directions. See `docs/json.md`.

pub(crate) mod line;
pub(crate) mod out;
pub(crate) mod parts;
pub(crate) mod schema;
pub(crate) mod status;
#[cfg(test)]
mod strength;
pub(crate) mod verification;
pub(crate) mod view;

use narthex::{Input, Screen, View};
use narthex_runtime::Notice;
use narthex_storage::Place;

use crate::input::{Line, Lines, Unusable};
use crate::next::Next;
use line::Said;
use narthex_app::Handle;
use out::{Printed, ViewLine, print};

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
    pub(crate) fn show(&mut self, view: &View, answered_by_flag: bool) {
        if self.shown.as_ref() != Some(view) {
            print(&Printed::View(ViewLine { view, answered_by_flag }));
            self.shown = Some(view.clone());
        }
    }

    pub(crate) fn notice(&mut self, notice: Notice, view: &View) {
        match notice {
            Notice::NotSaved(problem) => print(&Printed::NotSaved { problem }),
            Notice::NotOffered(intent) => {
                print(&Printed::NotOffered { intent, offers: view.offers });
            }
            Notice::Unusable(_) => {
                print(&Printed::InvalidIntent { reason: "what was said with it cannot be meant" });
            }
        }
    }

    pub(crate) async fn next(&mut self, handle: &mut Handle) -> Next {
        loop {
            let Some(lines) = &mut self.lines else { return Next::Nobody };
            let line = tokio::select! {
                line = lines.next() => line,
                changed = handle.views.changed() => {
                    return if changed.is_ok() { Next::Changed } else { Next::Nobody };
                }
                Some(notice) = handle.notices.recv() => {
                    self.notice(notice, &handle.view());
                    continue;
                }
            };
            let Some(line) = line else {
                self.lines = None;
                return Next::Nobody;
            };
            let said = match line {
                Line::Text(text) => line::read(text.expose()),
                Line::Bad(Unusable::TooLong) => Said::Invalid("a line may have 65536 bytes".to_owned()),
                Line::Bad(
                    Unusable::NoInput
                    | Unusable::Empty
                    | Unusable::Utf16
                    | Unusable::NotUtf8
                    | Unusable::Nul
                    | Unusable::Whitespace
                    | Unusable::Foreign,
                ) => Said::Invalid("not UTF-8".to_owned()),
            };
            match said {
                Said::Intent(intent) => return Next::Say(Input::Intent(intent)),
                Said::Callback(callback) => return Next::Say(Input::Callback(callback)),
                Said::Assess(password) => {
                    let strength = narthex_strength::assess(&password, &[]);
                    print(&Printed::PasswordStrength { strength });
                }
                Said::Nothing => {}
                Said::Invalid(reason) => print(&Printed::InvalidIntent { reason: &reason }),
            }
        }
    }

    pub(crate) fn signed_in(&mut self, view: &View, place: &Place) {
        let Screen::SignedIn { user_id, device_id, homeserver, expires_at, trust, .. } = &view.screen else {
            return;
        };
        let (kept, expires_at) = (place.into(), *expires_at);
        let trust = trust.as_ref();
        print(&Printed::SignedIn { user_id, device_id, homeserver, kept, expires_at, trust });
    }
}
