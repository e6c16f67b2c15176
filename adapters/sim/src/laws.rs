//! What has to hold in every life.
//!
//! The network loses, delays and falsifies answers, but a request either arrives while it is waited for or never: an
//! old refresh that overtook a newer one would end a session, and no client could help that.
//!
//! - **Nobody loses an account.** Whoever asked for a name and has it is never told that it is taken; unless they
//!   left it themselves: cancelled the registration, signed out, or asked for another name or password meanwhile.
//! - **No duplicate accounts.** There is at most one account more than names that were left so.
//! - **No orphan devices.** A device that the server made for us is either that of the session, or gone from the
//!   server. Retrying makes none. What may stay is a device whose making never reached us, if after that the person
//!   cancelled or left the name, or the process was killed (a password is not written down, so that sign-in begins
//!   anew); and one that the person forgot although the server could not be told. By OAuth 2.0 it is one whose tokens
//!   were lost on their way from the token endpoint, if the sign-in was then given up, ran out of time or was killed;
//!   or if they came by a code that was entered elsewhere, which is good for one answer. No other loss leaves one.
//! - **Signed in means stored**, and no token is used for anything but its end before it is stored.
//! - **A session ends only when the server ended it.** While it lives, nothing but its own screens is shown.
//! - **Signed out means erased**, but for what an older, ended session has left behind.
//! - **Told means told.** Signed out with `server_told`, the device is gone from the server.
//! - **Spent once.** No login token goes out again after an answer other than a plea for patience, no refresh token
//!   after it was replaced (but for that of a session that is over and was not erased yet), no registration session after it has made the account and we know it.
//! - **The past.** Where the last write to the disk is lost with a kill, or the server is restored from a backup, what there
//!   was until then may be lost, left behind, spent twice or told wrongly: the devices and accounts of before, and no other.
//!   A request that a proxy sends twice may make the device anew, or leave it, if it is answered after its sign-out.
//! - **Theirs.** The session of another homeserver, stored under the same user and device, is there until the end.
//! - **Not ours.** A foreign callback moves nothing.
//! - **Never stuck**, **bounded**, and **liveness**: once luck has turned, whoever may get in gets in.

mod ledger;

use narthex::{Engine, Intent, Refusal, Screen, Task, Time, View};
use narthex_sandbox::Sandbox;

pub(super) use self::ledger::Laws;
use self::ledger::has_device;
use super::law::{Broken, Law, hold};
use super::person::Person;
use super::process::{Disk, is_elsewhere};
use super::run::Ending;
use super::session::localpart;

impl Laws {
    /// What is on the screen is true.
    pub(super) fn shown(
        &mut self,
        view: Option<&View>,
        engine: &Engine,
        disk: &Disk,
        server: &Sandbox,
        person: &Person,
    ) -> Result<(), Broken> {
        let Some(View { screen, .. }) = view else { return Ok(()) };
        // From here the next attempt has a device of its own.
        if let Screen::Welcome { .. } = screen {
            self.leave_devices();
        }
        match screen {
            Screen::SignedIn { user_id, device_id, .. } => {
                let kept = |session: &&narthex::Session| {
                    session.user_id == *user_id && session.device_id == *device_id && !is_elsewhere(session)
                };
                let stored = disk.sessions.iter().find(kept);
                let used = engine.session().map(|session| session.access_token.clone());
                let same = stored.map(|session| session.access_token.clone()) == used || disk.saved.is_some();
                hold(stored.is_some() && same, Law::NotStored, || format!("{user_id} {device_id}"))?;
                let mine = localpart(user_id).is_some_and(|name| person.is_mine(&name));
                hold(mine, Law::WrongAccount, || user_id.clone())?;
                let again = person.wants_again.as_ref().is_none_or(|device| device == device_id);
                hold(again, Law::WrongDevice, || device_id.clone())
            }
            Screen::SessionEnded { user_id, device_id, .. } => {
                self.current = None;
                let anew = self.devices.get(device_id).is_some_and(|device| device.made_anew);
                let past = self.is_past(device_id);
                let over = anew || past || !has_device(server, user_id, device_id);
                hold(over, Law::NotEnded, || device_id.clone())
            }
            Screen::SignedOut { user_id, server_told } => {
                let ended = self.current.take().or_else(|| self.signing_out.take());
                let is_it =
                    |session: &narthex::Session| session.user_id == *user_id && !is_elsewhere(session);
                let kept = disk.sessions.iter().any(is_it);
                hold(!kept || person.ended || self.has_lost_the_past, Law::StillStored, || user_id.clone())?;
                // A sign-in whose answer was lost has taken the device over, and nobody knows.
                let anew = |id: &str| self.devices.get(id).is_some_and(|device| device.made_anew);
                let told = ended.is_none_or(|(_, device)| {
                    anew(&device) || self.is_past(&device) || !has_device(server, user_id, &device)
                });
                hold(!server_told || told, Law::NotTold, || user_id.clone())
            }
            Screen::Welcome { .. }
            | Screen::Choose { .. }
            | Screen::RegisterForm { .. }
            | Screen::Terms { .. }
            | Screen::RegistrationToken { .. }
            | Screen::Address { .. }
            | Screen::Confirmation { .. }
            | Screen::AwaitingApproval { .. } => {
                let lost = self.current.clone();
                hold(lost.is_none(), Law::SessionLost, || format!("{lost:?}"))
            }
            Screen::Paused { .. }
            | Screen::Busy { .. }
            | Screen::Limited { .. }
            | Screen::Problem { .. }
            | Screen::UserCode { .. }
            | Screen::Warning { .. }
            | Screen::Scanner { .. }
            | Screen::QrCode { .. }
            | Screen::CheckCode { .. }
            | Screen::EnterCheckCode { .. }
            | Screen::ConfirmServer { .. }
            | Screen::Consent { .. }
            | Screen::ConfirmAccount { .. }
            | Screen::Linked { .. }
            | Screen::InBrowser { .. } => Ok(()),
        }
    }

