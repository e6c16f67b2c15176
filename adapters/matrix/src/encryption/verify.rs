//! How do two devices of an account verify each other by comparing emoji?

mod request;
mod state;
mod syncing;

use std::pin::pin;
use std::time::{Duration, Instant};

use matrix_sdk::encryption::verification::{
    CancelInfo, SasState, SasVerification, VerificationRequest, VerificationRequestState,
};
use matrix_sdk::ruma::events::key::verification::VerificationMethod;
use matrix_sdk::ruma::events::key::verification::cancel::CancelCode;
use narthex::Trust;
use tokio::sync::{mpsc, watch};

use super::device::Encryption;
use super::problem::EncryptionError;
pub use state::{Emoji, Verification, VerificationAnswer, VerificationRole, VerificationState};

use request::Asked;
use syncing::Syncing;

/// How long the other device may be silent after a verification, before it is taken to have all it wants.
const QUIET: Duration = Duration::from_secs(3);
/// How long the other devices may take to learn of a new one.
const SETTLE: Duration = Duration::from_secs(3);
/// The shortest time before a request that follows one that was crossed, and how many times that there are.
const TURN: Duration = Duration::from_millis(600);
const TURNS: u32 = 8;
/// How often two devices may ask at once.
const MOST_CROSSINGS: usize = 6;
/// Another request came in between. No code of the specification: it goes nowhere.
const CROSSED: &str = "crossed";
/// How long the keys of the account may take from one device to the other.
const HANDOVER: Duration = Duration::from_secs(30);
/// How long matrix-sdk waits for each step of the comparison, that of the users included.
const STEP: Duration = Duration::from_secs(60);

impl Encryption {
    /// Compares emoji with another device of the account: what happens is told to `shows`, and what the user says comes
    /// from `said`. Returns once this device and the other one know what came of it, and the keys of the account have
    /// gone to the one that had none.
    ///
    /// A verified device never asks, whatever its role: what it asked would not reach a device that is not verified. It waits,
    /// whether or not there is another device yet.
    ///
    /// It takes no longer than `patience` until both users have answered, and matrix-sdk gives each step of the
    /// comparison a minute. When `said` is closed, it goes on by itself as far as it can. To end it in order, say
    /// [`VerificationAnswer::Cancel`]; when the future is dropped the other device is told nothing.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use narthex_matrix::{Encryption, EncryptionError, Verification, VerificationRole};
    /// # async fn example(encryption: Encryption) -> Result<(), EncryptionError> {
    /// let (say, mut said) = tokio::sync::mpsc::channel(1);
    /// let (shows, mut shown) = tokio::sync::watch::channel(Verification::new());
    /// # drop((say, shown));
    /// // A window shows what `shown` has, and gives what its user clicks to `say`.
    /// let patience = Duration::from_secs(600);
    /// println!("{:?}", encryption.verify(VerificationRole::Asks, patience, &mut said, &shows).await?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`EncryptionError::Cancelled`] above all: by the user here or there, or because the time is over;
    /// [`NoIdentity`](EncryptionError::NoIdentity) or [`NoOtherDevice`](EncryptionError::NoOtherDevice) where there is
    /// nothing to verify or nobody to ask.
    pub async fn verify(
        &self,
        role: VerificationRole,
        patience: Duration,
        said: &mut mpsc::Receiver<VerificationAnswer>,
        shows: &watch::Sender<Verification>,
    ) -> Result<Trust, EncryptionError> {
        let until = Instant::now() + patience;
        self.client.encryption().wait_for_e2ee_initialization_tasks().await;
        let published = self.published().await?;
        if !published.has_identity {
            return Err(EncryptionError::NoIdentity);
        }
        let had_secrets = self.has_secrets().await;
        let mut verifying = Verifying {
            encryption: self,
            syncing: Syncing::of(self),
            asked: Asked::listen(self),
            request: None,
            other: String::new(),
            is_verified: false,
            until,
            shows,
        };
        let verified = verifying.run(role, published.has_device, said).await;
        // What has come is acknowledged, so that the next one does not take it for new.
        let acknowledged = verifying.syncing.acknowledge().await;
        let device_id = verified?;
        acknowledged?;
        verifying.show(VerificationState::Sharing { device_id }, HANDOVER);
        drop(verifying);
        if had_secrets {
            self.give().await?
        } else {
            self.take().await?
        }
        self.status().await
    }

    /// Answers what the other device asks for, until it asks no more.
    async fn give(&self) -> Result<(), EncryptionError> {
        let begun = Instant::now();
        let mut heard = begun;
        while heard.elapsed() < QUIET && begun.elapsed() < HANDOVER {
            if !self.sync(QUIET).await?.to_device.is_empty() {
                heard = Instant::now();
            }
        }
        Ok(())
    }

    /// Waits for the keys of the account, which this device has asked for.
    async fn take(&self) -> Result<(), EncryptionError> {
        let end = Instant::now() + HANDOVER;
        let backups = self.client.encryption().backups();
        let expects_backup = backups.fetch_exists_on_server().await?;
        while Instant::now() < end {
            let has_backup = !expects_backup || backups.are_enabled().await;
            if has_backup && self.has_secrets().await {
                break;
            }
            self.sync(QUIET).await?;
        }
        Ok(())
    }
}

