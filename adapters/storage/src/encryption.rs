//! What opens the encryption of an account's device, and where that is.

use std::fmt::Write as _;
use std::path::PathBuf;

use narthex::{Secret, StorageProblem};

use crate::account::Account;
use crate::lock::Lock;
use crate::problem::Problem;
use crate::store::Store;

/// What begins the name of a key.
const ENCRYPTION: &str = "encryption/";

/// The place of a device's encryption, and the key that it is encrypted with.
#[derive(Clone, Debug)]
pub struct EncryptionPlace {
    /// A folder of its own. Nothing here makes it.
    pub folder: PathBuf,
    /// 32 bytes, to be used as they are.
    pub key: Secret<[u8; 32]>,
}

impl Store {
    /// The place of the encryption of this account's device, if it has one.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is damaged.
    pub fn encryption(&self, account: &Account) -> Result<Option<EncryptionPlace>, Problem> {
        let Some(stored) = self.secret(&name(account))? else { return Ok(None) };
        self.place_of(&stored).map(Some).ok_or(Problem { kind: StorageProblem::Corrupt, path: None })
    }

    /// The same, made of `fresh` bytes if there is none: sixteen for the name of the folder, and the key.
    ///
    /// # Errors
    ///
    /// As of [`encryption`](Self::encryption), or when it could not be written.
    pub fn encryption_or(
        &self,
        account: &Account,
        fresh: &Secret<[u8; 48]>,
    ) -> Result<EncryptionPlace, Problem> {
        // Of two processes that make one at once, the second has that of the first.
        let alone = self.folder().map(|folder| Lock::acquire(&folder.join("encryption.lock")));
        let _alone = alone.transpose()?;
        if let Some(place) = self.encryption(account)? {
            return Ok(place);
        }
        let hex = fresh.expose().iter().fold(String::with_capacity(96), |mut hex, byte| {
            write!(hex, "{byte:02x}").ok();
            hex
        });
        let stored = Secret::new(hex);
        self.set_secret(&name(account), Some(&stored))?;
        self.place_of(&stored).ok_or(Problem { kind: StorageProblem::Corrupt, path: None })
    }

    /// Forgets the key, without which nobody can open what is left in the folder, and removes that as far as it can be.
    pub(crate) fn forget_encryption(&self, account: &Account) -> Result<(), Problem> {
        let name = name(account);
        let Some(stored) = self.secret(&name)? else { return Ok(()) };
        let place = self.place_of(&stored);
        self.set_secret(&name, None)?;
        if let Some(place) = place {
            std::fs::remove_dir_all(place.folder).ok();
        }
        Ok(())
    }

    fn place_of(&self, stored: &Secret<String>) -> Option<EncryptionPlace> {
        let (folder, hex) = stored.expose().split_at_checked(32)?;
        let is_name = folder.bytes().all(|b| b.is_ascii_hexdigit());
        let mut key = [0; 32];
        if !is_name || hex.len() != 64 {
            return None;
        }
        for (byte, digits) in key.iter_mut().zip(hex.as_bytes().chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        }
        let folder = self.folder()?.join("encryption").join(folder);
        Some(EncryptionPlace { folder, key: Secret::new(key) })
    }
}

fn name(account: &Account) -> String {
    let session = account.name();
    format!("{ENCRYPTION}{}", session.trim_start_matches(crate::account::SESSION))
}
