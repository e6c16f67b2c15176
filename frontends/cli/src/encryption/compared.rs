//! A program that shows the emoji to somebody.

use narthex::{Actor, Session, Time};
use narthex_matrix::{VerificationAnswer, VerificationState};
use serde::Deserialize;

use crate::input::{Line, Lines};
use crate::json::line::reason;
use crate::json::out::{Printed, print};
use crate::json::verification::{
    Sign, VerificationLine, VerificationNotOffered, VerificationOffer, VerificationScreen,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    intent: VerificationOffer,
}

/// A program that shows the emoji to somebody.
#[derive(Debug)]
pub(crate) struct Compared {
    lines: Lines,
    shown: Option<VerificationState>,
}

impl Compared {
    pub(crate) const fn reading(lines: Lines) -> Self {
        Self { lines, shown: None }
    }

    /// Each state once.
    pub(crate) fn show(&mut self, state: &VerificationState, until: Time, session: &Session) {
        if self.shown.as_ref() == Some(state) {
            return;
        }
        self.shown = Some(state.clone());
        let offers = offers(state);
        let next = if offers.contains(&VerificationOffer::Confirm) { Actor::Person } else { Actor::World };
        let (user_id, device_id) = (&session.user_id, &session.device_id);
        let screen = screen(state);
        let line = VerificationLine { screen, user_id, device_id, until, next, offers };
        print(&Printed::Verification(line));
    }

    /// What the program says to it.
    pub(crate) async fn next(&mut self, state: &VerificationState) -> Option<VerificationAnswer> {
        loop {
            let text = match self.lines.next().await? {
                Line::Text(text) if text.expose().trim().is_empty() => continue,
                Line::Text(text) => text,
                Line::Bad(_) => {
                    print(&Printed::InvalidIntent { reason: "not a line of JSON" });
                    continue;
                }
            };
            let said = match serde_json::from_str::<Said>(text.expose()) {
                Ok(said) => said.intent,
                Err(error) => {
                    print(&Printed::InvalidIntent { reason: &reason(&error.to_string()) });
                    continue;
                }
            };
            let offers = offers(state);
            if offers.contains(&said) {
                return Some(answer(said, state));
            }
            let line = VerificationNotOffered { intent: said, offers };
            print(&Printed::VerificationNotOffered(line));
        }
    }
}

const fn answer(said: VerificationOffer, state: &VerificationState) -> VerificationAnswer {
    match (said, state) {
        (VerificationOffer::Confirm, VerificationState::Requested { .. }) => VerificationAnswer::Accept,
        (VerificationOffer::Confirm, _) => VerificationAnswer::Matches,
        (VerificationOffer::Mismatch, _) => VerificationAnswer::Differs,
        (VerificationOffer::Cancel, _) => VerificationAnswer::Cancel,
    }
}

const fn offers(state: &VerificationState) -> &'static [VerificationOffer] {
    use VerificationOffer::{Cancel, Confirm, Mismatch};
    match state {
        VerificationState::Requested { .. } => &[Confirm, Cancel],
        VerificationState::Comparing { .. } => &[Confirm, Mismatch, Cancel],
        VerificationState::Looking
        | VerificationState::AwaitingRequest { .. }
        | VerificationState::AwaitingDevice
        | VerificationState::Starting { .. }
        | VerificationState::AwaitingAnswer { .. } => &[Cancel],
        // What is verified is not called off.
        VerificationState::Sharing { .. } => &[],
    }
}

fn screen(state: &VerificationState) -> VerificationScreen<'_> {
    match state {
        VerificationState::Looking => VerificationScreen::FindRequest,
        VerificationState::AwaitingRequest { is_verified } => {
            VerificationScreen::AwaitRequest { verified: *is_verified }
        }
        VerificationState::Requested { device_id } => {
            VerificationScreen::ConfirmRequest { other_device: device_id }
        }
        VerificationState::AwaitingDevice => VerificationScreen::AskDevices,
        VerificationState::Starting { device_id } => {
            VerificationScreen::AgreeOnEmoji { other_device: device_id }
        }
        VerificationState::Comparing { device_id, emoji } => {
            let emoji = emoji.iter().map(|one| Sign { symbol: one.symbol, name: one.name }).collect();
            VerificationScreen::CompareEmoji { other_device: device_id, emoji }
        }
        VerificationState::AwaitingAnswer { device_id } => {
            VerificationScreen::AwaitAnswer { other_device: device_id }
        }
        VerificationState::Sharing { device_id } => VerificationScreen::ShareKeys { other_device: device_id },
    }
}
