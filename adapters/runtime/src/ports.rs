//! What the engine's effects are to the world: the trait that a host implements.

use std::convert::Infallible;
use std::future::Future;

use narthex::{
    EffectId, EncryptionProblem, Input, LeaseProblem, Lost, Offer, Reply, Request, Response, Saved,
    SecretsBundle, Session, StorageProblem, Trust,
};
use tokio::sync::mpsc;
use url::Url;

use crate::callbacks::Callbacks;
use crate::lease::Grant;

/// How effects are performed. Clones share what they reach.
///
/// A future may be dropped at any await when its effect is cancelled; only the storing ones never are, so that
/// no write is torn.
pub trait Ports: Clone + Send + Sync + 'static {
    /// Performs one exchange, following no redirect, and keeping to `request.limit`.
    fn http(&self, request: Request) -> impl Future<Output = Result<Response, Lost>> + Send;

    /// Listens on the loopback interface for GETs of `path` until dropped: says where through
    /// [`Listening::at`], and passes each address on through [`Listening::callbacks`].
    ///
    /// Ends only when it cannot listen.
    fn listen(
        &self,
        path: String,
        port: Option<u16>,
        listening: Listening,
    ) -> impl Future<Output = Result<Infallible, Lost>> + Send;

    /// Shows that a session could be stored now ([`narthex::Effect::Prove`]): writes something of a session's size
    /// where sessions go, and takes it away again.
    fn prove(&self) -> impl Future<Output = Result<(), StorageProblem>> + Send;

    /// Takes the lease of a session ([`narthex::Effect::Lease`]) and holds it until dropped: tells through
    /// [`Grant::leased`] that it is held. [`hold`](crate::hold) does that for a store that can only be asked.
    ///
    /// Ends only when there is no lease, or none any more.
    fn lease(
        &self,
        homeserver: Url,
        user_id: String,
        device_id: String,
        grant: Grant,
    ) -> impl Future<Output = Result<Infallible, LeaseProblem>> + Send;

    /// Makes a session durable. One at a time of this, [`erase`](Self::erase) and [`prove`](Self::prove) runs, in the order
    /// in which the engine asks.
    fn store(&self, session: Session) -> impl Future<Output = Result<(), StorageProblem>> + Send;

    /// Forgets a session.
    fn erase(
        &self,
        homeserver: Url,
        user_id: String,
        device_id: String,
    ) -> impl Future<Output = Result<(), StorageProblem>> + Send;

    /// Makes an unfinished flow durable, or forgets it.
    fn save(&self, saved: Option<Saved>) -> impl Future<Output = Result<(), StorageProblem>> + Send;

    /// Finds out whether the private cross-signing keys of the session's account are on this device. A host without
    /// encryption says [`EncryptionProblem::Absent`], as here and in the two that follow.
    fn find_secrets(
        &self,
        _session: Session,
    ) -> impl Future<Output = Result<bool, EncryptionProblem>> + Send {
        async { Err(EncryptionProblem::Absent) }
    }

    /// Hands the private keys of the session's account over: another device gets them.
    fn share_secrets(
        &self,
        _session: Session,
    ) -> impl Future<Output = Result<SecretsBundle, EncryptionProblem>> + Send {
        async { Err(EncryptionProblem::Absent) }
    }

    /// Takes these keys for the session, and uploads its device's keys, signed with them, once. Never dropped before it ends.
    fn adopt_secrets(
        &self,
        _session: Session,
        _secrets: SecretsBundle,
    ) -> impl Future<Output = Result<Trust, EncryptionProblem>> + Send {
        async { Err(EncryptionProblem::Absent) }
    }

    /// Shows a page. It is for the person to notice when that fails: the view has the address too.
    fn browse(&self, url: Url);
}

/// The way of a listener into the loop.
#[derive(Clone, Debug)]
pub struct Listening {
    pub(crate) id: EffectId,
    pub(crate) inputs: mpsc::Sender<Input>,
    /// Where what it hears is passed on.
    pub callbacks: Callbacks,
}

impl Listening {
    /// Listening at this origin, such as `http://127.0.0.1:49152/`.
    pub async fn at(&self, origin: Url) {
        let reply = Reply::Listening(Ok(origin));
        // The loop is gone only when nobody wants to know.
        self.inputs.send(Input::Reply { id: self.id, reply }).await.ok();
    }
}

/// Something that the host should know, and that no view shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// What was done so far would be lost with the process, for this reason. The flow goes on.
    NotSaved(StorageProblem),
    /// An intent came that was not on offer (any more). It changed nothing.
    NotOffered(Offer),
    /// An intent was on offer, but what was said with it cannot be meant, such as a check code that is no two digits. It
    /// changed nothing.
    Unusable(Offer),
}
