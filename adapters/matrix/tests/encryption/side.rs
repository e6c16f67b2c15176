//! A device that compares emoji, and its user.
#![expect(clippy::wildcard_enum_match_arm, reason = "a user answers few of the states")]

use std::time::Duration;

use narthex::Trust;
use narthex_matrix::{
    Encryption, EncryptionError, Verification, VerificationAnswer, VerificationRole, VerificationState,
};
use tokio::sync::{mpsc, watch};

/// One device's side: what its user saw, and what came of it.
pub(crate) struct Seen {
    pub(crate) states: Vec<VerificationState>,
    pub(crate) end: Result<Trust, EncryptionError>,
}

impl Seen {
    pub(crate) fn emoji(&self) -> Vec<&'static str> {
        let shown = self.states.iter().find_map(|state| match state {
            VerificationState::Comparing { emoji, .. } => Some(emoji.map(|emoji| emoji.name).to_vec()),
            _ => None,
        });
        shown.unwrap_or_default()
    }
}

/// Verifies, with a user who answers so.
pub(crate) async fn side(
    encryption: &Encryption,
    role: VerificationRole,
    patience: Duration,
    answers: fn(&VerificationState) -> Option<VerificationAnswer>,
) -> Seen {
    let (say, mut said) = mpsc::channel(1);
    let (shows, mut shown) = watch::channel(Verification::new());
    let verifies = async move { encryption.verify(role, patience, &mut said, &shows).await };
    let user = async {
        let mut states = Vec::new();
        while shown.changed().await.is_ok() {
            let state = shown.borrow_and_update().state.clone();
            if let Some(answer) = answers(&state) {
                say.send(answer).await.ok();
            }
            states.push(state);
        }
        states
    };
    let (end, states) = tokio::join!(verifies, user);
    Seen { states, end }
}

pub(crate) fn agrees(state: &VerificationState) -> Option<VerificationAnswer> {
    match state {
        VerificationState::Requested { .. } => Some(VerificationAnswer::Accept),
        VerificationState::Comparing { .. } => Some(VerificationAnswer::Matches),
        _ => None,
    }
}
