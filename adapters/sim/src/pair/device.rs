//! A device: an engine, and what the program around it has.

use narthex::{
    BackupKey, EffectId, Engine, Reply, Request, Role, Saved, Screen, Secret, SecretsBundle, Seeds, Session,
    Time,
};

use super::sides::{Side, config};

pub(super) enum Due {
    Request {
        run: u32,
        id: EffectId,
        request: Request,
    },
    /// With what was asked, if it was a server.
    Reply {
        run: u32,
        id: EffectId,
        reply: Reply,
        asked: Option<Box<Request>>,
    },
    Look,
    Tick,
}

pub(super) struct Device {
    pub(super) role: Role,
    pub(super) engine: Engine,
    /// What it shows.
    pub(super) screen: Screen,
    /// How often its process was started again.
    pub(super) run: u32,
    pub(super) stored: Option<Session>,
    /// The private keys, if they are here.
    pub(super) secrets: Option<SecretsBundle>,
    /// What was written down, at each step.
    pub(super) saved: Vec<Option<Saved>>,
    pub(super) open: Vec<EffectId>,
    pub(super) looks: bool,
    /// Its person has begun to link.
    pub(super) begun: bool,
    /// How often they had to begin anew.
    pub(super) restarts: u32,
    /// The screen that its person has seen last, since when, and whether they give up at it.
    pub(super) seen: Option<std::mem::Discriminant<Screen>>,
    pub(super) since: u64,
    pub(super) gives_up: bool,
    /// Whether what crosses its border is kept.
    pub(super) is_watched: bool,
    pub(super) side: Side,
}

impl Device {
    fn of(role: Role, side: Side, stored: Option<Session>, secrets: Option<SecretsBundle>) -> Self {
        let (config, seeds) = (side.config.clone(), side.seeds.clone());
        let engine = match side.resumed.clone() {
            Some(saved) => Engine::resume(saved, config, seeds, side.began),
            None => Engine::new(config, seeds, side.began),
        };
        Self {
            role,
            screen: engine.view().screen,
            engine,
            run: 0,
            stored,
            secrets,
            saved: Vec::new(),
            open: Vec::new(),
            looks: false,
            begun: false,
            restarts: 0,
            seen: None,
            since: 0,
            gives_up: false,
            is_watched: false,
            side,
        }
    }

    pub(super) fn existing(session: Session, secrets: SecretsBundle, seeds: Seeds, now: Time) -> Self {
        let side = Side::new(seeds, Some(Saved::from(session.clone())), now);
        Self::of(Role::Existing, side, Some(session), Some(secrets))
    }

    pub(super) fn new(seeds: Seeds, now: Time) -> Self {
        Self::of(Role::New, Side::new(seeds, None, now), None, None)
    }

    /// Another process goes on with what was written down, this many steps before.
    pub(super) fn start_again(&mut self, before: usize, seeds: Seeds, now: Time) {
        let last = self.saved.len().checked_sub(1 + before);
        let saved = last.and_then(|last| self.saved.get(last)).cloned().flatten();
        self.engine = match saved.or_else(|| self.stored.clone().map(Saved::from)) {
            // What is kept is what is read again.
            Some(saved) => {
                let json = saved.to_json();
                let saved = Saved::from_json(json.expose()).expect("it was written just now");
                Engine::resume(saved, config(), seeds, now)
            }
            None => Engine::new(config(), seeds, now),
        };
        self.screen = self.engine.view().screen;
        self.run += 1;
        self.open.clear();
    }
}

/// The keys of the account.
pub(super) fn bundle() -> SecretsBundle {
    SecretsBundle {
        master_key: Secret::new([1; 32]),
        self_signing_key: Secret::new([2; 32]),
        user_signing_key: Secret::new([3; 32]),
        backup: Some(BackupKey {
            algorithm: "m.megolm_backup.v1.curve25519-aes-sha2".to_owned(),
            // 32 times 4.
            key: "BAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ".into(),
            version: "1".to_owned(),
        }),
    }
}

/// Those of somebody else.
pub(super) fn other_bundle() -> SecretsBundle {
    SecretsBundle {
        master_key: Secret::new([11; 32]),
        self_signing_key: Secret::new([12; 32]),
        user_signing_key: Secret::new([13; 32]),
        backup: None,
    }
}
