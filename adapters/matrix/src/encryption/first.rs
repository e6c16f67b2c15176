//! How does the first device of an account set up its encryption, and a later one come to it by the recovery key?

use std::time::Duration;

use matrix_sdk::encryption::recovery::RecoveryError;
use matrix_sdk::encryption::secret_storage::SecretStorageError;
use matrix_sdk::ruma::events::secret::request::SecretName;
use matrix_sdk::ruma::events::secret_storage::key::SecretStorageKeyEventContent;
use matrix_sdk::ruma::events::{EventContentFromType as _, GlobalAccountDataEventType};
use matrix_sdk_crypto::secret_storage::{DecodeError, SecretStorageKey};
use narthex::{Secret, Trust};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::device::Encryption;
use super::problem::EncryptionError;

/// The most that a passphrase is stretched: Element has half a million, and this takes seconds.
const MOST_ITERATIONS: u32 = 10_000_000;
/// What a recovery key has to open.
const KEPT: [SecretName; 4] = [
    SecretName::CrossSigningMasterKey,
    SecretName::CrossSigningSelfSigningKey,
    SecretName::CrossSigningUserSigningKey,
    SecretName::RecoveryKey,
];

impl Encryption {
    /// Gives the account an identity, a key backup and a recovery key, which is returned: the user has to keep it.
    ///
    /// What is there already of an attempt on this device that was cut short is gone on with.
    ///
    /// # Errors
    ///
    /// [`EncryptionError::HasIdentity`], [`HasRecovery`](EncryptionError::HasRecovery) or
    /// [`HasBackup`](EncryptionError::HasBackup) where there is one that would be lost. Then nothing was changed.
    /// [`Misbehaved`](EncryptionError::Misbehaved) where the server does not keep what it was given.
    pub async fn set_up(&self) -> Result<Secret<String>, EncryptionError> {
        self.set_up_with(false).await
    }

    /// The same where there may be a recovery key already, which opens nothing any more then: it was lost, or never shown
    /// because the set-up was cut short after it was made.
    ///
    /// # Errors
    ///
    /// As of [`set_up`](Self::set_up), but for [`EncryptionError::HasRecovery`].
    pub async fn new_recovery_key(&self) -> Result<Secret<String>, EncryptionError> {
        self.set_up_with(true).await
    }

    async fn set_up_with(&self, replaces: bool) -> Result<Secret<String>, EncryptionError> {
        let encryption = self.client.encryption();
        encryption.wait_for_e2ee_initialization_tasks().await;
        let has_identity = self.published().await?.has_identity;
        if has_identity {
            // Takes the private keys of another identity away.
            self.ask_for_own_keys().await?;
            if !self.has_secrets().await {
                return Err(EncryptionError::HasIdentity);
            }
        }
        let has_recovery = encryption.secret_storage().is_enabled().await?;
        if has_recovery && !replaces {
            return Err(EncryptionError::HasRecovery);
        }
        if !encryption.backups().are_enabled().await && encryption.backups().fetch_exists_on_server().await? {
            return Err(EncryptionError::HasBackup);
        }
        if !has_identity || !self.is_verified().await? {
            encryption.bootstrap_cross_signing(None).await?;
            self.ask_for_own_keys().await?;
            if !self.published().await?.has_identity || !self.is_verified().await? {
                return Err(EncryptionError::Misbehaved);
            }
        }
        if has_recovery && !encryption.backups().are_enabled().await {
            encryption.backups().create().await?;
        }
        let recovery = encryption.recovery();
        let key = if has_recovery { recovery.reset_key().await? } else { recovery.enable().await? };
        let key = Secret::new(key);
        self.check_kept(&key).await?;
        Ok(key)
    }

