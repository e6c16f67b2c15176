//! What is unfinished, and is it what is asked for now?

use url::Url;

use crate::discovery::Typed;
use crate::intent::Offer;
use crate::io::Time;
use crate::qr::{Generation, ScannedCode};
use crate::saved::{Content, Saved};
use crate::secret::Secret;
use crate::session::{Session, SessionV1, server_of};
use crate::view::Task;

/// What is unfinished: enough to tell it, and to find it by what is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct What<'s> {
    /// With which server: as typed, or the name in the user id.
    pub server: &'s str,
    /// Where that homeserver is, as far as it is known.
    pub homeserver: Option<&'s Url>,
    /// What was being done.
    pub task: Task,
    /// By which intent it began; absent where there is a session already.
    pub way: Option<Offer>,
    /// For single sign-on: the id of the provider.
    pub provider: Option<&'s str>,
    /// Whose: a user id, or the username of a new account; absent where nobody is named.
    pub user: Option<&'s str>,
    /// Of which device.
    pub device_id: Option<&'s str>,
    /// Nothing listens where the browser ends up: the address has to be pasted.
    pub by_paste: bool,
    /// When nothing is left of it to go on with, where that is known; whatever it leaves behind then is known elsewhere.
    pub until: Option<Time>,
}

/// What is asked for now. What is absent may be anything.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'w> {
    /// A new account, not a session of one that exists.
    pub new_account: bool,
    /// As typed; a user id in it counts as one.
    pub server: Option<&'w str>,
    /// A user id, or a username.
    pub user: Option<&'w str>,
    /// By which intents it may begin; empty for any.
    pub ways: &'w [Offer],
    /// For single sign-on: the id of the provider.
    pub provider: Option<&'w str>,
    /// The password that was given.
    pub password: Option<&'w Secret<String>>,
    /// Of which device.
    pub device_id: Option<&'w str>,
    /// Where the browser ends up will be pasted.
    pub by_paste: bool,
    /// Another device is to be signed in by the session of this user and device.
    pub links: bool,
    /// The code of the other device that was scanned.
    pub code: Option<&'w ScannedCode>,
    /// Of which generation the code is that is shown.
    pub generation: Option<Generation>,
}

impl Wanted<'_> {
    /// Whoever is named: a user id, or a username.
    #[must_use]
    pub fn named(&self) -> Option<String> {
        self.user.map(str::to_owned).or_else(|| user_in(self.server?))
    }
}

impl What<'_> {
    /// Whether the server is the one that was typed, however it was typed.
    #[must_use]
    pub fn is_at(&self, typed: &str) -> bool {
        match Typed::parse(typed) {
            Ok(typed) => {
                typed.server.eq_ignore_ascii_case(self.server)
                    || self.homeserver.is_some_and(|homeserver| *homeserver == typed.fallback)
            }
            Err(_) => typed == self.server,
        }
    }

    /// Whether it is this person's. Where nobody is named here, nobody knows.
    fn is_of(&self, wanted: &str) -> bool {
        fn parts(user: &str) -> (&str, Option<&str>) {
            match user.strip_prefix('@').and_then(|user| user.split_once(':')) {
                Some((localpart, server)) => (localpart, Some(server)),
                None => (user, None),
            }
        }
        let Some((localpart, server)) = self.user.map(parts) else { return false };
        // A username is one of the server, unless an address was typed, which says nothing about user ids.
        let server = server.or_else(|| Some(self.server).filter(|server| !server.contains("://")));
        let (wanted, its_server) = parts(wanted);
        let is_elsewhere =
            server.zip(its_server).is_some_and(|(one, other)| !one.eq_ignore_ascii_case(other));
        localpart == wanted && !is_elsewhere
    }
}

