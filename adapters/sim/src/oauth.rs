//! What the person does at the pages of an authorization server, and what a hostile application tries.

use narthex::{Intent, Offer};
use narthex_sandbox::Person;
use url::Url;

use super::errands::Errand;
use super::law::Broken;
use super::plan::{Goal, MINUTE, PASSWORD, SECOND, STRANGER, VISITOR};
use super::run::{Due, Life};

/// Whether a page asks for an authorization.
pub(super) fn is_authorization(page: &Url) -> bool {
    page.query_pairs().any(|(name, _)| name == "code_challenge")
}

impl Life {
    /// The way in by OAuth 2.0, if that is what the person wants, or all that there is.
    pub(super) fn by_oauth(&mut self) -> Option<Intent> {
        let password = self.plan.goal == Goal::Password && self.offers(Offer::SignInWithPassword);
        let code = self.plan.goal == Goal::DeviceCode || self.person.slips();
        if code && self.offers(Offer::SignInWithDeviceCode) && !password {
            Some(Intent::SignInWithDeviceCode)
        } else if self.offers(Offer::SignInWithBrowser) && !password {
            Some(Intent::SignInWithBrowser)
        } else {
            None
        }
    }

    pub(super) fn at_user_code(&mut self, user_code: String) -> Result<(), Broken> {
        let after = self.chance.between(20 * SECOND, 3 * MINUTE);
        self.look_again(after);
        self.person.waited += 1;
        if self.person.slips() {
            return self.say(Intent::Cancel);
        }
        if self.person.waited % 3 == 1 {
            self.set_out(Errand::Link { user_code });
        }
        if self.offers(Offer::CheckNow) && self.chance.one_in(3) {
            self.say(Intent::CheckNow)
        } else if self.offers(Offer::OpenBrowser) && self.chance.one_in(8) {
            self.say(Intent::OpenBrowser)
        } else {
            Ok(())
        }
    }

    /// The address at which the browser ended up goes in by hand.
    pub(super) fn pastes(&mut self) -> Result<(), Broken> {
        let Some(address) = self.person.callback.take() else { return Ok(()) };
        let after = self.chance.between(SECOND, MINUTE);
        self.look_again(after);
        self.tell(format_args!("the person pastes the address"));
        self.linked(&address, true)
    }

    /// The person opens the page, signs in or makes an account, and lets the application in; or does not.
    pub(super) fn consents(&mut self, page: &Url) {
        let now = self.server_time();
        let (name, is_new) = self.whoever();
        let person = if is_new {
            Person::registering(&name, PASSWORD)
        } else {
            Person::signing_in(&name, self.password_of(&name))
        };
        let declines = self.person.slips();
        let back = if declines {
            self.server.decline(now, page, person)
        } else {
            self.server.consent(now, page, person)
        };
        if is_new && self.server.account(&name).is_some() {
            self.has_account(&name);
        }
        let Some(back) = back else {
            self.tell(format_args!("{name} gets nowhere"));
            return;
        };
        self.person.callback = Some(back.to_string());
        let after = self.chance.between(5, 200);
        self.later(after, Due::Link { address: back.into(), pasted: false });
    }

    fn has_account(&mut self, name: &str) {
        self.person.account = Some(name.to_owned());
        self.person.asked.insert(name.to_owned());
        self.person.password = PASSWORD;
        self.laws.made_in_browser(name, PASSWORD);
    }

    /// The person enters the code that they read, and allows or denies it. Whoever has no account makes one there.
    pub(super) fn links_device(&mut self, user_code: &str) {
        let now = self.server_time();
        let (name, is_new) = self.whoever();
        if is_new {
            self.server.add_account(&name, PASSWORD);
            self.has_account(&name);
        }
        let allows = !self.person.slips();
        let person = Person::signing_in(&name, self.password_of(&name));
        let done = self.server.link_device(now, user_code, person, allows);
        self.tell(format_args!("{name} enters {user_code}, allows it: {allows}, and it is known: {done}"));
    }

    /// As whom they sign in, and whether they make that account.
    fn whoever(&mut self) -> (String, bool) {
        if self.person.wants_again.is_some() && self.person.slips() {
            return (VISITOR.to_owned(), false);
        }
        if let Some(account) = &self.person.account {
            return (account.clone(), false);
        }
        while self.server.account(&self.person.name()).is_some() {
            self.person.next_name(None);
        }
        (self.person.name(), true)
    }

    /// A hostile application has an account of its own, and brings its own code to wherever ours is awaited.
    pub(super) fn intrudes(&mut self, page: &Url, knows_state: bool) -> Option<String> {
        let now = self.server_time();
        let mut own = page.clone();
        let is_ours = |name: &str| !matches!(name, "state" | "code_challenge");
        let mut pairs: Vec<(String, String)> = page.query_pairs().into_owned().collect();
        pairs.retain(|(name, _)| is_ours(name));
        own.query_pairs_mut().clear().extend_pairs(pairs);
        own.query_pairs_mut().append_pair("state", "theirs");
        own.query_pairs_mut().append_pair("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        let back = self.server.consent(now, &own, Person::signing_in(STRANGER, PASSWORD))?;
        let state = page.query_pairs().find(|(name, _)| name == "state")?.1.into_owned();
        let back = back.to_string();
        Some(if knows_state { back.replace("state=theirs", &format!("state={state}")) } else { back })
    }

    /// Whether there is no session by OAuth 2.0.
    pub(super) fn nobody_is_signed_in(&self) -> bool {
        self.server.accounts().all(|account| self.server.oauth_sessions(&account.localpart) == 0)
    }
}
