//! What does a stranger do, who has seen the code, or lets theirs be scanned?
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "what a stranger does at the other screens is look again"
)]

use narthex::{Input, Intent, QrPayload, Role, ScannedCode, Screen, Time};
use narthex_sandbox::Person;

use super::law::PairBroken;
use super::luck::Stranger;
use super::server::{PASSWORD, STRANGER};
use super::{EXISTING, NEW, Pair, STRANGE};

impl Pair {
    /// Whose code device `at` has scanned.
    pub(super) fn shower_for(&self, at: usize) -> usize {
        match (self.luck.stranger, at) {
            (Some(Stranger::Shows | Stranger::Leaves), EXISTING | NEW) => STRANGE,
            (Some(Stranger::Shows | Stranger::Leaves), _) => self.scanner(),
            (Some(Stranger::Scans) | None, _) => self.shower(),
        }
    }

    pub(super) fn is_strangers_code(&self) -> bool {
        self.luck.stranger.is_some_and(Stranger::shows)
    }

    /// Of the person's devices, the one that shows a code.
    pub(super) const fn shower(&self) -> usize {
        match self.shows {
            Role::Existing => EXISTING,
            Role::New => NEW,
        }
    }

    /// Of the person's devices, the one that scans.
    pub(super) const fn scanner(&self) -> usize {
        1 - self.shower()
    }

    /// The code that is on the screen of this device.
    pub(super) fn code_of(&self, at: usize) -> Option<QrPayload> {
        match &self.devices[at].screen {
            Screen::QrCode { payload, .. } => Some(payload.clone()),
            _ => None,
        }
    }

    /// The stranger looks at their screen, and goes on where they can.
    pub(super) fn strange(&mut self) -> Result<(), PairBroken> {
        let view = self.devices[STRANGE].engine.view();
        let scans = self.luck.stranger == Some(Stranger::Scans);
        let begin = match scans {
            true => Intent::ScanCode,
            false => Intent::ShowCode { generation: Some(self.generation) },
        };
        // Whom they talk to.
        let victim = if scans { self.shower() } else { self.scanner() };
        let intent = match view.screen {
            Screen::Welcome { problem: None, .. } => {
                Intent::UseServer { server: "https://matrix.example.org/".to_owned() }
            }
            Screen::Choose { problem: None, .. } | Screen::SignedIn { task: None, .. }
                if !self.devices[STRANGE].begun =>
            {
                self.devices[STRANGE].begun = true;
                begin
            }
            Screen::Warning { .. } => Intent::Understood,
            Screen::Scanner { problem: None, .. } => match self.code_of(victim) {
                Some(payload) => Intent::UseCode { payload: ScannedCode::from_bytes(&payload.to_bytes()) },
                None => return self.look_again(STRANGE),
            },
            // They can compute it.
            Screen::EnterCheckCode { .. } => match &self.devices[victim].screen {
                Screen::CheckCode { check_code, .. } => {
                    Intent::EnterCode { code: check_code.as_str().into() }
                }
                _ => return self.look_again(STRANGE),
            },
            Screen::Consent { .. } => Intent::OpenBrowser,
            // They let in whom they have a code of, into their own account.
            Screen::InBrowser { role: Some(Role::Existing), .. } => {
                if let Screen::UserCode { user_code, .. } = &self.devices[NEW].screen {
                    let person = Person::signing_in(STRANGER, PASSWORD);
                    let is_in = self.server.link_device(Time(self.now), user_code, person, true);
                    self.tell(STRANGE, format_args!("lets the new device into their account: {is_in}"));
                    if self.luck.stranger == Some(Stranger::Leaves) {
                        return self.hear(STRANGE, Input::Intent(Intent::Cancel));
                    }
                    return Ok(());
                }
                return self.look_again(STRANGE);
            }
            Screen::UserCode { user_code, .. } => {
                let person = Person::signing_in(STRANGER, PASSWORD);
                self.server.link_device(Time(self.now), &user_code, person, true);
                return Ok(());
            }
            Screen::ConfirmAccount { .. } => Intent::Confirm,
            _ => return Ok(()),
        };
        if !view.offers.contains(intent.offer()) {
            return Ok(());
        }
        self.tell(STRANGE, format_args!("says {:?}", intent.offer()));
        self.hear(STRANGE, Input::Intent(intent))
    }
}
