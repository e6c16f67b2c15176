//! What the person does away from the program: in their mailbox, on the server's pages, at the provider.

use narthex_sandbox::browser;
use url::Url;

use super::plan::{MEMBER, MINUTE, SECOND, VISITOR};
use super::run::{Due, Life};

const SSO_FORM: &str = "https://matrix.example.org/_sandbox/sso";

/// Something that takes a while.
#[derive(Debug)]
pub(super) enum Errand {
    /// Opening the link in a mail.
    OpenLink(Url),
    /// Doing what the page of a stage asks.
    Page(Url),
    /// Signing on at a provider, as this user.
    SignOn { page: Url, user: &'static str },
    /// Letting the application in, at an authorization server.
    Consent { page: Url },
    /// Entering a code there, on another device.
    Link { user_code: String },
    /// The administrator looks through the new accounts.
    Approve,
}

impl Life {
    /// Sets out; sometimes life comes in between.
    pub(super) fn set_out(&mut self, errand: Errand) {
        let slowness = if self.chance.one_in(self.luck.slow) { 50 * MINUTE } else { MINUTE };
        let after = self.chance.between(2 * SECOND, slowness);
        self.later(after, Due::Errand(errand));
    }

    pub(super) fn run_errand(&mut self, errand: Errand) {
        self.tell(format_args!("errand: {errand:?}"));
        let now = self.server_time();
        // The browser has its own bad luck; the person will look again.
        if self.chance.one_in(self.luck.lose) {
            self.tell(format_args!("the page does not load"));
            return;
        }
        match errand {
            Errand::OpenLink(link) => {
                self.server.answer(now, &browser::open(&link));
            }
            Errand::Page(page) => {
                let session = page.query_pairs().find(|(key, _)| key == "session");
                let session = session.map(|(_, session)| session.into_owned()).unwrap_or_default();
                let captcha = if self.person.slips() { "no-robot-at-all" } else { "good-captcha" };
                let fields = [("session", session.as_str()), ("g-recaptcha-response", captcha)];
                self.server.answer(now, &browser::open(&page));
                self.server.answer(now, &browser::submit(&page, &fields));
            }
            Errand::SignOn { page, user } => {
                let Some(back) = page.query_pairs().find(|(key, _)| key == "redirectUrl") else { return };
                if let Some(address) = self.login_token(back.1.as_ref(), user) {
                    self.person.callback = Some(address.clone());
                    let after = self.chance.between(5, 200);
                    self.later(after, Due::Link { address, pasted: false });
                }
            }
            Errand::Consent { page } => self.consents(&page),
            Errand::Link { user_code } => self.links_device(&user_code),
            Errand::Approve => {
                let waiting: Vec<String> = self.server.accounts().map(|a| a.localpart.clone()).collect();
                for account in waiting {
                    self.server.approve(&account);
                }
                self.person.approved = true;
            }
        }
    }

    /// Where the provider sends the browser back to, with a login token.
    pub(super) fn login_token(&mut self, back: &str, user: &str) -> Option<String> {
        let now = self.server_time();
        let form = SSO_FORM.parse().expect("an address");
        let answer =
            self.server.answer(now, &browser::submit(&form, &[("redirectUrl", back), ("username", user)]));
        answer.header("location").map(str::to_owned)
    }

    pub(super) fn member(&mut self) -> &'static str {
        if self.person.wants_again.is_some() && self.person.slips() { VISITOR } else { MEMBER }
    }
}
