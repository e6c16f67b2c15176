//! What can one device say of its keys, give to another, and take?

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use matrix_sdk::config::{StoreConfig, SyncSettings};
use matrix_sdk::cross_process_lock::CrossProcessLockConfig;
use matrix_sdk::encryption::BundleImportError;
use matrix_sdk::ruma::api::client::backup::get_latest_backup_info;
use matrix_sdk::ruma::api::client::filter::FilterDefinition;
use matrix_sdk::ruma::api::client::keys::get_keys;
use matrix_sdk::ruma::api::error::ErrorKind;
use matrix_sdk::ruma::{DeviceId, OwnedDeviceId, OwnedUserId};
use matrix_sdk::sync::SyncResponse;
use matrix_sdk::{Client, SqliteCryptoStore};
use matrix_sdk_crypto::OlmMachine;
use matrix_sdk_crypto::store::CryptoStore as _;
use matrix_sdk_crypto::store::SecretsBundleExportError;
use matrix_sdk_crypto::types::RoomKeyBackupInfo;
use narthex::{Secret, SecretsBundle, Session, StorageProblem, Trust, VerificationWay};

use crate::session::{self, Keep, Kept, auth_session};

use super::http;
use super::problem::EncryptionError;
use super::store::{EncryptionStore, Held};

/// How often in a row a sync may have no answer, so that whoever waits for another device outlives a moment without a
/// network.
const SYNC_ATTEMPTS: usize = 3;
/// Before the same is asked again, unless the server says when; and the longest that it may say.
const AGAIN: Duration = Duration::from_secs(1);
const MOST_AGAIN: Duration = Duration::from_secs(10);
/// The one kind of backup that matrix-sdk knows.
const BACKUP_ALGORITHM: &str = "m.megolm_backup.v1.curve25519-aes-sha2";

/// The encryption of one device, open: its keys in its store, and the server of its session.
///
/// One process has it open at a time. Its messages and rooms are not looked at, so an app that goes on with the same
/// store ([`EncryptionStore::given_to`]) misses nothing, and finds the keys.
///
/// ```no_run
/// # use narthex_matrix::{Encryption, EncryptionError, EncryptionStore};
/// # async fn example(old: narthex::Session, new: narthex::Session, key: narthex::Secret<[u8; 32]>)
/// #     -> Result<(), EncryptionError> {
/// let store = |name| EncryptionStore { folder: ["encryption", name].iter().collect(), key: key.clone() };
/// let existing = Encryption::open(store("old"), &old, None).await?;
/// let bundle = existing.share().await?;
/// // It goes to the other device through the channel of the QR code. There:
/// let new_device = Encryption::open(store("new"), &new, None).await?;
/// println!("{:?}", new_device.adopt(&bundle).await?);
/// # Ok(())
/// # }
/// ```
pub struct Encryption {
    pub(super) client: Client,
    pub(super) user_id: OwnedUserId,
    device_id: OwnedDeviceId,
    keys: SqliteCryptoStore,
    store: EncryptionStore,
    _renewed: Option<Kept>,
    // Last, so that nobody else comes in while the rest is closed.
    held: Held,
}

impl Encryption {
    /// Opens the store of the device that `session` is of, or makes one.
    ///
    /// With `keep`, tokens are renewed when that is due, and kept. Without, they are somebody else's to renew, and one
    /// that is not in force is an error. Call it in a tokio runtime.
    ///
    /// # Errors
    ///
    /// Above all [`EncryptionError::Held`], and those of the store.
    pub async fn open(
        store: EncryptionStore,
        session: &Session,
        keep: Option<Arc<dyn Keep>>,
    ) -> Result<Self, EncryptionError> {
        Self::open_within(Duration::ZERO, store, session, keep).await
    }

