//! Two devices of one person, one of which signs the other in by a QR code: on an honest server and with bad luck, or with
//! somebody who wants the keys of the account.
//!
//! Who shows the code, of which generation, how long people take, which requests and answers are lost, which process is
//! killed and what an attacker does follows from the seed. What has to hold is said in `pair/law.rs`.
#![expect(clippy::wildcard_enum_match_arm, reason = "few screens make a difference here")]

mod cell;
mod device;
mod law;
mod lies;
mod luck;
mod person;
mod run;
mod server;
mod sides;
mod stranger;
mod wiretap;

use std::collections::BTreeMap;
use std::time::Duration;

use narthex::{Cause, Generation, Role, Screen, Time, Trust};
use narthex_sandbox::{Config as Server, DeviceGrant, RendezvousConfig, Sandbox};

pub use self::law::{PairBroken, PairLaw};
pub use self::luck::{Lie, Linked, PairLuck, Stranger};
pub use self::sides::{Crossed, Side, Sides};

use self::device::{Device, Due, bundle, other_bundle};
use self::law::{Books, broken};
use self::server::{PASSWORD, STRANGER, USER, USER_ID, publish, signed_in};
use self::wiretap::Wiretap;
use crate::chance::Chance;
use crate::story::Story;

const START: u64 = 1_700_000_000_000;
/// Nothing takes longer, in milliseconds.
const LONGEST: u64 = 40 * 60_000;

/// The devices by their place.
const EXISTING: usize = 0;
const NEW: usize = 1;
const STRANGE: usize = 2;

struct Pair {
    chance: Chance,
    luck: PairLuck,
    now: u64,
    serial: u64,
    due: BTreeMap<(u64, u64), (usize, Due)>,
    server: Sandbox,
    /// The existing one, the new one, and that of a stranger.
    devices: Vec<Device>,
    shows: Role,
    generation: Generation,
    wiretap: Wiretap,
    books: Books,
    story: Story,
    rendezvous_requests: u32,
    /// The user has let the new device in, at the authorization server.
    consented: bool,
    /// How often the keys were open elsewhere so far.
    held: u32,
    handed: bool,
    adopted: bool,
    check_code: bool,
    /// Tokens of the new device, or what ends them, may have been lost on their way.
    is_excused: bool,
    /// The person does not want the session, or has cancelled before it was there.
    unwanted: bool,
    linked: Option<bool>,
}

/// Links a new device.
///
/// # Errors
///
/// When a law is broken.
pub fn try_pair(
    seed: u64,
    shows: Role,
    generation: Generation,
    luck: PairLuck,
) -> Result<Linked, PairBroken> {
    Pair::new(seed, shows, generation, luck).live()
}

/// Links a new device.
///
/// # Panics
///
/// When a law is broken, with the story.
#[must_use]
pub fn pair(seed: u64, shows: Role, generation: Generation, luck: PairLuck) -> Linked {
    try_pair(seed, shows, generation, luck).unwrap_or_else(|broken| {
        let story = pair_story(seed, shows, generation, luck);
        panic!("seed {seed}, {shows:?} shows {generation:?}, {luck:?}: {broken}\n{story}")
    })
}

/// The same, told step by step.
#[must_use]
pub fn pair_story(seed: u64, shows: Role, generation: Generation, luck: PairLuck) -> String {
    let mut pair = Pair::new(seed, shows, generation, luck);
    pair.story.begin();
    let end = pair.live();
    pair.story.tell(pair.now - START, format_args!("{end:?}"));
    pair.story.end()
}

/// Links a new device, and keeps what crosses the border of either. Nobody is killed.
///
/// # Errors
///
/// When a law is broken.
pub fn pair_sides(
    seed: u64,
    shows: Role,
    generation: Generation,
    luck: PairLuck,
) -> Result<Sides, PairBroken> {
    let mut pair = Pair::new(seed, shows, generation, PairLuck { kills: 0, ..luck });
    for device in &mut pair.devices {
        device.is_watched = true;
    }
    pair.live()?;
    let (cells, frames) = pair.wiretap.all();
    let devices = pair.devices.into_iter().take(2).map(|device| device.side).collect();
    Ok(Sides { devices, frames, cells })
}

