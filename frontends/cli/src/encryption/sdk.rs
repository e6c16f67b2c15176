//! The encryption of matrix-sdk, in a store beside the sessions.

use std::time::Duration;

use narthex::{EncryptionProblem, Secret, SecretsBundle, Session, StorageProblem, Trust};
use narthex_app::Answer;
use narthex_matrix::{Encryption, EncryptionError, EncryptionStore};
use narthex_storage::{Account, EncryptionPlace, Store};

/// How long another program that has the encryption is waited for: as long as one that renews the session is.
pub(super) const PATIENCE: Duration = Duration::from_secs(45);
/// The same where the engine asks again, for as long as that is worth it.
const MOMENT: Duration = Duration::from_secs(5);

/// The encryption of the accounts of one store.
#[derive(Clone, Debug)]
pub(super) struct Sdk {
    store: Store,
}

impl Sdk {
    pub(super) const fn new(store: Store) -> Self {
        Self { store }
    }

    /// The encryption of a session's device, open. With `make` it is made where there is none. Whoever has it is waited for.
    pub(super) async fn open(
        &self,
        session: &Session,
        make: bool,
        patience: Duration,
    ) -> Result<Option<Encryption>, EncryptionError> {
        let Some(store) = self.place(session, make).await? else { return Ok(None) };
        Encryption::open_within(patience, store, session, None).await.map(Some)
    }

    /// Whether the session's device was verified when that was last learnt, if that can be told.
    pub(super) async fn was_verified(&self, session: &Session) -> Option<bool> {
        self.place(session, false).await.ok()??.was_verified(session).await.ok()?
    }

    /// Whether the session is there: another program may have signed out of it, and nothing is made for it then.
    async fn is_stored(&self, session: &Session) -> bool {
        let (store, account) = (self.store.clone(), Account::of(session));
        let found = tokio::task::spawn_blocking(move || store.session(&account)).await;
        !matches!(found, Ok(Ok(None)))
    }

    async fn place(&self, session: &Session, make: bool) -> Result<Option<EncryptionStore>, EncryptionError> {
        let (store, account) = (self.store.clone(), Account::of(session));
        let place = tokio::task::spawn_blocking(move || {
            if !make {
                return store.encryption(&account);
            }
            let mut fresh = [0; 48];
            let none = |_| narthex_storage::Problem { kind: StorageProblem::Other, path: None };
            getrandom::fill(&mut fresh).map_err(none)?;
            store.encryption_or(&account, &Secret::new(fresh)).map(Some)
        });
        let place = place.await.map_err(|_| EncryptionError::Storage(StorageProblem::Other))?;
        let place = place.map_err(|problem| EncryptionError::Storage(problem.kind))?;
        Ok(place.map(|EncryptionPlace { folder, key }| EncryptionStore { folder, key }))
    }
}

// ANCHOR: host
impl narthex_app::Encryption for Sdk {
    fn find_secrets(&self, session: Session) -> Answer<bool> {
        let this = self.clone();
        Box::pin(async move {
            match this.open(&session, false, PATIENCE).await.map_err(told)? {
                Some(encryption) => Ok(encryption.has_secrets().await),
                None => Ok(false),
            }
        })
    }

    fn share_secrets(&self, session: Session) -> Answer<SecretsBundle> {
        let this = self.clone();
        Box::pin(async move {
            let encryption = this.open(&session, false, MOMENT).await.map_err(told)?;
            encryption.ok_or(EncryptionProblem::NoSecrets)?.share().await.map_err(told)
        })
    }

    fn adopt_secrets(&self, session: Session, secrets: SecretsBundle) -> Answer<Trust> {
        let this = self.clone();
        Box::pin(async move {
            if !this.is_stored(&session).await {
                return Err(EncryptionProblem::Storage(StorageProblem::Other));
            }
            let encryption = this.open(&session, true, PATIENCE).await.map_err(told)?;
            encryption.ok_or(EncryptionProblem::Absent)?.adopt(&secrets).await.map_err(told)
        })
    }
}
// ANCHOR_END: host

#[expect(clippy::needless_pass_by_value, reason = "it is what a failure is turned into")]
fn told(error: EncryptionError) -> EncryptionProblem {
    error.problem()
}
