//! How do two devices of an account verify each other by comparing emoji?

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use matrix_sdk::encryption::verification::{
    CancelInfo, SasState, SasVerification, VerificationRequest, VerificationRequestState,
};
use matrix_sdk::ruma::events::key::verification::VerificationMethod;
use matrix_sdk::ruma::events::key::verification::request::ToDeviceKeyVerificationRequestEvent;
use narthex::Trust;
use tokio::time::Instant;

use super::device::Encryption;
use super::problem::EncryptionError;

/// How long one sync waits for something of the other device.
const WAIT: Duration = Duration::from_secs(30);
/// How long the other device may be silent after a verification, before it is taken to have all it wants.
const QUIET: Duration = Duration::from_secs(3);
/// How long the other devices may take to learn of a new one.
const SETTLE: Duration = Duration::from_secs(1);
/// How long the keys of the account may take from one device to the other.
const HANDOVER: Duration = Duration::from_secs(30);

/// One of seven signs that both devices show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Emoji {
    /// The sign itself.
    pub symbol: &'static str,
    /// Its name in English, as the specification has it.
    pub name: &'static str,
}

/// A verification with another device of the same account. [`emoji`](Self::emoji) first, then what the user says to it.
#[derive(Debug)]
pub struct Verification<'a> {
    encryption: &'a Encryption,
    request: VerificationRequest,
}

impl Encryption {
    /// Asks all other devices of the account to compare emoji with this one.
    ///
    /// # Errors
    ///
    /// [`EncryptionError::NoIdentity`] where the account has none.
    pub async fn ask_to_verify(&self) -> Result<Verification<'_>, EncryptionError> {
        let encryption = self.client.encryption();
        encryption.wait_for_e2ee_initialization_tasks().await;
        let published = self.published().await?;
        if !published.has_identity {
            return Err(EncryptionError::NoIdentity);
        }
        self.sync(Duration::ZERO).await?;
        let identity = encryption.request_user_identity(&self.user_id).await?;
        let identity = identity.ok_or(EncryptionError::NoIdentity)?;
        if !published.has_device {
            // The others hear of this device first: they take nothing from one whose keys they do not know.
            tokio::time::sleep(SETTLE).await;
        }
        let request = identity.request_verification_with_methods(vec![VerificationMethod::SasV1]).await;
        let request = request.map_err(|error| EncryptionError::Other(error.to_string()))?;
        Ok(Verification { encryption: self, request })
    }

    /// Waits until another device of the account asks. It does not end by itself.
    ///
    /// # Errors
    ///
    /// When the server does not tell.
    pub async fn asked_to_verify(&self) -> Result<Verification<'_>, EncryptionError> {
        let asked = Arc::new(Mutex::new(None));
        let (own, heard) = (self.user_id.clone(), asked.clone());
        let handler = self.client.add_event_handler(move |event: ToDeviceKeyVerificationRequestEvent| {
            if event.sender == own {
                let flow_id = event.content.transaction_id.to_string();
                *heard.lock().unwrap_or_else(PoisonError::into_inner) = Some(flow_id);
            }
            std::future::ready(())
        });
        // Removed however this ends.
        let _handler = self.client.event_handler_drop_guard(handler);
        // Of a device that is not known here, no request is taken.
        self.sync(Duration::ZERO).await?;
        self.ask_for_own_keys().await?;
        loop {
            let flow_id = asked.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(flow_id) = flow_id {
                let encryption = self.client.encryption();
                let request = encryption.get_verification_request(&self.user_id, &flow_id).await;
                if let Some(request) = request {
                    return Ok(Verification { encryption: self, request });
                }
            }
            self.sync(WAIT).await?;
        }
    }
}