    /// A name that the person asked for is somebody else's, the screen says.
    pub(super) fn told_taken(&self, refusal: &Refusal, name: &str, password: &str) -> Result<(), Broken> {
        let ours = self.made.get(name).is_some_and(|made| made == password) && !self.left.contains(name);
        hold(!ours || *refusal != Refusal::UsernameTaken, Law::AccountLost, || name.to_owned())
    }

    /// An address is somebody else's, the screen says.
    pub(super) fn told_in_use<'n>(&self, mut asked: impl Iterator<Item = &'n String>) -> Result<(), Broken> {
        let ours = asked.find(|name| self.made.contains_key(*name) && !self.left.contains(*name));
        hold(ours.is_none(), Law::AccountLost, || format!("{ours:?} has it"))
    }

    /// Time: at a deadline everything that was due has happened.
    pub(super) fn after_tick(&self, now: Time, engine: Option<&Engine>) -> Result<(), Broken> {
        let deadline = engine.and_then(Engine::deadline);
        hold(deadline.is_none_or(|deadline| deadline > now), Law::Time, || format!("still due at {now:?}"))
    }

    /// Whatever is under way is given up at some time.
    pub(super) fn open_have_deadlines(&self, open: bool, engine: Option<&Engine>) -> Result<(), Broken> {
        let deadline = engine.and_then(Engine::deadline);
        hold(!open || engine.is_none() || deadline.is_some(), Law::Time, || {
            "an effect has no deadline".to_owned()
        })
    }

    /// The books balance.
    pub(super) fn at_the_end(&self, server: &Sandbox, disk: &Disk, ending: Ending) -> Result<(), Broken> {
        let twice = self.made.len() > 1 + self.left.len();
        hold(!twice, Law::AccountTwice, || format!("{:?}", self.made.keys()))?;
        for (device_id, device) in &self.devices {
            let there = server.account(&device.user).is_some_and(|user| user.devices.contains_key(device_id));
            let excused = device.forgotten || device.past || device.is_lost();
            hold(!there || excused, Law::DeviceOrphaned, || format!("{device_id} {device:?}"))?;
        }
        let theirs = disk.sessions.iter().filter(|session| is_elsewhere(session)).count();
        let alone = theirs == usize::from(disk.has_bystander);
        hold(alone, Law::SessionLost, || "that of another homeserver".to_owned())?;
        let kept = disk.saved.is_some() && ending != Ending::TurnedAway;
        hold(!kept, Law::NotStored, || "an unfinished flow is left on the disk".to_owned())
    }

    /// What the person said counts as leaving.
    #[expect(clippy::wildcard_enum_match_arm, reason = "few intents leave anything")]
    pub(super) fn said(&mut self, intent: &Intent, screen: Option<&Screen>) {
        match intent {
            Intent::Retry if matches!(screen, Some(Screen::Choose { .. })) => self.leave_devices(),
            Intent::Cancel => {
                self.leave_devices();
                self.cancelled = true;
                if let Some(Screen::RegisterForm { .. } | Screen::Paused { .. }) = screen {
                    self.leave_names();
                }
                // Not to go on with a session is to end it.
                if let Some(Screen::Paused { task: Task::KeepSession, .. }) = screen {
                    self.signing_out = self.current.take();
                }
            }
            Intent::Register { username, password, .. } => {
                let another = self.asked.as_ref().is_some_and(|asked| asked != username);
                if another || password.as_ref().is_some_and(|p| self.password.as_ref() != Some(p.expose())) {
                    self.leave_names();
                }
                self.asked = Some(username.clone());
                if let Some(password) = password {
                    self.password = Some(password.expose().clone());
                }
            }
            Intent::Forget => {
                for device in self.devices.values_mut() {
                    device.forgotten = true;
                }
                self.signing_out = self.current.take();
            }
            Intent::SignOut { .. } => {
                self.leave_names();
                self.signing_out = self.current.take();
            }
            _ => {}
        }
    }
}
