//! A device that is signed in signs another one in, beside its session.
//!
//! MSC4108 of 2024 and of 2025, the existing device's side.
//!
//! ```text
//!   Checking ─▶ Warning ─┬─▶ Scanner ─▶ Meeting ─▶ Expecting ─▶ Absent? ─▶ Consent ─▶ InBrowser ─▶ Present?
//!                        └────────────▶    ┘                                                           │
//!   Linked ◀─ Verified? ◀─ Handing ◀─ Sharing ◀────────────────────────────────────────────────────────┘
//!                                        └─▶ Present?   another program has the keys open
//!   from anywhere: Leaving ─▶ Failed, over
//! ```
//!
//! The keys of the account are read, and leave, only after all of this: the check code matched, the account had no such
//! device before the user consented, the new device says that it is signed in, and the account shows it.

mod asking;
mod kept;
pub(crate) mod saved;
mod screens;
mod steps;

use std::time::Duration;

use url::Url;

use crate::cx::{Cx, Event, Wait};
use crate::failure::Failure;
use crate::flow::beside::{Beside, Companion, Entry, Over};
use crate::intent::{Intent, Offer};
use crate::io::Time;
use crate::qr::Generation;
use crate::qr::bundle::Identity;
use crate::qr::message::Reason;
use crate::saved::Content;
use crate::secure_channel::SecureChannel;
use crate::session::Session;

use self::asking::{Asking, Question};

/// How long the rendezvous lives at most that a token has to outlive, and what is left over.
const OUTLIVES: Duration = Duration::from_secs(180);
/// How long the account may take to show a new device.
const APPEARS: Duration = Duration::from_secs(10);
/// How long the new device may take to be seen as cross-signed once it has left the rendezvous, before we say that it is
/// not yet.
const SIGNS: Duration = Duration::from_secs(15);
/// Before the same is asked again while the user of the new device may be thinking.
const THINKS: Duration = Duration::from_secs(2);

pub(crate) const SHOWING: Entry = (
    |session| session.oauth.is_some(),
    Offer::ShowCode,
    |intent, session, cx| {
        let generation = if let Intent::ShowCode { generation } = intent { *generation } else { None };
        Companion::new(Link::start(How::Show(generation), session, cx))
    },
);

pub(crate) const SCANNING: Entry = (
    |session| session.oauth.is_some(),
    Offer::ScanCode,
    |_, session, cx| Companion::new(Link::start(How::Scan, session, cx)),
);

/// How the two devices meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum How {
    Show(Option<Generation>),
    Scan,
}

