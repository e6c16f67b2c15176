//! How does the first device of an account set up its encryption, and a later one come to it by the recovery key?

use std::time::Duration;

use matrix_sdk::encryption::recovery::RecoveryError;
use matrix_sdk::encryption::secret_storage::SecretStorageError;
use matrix_sdk::ruma::events::secret::request::SecretName;
use narthex::{Secret, Trust};

use super::device::Encryption;
use super::problem::EncryptionError;

impl Encryption {
    /// Gives the account an identity, a key backup and a recovery key, which is returned: the user has to keep it.
    ///
    /// What is there already of an attempt on this device that was cut short is gone on with.
    ///
    /// # Errors
    ///
    /// [`EncryptionError::HasIdentity`], [`HasRecovery`](EncryptionError::HasRecovery) or
    /// [`HasBackup`](EncryptionError::HasBackup) where there is one that would be lost. Then nothing was changed.
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
        }
        if !has_recovery {
            return Ok(Secret::new(encryption.recovery().enable().await?));
        }
        if !encryption.backups().are_enabled().await {
            encryption.backups().create().await?;
        }
        Ok(Secret::new(encryption.recovery().reset_key().await?))
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
        match encryption.recovery().recover(recovery_key.expose()).await {
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
}
