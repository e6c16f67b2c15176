//! Who can show a QR code for a sign-in at a server?

use crate::failure::{Cause, Failure, Missing, Outage};
use crate::intent::Offer;
use crate::qr::{Generation, Role};

use super::{Probe, Rendezvous, ServerReport};

impl ServerReport {
    /// By which generation a device of this server's can show a code that another one scans, the newer if by both; or why
    /// it cannot. A device that is [new](Role::New) has no session, so that the rendezvous has to be open; one that
    /// [exists](Role::Existing) has one. The tokens come by the device authorization grant, whoever shows the code.
    ///
    /// # Errors
    ///
    /// [`Cause::Unsupported`], if the server says that it has not what it takes: [`Missing::DeviceGrant`],
    /// [`Missing::Rendezvous`], or, for a new device alone, [`Missing::OpenRendezvous`]. Another cause if the server has not
    /// said it. Each with the answer that shows it.
    pub fn can_show_code(&self, role: Role) -> Result<Generation, Failure> {
        if let Some(failure) = self.lacks(Offer::SignInWithDeviceCode) {
            return Err(failure);
        }
        let can_open = |rendezvous| match (rendezvous, role) {
            (Rendezvous::Open, _) | (Rendezvous::Authenticated, Role::Existing) => true,
            (Rendezvous::Authenticated, Role::New) | (Rendezvous::Off | Rendezvous::Unclear, _) => false,
        };
        if can_open(self.rendezvous.v2025) {
            return Ok(Generation::V2025);
        }
        if can_open(self.rendezvous.v2024) {
            return Ok(Generation::V2024);
        }
        Err(match (self.rendezvous.v2025, self.rendezvous.v2024) {
            (Rendezvous::Unclear, _) => self.unclear(&[Probe::Rendezvous]).unwrap_or_else(|| self.unsaid()),
            (_, Rendezvous::Unclear) => self.unsaid(),
            (Rendezvous::Authenticated, _) => self.without(Missing::OpenRendezvous, Probe::Rendezvous),
            (Rendezvous::Off | Rendezvous::Open, _) => self.without(Missing::Rendezvous, Probe::Rendezvous),
        })
    }

    /// `/versions` can be read, but for what it says about the rendezvous of 2024.
    fn unsaid(&self) -> Failure {
        let cause = Cause::Unavailable { outage: Outage::Unclear, retry_at: None };
        self.because(cause, Probe::Versions)
    }
}