/// One that is under way.
struct Verifying<'a> {
    encryption: &'a Encryption,
    syncing: Syncing<'a>,
    asked: Asked,
    request: Option<VerificationRequest>,
    /// The other device, once it is known which one it is.
    other: String,
    /// This one, before.
    is_verified: bool,
    until: Instant,
    shows: &'a watch::Sender<Verification>,
}

/// What a request has come to.
#[expect(clippy::large_enum_variant, reason = "there is one at a time")]
enum Step {
    /// It goes on by itself, or by what the user says.
    At(VerificationState),
    /// Something has to be sent before it does.
    Begin,
    Accept(SasVerification),
    /// Both devices have asked at once.
    Crossed,
    /// The two have verified each other.
    Done(String),
}

impl Verifying<'_> {
    /// Until both have answered; the id of the other device.
    async fn run(
        &mut self,
        role: VerificationRole,
        is_known: bool,
        said: &mut mpsc::Receiver<VerificationAnswer>,
    ) -> Result<String, EncryptionError> {
        let encryption = self.encryption;
        encryption.look_for_devices().await?;
        self.look_for_another().await;
        // The other device may not have been heard of yet.
        self.is_verified = encryption.is_verified().await?;
        let role = if self.is_verified { VerificationRole::Answers } else { role };
        // The others take nothing from a device whose keys they do not know.
        let settles = if is_known { Duration::ZERO } else { SETTLE };
        let asks = role == VerificationRole::Asks && self.request.is_none();
        let mut asks_at = asks.then(|| Instant::now() + settles);
        let (mut crossings, mut is_heard) = (0, true);
        loop {
            self.look_for_another().await;
            match self.step(role)? {
                Step::Done(device_id) => return Ok(device_id),
                Step::Crossed if crossings < MOST_CROSSINGS => {
                    self.request = None;
                    asks_at = Some(Instant::now() + self.turn(crossings));
                    crossings += 1;
                    continue;
                }
                Step::Crossed => return Err(by_us(CROSSED)),
                Step::Begin => {
                    let request = self.request.clone().ok_or_else(over)?;
                    let sas = self.syncing.beside(request.start_sas()).await?;
                    sas.ok_or(EncryptionError::NoEmoji)?;
                    continue;
                }
                Step::Accept(sas) => {
                    self.syncing.beside(sas.accept()).await?;
                    continue;
                }
                Step::At(state) => self.show(state, STEP),
            }
            let left = self.until.saturating_duration_since(Instant::now());
            let asks_now = asks_at.filter(|_| self.request.is_none());
            tokio::select! {
                answer = said.recv(), if is_heard => match answer {
                    Some(answer) => self.answered(answer).await?,
                    None => is_heard = false,
                },
                synced = self.syncing.next() => synced?,
                () = tokio::time::sleep_until(asks_now.unwrap_or(self.until).into()), if asks_now.is_some() => {
                    asks_at = None;
                    self.request = Some(self.syncing.beside(encryption.request_verification()).await?);
                }
                () = tokio::time::sleep(left) => {
                    self.call_off().await?;
                    return Err(by_us("m.timeout"));
                }
            }
        }
    }

    /// Another device asks, or asks anew: it counts until one is accepted.
    async fn look_for_another(&mut self) {
        let is_open = match &self.request {
            None => true,
            Some(request) => {
                !request.we_started()
                    && matches!(self.shows.borrow().state, VerificationState::Requested { .. })
            }
        };
        if is_open && let Some(theirs) = self.asked.newest(self.encryption).await {
            self.request = Some(theirs);
        }
    }

    /// How long this device waits before it asks again, so that not both ask at once again. Ids are random.
    fn turn(&self, crossings: usize) -> Duration {
        let id = self.encryption.device_id().as_str().as_bytes();
        let letter = id.iter().cycle().nth(crossings).copied().unwrap_or_default();
        TURN * (1 + u32::from(letter) % TURNS)
    }

    fn step(&mut self, role: VerificationRole) -> Result<Step, EncryptionError> {
        let Some(request) = &self.request else {
            return Ok(Step::At(match role {
                VerificationRole::Asks => VerificationState::AwaitingDevice,
                VerificationRole::Answers => {
                    VerificationState::AwaitingRequest { is_verified: self.is_verified }
                }
            }));
        };
        if let Some(other) = other_device(request) {
            self.other = other;
        }
        let device_id = self.other.clone();
        match request.state() {
            VerificationRequestState::Created { .. } => Ok(Step::At(VerificationState::AwaitingDevice)),
            VerificationRequestState::Requested { .. } => {
                Ok(Step::At(VerificationState::Requested { device_id }))
            }
            // Whoever has asked begins, so that not both do.
            VerificationRequestState::Ready { .. } if request.we_started() => Ok(Step::Begin),
            VerificationRequestState::Ready { .. } => Ok(Step::At(VerificationState::Starting { device_id })),
            VerificationRequestState::Transitioned { verification } => {
                step_of(verification.sas().ok_or(EncryptionError::NoEmoji)?, device_id)
            }
            VerificationRequestState::Done => Ok(Step::Done(device_id)),
            // What the user calls off ends elsewhere. Of two requests at once matrix-sdk calls off both.
            VerificationRequestState::Cancelled(info)
                if info.cancelled_by_us() && *info.cancel_code() == CancelCode::User =>
            {
                let is_unheard = self.shows.borrow().state == VerificationState::AwaitingDevice;
                if is_unheard { Ok(Step::Crossed) } else { Err(by_us(CROSSED)) }
            }
            VerificationRequestState::Cancelled(info) => Err(cancelled(&info)),
        }
    }

    async fn answered(&mut self, answer: VerificationAnswer) -> Result<(), EncryptionError> {
        let state = self.shows.borrow().state.clone();
        let sas = match self.request.as_ref().map(VerificationRequest::state) {
            Some(VerificationRequestState::Transitioned { verification }) => verification.sas(),
            Some(_) | None => None,
        };
        match (answer, state, &self.request, sas) {
            (VerificationAnswer::Cancel, ..) => {
                self.call_off().await?;
                Err(by_us("m.user"))
            }
            (VerificationAnswer::Accept, VerificationState::Requested { .. }, Some(request), _) => {
                let request = request.clone();
                let accepts = pin!(request.accept_with_methods(vec![VerificationMethod::SasV1]));
                Ok(self.syncing.beside(accepts).await?)
            }
            (VerificationAnswer::Matches, VerificationState::Comparing { .. }, _, Some(sas)) => {
                Ok(self.syncing.beside(sas.confirm()).await?)
            }
            (VerificationAnswer::Differs, VerificationState::Comparing { .. }, _, Some(sas)) => {
                self.syncing.beside(sas.mismatch()).await?;
                Err(by_us("m.mismatched_sas"))
            }
            (VerificationAnswer::Accept | VerificationAnswer::Matches | VerificationAnswer::Differs, ..) => {
                Ok(())
            }
        }
    }

    /// Tells the other device, if there is one.
    async fn call_off(&mut self) -> Result<(), EncryptionError> {
        match self.request.take() {
            Some(request) => Ok(self.syncing.beside(request.cancel()).await?),
            None => Ok(()),
        }
    }

    fn show(&self, state: VerificationState, step: Duration) {
        let until = match state {
            VerificationState::Looking
            | VerificationState::AwaitingRequest { .. }
            | VerificationState::Requested { .. }
            | VerificationState::AwaitingDevice => self.until,
            VerificationState::Starting { .. }
            | VerificationState::Comparing { .. }
            | VerificationState::AwaitingAnswer { .. } => self.until.min(Instant::now() + step),
            VerificationState::Sharing { .. } => Instant::now() + step,
        };
        self.shows.send_if_modified(|shown| {
            let is_new = shown.state != state;
            if is_new {
                *shown = Verification { state, until };
            }
            is_new
        });
    }
}

