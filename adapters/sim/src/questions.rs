//! What the person answers to the stages of a registration, and what they do elsewhere for them.

use narthex::{Intent, Medium, Offer, Stage};
use url::Url;

use super::errands::Errand;
use super::law::Broken;
use super::oauth::is_authorization;
use super::plan::{EMAIL, MINUTE, NUMBER, PHONE, SECOND};
use super::run::Life;

impl Life {
    pub(super) fn answer(&mut self, intent: Intent) -> Result<(), Broken> {
        self.person.waited = 0;
        if self.person.slips() { self.say(Intent::Cancel) } else { self.say(intent) }
    }

    pub(super) fn address(&mut self, medium: Medium) -> Intent {
        let slips = self.person.slips();
        match medium {
            Medium::Email => {
                let address =
                    if slips { *self.chance.pick(&["kim@mial.example", "kim at home"]) } else { EMAIL };
                Intent::UseEmail { address: self.person.address(address) }
            }
            Medium::Phone => {
                let number = if slips { *self.chance.pick(&["0170 7654321", "one two"]) } else { PHONE };
                Intent::UsePhone { country: "DE".to_owned(), number: self.person.address(number) }
            }
        }
    }

    pub(super) fn at_confirmation(
        &mut self,
        medium: Medium,
        address: &str,
        code: bool,
        sent: u32,
    ) -> Result<(), Broken> {
        self.person.waited += 1;
        let after = self.chance.between(4 * SECOND, MINUTE);
        self.look_again(after);
        let (right, other) = match medium {
            Medium::Email => (self.person.address(EMAIL), Offer::UseEmail),
            Medium::Phone => (self.person.address(PHONE), Offer::UsePhone),
        };
        if address != right && self.offers(other) {
            self.person.waited = 0;
            let intent = self.address(medium);
            return self.say(intent);
        }
        if self.person.slips() && self.offers(Offer::Cancel) {
            return self.say(Intent::Cancel);
        }
        let overdue = self.person.waited > 4 + sent;
        if code {
            let number = self.person.address(NUMBER);
            let text =
                self.server.texts().iter().rfind(|text| text.to == number).map(|text| text.code.clone());
            if let Some(code) = text.filter(|_| self.offers(Offer::EnterCode) && !overdue) {
                let code = if self.person.slips() { "000000".to_owned() } else { code };
                return self.say(Intent::EnterCode { code: code.as_str().into() });
            }
        } else if let Some(link) = self.new_mail() {
            self.person.opened.insert(link.clone());
            self.set_out(Errand::OpenLink(link));
            return Ok(());
        } else if self.offers(Offer::CheckNow) && self.chance.one_in(3) {
            return self.say(Intent::CheckNow);
        }
        if overdue && self.offers(Offer::Resend) {
            self.person.waited = 0;
            return self.say(Intent::Resend);
        }
        Ok(())
    }

    /// A link that the person has not opened; the newest mail is on top.
    fn new_mail(&self) -> Option<Url> {
        let address = self.person.address(EMAIL);
        let mut mine = self.server.mail().iter().rev().filter(|mail| mail.to == address);
        mine.find(|mail| !self.person.opened.contains(&mail.link)).map(|mail| mail.link.clone())
    }

    pub(super) fn in_browser(&mut self, url: &Url, stage: Option<&Stage>) -> Result<(), Broken> {
        let after = self.chance.between(20 * SECOND, 3 * MINUTE);
        self.look_again(after);
        if self.chance.one_in(self.luck.stranger) {
            self.stranger_calls()?;
        }
        if self.person.callback.is_some() {
            return self.pastes();
        }
        self.person.waited += 1;
        if self.person.slips() && self.offers(Offer::Cancel) {
            return self.say(Intent::Cancel);
        }
        if self.offers(Offer::CheckNow) && self.chance.one_in(4) {
            self.say(Intent::CheckNow)?;
        } else if self.offers(Offer::OpenBrowser) && self.chance.one_in(8) {
            self.say(Intent::OpenBrowser)?;
        } else if self.offers(Offer::SignInWithDeviceCode) && self.chance.one_in(8) {
            return self.say(Intent::SignInWithDeviceCode);
        }
        if self.person.waited % 3 == 1 {
            let user = self.member();
            let errand = match stage {
                Some(_) => Errand::Page(url.clone()),
                None if is_authorization(url) => Errand::Consent { page: url.clone() },
                None => Errand::SignOn { page: url.clone(), user },
            };
            self.set_out(errand);
        }
        Ok(())
    }
}
