//! What may the rendezvous be set to?

use std::time::Duration;

use url::Url;

/// The most that a cell holds, in bytes (MSC4388, "Maximum payload size").
pub(super) const LARGEST: usize = 4096;

/// The homeserver keeps cells through which two devices pass messages, for sign-in by QR code.
///
/// As with Synapse, there are none where nobody signs in by OAuth, whatever this says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RendezvousConfig {
    /// As which server it answers, where servers differ.
    pub manners: Manners,
    /// The API of the 2024 generation (MSC4108 as of June 2024): entity tags, and an address for each cell.
    pub of_2024: Rendezvous2024,
    /// The API of the 2025 generation (MSC4388): JSON, and an id for each cell.
    pub of_2025: Rendezvous2025,
    /// How long a cell of 2024 lives, a day at most.
    pub lifetime_2024: Duration,
    /// How long a cell of 2025 lives, a day at most.
    pub lifetime_2025: Duration,
    /// How many cells of each generation there may be, ten thousand at most. Who asks for more makes the oldest go.
    pub capacity: usize,
    /// How much a cell may hold, 4096 bytes at most.
    pub largest: usize,
}

impl RendezvousConfig {
    /// What Synapse 1.163 does with both switched on, so that everybody may create a cell.
    #[must_use]
    pub fn synapse() -> Self {
        Self {
            manners: Manners::Synapse,
            of_2024: Rendezvous2024::On,
            of_2025: Rendezvous2025::Open,
            lifetime_2024: Duration::from_secs(60),
            lifetime_2025: Duration::from_secs(120),
            capacity: 100,
            largest: LARGEST,
        }
    }

    /// What tuwunel does with both switched on, so that everybody may create a cell. It also limits how often each
    /// address may ask: see [`Limits::rendezvous`](crate::Limits::rendezvous).
    #[must_use]
    pub fn tuwunel() -> Self {
        let lifetime = Duration::from_secs(600);
        Self {
            manners: Manners::Tuwunel,
            lifetime_2024: lifetime,
            lifetime_2025: lifetime,
            ..Self::synapse()
        }
    }
}

/// As which server a rendezvous answers, where servers differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manners {
    /// A cell has one life. The server forgets the oldest cells once a minute, or when there are twice as many as it
    /// keeps. Who must sign in first is told 401. 2024: the same bytes have the same entity tag, a request must say how
    /// long it is, and its type has no parameters. 2025: the write before is taken again, if it says the same.
    Synapse,
    /// Each write begins the life of a cell anew, and is taken again if the cell says the same already. The oldest cell
    /// makes room for a new one. Who must sign in first is told 403. A limit does not say when to come back.
    Tuwunel,
}

/// Whether there are cells of 2024.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rendezvous2024 {
    /// There are none.
    Off,
    /// There are.
    On,
    /// They are created at this address: 307.
    Elsewhere(Url),
}

/// Who may create cells of 2025.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rendezvous2025 {
    /// Nobody: there are none.
    Off,
    /// Whoever has an access token.
    Authenticated,
    /// Everybody.
    Open,
}
