//! `narthex encryption verify`: this device and another one of the account compare emoji.

use std::sync::Arc;
use std::time::{Duration, Instant};

use narthex::{Session, Time, Trust};
use narthex_app::Goal;
use narthex_matrix::{
    Encryption, EncryptionError, Verification, VerificationAnswer, VerificationRole, VerificationState,
};
use narthex_runtime::Clock;
use narthex_text::{Text, id};
use tokio::sync::{mpsc, watch};

use super::compared::Compared;
use crate::args::SignIn;
use crate::ending::{self, Signal};
use crate::exit::Exit;
use crate::input::Lines;
use crate::interactive::Interactive;
use crate::question::{Question, Unanswered};
use crate::setup::Setup;
use crate::terminal::Terminal;

/// How long the other device and its user are waited for.
pub(super) const PATIENCE: Duration = Duration::from_secs(600);
/// How long the other device is told of an interrupt.
const TELLS: Duration = Duration::from_secs(10);
/// What follows an answer has to be done before the token ends.
const MARGIN: Duration = Duration::from_secs(60);

/// Who sees the emoji.
pub(super) enum Watcher<'s> {
    Json(Box<Compared>),
    Interactive(Box<Interactive<'s>>),
}

impl<'s> Watcher<'s> {
    /// Somebody has to compare: a person at a terminal, or one before another program.
    pub(super) fn of(setup: &'s Setup) -> Result<Self, Exit> {
        if setup.global.json {
            return Ok(Self::Json(Box::new(Compared::reading(Lines::of_stdin()))));
        }
        let terminal = Terminal::open().ok_or_else(unanswered)?;
        let interactive = Interactive::new(setup, Goal::SignIn, terminal, &SignIn::default());
        Ok(Self::Interactive(Box::new(interactive)))
    }

    fn show(&mut self, state: &VerificationState, until: Time, session: &Session) {
        match self {
            Self::Json(compared) => compared.show(state, until, session),
            Self::Interactive(interactive) => {
                let lines = lines(interactive.text(), state, session);
                interactive.tells(lines);
            }
        }
    }

    /// What the user says to it; `None` once nobody will say anything.
    async fn answer(&mut self, state: &VerificationState) -> Option<VerificationAnswer> {
        let interactive = match self {
            Self::Json(compared) => return compared.next(state).await,
            Self::Interactive(interactive) => interactive,
        };
        let (question, yes, no) = match state {
            VerificationState::Requested { .. } => {
                ("ask-verification-request", VerificationAnswer::Accept, VerificationAnswer::Cancel)
            }
            VerificationState::Comparing { .. } => {
                ("ask-emoji", VerificationAnswer::Matches, VerificationAnswer::Differs)
            }
            VerificationState::Looking
            | VerificationState::AwaitingRequest { .. }
            | VerificationState::AwaitingDevice
            | VerificationState::Starting { .. }
            | VerificationState::AwaitingAnswer { .. }
            | VerificationState::Sharing { .. } => {
                interactive.waits(waiting(state)).await;
                return Some(VerificationAnswer::Cancel);
            }
        };
        let question = interactive.text().say(question, &[]);
        Some(match interactive.agrees(&question).await {
            Some(true) => yes,
            Some(false) => no,
            None => VerificationAnswer::Cancel,
        })
    }

    fn rest(&mut self) {
        match self {
            Self::Json(_) => {}
            Self::Interactive(interactive) => interactive.rest(),
        }
    }
}

/// Until it is known what came of it.
pub(super) async fn run(
    setup: &Setup,
    mut watcher: Watcher<'_>,
    session: &Session,
    encryption: Arc<Encryption>,
    role: VerificationRole,
) -> Result<Trust, Exit> {
    let (say, mut said) = mpsc::channel(1);
    let (shows, mut shown) = watch::channel(Verification::new());
    let patience = patience(session);
    let verifying = tokio::spawn(async move { encryption.verify(role, patience, &mut said, &shows).await });
    // An interrupt calls it off there.
    setup.verifies(&say);
    at_hang_up(&say);
    let mut is_left = false;
    loop {
        let Verification { state, until } = shown.borrow_and_update().clone();
        watcher.show(&state, time_of(until), session);
        let answer = tokio::select! {
            changed = shown.changed() => match changed {
                Ok(()) => continue,
                Err(_) => break,
            },
            answer = watcher.answer(&state), if !is_left => answer,
        };
        match answer {
            Some(answer) => {
                say.send(answer).await.ok();
                // What comes of it shows.
                if shown.changed().await.is_err() {
                    break;
                }
            }
            None if is_asked(&state) => {
                say.send(VerificationAnswer::Cancel).await.ok();
                verifying.await.ok();
                return Err(unanswered());
            }
            None => is_left = true,
        }
    }
    watcher.rest();
    match verifying.await {
        Ok(Err(EncryptionError::Cancelled { by_us: true, code })) if code == "m.user" => Err(Exit::Cancelled),
        Ok(end) => end.map_err(|error| Exit::Encryption { error, server: session.homeserver.clone() }),
        Err(error) => Err(Exit::System(error.to_string())),
    }
}

