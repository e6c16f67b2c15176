//! Through which cells do two devices pass messages, and what is asked of them?
//!
//! Whoever knows where a cell is may read it, write to it and delete it.

mod cells;
mod of_2024;
mod of_2025;
pub(crate) mod settings;

use narthex::{Method, Response, Time};

use crate::answer::Refusal;
use crate::ask::Ask;
use crate::limit::Limited;
use crate::sandbox::Sandbox;

use self::cells::{Action, Cells, Generation};
use self::settings::{Manners, Rendezvous2024, RendezvousConfig};

const API_2024: &str = "_matrix/client/unstable/org.matrix.msc4108/rendezvous";
const API_2025: &str = "_matrix/client/unstable/io.element.msc4388/rendezvous";
/// Where Synapse's cells of 2024 are. tuwunel's are below the API.
const CELLS_2024: &str = "_synapse/client/rendezvous";

/// All cells.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rendezvous {
    of_2024: Cells,
    of_2025: Cells,
}

/// What is asked of which API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RendezvousRoute<'a>(Generation, Action<'a>);

/// What this method means at this path.
pub(crate) fn route(method: Method, path: &str) -> Option<RendezvousRoute<'_>> {
    let (generation, rest) = if let Some(rest) = path.strip_prefix(API_2025) {
        (Generation::Of2025, rest)
    } else {
        let rest = path.strip_prefix(API_2024).or_else(|| path.strip_prefix(CELLS_2024))?;
        (Generation::Of2024, rest)
    };
    let id = rest.strip_prefix('/').filter(|id| !id.contains('/'));
    let action = match (method, id) {
        (Method::Get, Some(id)) => Action::Read(id),
        (Method::Put, Some(id)) => Action::Write(id),
        (Method::Delete, Some(id)) => Action::Delete(id),
        (Method::Get, None) if path == API_2025 => Action::Discover,
        (Method::Post, None) if path == API_2025 || path == API_2024 => Action::Create,
        (Method::Get | Method::Post | Method::Put | Method::Delete | Method::Options, _) => return None,
    };
    Some(RendezvousRoute(generation, action))
}

/// Whether browsers may send and read entity tags here.
pub(crate) fn has_etags(path: &str) -> bool {
    [API_2024, CELLS_2024].iter().any(|prefix| path.trim_start_matches('/').starts_with(prefix))
}

impl Sandbox {
    /// How many cells are alive, of both generations.
    #[must_use]
    pub fn rendezvous_cells(&self, now: Time) -> usize {
        self.rendezvous.of_2024.alive(now) + self.rendezvous.of_2025.alive(now)
    }

    /// Whether `/versions` tells of cells of 2024. Of those of 2025 it never does.
    pub(crate) fn has_rendezvous_2024(&self) -> bool {
        self.rendezvous_config().is_some_and(|config| config.of_2024 != Rendezvous2024::Off)
    }

    pub(crate) fn meet(
        &mut self,
        now: Time,
        ask: Ask<'_>,
        route: RendezvousRoute<'_>,
    ) -> Result<Response, Refusal> {
        let RendezvousRoute(generation, action) = route;
        let config = self.rendezvous_config().cloned().ok_or_else(|| Refusal::unrecognized(404))?;
        match generation {
            Generation::Of2024 => Ok(self.meet_2024(now, ask, &config, action)),
            Generation::Of2025 => self.meet_2025(now, ask, &config, action),
        }
    }

    fn rendezvous_config(&self) -> Option<&RendezvousConfig> {
        let has_oauth = self.config.oauth.is_some() || self.config.delegation.is_some();
        self.config.rendezvous.as_ref().filter(|_| has_oauth)
    }

    /// The id of a new cell.
    fn cell_id(&mut self, now: Time, manners: Manners) -> String {
        match manners {
            Manners::Synapse => self.chance.ulid(now),
            Manners::Tuwunel => self.chance.letters(32),
        }
    }

    /// Counts what is asked, or refuses it.
    fn count_meeting(&mut self, now: Time, manners: Manners, generation: Generation) -> Result<(), Refusal> {
        let taken = self.buckets.take(&self.config.limits, now, Limited::Rendezvous, "");
        taken.map_err(|refusal| {
            let refusal = match manners {
                Manners::Synapse => refusal,
                Manners::Tuwunel => Refusal::new(429, refusal.errcode(), refusal.error()),
            };
            match generation {
                Generation::Of2024 => refusal.with("errcode", "M_UNKNOWN"),
                Generation::Of2025 => refusal,
            }
        })
    }
}

/// No such cell, or not any more.
fn not_found() -> Refusal {
    Refusal::new(404, "M_NOT_FOUND", "Not found")
}

fn too_large() -> Refusal {
    Refusal::new(413, "M_TOO_LARGE", "Payload too large")
}
