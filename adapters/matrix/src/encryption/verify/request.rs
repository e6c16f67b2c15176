//! Who asks whom to be verified?

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use matrix_sdk::encryption::identities::RequestVerificationError;
use matrix_sdk::encryption::verification::{VerificationRequest, VerificationRequestState};
use matrix_sdk::event_handler::EventHandlerDropGuard;
use matrix_sdk::ruma::events::key::verification::VerificationMethod;
use matrix_sdk::ruma::events::key::verification::request::ToDeviceKeyVerificationRequestEvent;

use crate::encryption::device::Encryption;
use crate::encryption::problem::EncryptionError;

/// The most requests that are looked at.
const MOST: usize = 20;

/// The requests of other devices that have come, for as long as this is there.
pub(super) struct Asked {
    flow_ids: Arc<Mutex<Vec<String>>>,
    _handler: EventHandlerDropGuard,
}

impl Asked {
    pub(super) fn listen(encryption: &Encryption) -> Self {
        let flow_ids = Arc::new(Mutex::new(Vec::new()));
        let (own, heard) = (encryption.user_id.clone(), flow_ids.clone());
        let client = &encryption.client;
        let handler = client.add_event_handler(move |event: ToDeviceKeyVerificationRequestEvent| {
            let mut heard: std::sync::MutexGuard<'_, Vec<String>> =
                heard.lock().unwrap_or_else(PoisonError::into_inner);
            if event.sender == own && heard.len() < MOST {
                heard.push(event.content.transaction_id.to_string());
            }
            std::future::ready(())
        });
        Self { flow_ids, _handler: client.event_handler_drop_guard(handler) }
    }

    /// The newest one that nobody has answered or called off.
    pub(super) async fn newest(&self, encryption: &Encryption) -> Option<VerificationRequest> {
        let flow_ids = self.flow_ids.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for flow_id in flow_ids.iter().rev() {
            let verifies = encryption.client.encryption();
            let request = verifies.get_verification_request(&encryption.user_id, flow_id).await;
            let is_open = |request: &VerificationRequest| {
                matches!(request.state(), VerificationRequestState::Requested { .. })
            };
            if let Some(request) = request.filter(is_open) {
                return Some(request);
            }
        }
        None
    }
}

impl Encryption {
    /// Learns which devices the account has, and what they have sent.
    pub(super) async fn look_for_devices(&self) -> Result<(), EncryptionError> {
        // First: of a device that is not known here, no request is taken.
        self.ask_for_own_keys().await?;
        self.sync(Duration::ZERO).await?;
        // A first sync tells of no change: a device that has come since is not heard of otherwise.
        self.ask_for_own_keys().await
    }

    /// Whether the account has another device than this one.
    pub(super) async fn has_others(&self) -> Result<bool, EncryptionError> {
        let devices = self.client.encryption().get_user_devices(&self.user_id).await?;
        Ok(devices.devices().any(|device| device.device_id() != self.device_id()))
    }

    /// Asks all other devices of the account; of a verified one matrix-sdk asks only those that are verified.
    pub(super) async fn request_verification(&self) -> Result<VerificationRequest, EncryptionError> {
        let encryption = self.client.encryption();
        let identity = encryption.request_user_identity(&self.user_id).await?;
        let identity = identity.ok_or(EncryptionError::NoIdentity)?;
        if !self.has_others().await? {
            return Err(EncryptionError::NoOtherDevice);
        }
        let request = identity.request_verification_with_methods(vec![VerificationMethod::SasV1]).await;
        request.map_err(|error| match error {
            RequestVerificationError::Sdk(error) => EncryptionError::from(error),
            // That is for others' devices.
            RequestVerificationError::RoomCreation(_) => EncryptionError::Other(error.to_string()),
        })
    }
}