/// Tells the other device, where one is being verified with.
pub(crate) async fn interrupted(setup: &Setup) {
    let Some(say) = setup.verification() else { return };
    let told = async {
        say.send(VerificationAnswer::Cancel).await.ok();
        say.closed().await;
    };
    tokio::time::timeout(TELLS, told).await.ok();
}

/// Where the terminal goes away, the other device is told as well.
fn at_hang_up(say: &mpsc::Sender<VerificationAnswer>) {
    let say = say.clone();
    ending::at_last(move |signal| {
        if signal != Signal::HangUp {
            return;
        }
        say.blocking_send(VerificationAnswer::Cancel).ok();
        let start = Instant::now();
        while start.elapsed() < TELLS && !say.is_closed() {
            std::thread::sleep(Duration::from_millis(20));
        }
    });
}

/// As long as the token is good; it is not renewed meanwhile.
fn patience(session: &Session) -> Duration {
    let left = session.expires_at.map(|end| Clock::start().now().until(end).saturating_sub(MARGIN));
    left.map_or(PATIENCE, |left| left.min(PATIENCE))
}

fn time_of(until: Instant) -> Time {
    Clock::start().now() + until.saturating_duration_since(Instant::now())
}

fn unanswered() -> Exit {
    Exit::Unanswered(Unanswered::new(Question::Emoji, Goal::SignIn))
}

/// Whether the user is asked something.
const fn is_asked(state: &VerificationState) -> bool {
    matches!(state, VerificationState::Requested { .. } | VerificationState::Comparing { .. })
}

/// The message for what is waited for.
const fn waiting(state: &VerificationState) -> &'static str {
    match state {
        VerificationState::AwaitingRequest { .. } => "waits-for-request",
        VerificationState::AwaitingDevice => "waits-for-device",
        VerificationState::AwaitingAnswer { .. } => "waits-for-answer",
        VerificationState::Sharing { .. } => "waits-for-keys",
        VerificationState::Looking
        | VerificationState::Requested { .. }
        | VerificationState::Starting { .. }
        | VerificationState::Comparing { .. } => "waits-for-start",
    }
}

/// What is said of a state, a paragraph each.
fn lines(text: &Text, state: &VerificationState, session: &Session) -> Vec<String> {
    let of = |words: &str, device: &str| vec![text.say(words, &[("device", id(device).into())])];
    match state {
        VerificationState::AwaitingRequest { is_verified: true } => {
            of("verification-await-other", &session.device_id)
        }
        VerificationState::AwaitingRequest { is_verified: false } => {
            of("verification-await-request", &session.device_id)
        }
        VerificationState::AwaitingDevice => of("verification-await-device", &session.device_id),
        VerificationState::Requested { device_id } => of("verification-requested", device_id),
        VerificationState::Comparing { device_id, emoji } => {
            let mut lines = of("verification-emoji", device_id);
            lines
                .extend(emoji.iter().map(|emoji| format!("  {}  {}", emoji.symbol, named(text, emoji.name))));
            lines
        }
        VerificationState::Looking
        | VerificationState::Starting { .. }
        | VerificationState::AwaitingAnswer { .. }
        | VerificationState::Sharing { .. } => Vec::new(),
    }
}

/// An emoji in the language of the person.
fn named(text: &Text, name: &str) -> String {
    let attribute = name.to_lowercase().replace(' ', "-");
    text.part("emoji", &attribute, &[]).unwrap_or_else(|| name.to_owned())
}