impl Pair {
    fn new(seed: u64, shows: Role, generation: Generation, luck: PairLuck) -> Self {
        let mut chance = Chance::new(seed);
        let mut server = Server::oauth("https://matrix.example.org/".parse().expect("an address"));
        server.server_name = Some("example.org".to_owned());
        server.rendezvous = Some(RendezvousConfig::synapse());
        // The page knows which code it is about, and the tokens are there soon.
        if let (true, Some(oauth)) = (luck.decides_at_once, &mut server.oauth) {
            let interval = Duration::from_secs(1);
            oauth.device_grant = Some(DeviceGrant { complete: true, interval, ..DeviceGrant::default() });
        }
        let mut server = Sandbox::new(server, seed);
        server.add_account(USER, PASSWORD);
        let now = Time(START);
        let session = signed_in(&mut server, now, chance.seeds(), USER);
        publish(&mut server, now, &session);
        let secrets = if luck.lie == Some(Lie::AnotherSecrets) { other_bundle() } else { bundle() };
        let mut devices =
            vec![Device::existing(session, secrets, chance.seeds(), now), Device::new(chance.seeds(), now)];
        let stranger = luck.stranger.map(|stranger| match (stranger, shows) {
            (Stranger::Scans, Role::Existing) => Role::New,
            (Stranger::Scans, Role::New) => Role::Existing,
            (Stranger::Shows | Stranger::Leaves, role) => role,
        });
        match stranger {
            Some(Role::Existing) => {
                server.add_account(STRANGER, PASSWORD);
                let session = signed_in(&mut server, now, chance.seeds(), STRANGER);
                devices.push(Device::existing(session, other_bundle(), chance.seeds(), now));
            }
            Some(Role::New) => {
                server.add_account(STRANGER, PASSWORD);
                devices.push(Device::new(chance.seeds(), now));
            }
            None => {}
        }
        Self {
            chance,
            luck,
            now: START,
            serial: 0,
            due: BTreeMap::new(),
            server,
            devices,
            shows,
            generation,
            wiretap: Wiretap::default(),
            books: Books::default(),
            story: Story::default(),
            rendezvous_requests: 0,
            consented: false,
            held: 0,
            handed: false,
            adopted: false,
            check_code: false,
            is_excused: false,
            unwanted: false,
            linked: None,
        }
    }

    fn live(&mut self) -> Result<Linked, PairBroken> {
        for at in 0..self.devices.len() {
            // A stranger is faster or slower than the person.
            let after = if at == STRANGE { self.chance.between(1, 1_000) } else { 1 };
            self.look_later(at, after);
        }
        while let Some(((time, _), (at, due))) = self.due.pop_first() {
            self.now = time.max(self.now);
            if self.now > START + LONGEST {
                let screens = self.devices.iter().map(|device| &device.screen);
                return broken(PairLaw::NeverEnds, format!("{:?}", screens.collect::<Vec<_>>()));
            }
            self.due(at, due)?;
            let [existing, new] = [EXISTING, NEW].map(|at| self.is_at_rest(at));
            self.books.is_over(self.now, existing && new)?;
            if existing && new {
                break;
            }
        }
        self.ended()
    }

    /// The device has begun, and has nothing to do any more.
    fn is_at_rest(&self, at: usize) -> bool {
        let device = &self.devices[at];
        let is_idle = match device.screen {
            Screen::SignedIn { task: None, .. } | Screen::Problem { .. } | Screen::SignedOut { .. } => true,
            Screen::Choose { .. } | Screen::Welcome { .. } | Screen::SessionEnded { .. } => at != EXISTING,
            _ => false,
        };
        device.begun && is_idle
    }

    fn ended(&self) -> Result<Linked, PairBroken> {
        let [existing, new] = [EXISTING, NEW].map(|at| &self.devices[at].screen);
        let problem = |screen: &Screen| -> Option<Cause> {
            match screen {
                Screen::Problem { failure, .. }
                | Screen::Choose { problem: Some(failure), .. }
                | Screen::Welcome { problem: Some(failure), .. }
                | Screen::SignedIn { problem: Some(failure), .. } => Some(failure.cause.clone()),
                _ => None,
            }
        };
        let (signed_in, trust): (bool, Option<Trust>) = match new {
            Screen::SignedIn { trust, .. } => (true, trust.clone()),
            _ => (false, None),
        };
        if let Screen::SignedIn { user_id, .. } = new
            && user_id != USER_ID
        {
            return broken(PairLaw::SessionLost, format!("the new device is that of {user_id}"));
        }
        let at_server = self.server.oauth_sessions(USER).saturating_sub(1);
        let stored = self.devices[NEW].stored.is_some() && !self.unwanted;
        Books::sessions(signed_in, stored, at_server, self.is_excused)?;
        let is_theirs = self.devices.get(STRANGE).is_some_and(|device| device.role == Role::Existing);
        if is_theirs && self.server.oauth_sessions(STRANGER) > 1 && !self.is_excused {
            return broken(PairLaw::SessionLost, "a session of the stranger's is left on the new device");
        }
        if self.luck.lie.is_none() {
            Books::verified(trust.as_ref(), self.linked, self.adopted)?;
        }
        Ok(Linked {
            signed_in,
            trust,
            linked: self.linked,
            shared: self.handed,
            check_code: self.check_code,
            problems: [problem(existing), problem(new)],
            rendezvous_requests: self.rendezvous_requests,
            took: self.now - START,
        })
    }
}