fn step_of(sas: SasVerification, device_id: String) -> Result<Step, EncryptionError> {
    Ok(match sas.state() {
        SasState::Started { .. } if !sas.we_started() => Step::Accept(sas),
        SasState::Created { .. } | SasState::Started { .. } | SasState::Accepted { .. } => {
            Step::At(VerificationState::Starting { device_id })
        }
        SasState::KeysExchanged { emojis, .. } => {
            let emojis = emojis.ok_or(EncryptionError::NoEmoji)?.emojis;
            let emoji = emojis.map(|emoji| Emoji { symbol: emoji.symbol, name: emoji.description });
            Step::At(VerificationState::Comparing { device_id, emoji })
        }
        SasState::Confirmed => Step::At(VerificationState::AwaitingAnswer { device_id }),
        SasState::Done { .. } => Step::Done(device_id),
        SasState::Cancelled(info) => return Err(cancelled(&info)),
    })
}

/// The other device, once it is known which one it is.
fn other_device(request: &VerificationRequest) -> Option<String> {
    match request.state() {
        VerificationRequestState::Requested { other_device_data, .. }
        | VerificationRequestState::Ready { other_device_data, .. } => {
            Some(other_device_data.device_id().to_string())
        }
        VerificationRequestState::Transitioned { verification } => {
            verification.sas().map(|sas| sas.other_device().device_id().to_string())
        }
        VerificationRequestState::Created { .. }
        | VerificationRequestState::Done
        | VerificationRequestState::Cancelled(_) => None,
    }
}

fn cancelled(info: &CancelInfo) -> EncryptionError {
    EncryptionError::Cancelled { by_us: info.cancelled_by_us(), code: info.cancel_code().as_str().to_owned() }
}

fn by_us(code: &str) -> EncryptionError {
    EncryptionError::Cancelled { by_us: true, code: code.to_owned() }
}

/// The user has answered already.
fn over() -> EncryptionError {
    EncryptionError::Other("this verification is over".to_owned())
}