    /// The same; whoever has the store is waited for as long as `patience`.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub async fn open_within(
        patience: Duration,
        store: EncryptionStore,
        session: &Session,
        keep: Option<Arc<dyn Keep>>,
    ) -> Result<Self, EncryptionError> {
        let held = store.hold_within(patience).await?;
        let keys = store.crypto().await?;
        let stores = StoreConfig::new(CrossProcessLockConfig::SingleProcess).crypto_store(keys.clone());
        let builder = http::asking(Client::builder().store_config(stores))?;
        let (client, renewed) = match keep {
            Some(keep) => {
                let kept = session::client(builder, session.clone(), keep).await?;
                (kept.client.clone(), Some(kept))
            }
            None => {
                let client = builder.homeserver_url(session.homeserver.as_str()).build().await?;
                let auth = auth_session(session).map_err(matrix_sdk::Error::from)?;
                client.restore_session(auth).await?;
                (client, None)
            }
        };
        let meta = client.session_meta().cloned();
        let meta = meta.ok_or_else(|| EncryptionError::Other("nobody is signed in".to_owned()))?;
        let (user_id, device_id) = (meta.user_id, meta.device_id);
        Ok(Self { client, user_id, device_id, keys, store, _renewed: renewed, held })
    }

    /// Whether all three private cross-signing keys are here. The server is not asked.
    pub async fn has_secrets(&self) -> bool {
        let status = self.client.encryption().cross_signing_status().await;
        status.is_some_and(|status| status.is_complete())
    }

    /// The private cross-signing keys, and that of the backup, for another device. The server is not asked.
    ///
    /// # Errors
    ///
    /// [`EncryptionError::NoSecrets`] where one of the three is missing.
    pub async fn share(&self) -> Result<SecretsBundle, EncryptionError> {
        let machine = OlmMachine::with_store(&self.user_id, &self.device_id, self.keys.clone(), None).await?;
        let bundle = machine.store().export_secrets_bundle().await.map_err(|error| match error {
            SecretsBundleExportError::MissingCrossSigningKey(_)
            | SecretsBundleExportError::MissingCrossSigningKeys => EncryptionError::NoSecrets,
            // The key of a backup without a version of it.
            SecretsBundleExportError::MissingBackupVersion => {
                EncryptionError::Storage(StorageProblem::Corrupt)
            }
            SecretsBundleExportError::Store(error) => EncryptionError::from(error),
        })?;
        let json = serde_json::to_vec(&bundle).map_err(|_| corrupt())?;
        SecretsBundle::from_json(&Secret::new(json)).ok_or_else(corrupt)
    }

    /// Takes the keys that another device has given, and signs this one with them.
    ///
    /// Whether they are the account's own is to be known before: here it comes out only afterwards. It is for a device that has not
    /// synced yet; its keys go to the server once, signed. When it failed, it may be tried again.
    ///
    /// # Errors
    ///
    /// What the server or the store said. The keys may be in the store even so, and the device is not a verified one.
    pub async fn adopt(&self, bundle: &SecretsBundle) -> Result<Trust, EncryptionError> {
        let backup = bundle.backup.clone().filter(|backup| backup.algorithm == BACKUP_ALGORITHM);
        let json = SecretsBundle { backup, ..bundle.clone() }.to_json();
        // The text of an error might quote what it was about.
        let bundle = serde_json::from_slice(json.expose()).map_err(|_| EncryptionError::SecretsDoNotMatch)?;
        self.client.encryption().import_secrets_bundle(&bundle).await.map_err(|error| match error {
            BundleImportError::SecretImport(error) => EncryptionError::from(error),
            BundleImportError::DeviceKeys(error) => EncryptionError::from(error),
        })?;
        // They are dropped where the account publishes others.
        if !self.has_secrets().await {
            return Err(EncryptionError::SecretsDoNotMatch);
        }
        // Its keys were there before, unsigned.
        if !self.is_verified().await?
            && let Some(device) = self.client.encryption().get_own_device().await?
        {
            device.verify().await?;
            self.ask_for_own_keys().await?;
        }
        self.trust().await
    }

    /// Whether others see this device as one of its user's, as the server has it now.
    ///
    /// # Errors
    ///
    /// When the server does not tell, or the store cannot be used.
    pub async fn status(&self) -> Result<Trust, EncryptionError> {
        self.client.encryption().wait_for_e2ee_initialization_tasks().await;
        if !self.published().await?.has_identity {
            return Ok(Trust::NoIdentity);
        }
        self.ask_for_own_keys().await?;
        self.trust().await
    }

    /// Removes the store: its user has signed out.
    ///
    /// # Errors
    ///
    /// What could not be removed.
    pub async fn erase(self) -> Result<(), EncryptionError> {
        // Closed whatever requests are under way: SQLite would spoil a new store in the place of one that is open.
        self.keys.close().await.map_err(|error| EncryptionError::Other(error.to_string()))?;
        self.store.erase_held(&self.held)
    }

    pub(super) fn device_id(&self) -> &DeviceId {
        &self.device_id
    }

    /// By what the server told last.
    pub(super) async fn trust(&self) -> Result<Trust, EncryptionError> {
        if self.is_verified().await? {
            return Ok(Trust::Verified { backup: self.is_backed_up().await? });
        }
        let encryption = self.client.encryption();
        let mut ways = Vec::new();
        if encryption.has_devices_to_verify_against().await? {
            ways.push(VerificationWay::AnotherDevice);
        }
        if encryption.secret_storage().is_enabled().await? {
            ways.push(VerificationWay::RecoveryKey);
        }
        Ok(Trust::NeedsVerification { ways })
    }

    /// Signed by the account's identity, and that identity is the one that this device trusts.
    pub(super) async fn is_verified(&self) -> Result<bool, EncryptionError> {
        let device = self.client.encryption().get_own_device().await?;
        Ok(device.is_some_and(|device| {
            device.is_cross_signed_by_owner() && device.is_verified_with_cross_signing()
        }))
    }

    /// The backup that this device writes to is the account's present one.
    async fn is_backed_up(&self) -> Result<bool, EncryptionError> {
        let ours =
            self.keys.load_backup_keys().await.map_err(|error| EncryptionError::Other(error.to_string()))?;
        let (Some(key), Some(version)) = (ours.decryption_key, ours.backup_version) else { return Ok(false) };
        if !self.client.encryption().backups().are_enabled().await {
            return Ok(false);
        }
        match self.client.send(get_latest_backup_info::v3::Request::new()).await {
            Ok(theirs) => {
                let info = theirs.algorithm.deserialize_as::<RoomKeyBackupInfo>();
                Ok(theirs.version == version && info.is_ok_and(|info| key.backup_key_matches(&info)))
            }
            Err(error) if error.client_api_error_kind() == Some(&ErrorKind::NotFound) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// What is in the store may never have got to the server. An identity by which this device is verified has, and none goes
    /// away: a server that does not show it hides it.
    pub(super) async fn published(&self) -> Result<Published, EncryptionError> {
        let mut request = get_keys::v3::Request::new();
        request.device_keys.insert(self.user_id.clone(), Vec::new());
        let answer = self.client.send(request).await?;
        let devices = answer.device_keys.get(&self.user_id);
        let has_identity = answer.master_keys.contains_key(&self.user_id);
        if !has_identity && self.is_verified().await? {
            return Err(EncryptionError::Misbehaved);
        }
        Ok(Published {
            has_identity,
            has_device: devices.is_some_and(|devices| devices.contains_key(&self.device_id)),
        })
    }

    /// Has the server tell of the account's identity and devices.
    pub(super) async fn ask_for_own_keys(&self) -> Result<(), EncryptionError> {
        self.client.encryption().request_user_identity(&self.user_id).await?;
        Ok(())
    }

    /// What other devices have sent to this one. The keys of this one go up first, if that is due.
    #[expect(clippy::wildcard_enum_match_arm, reason = "what is no outage is not tried again")]
    pub(super) async fn sync(&self, patience: Duration) -> Result<SyncResponse, EncryptionError> {
        let settings = SyncSettings::new().timeout(patience).filter(FilterDefinition::ignore_all().into());
        let mut attempts = 1;
        loop {
            let error = match self.client.sync_once(settings.clone()).await {
                Ok(synced) => return Ok(synced),
                Err(error) => EncryptionError::from(error),
            };
            let wait = match &error {
                EncryptionError::Lost(_) => AGAIN,
                EncryptionError::Unavailable { retry_after, .. } => retry_after.unwrap_or(AGAIN),
                _ => return Err(error),
            };
            if attempts == SYNC_ATTEMPTS || wait > MOST_AGAIN {
                return Err(error);
            }
            attempts += 1;
            tokio::time::sleep(wait).await;
        }
    }
}

/// What the server has of the account.
pub(super) struct Published {
    pub(super) has_identity: bool,
    /// The keys of this device.
    pub(super) has_device: bool,
}

impl fmt::Debug for Encryption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (user_id, device_id) = (&self.user_id, &self.device_id);
        f.debug_struct("Encryption")
            .field("user_id", user_id)
            .field("device_id", device_id)
            .finish_non_exhaustive()
    }
}

const fn corrupt() -> EncryptionError {
    EncryptionError::Storage(StorageProblem::Corrupt)
}
