//! What befalls two devices, who takes part, and how it ended.

use narthex::{Cause, Trust};

/// What befalls the two. Zero is never.
#[derive(Clone, Copy, Debug, Default)]
pub struct PairLuck {
    /// One request in so many is lost on its way.
    pub lost_requests: u32,
    /// One answer in so many is lost on its way.
    pub lost_answers: u32,
    /// One step in so many ends in a kill of the process, which is started again.
    pub kills: u32,
    /// A process that is started again finds the disk as it was this many steps before.
    pub forgets: usize,
    /// The person thinks for this many milliseconds about whose account it is.
    pub thinks: u64,
    /// How often another program has the keys open when the existing device reads them.
    pub held: u32,
    /// At one screen in so many the person gives up.
    pub cancels: u32,
    /// The person types another check code than they see.
    pub slips: bool,
    /// The user declines on the page.
    pub declines: bool,
    /// The user decides as soon as the page opens, and does not look at the new device first.
    pub decides_at_once: bool,
    /// One answer about the rendezvous in so many comes from an attacker, who has read everything there.
    pub attacks: u32,
    /// Somebody else takes part, with an account of their own at the same server.
    pub stranger: Option<Stranger>,
    /// What the homeserver lies about, or what is wrong at it.
    pub lie: Option<Lie>,
}

impl PairLuck {
    /// Nothing gets lost, nobody is killed, and the rendezvous is honest: what is said arrives.
    pub(super) const fn is_heard(&self) -> bool {
        self.lost_requests == 0 && self.lost_answers == 0 && self.kills == 0 && self.attacks == 0
    }
}

/// How somebody else takes part. They know the code, and can do whatever a device can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stranger {
    /// Has photographed the code, and scans it too.
    Scans,
    /// Shows a code of their own, and the person scans that.
    Shows,
    /// The same; and once they have let the new device in, they end the rendezvous.
    Leaves,
}

impl Stranger {
    /// The person scans their code, and not that of the other device.
    pub(super) const fn shows(self) -> bool {
        matches!(self, Self::Shows | Self::Leaves)
    }
}

/// What the homeserver lies about, or what is wrong at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    /// Every device exists.
    DeviceExists,
    /// No other device ever exists.
    DeviceAbsent,
    /// Whatever is asked for, it tells of another device.
    AnotherDevice,
    /// It does not say.
    DeviceUnclear,
    /// The account has another identity than its devices know.
    AnotherIdentity,
    /// The account has no identity.
    NoIdentity,
    /// The account has another backup.
    AnotherBackup,
    /// The token is somebody else's.
    AnotherAccount,
    /// The existing device has the keys of another account.
    AnotherSecrets,
}

impl Lie {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::DeviceExists,
        Self::DeviceAbsent,
        Self::AnotherDevice,
        Self::DeviceUnclear,
        Self::AnotherIdentity,
        Self::NoIdentity,
        Self::AnotherBackup,
        Self::AnotherAccount,
        Self::AnotherSecrets,
    ];
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linked {
    /// Of the new device: whether it is signed in, and what is known of its trust.
    pub signed_in: bool,
    /// Whether others see it as one of its owner's.
    pub trust: Option<Trust>,
    /// Of the existing device: whether it says that the other one is linked, and verified.
    pub linked: Option<bool>,
    /// Whether the keys of the account were read, to be handed over.
    pub shared: bool,
    /// Whether a check code was shown.
    pub check_code: bool,
    /// What either says is wrong: the existing device, and the new one.
    pub problems: [Option<Cause>; 2],
    /// How many requests the rendezvous was asked, by either.
    pub rendezvous_requests: u32,
    /// How long it took, in milliseconds.
    pub took: u64,
}
