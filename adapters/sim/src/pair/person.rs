//! What does the person do, who has both devices before them?
#![expect(clippy::wildcard_enum_match_arm, reason = "what two people do at the other screens is look again")]

use narthex::{Input, Intent, ScannedCode, Screen, Time};
use narthex_sandbox::Person;

use super::Pair;
use super::server::{PASSWORD, USER};

impl Pair {
    /// The person looks at the screen, and does what it offers.
    pub(super) fn look(&mut self, at: usize) -> Result<(), String> {
        let view = self.devices[at].engine.view();
        let other = self.devices[1 - at].engine.view();
        let shows = self.shows == self.devices[at].role;
        let begin = match shows {
            true => Intent::ShowCode { generation: Some(self.generation) },
            false => Intent::ScanCode,
        };
        let seconds = 1 + self.luck.slowness;
        let intent = match &view.screen {
            Screen::Welcome { problem: None, .. } => {
                Intent::UseServer { server: "https://matrix.example.org/".to_owned() }
            }
            Screen::Welcome { problem: Some(_), .. } if !self.begun => Intent::Retry,
            Screen::Choose { problem: None, .. } => {
                self.begun = true;
                begin
            }
            Screen::SignedIn { task: None, .. } if at == 0 && self.linked.is_none() && !self.handed => begin,
            Screen::Paused { .. } => Intent::Continue,
            Screen::Warning { .. } => Intent::Understood,
            Screen::Scanner { .. } => match &other.screen {
                Screen::QrCode { payload, .. } => {
                    Intent::UseCode { payload: ScannedCode::from_bytes(&payload.to_bytes()) }
                }
                _ => return self.look_again(at),
            },
            Screen::EnterCheckCode { .. } => match &other.screen {
                Screen::CheckCode { check_code, .. } => {
                    Intent::EnterCode { code: check_code.as_str().into() }
                }
                _ => return self.look_again(at),
            },
            Screen::ConfirmServer { .. } | Screen::ConfirmAccount { .. } => Intent::Confirm,
            Screen::Consent { .. } => Intent::OpenBrowser,
            Screen::UserCode { user_code, .. } if at == 1 && !self.consented => {
                let person = Person::signing_in(USER, PASSWORD);
                self.consented = self.server.link_device(Time(self.now), user_code, person, true);
                let said = format!("consents: {}", self.consented);
                self.tell(at, &said);
                return Ok(());
            }
            Screen::Linked { verified, .. } => {
                self.linked = Some(*verified);
                Intent::Continue
            }
            _ => return Ok(()),
        };
        if !view.offers.contains(intent.offer()) {
            return Err(format!("{:?} is not on offer at {:?}", intent.offer(), view.screen));
        }
        self.now += seconds;
        self.tell(at, &format!("says {:?}", intent.offer()));
        self.hear(at, Input::Intent(intent))
    }

    fn look_again(&mut self, at: usize) -> Result<(), String> {
        self.look_later(at, 200);
        Ok(())
    }
}