    /// A server may say that it keeps something, and not do so: the recovery key would open nothing one day.
    async fn check_kept(&self, recovery_key: &Secret<String>) -> Result<(), EncryptionError> {
        let (client, key) = (self.client.clone(), recovery_key.clone());
        let is_kept = aside(async move {
            let store = client.encryption().secret_storage().open_secret_store(key.expose()).await?;
            for name in KEPT {
                if store.get_secret(name).await?.is_none() {
                    return Ok(false);
                }
            }
            Ok(true)
        });
        match is_kept.await?.map_err(|error: SecretStorageError| EncryptionError::from(error)) {
            Ok(true) if self.status().await? == (Trust::Verified { backup: true }) => Ok(()),
            Ok(_)
            | Err(
                EncryptionError::NoRecovery
                | EncryptionError::WrongRecoveryKey
                | EncryptionError::SecretsDoNotMatch,
            ) => Err(EncryptionError::Misbehaved),
            Err(error) => Err(error),
        }
    }

    /// Takes the account's keys from where the recovery key opens them, and signs this device with them.
    ///
    /// # Errors
    ///
    /// [`EncryptionError::WrongRecoveryKey`]; [`NoIdentity`](EncryptionError::NoIdentity) or
    /// [`NoRecovery`](EncryptionError::NoRecovery) where there is nothing to take.
    pub async fn recover(&self, recovery_key: &Secret<String>) -> Result<Trust, EncryptionError> {
        let encryption = self.client.encryption();
        encryption.wait_for_e2ee_initialization_tasks().await;
        if !self.published().await?.has_identity {
            return Err(EncryptionError::NoIdentity);
        }
        // A device is signed once its keys are there.
        self.sync(Duration::ZERO).await?;
        self.check_recovery_key(recovery_key).await?;
        let (client, key) = (self.client.clone(), recovery_key.clone());
        let recovered = aside(async move { client.encryption().recovery().recover(key.expose()).await });
        match recovered.await? {
            // Verified, and it is told that there is no backup.
            Err(RecoveryError::SecretStorage(
                SecretStorageError::InconsistentBackupDecryptionKey
                | SecretStorageError::MissingOrInvalidBackupDecryptionKey
                | SecretStorageError::ImportError { name: SecretName::RecoveryKey, .. },
            ))
            | Ok(()) => self.status().await,
            Err(error) => Err(error.into()),
        }
    }

    /// What can be told of a recovery key before a passphrase is made of it, which takes as long as the server says.
    async fn check_recovery_key(&self, recovery_key: &Secret<String>) -> Result<(), EncryptionError> {
        let storage = self.client.encryption().secret_storage();
        let default = storage.fetch_default_key_id().await?.ok_or(EncryptionError::NoRecovery)?;
        let key_id = default.deserialize().map_err(|_| EncryptionError::Misbehaved)?.key_id;
        let kind = GlobalAccountDataEventType::SecretStorageKey(key_id);
        let content = self.client.account().fetch_account_data(kind.clone()).await?;
        let content = content.ok_or(EncryptionError::NoRecovery)?;
        let content = SecretStorageKeyEventContent::from_parts(&kind.to_string(), content.json());
        let mut content = content.map_err(|_| EncryptionError::Misbehaved)?;
        let passphrase = content.passphrase.take();
        if passphrase.as_ref().is_some_and(|passphrase| passphrase.iterations > MOST_ITERATIONS.into()) {
            return Err(EncryptionError::Misbehaved);
        }
        match SecretStorageKey::from_account_data(recovery_key.expose(), content) {
            Ok(_) => Ok(()),
            // No recovery key: a passphrase perhaps.
            Err(
                DecodeError::Prefix(..)
                | DecodeError::Parity(..)
                | DecodeError::Base58(_)
                | DecodeError::KeyLength(..),
            ) if passphrase.is_some() => Ok(()),
            Err(error) => Err(SecretStorageError::from(error).into()),
        }
    }
}

/// Does what may compute for long, on a thread of its own: whoever waits can stop, and so can the runtime. That the server has
/// named a bearable effort does not help, as it is asked again and may say something else.
async fn aside<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, EncryptionError> {
    let runtime = Handle::current();
    let (mut tell, told) = oneshot::channel();
    let working = std::thread::Builder::new().spawn(move || {
        runtime.block_on(async move {
            let done = tokio::select! {
                biased;
                // Nobody waits any more, and the runtime may be gone.
                () = tell.closed() => return,
                done = work => done,
            };
            tell.send(done).ok();
        });
    });
    working.map_err(|error| EncryptionError::io(&error))?;
    told.await.map_err(|error| EncryptionError::Other(error.to_string()))
}
