//! What the person does with a session, and what they make of its end.

use narthex::{Input, Intent, Offer, Screen};

use super::law::{Broken, Law};
use super::oauth::is_authorization;
use super::plan::{HOUR, MINUTE, SECOND};
use super::run::{Ending, Life};

impl Life {
    pub(super) fn look_after_session(&mut self, screen: &Screen) -> Result<(), Broken> {
        match screen {
            Screen::SignedIn { user_id, device_id, task, checked_at, problem, .. } => {
                self.person.wants_again = None;
                self.person.account = localpart(user_id);
                let since = *self.person.signed_in_at.get_or_insert(self.now);
                self.laws.signed_in(user_id, device_id);
                if self.backup.is_none() && self.luck.restore != 0 && self.summary.refreshes == 0 {
                    self.backup = Some(self.server.clone());
                }
                if task.is_some() {
                    return Ok(());
                }
                if self.now >= since + self.plan.stay {
                    return self.say(Intent::SignOut { everywhere: self.plan.everywhere });
                }
                let is_new = checked_at.is_none() && problem.is_none();
                let after = self.chance.between(MINUTE, 8 * HOUR);
                self.look_again(after.min(since + self.plan.stay - self.now + SECOND));
                if is_new || self.chance.one_in(3) {
                    self.say(Intent::CheckSession)
                } else if self.offers(Offer::Refresh) && self.chance.one_in(6) {
                    self.say(Intent::Refresh)
                } else if self.chance.one_in(6) {
                    self.say(Intent::ListDevices)
                } else if self.offers(Offer::ManageAccount) && self.chance.one_in(6) {
                    self.say(Intent::ManageAccount { action: None, device_id: None })
                } else {
                    Ok(())
                }
            }
            Screen::SessionEnded { user_id, device_id, .. } => {
                self.person.ended = true;
                self.person.account = localpart(user_id);
                if self.rests() {
                    return Ok(());
                }
                // The session was meant to end by now, or is not worth it.
                let over = self.person.signed_in_at.is_some_and(|since| self.now > since + self.plan.stay);
                if over || self.chance.one_in(3) {
                    self.person.wants_again = None;
                    return self.say(Intent::Forget);
                }
                self.person.wants_again = Some(device_id.clone());
                self.say(Intent::SignInAgain)
            }
            Screen::SignedOut { user_id, .. } => {
                if self.person.signed_in_at.is_some() {
                    let ended = self.person.ended;
                    self.person.ending = Some(if ended { Ending::Ended } else { Ending::SignedOut });
                    return Ok(());
                }
                // What they gave up, or could not keep, they come back to.
                self.person.account = localpart(user_id);
                self.say(Intent::UseServer { server: self.server_typed() })
            }
            Screen::Welcome { .. }
            | Screen::Paused { .. }
            | Screen::Busy { .. }
            | Screen::Limited { .. }
            | Screen::Problem { .. }
            | Screen::Choose { .. }
            | Screen::RegisterForm { .. }
            | Screen::Terms { .. }
            | Screen::RegistrationToken { .. }
            | Screen::Address { .. }
            | Screen::Confirmation { .. }
            | Screen::InBrowser { .. }
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
            | Screen::AwaitingApproval { .. } => Ok(()),
        }
    }

    /// Somebody's callback that is not ours: it moves nothing.
    pub(super) fn stranger_calls(&mut self) -> Result<(), Broken> {
        self.flood()?;
        let now = self.engine_time();
        let page = match self.screen() {
            Some(Screen::InBrowser { url, .. }) if is_authorization(url) => Some(url.clone()),
            Some(_) | None => None,
        };
        if let Some(page) = page.as_ref().filter(|_| self.luck.slips > 0)
            && self.chance.one_in(3)
            && let Some(address) = self.intrudes(page, true)
        {
            // Whoever has read our state can spoil a sign-in, but not slip an account of theirs in.
            return self.linked(&address, true);
        }
        let intrusion = page.and_then(|page| self.intrudes(&page, false));
        let Some(engine) = &mut self.engine else { return Ok(()) };
        let before = engine.view();
        let links = [
            "http://127.0.0.1:1/sso/0?loginToken=stolen",
            "https://evil.example/?loginToken=x",
            "about:blank",
        ];
        for link in links.into_iter().map(str::to_owned).chain(intrusion) {
            if !engine.handle(now, Input::Callback(link.as_str().into())).is_empty()
                || engine.view() != before
            {
                return Err(Broken::new(Law::NotOurs, link));
            }
        }
        Ok(())
    }
}

pub(super) fn localpart(user_id: &str) -> Option<String> {
    let (localpart, _) = user_id.strip_prefix('@')?.split_once(':')?;
    Some(localpart.to_owned())
}