impl Verification<'_> {
    /// The id of the other device, once it is known which one answers.
    #[must_use]
    pub fn other_device(&self) -> Option<String> {
        match self.request.state() {
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

    /// Waits for the other device, and returns what both show. When dropped, it may be called again.
    ///
    /// # Errors
    ///
    /// [`EncryptionError::Cancelled`] above all: by the other device, or because ten minutes are over.
    pub async fn emoji(&self) -> Result<[Emoji; 7], EncryptionError> {
        loop {
            match self.request.state() {
                VerificationRequestState::Created { .. } => {}
                VerificationRequestState::Requested { .. } => {
                    self.request.accept_with_methods(vec![VerificationMethod::SasV1]).await?;
                }
                // Whoever has asked begins, so that not both do.
                VerificationRequestState::Ready { .. } if self.request.we_started() => {
                    self.request.start_sas().await?.ok_or(EncryptionError::NoEmoji)?;
                }
                VerificationRequestState::Ready { .. } => {}
                VerificationRequestState::Transitioned { verification } => {
                    let sas = verification.sas().ok_or(EncryptionError::NoEmoji)?;
                    if let Some(emoji) = shown(&sas).await? {
                        return Ok(emoji);
                    }
                }
                VerificationRequestState::Done => return Err(over()),
                VerificationRequestState::Cancelled(info) => return Err(cancelled(&info)),
            }
            self.encryption.sync(WAIT).await?;
        }
    }

    /// The user sees the same on both devices. Waits for the other device, and until the keys of the account have come,
    /// or have gone.
    ///
    /// # Errors
    ///
    /// [`EncryptionError::Cancelled`] where the other user says otherwise.
    pub async fn confirm(self) -> Result<Trust, EncryptionError> {
        let had_secrets = self.encryption.has_secrets().await;
        let sas = self.sas()?;
        sas.confirm().await?;
        loop {
            match sas.state() {
                SasState::Done { .. } => break,
                SasState::Cancelled(info) => return Err(cancelled(&info)),
                SasState::Created { .. }
                | SasState::Started { .. }
                | SasState::Accepted { .. }
                | SasState::KeysExchanged { .. }
                | SasState::Confirmed => {
                    self.encryption.sync(WAIT).await?;
                }
            }
        }
        if had_secrets {
            self.give().await?
        } else {
            self.take().await?
        }
        self.encryption.status().await
    }

    /// The user sees different emoji: somebody may listen in. Both devices are told.
    ///
    /// # Errors
    ///
    /// When the server does not pass it on.
    pub async fn mismatch(self) -> Result<(), EncryptionError> {
        Ok(self.sas()?.mismatch().await?)
    }

    /// Ends it. The other device is told.
    ///
    /// # Errors
    ///
    /// When the server does not pass it on.
    pub async fn cancel(self) -> Result<(), EncryptionError> {
        Ok(self.request.cancel().await?)
    }

    /// Answers what the other device asks for, until it asks no more.
    async fn give(&self) -> Result<(), EncryptionError> {
        let begun = Instant::now();
        let mut heard = begun;
        while heard.elapsed() < QUIET && begun.elapsed() < HANDOVER {
            if !self.encryption.sync(QUIET).await?.to_device.is_empty() {
                heard = Instant::now();
            }
        }
        Ok(())
    }

    /// Waits for the keys of the account, which this device has asked for.
    async fn take(&self) -> Result<(), EncryptionError> {
        let end = Instant::now() + HANDOVER;
        let backups = self.encryption.client.encryption().backups();
        let expects_backup = backups.fetch_exists_on_server().await?;
        while Instant::now() < end {
            let has_backup = !expects_backup || backups.are_enabled().await;
            if has_backup && self.encryption.has_secrets().await {
                break;
            }
            self.encryption.sync(QUIET).await?;
        }
        Ok(())
    }

    fn sas(&self) -> Result<SasVerification, EncryptionError> {
        match self.request.state() {
            VerificationRequestState::Transitioned { verification } => {
                verification.sas().ok_or(EncryptionError::NoEmoji)
            }
            VerificationRequestState::Cancelled(info) => Err(cancelled(&info)),
            VerificationRequestState::Created { .. }
            | VerificationRequestState::Requested { .. }
            | VerificationRequestState::Ready { .. }
            | VerificationRequestState::Done => Err(over()),
        }
    }
}

/// What is shown, if it has come so far.
async fn shown(sas: &SasVerification) -> Result<Option<[Emoji; 7]>, EncryptionError> {
    match sas.state() {
        SasState::Started { .. } => {
            sas.accept().await?;
            Ok(None)
        }
        SasState::KeysExchanged { emojis, .. } => {
            let emojis = emojis.ok_or(EncryptionError::NoEmoji)?.emojis;
            Ok(Some(emojis.map(|emoji| Emoji { symbol: emoji.symbol, name: emoji.description })))
        }
        SasState::Cancelled(info) => Err(cancelled(&info)),
        SasState::Created { .. } | SasState::Accepted { .. } => Ok(None),
        SasState::Confirmed | SasState::Done { .. } => Err(over()),
    }
}

fn cancelled(info: &CancelInfo) -> EncryptionError {
    EncryptionError::Cancelled { by_us: info.cancelled_by_us(), code: info.cancel_code().as_str().to_owned() }
}

/// The user has answered already.
fn over() -> EncryptionError {
    EncryptionError::Other("this verification has no emoji to show now".to_owned())
}