/// The device that is to be allowed, as it describes itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct NewDevice {
    device_id: String,
    page: Url,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Link {
    /// As it is stored now.
    session: Session,
    how: How,
    /// The keys could not be read so far: another program has them open.
    held: Option<Box<Failure>>,
    state: State,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum State {
    /// Are the keys here, can the server do it, does the token live long enough?
    Checking {
        secrets: Option<Wait>,
        asking: Option<Asking>,
    },
    Warning,
    Scanner {
        problem: Option<Box<Failure>>,
    },
    /// Until the two have made sure of each other.
    Meeting {
        channel: SecureChannel,
    },
    /// The new device says how it is to be signed in.
    Expecting {
        channel: SecureChannel,
    },
    /// Nobody may have the device yet.
    Absent {
        channel: SecureChannel,
        device: NewDevice,
        asking: Asking,
    },
    /// The user decides.
    Consent {
        channel: SecureChannel,
        device: NewDevice,
    },
    /// The page is open, and the new device waits for its tokens.
    InBrowser {
        channel: SecureChannel,
        device: NewDevice,
    },
    /// The new device says that it is signed in: the account has to show it.
    Present {
        channel: SecureChannel,
        device: NewDevice,
        asking: Asking,
        until: Time,
    },
    /// The keys are read.
    Sharing {
        channel: SecureChannel,
        device: NewDevice,
        wait: Wait,
    },
    /// The keys are on their way.
    Handing {
        channel: SecureChannel,
        device: NewDevice,
        /// Whose they are.
        identity: Option<Box<Identity>>,
    },
    /// Does the account show the new device as cross-signed?
    Verified {
        /// While the new device is there: its user has still to say that the account is theirs.
        channel: Option<SecureChannel>,
        device: NewDevice,
        asking: Asking,
        until: Time,
    },
    Linked {
        device: NewDevice,
        verified: bool,
    },
    Leaving {
        channel: SecureChannel,
        /// `None`: the user has given it up.
        failure: Option<Box<Failure>>,
    },
    Failed {
        failure: Box<Failure>,
    },
    Over,
}

impl Link {
    fn start(how: How, session: &Session, cx: &mut Cx<'_>) -> Self {
        let mut this = Self { session: session.clone(), how, held: None, state: State::Over };
        this.begin(cx);
        this
    }

    fn begin(&mut self, cx: &mut Cx<'_>) {
        let secrets = Some(cx.find_secrets(self.session.clone()));
        let asking = Some(Asking::start(Question::Grant { unstable: false }, &self.session, cx));
        self.state = State::Checking { secrets, asking };
    }

    fn is_short(&self, now: Time) -> bool {
        let renews = self.session.refresh_token.is_some();
        renews && self.session.expires_at.is_some_and(|at| at < now + OUTLIVES)
    }

    fn over(&self) -> Option<Over> {
        (self.state == State::Over).then(Over::default)
    }

    const fn channel(&self) -> Option<&SecureChannel> {
        match &self.state {
            State::Meeting { channel }
            | State::Expecting { channel }
            | State::Absent { channel, .. }
            | State::Consent { channel, .. }
            | State::InBrowser { channel, .. }
            | State::Present { channel, .. }
            | State::Sharing { channel, .. }
            | State::Handing { channel, .. }
            | State::Leaving { channel, .. } => Some(channel),
            State::Verified { channel, .. } => channel.as_ref(),
            State::Checking { .. }
            | State::Warning
            | State::Scanner { .. }
            | State::Linked { .. }
            | State::Failed { .. }
            | State::Over => None,
        }
    }

    const fn channel_mut(&mut self) -> Option<&mut SecureChannel> {
        match &mut self.state {
            State::Meeting { channel }
            | State::Expecting { channel }
            | State::Absent { channel, .. }
            | State::Consent { channel, .. }
            | State::InBrowser { channel, .. }
            | State::Present { channel, .. }
            | State::Sharing { channel, .. }
            | State::Handing { channel, .. }
            | State::Leaving { channel, .. } => Some(channel),
            State::Verified { channel, .. } => channel.as_mut(),
            State::Checking { .. }
            | State::Warning
            | State::Scanner { .. }
            | State::Linked { .. }
            | State::Failed { .. }
            | State::Over => None,
        }
    }

    const fn asking(&self) -> Option<&Asking> {
        match &self.state {
            State::Checking { asking, .. } => asking.as_ref(),
            State::Absent { asking, .. } | State::Present { asking, .. } | State::Verified { asking, .. } => {
                Some(asking)
            }
            State::Warning
            | State::Scanner { .. }
            | State::Meeting { .. }
            | State::Expecting { .. }
            | State::Consent { .. }
            | State::InBrowser { .. }
            | State::Sharing { .. }
            | State::Handing { .. }
            | State::Linked { .. }
            | State::Leaving { .. }
            | State::Failed { .. }
            | State::Over => None,
        }
    }

    const fn asking_mut(&mut self) -> Option<&mut Asking> {
        match &mut self.state {
            State::Checking { asking, .. } => asking.as_mut(),
            State::Absent { asking, .. } | State::Present { asking, .. } | State::Verified { asking, .. } => {
                Some(asking)
            }
            State::Warning
            | State::Scanner { .. }
            | State::Meeting { .. }
            | State::Expecting { .. }
            | State::Consent { .. }
            | State::InBrowser { .. }
            | State::Sharing { .. }
            | State::Handing { .. }
            | State::Linked { .. }
            | State::Leaving { .. }
            | State::Failed { .. }
            | State::Over => None,
        }
    }
}

impl Beside for Link {
    fn handle(&mut self, event: &Event<'_>, session: Option<&Session>, cx: &mut Cx<'_>) -> Option<Over> {
        if let Some(session) = session {
            self.session = session.clone();
        }
        match event {
            Event::Intent(intent) => self.asked(intent, cx),
            Event::Reply(id, _) | Event::TimedOut(id) => {
                let id = *id;
                if self.channel().is_some_and(|channel| channel.holds(id)) {
                    if let Some(news) = self.channel_mut().and_then(|channel| channel.handle(id, event, cx)) {
                        self.news(news, cx);
                    }
                } else if self.asking().is_some_and(|asking| asking.wait().is_some_and(|wait| wait.id == id))
                {
                    let session = self.session.clone();
                    let found = self.asking_mut().and_then(|asking| asking.handle(event, &session, cx));
                    if let Some(found) = found {
                        self.found(found, cx);
                    }
                } else {
                    self.host(event, cx);
                }
            }
            Event::Start | Event::Callback(_) => {}
        }
        self.over()
    }

    fn renewed(&mut self, session: &Session, cx: &mut Cx<'_>) -> Option<Over> {
        self.session = session.clone();
        let session = self.session.clone();
        if let Some(asking) = self.asking_mut() {
            asking.renewed(&session, cx);
        }
        self.checked(cx);
        self.over()
    }

    fn wants_renewal(&self) -> bool {
        let is_first = matches!(self.state, State::Checking { secrets: None, asking: None });
        is_first || self.asking().is_some_and(Asking::wants_renewal)
    }

    fn save(&self) -> Option<Content> {
        self.saved()
    }

    fn give_up(&mut self, cx: &mut Cx<'_>) -> bool {
        if !matches!(self.state, State::Leaving { .. }) {
            self.leave(None, Some(Reason::UserCancelled), cx);
        }
        self.state == State::Over
    }
}