impl Saved {
    /// What was being done, with whom.
    #[must_use]
    pub fn what(&self) -> What<'_> {
        match &self.0 {
            Content::Register(register) => What {
                server: &register.server,
                homeserver: Some(&register.base),
                task: Task::Register,
                way: Some(Offer::CreateAccount),
                provider: None,
                // Whoever has to fill in the form again may be somebody else.
                user: register.username().filter(|_| !register.is_form()),
                device_id: None,
                by_paste: false,
                until: None,
            },
            Content::Sso(sso) => What {
                server: &sso.server,
                homeserver: Some(sso.base()),
                task: Task::SignIn,
                way: Some(Offer::SignInWithSso),
                provider: sso.provider(),
                user: sso.user_id(),
                device_id: Some(sso.device_id()),
                by_paste: sso.awaits_paste(),
                until: None,
            },
            Content::OAuth(oauth) => What {
                server: &oauth.goal.server,
                homeserver: Some(&oauth.goal.base),
                task: oauth.task(),
                way: Some(oauth.goal.way.offer()),
                provider: None,
                user: oauth.goal.user_id.as_deref(),
                device_id: Some(&oauth.goal.device_id),
                by_paste: oauth.awaits_paste(),
                until: None,
            },
            Content::AwaitingApproval { server, username } => What {
                server,
                homeserver: None,
                task: Task::Register,
                way: Some(Offer::CreateAccount),
                provider: None,
                user: Some(username),
                device_id: None,
                by_paste: false,
                until: None,
            },
            Content::WithDevice(saved) => {
                let chosen = saved.talk.chosen.as_ref();
                let named = saved.found.as_deref().unwrap_or_default();
                What {
                    server: chosen.map_or(named, |(server, _)| server.as_str()),
                    homeserver: chosen.map(|(_, base)| base),
                    task: Task::SignIn,
                    way: Some(way_of(saved.talk.shows())),
                    provider: None,
                    user: None,
                    device_id: None,
                    by_paste: false,
                    until: saved.until(),
                }
            }
            Content::Link(saved) => What {
                way: Some(way_of(saved.channel().shows())),
                until: Some(saved.channel().until()),
                ..of_saved(&saved.session, Task::AwaitDevice)
            },
            Content::Adopting(saved) if !saved.is_stored => of_saved(&saved.session, Task::KeepSession),
            Content::Adopting(saved) if !saved.is_theirs => of_saved(&saved.session, Task::ConfirmAccount),
            Content::Adopting(saved) => {
                What { until: saved.until(), ..of_saved(&saved.session, Task::AdoptSecrets) }
            }
            Content::Unwanted(session) => of_session(session, Task::SignOut),
            Content::Fresh { session, .. } | Content::Renewed { session, .. } | Content::Stored(session) => {
                of_session(session, Task::KeepSession)
            }
        }
    }

    /// Whether going on with it does what is asked for now: with the same server, in the same way, as the same person
    /// and by the same password, as far as they were named.
    ///
    /// A session that nobody wants is ended before anything else is done at its server.
    #[must_use]
    pub fn is_wanted(&self, wanted: &Wanted<'_>) -> bool {
        let what = self.what();
        let is_theirs = wanted.named().is_none_or(|user| what.is_of(&user));
        let is_so = if what.task == Task::SignOut {
            true
        } else if what.task == Task::AwaitDevice || wanted.links {
            // Another device is helped: nobody signs in here.
            let is_by = what.way.is_some_and(|way| wanted.ways.is_empty() || wanted.ways.contains(&way));
            wanted.links && what.task == Task::AwaitDevice && is_theirs && is_by && self.is_by(wanted)
        } else if matches!(what.task, Task::KeepSession | Task::ConfirmAccount | Task::AdoptSecrets) {
            // By now it makes no difference how it was signed in, except that a token is somebody's.
            let tokens = [Offer::SignInWithToken, Offer::SignInWithAccessToken];
            is_theirs && !wanted.ways.iter().any(|way| tokens.contains(way))
        } else {
            let is_by = what.way.is_some_and(|way| wanted.ways.is_empty() || wanted.ways.contains(&way));
            // Where there are no providers, naming one means the browser.
            let is_there = what.way != Some(Offer::SignInWithSso)
                || wanted.provider.is_none()
                || what.provider == wanted.provider;
            let is_new = what.task == Task::Register;
            // Whoever does not paste would wait for ever.
            let comes_back = !what.by_paste || wanted.by_paste;
            (is_theirs || self.in_form().is_some())
                && is_new == wanted.new_account
                && is_by
                && is_there
                && comes_back
                && self.has(wanted.password)
                && self.is_by(wanted)
        };
        is_so
            && wanted.server.is_none_or(|typed| what.is_at(typed))
            && wanted.device_id.is_none_or(|device_id| what.device_id == Some(device_id))
    }

    /// The stored session that it goes on beside, if it is of that kind: its homeserver, user and device.
    #[must_use]
    pub fn beside(&self) -> Option<(&Url, &str, &str)> {
        let session = match &self.0 {
            Content::Link(saved) => &saved.session,
            Content::Adopting(saved) if saved.is_stored => &saved.session,
            Content::Register(_)
            | Content::Sso(_)
            | Content::OAuth(_)
            | Content::AwaitingApproval { .. }
            | Content::Fresh { .. }
            | Content::Renewed { .. }
            | Content::Unwanted(_)
            | Content::WithDevice(_)
            | Content::Adopting(_)
            | Content::Stored(_) => return None,
        };
        Some((&session.homeserver, &session.user_id, &session.device_id))
    }

    /// Whether it is over by the sign-in of this user: a registration of an account that is there.
    #[must_use]
    pub fn is_settled_by(&self, session: &Session) -> bool {
        let what = self.what();
        let is_there = match what.homeserver {
            Some(homeserver) => *homeserver == session.homeserver,
            None => what.is_at(session.homeserver.as_str()) || what.is_at(&session.user_id),
        };
        what.way == Some(Offer::CreateAccount)
            && self.is_dispensable()
            && is_there
            && What { user: self.in_form().or(what.user), ..what }.is_of(&session.user_id)
    }

    /// Whether it is about the code that was scanned, or about one of the generation that is to be shown.
    fn is_by(&self, wanted: &Wanted<'_>) -> bool {
        let channel = match &self.0 {
            Content::WithDevice(saved) => saved.talk.channel(),
            Content::Link(saved) => Some(saved.channel()),
            Content::Register(_)
            | Content::Sso(_)
            | Content::OAuth(_)
            | Content::AwaitingApproval { .. }
            | Content::Fresh { .. }
            | Content::Renewed { .. }
            | Content::Unwanted(_)
            | Content::Adopting(_)
            | Content::Stored(_) => return true,
        };
        let Some(channel) = channel else { return true };
        let is_scanned = |code: &ScannedCode| code.0.as_deref() == Ok(channel.payload());
        let is_of = |generation| channel.payload().generation() == generation;
        wanted.code.is_none_or(is_scanned) && wanted.generation.is_none_or(is_of)
    }

    /// The username in the form of a registration that is to be filled in again.
    fn in_form(&self) -> Option<&str> {
        match &self.0 {
            Content::Register(register) => register.username().filter(|_| register.is_form()),
            Content::Sso(_)
            | Content::OAuth(_)
            | Content::AwaitingApproval { .. }
            | Content::Fresh { .. }
            | Content::Renewed { .. }
            | Content::Unwanted(_)
            | Content::WithDevice(_)
            | Content::Link(_)
            | Content::Adopting(_)
            | Content::Stored(_) => None,
        }
    }

    /// Whether it goes on with this password, if one was given.
    fn has(&self, password: Option<&Secret<String>>) -> bool {
        let known = match &self.0 {
            Content::Register(register) => register.password().filter(|_| !register.is_form()),
            Content::Sso(_)
            | Content::OAuth(_)
            | Content::AwaitingApproval { .. }
            | Content::Fresh { .. }
            | Content::Renewed { .. }
            | Content::Unwanted(_)
            | Content::WithDevice(_)
            | Content::Link(_)
            | Content::Adopting(_)
            | Content::Stored(_) => None,
        };
        known.is_none() || password.is_none() || known == password
    }
}

const fn way_of(shows: bool) -> Offer {
    if shows { Offer::ShowCode } else { Offer::ScanCode }
}

fn of_saved(session: &SessionV1, task: Task) -> What<'_> {
    let server = server_of(&session.user_id).or_else(|| session.homeserver.host_str());
    What {
        server: server.unwrap_or_default(),
        homeserver: Some(&session.homeserver),
        task,
        way: None,
        provider: None,
        user: Some(&session.user_id),
        device_id: Some(&session.device_id),
        by_paste: false,
        until: None,
    }
}

fn of_session(session: &Session, task: Task) -> What<'_> {
    What {
        server: session.server(),
        homeserver: Some(&session.homeserver),
        task,
        way: None,
        provider: None,
        user: Some(&session.user_id),
        device_id: Some(&session.device_id),
        by_paste: false,
        until: None,
    }
}

/// The user id that was typed instead of a server.
fn user_in(typed: &str) -> Option<String> {
    Typed::parse(typed).ok()?.user_id
}
