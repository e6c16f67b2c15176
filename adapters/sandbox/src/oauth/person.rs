//! What would a person do at the pages? For tests and simulations, which have no browser.

use std::fmt;

use narthex::{Response, Time};
use url::Url;

use crate::browser::{self, Jar};
use crate::sandbox::Sandbox;

use super::settings::PREFIX;

/// The most pages that a person goes through.
const MOST_PAGES: usize = 8;

/// A person, and how they get into their account.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Person<'a> {
    /// What they type as their username.
    pub username: &'a str,
    /// What they type as their password.
    pub password: &'a str,
    /// Whether they create the account, and do not sign in to one.
    pub is_new: bool,
}

impl<'a> Person<'a> {
    /// Signs in to an account that exists.
    #[must_use]
    pub const fn signing_in(username: &'a str, password: &'a str) -> Self {
        Self { username, password, is_new: false }
    }

    /// Creates an account.
    #[must_use]
    pub const fn registering(username: &'a str, password: &'a str) -> Self {
        Self { username, password, is_new: true }
    }

    fn credentials(&self) -> [(&str, &str); 3] {
        let action = if self.is_new { "create" } else { "login" };
        [("do", action), ("username", self.username), ("password", self.password)]
    }
}

impl fmt::Debug for Person<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let does = if self.is_new { "registers" } else { "signs in" };
        write!(f, "{} {does}", self.username)
    }
}

/// What people do, without their pages. All of it goes through [`Sandbox::answer`].
impl Sandbox {
    /// Opens an authorization request, signs in, and lets the application in: the callback address.
    ///
    /// Nobody is signed in to their browser yet. `None` if the person gets nowhere: the request is refused on a page, the password is wrong, the name is
    /// taken, or the server fails to ask them.
    pub fn consent(&mut self, now: Time, authorization_url: &Url, person: Person<'_>) -> Option<Url> {
        self.consent_in(now, &mut Jar::default(), authorization_url, person)
    }

    /// As [`consent`](Self::consent), in a browser in which somebody may be signed in from before. They are not
    /// asked again who they are, and the session is then theirs.
    pub fn consent_in(
        &mut self,
        now: Time,
        jar: &mut Jar,
        authorization_url: &Url,
        person: Person<'_>,
    ) -> Option<Url> {
        self.decide(now, jar, authorization_url, person, "consent")
    }

    /// Opens an authorization request, signs in, and cancels: the callback address.
    pub fn decline(&mut self, now: Time, authorization_url: &Url, person: Person<'_>) -> Option<Url> {
        self.decide(now, &mut Jar::default(), authorization_url, person, "cancel")
    }

    fn decide(
        &mut self,
        now: Time,
        jar: &mut Jar,
        page: &Url,
        person: Person<'_>,
        decision: &str,
    ) -> Option<Url> {
        let mut page = page.clone();
        for _ in 0..MOST_PAGES {
            let response = self.visit(now, jar, &page, person, &[("do", decision)]);
            let next = location(&response)?;
            if !self.is_own_page(&next) {
                return Some(next);
            }
            page = next;
        }
        None
    }

    /// Types the code of a device, signs in, and allows or denies it. Whether the server took the answer.
    pub fn link_device(&mut self, now: Time, user_code: &str, person: Person<'_>, allow: bool) -> bool {
        let mut jar = Jar::default();
        let decision: &[(&str, &str)] =
            if allow { &[("do", "consent"), ("confirm_device", "on")] } else { &[("do", "cancel")] };
        let Ok(link) = Url::parse(&self.config.oauth_address("link")) else { return false };
        let typed = self.answer(now, &browser::submit(&link, &[("code", user_code)]));
        let mut page = location(&typed);
        for _ in 0..MOST_PAGES {
            let Some(at) = page else { return false };
            let response = self.visit(now, &mut jar, &at, person, decision);
            if at.path().contains("/device/") && response.status == 200 {
                return true;
            }
            page = location(&response);
        }
        false
    }

    /// Opens a page, and submits its form if it has one.
    fn visit(
        &mut self,
        now: Time,
        jar: &mut Jar,
        page: &Url,
        person: Person<'_>,
        decision: &[(&str, &str)],
    ) -> Response {
        let shown = self.answer(now, &jar.carry(browser::open(page)));
        jar.keep(&shown);
        if shown.status != 200 {
            return shown;
        }
        let form = if page.path().ends_with("/login") || page.path().ends_with("/register") {
            browser::submit(page, &person.credentials())
        } else {
            browser::submit(page, decision)
        };
        let answered = self.answer(now, &jar.carry(form));
        jar.keep(&answered);
        answered
    }

    fn is_own_page(&self, url: &Url) -> bool {
        url.origin() == self.config.base_url.origin()
            && url.path().trim_start_matches('/').starts_with(PREFIX)
    }
}

fn location(response: &Response) -> Option<Url> {
    Url::parse(response.header("location")?).ok()
}

/// What tests and simulations look at, to see that nothing is left behind.
impl Sandbox {
    /// How many OAuth sessions of this account are alive.
    #[must_use]
    pub fn oauth_sessions(&self, localpart: &str) -> usize {
        self.oauth.sessions.iter().filter(|session| session.localpart == localpart).count()
    }

    /// How many OAuth access tokens were ever given out, each with its refresh token.
    #[must_use]
    pub const fn oauth_tokens_issued(&self) -> u64 {
        self.oauth.sessions.issued()
    }

    /// How many OAuth clients are known.
    #[must_use]
    pub fn oauth_clients(&self) -> usize {
        self.oauth.clients.count()
    }
}

/// What an administrator can do.
impl Sandbox {
    /// Ends every OAuth session of an account, and its devices with them.
    pub fn end_sessions(&mut self, localpart: &str) {
        for id in self.oauth.sessions.ids_of(|session| session.localpart == localpart) {
            self.close_session(&id);
        }
    }

    /// Forgets every client, as a server may that cleans up; sessions live on, but cannot be renewed.
    pub fn forget_clients(&mut self) {
        self.oauth.clients.forget_all();
    }
}
