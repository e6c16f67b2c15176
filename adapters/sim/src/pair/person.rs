//! What does the person do, who has both devices before them?
#![expect(clippy::wildcard_enum_match_arm, reason = "what two people do at the other screens is look again")]

use narthex::{Input, Intent, ScannedCode, Screen, Time};
use narthex_sandbox::Person;

use super::law::{PairBroken, PairLaw, broken};
use super::server::{PASSWORD, USER, USER_ID};
use super::{EXISTING, NEW, Pair, STRANGE};

/// After how long somebody gives up who sees that the other device does not go on, in milliseconds.
const PATIENCE: u64 = 30_000;

impl Pair {
    /// The person looks at the screen, and does what it offers.
    pub(super) fn look(&mut self, at: usize) -> Result<(), PairBroken> {
        if at == STRANGE {
            return self.strange();
        }
        let view = self.devices[at].engine.view();
        let other = self.devices[1 - at].screen.clone();
        let begin = match at == self.shower() {
            true => Intent::ShowCode { generation: Some(self.generation) },
            false => Intent::ScanCode,
        };
        let decides = matches!(view.screen, Screen::ConfirmAccount { .. });
        let cancels = !decides && view.offers.contains(Intent::Cancel.offer()) && self.devices[at].begun;
        if cancels && (self.devices[at].gives_up || self.is_in_vain(at, &view.screen, &other)) {
            return self.cancel(at, &view.screen);
        }
        let intent = match &view.screen {
            Screen::Welcome { problem: None, .. } => {
                Intent::UseServer { server: "https://matrix.example.org/".to_owned() }
            }
            Screen::Welcome { problem: Some(_), .. } if !self.devices[at].begun => Intent::Retry,
            Screen::Choose { .. } if !self.devices[at].begun => {
                // What was lost of what the server can do is asked for again.
                if view.offers.contains(begin.offer()) { begin } else { Intent::Retry }
            }
            Screen::SignedIn { task: None, .. }
                if at == EXISTING && !self.devices[at].begun && self.linked.is_none() =>
            {
                begin
            }
            Screen::Paused { .. } => Intent::Continue,
            Screen::Warning { .. } => Intent::Understood,
            Screen::Scanner { .. } => match self.code_of(self.shower_for(at)) {
                Some(payload) => Intent::UseCode { payload: ScannedCode::from_bytes(&payload.to_bytes()) },
                None => return self.look_again(at),
            },
            Screen::EnterCheckCode { .. } => match &other {
                Screen::CheckCode { check_code, .. } => return self.enter(at, check_code),
                _ => return self.look_again(at),
            },
            Screen::ConfirmServer { .. } => Intent::Confirm,
            Screen::ConfirmAccount { .. } if self.now < self.devices[at].since + self.luck.thinks => {
                let after = self.devices[at].since + self.luck.thinks - self.now;
                self.look_later(at, after);
                return Ok(());
            }
            Screen::ConfirmAccount { user_id, .. } if user_id == USER_ID => Intent::Confirm,
            // Not theirs.
            Screen::ConfirmAccount { .. } => {
                self.unwanted = true;
                Intent::Cancel
            }
            // Who has no channel on their own new device has not asked for this.
            Screen::Consent { device_id, .. } if !self.is_strangers_code() => {
                self.books.consents(at, device_id);
                Intent::OpenBrowser
            }
            Screen::Consent { .. } => Intent::Cancel,
            Screen::InBrowser { url, .. } if at == EXISTING && self.luck.decides_at_once => {
                let code = url.query_pairs().find(|(name, _)| name == "code");
                if let Some((_, code)) = code {
                    self.decide(at, &code);
                }
                return Ok(());
            }
            Screen::UserCode { user_code, .. } if at == NEW => {
                self.decide(at, user_code);
                return Ok(());
            }
            Screen::Linked { verified, .. } => {
                self.linked = Some(*verified);
                Intent::Continue
            }
            _ => return Ok(()),
        };
        self.devices[at].begun |= matches!(intent, Intent::ShowCode { .. } | Intent::ScanCode);
        self.say(at, intent)
    }

    /// What the user does on the page that is about this code.
    fn decide(&mut self, at: usize, user_code: &str) {
        // Who has shown their code to a stranger has no page of theirs.
        if self.consented || self.is_strangers_code() {
            return;
        }
        let (person, allow) = (Person::signing_in(USER, PASSWORD), !self.luck.declines);
        self.consented = self.server.link_device(Time(self.now), user_code, person, allow);
        self.tell(at, format_args!("consents: {allow}"));
    }

    /// The one attempt at the check code.
    fn enter(&mut self, at: usize, shown: &str) -> Result<(), PairBroken> {
        let mut code = shown.to_owned();
        if self.luck.slips {
            let last = if code.ends_with('7') { "8" } else { "7" };
            code.replace_range(1.., last);
        }
        let is_right = code == shown;
        self.say(at, Intent::EnterCode { code: code.as_str().into() })?;
        if is_right {
            self.books.enters(at);
        } else if self.luck.is_heard() {
            self.books.ends(self.now, PairLaw::WrongCode);
        }
        Ok(())
    }

    fn cancel(&mut self, at: usize, screen: &Screen) -> Result<(), PairBroken> {
        self.say(at, Intent::Cancel)?;
        // The new device cannot be told while its user may be consenting: it goes on alone (ADR 21). What was handed over
        // is there.
        let is_alone = matches!(screen, Screen::InBrowser { .. }) || self.handed;
        if self.luck.is_heard() && self.luck.stranger.is_none() && self.have_met() && !is_alone {
            self.books.ends(self.now, PairLaw::CancelUnheard);
        }
        Ok(())
    }

    /// Both know the cell: neither has still to scan.
    fn have_met(&self) -> bool {
        let screen = &self.devices[self.scanner()].screen;
        !matches!(screen, Screen::Warning { .. } | Screen::Scanner { .. } | Screen::ConfirmServer { .. })
            && self.wiretap.has_written(self.scanner())
    }

    /// The other device does not go on, and this one waits for it.
    fn is_in_vain(&self, at: usize, screen: &Screen, other: &Screen) -> bool {
        let waited = self.now.saturating_sub(self.devices[at].since);
        let no_code = matches!(screen, Screen::EnterCheckCode { .. })
            && !matches!(other, Screen::CheckCode { .. })
            && waited > 2 * PATIENCE;
        no_code || (waited > PATIENCE && (self.is_at_rest(1 - at) || self.luck.stranger.is_some()))
    }

    fn say(&mut self, at: usize, intent: Intent) -> Result<(), PairBroken> {
        let view = self.devices[at].engine.view();
        if !view.offers.contains(intent.offer()) {
            return broken(
                PairLaw::Person,
                format!("{:?} is not on offer at {:?}", intent.offer(), view.screen),
            );
        }
        self.now += 1;
        self.tell(at, format_args!("says {:?}", intent.offer()));
        self.hear(at, Input::Intent(intent))
    }

    pub(super) fn look_again(&mut self, at: usize) -> Result<(), PairBroken> {
        self.look_later(at, 500);
        Ok(())
    }
}
