//! Who is signed in to the pages? Each browser has a cookie.

use std::collections::BTreeMap;

use narthex::{Response, Time};

use crate::answer::see_other;
use crate::ask::Ask;
use crate::sandbox::Sandbox;

/// The most browsers kept; the oldest are forgotten first.
const MOST_BROWSERS: usize = 1000;

const COOKIE: &str = "session";

/// The localpart of each browser by its cookie; an earlier one comes first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Browsers(BTreeMap<String, String>);

impl Sandbox {
    /// Who is signed in to this browser.
    pub(crate) fn visitor(&self, ask: Ask<'_>) -> Option<&str> {
        let localpart = self.oauth.browsers.0.get(ask.cookie(COOKIE)?)?;
        let account = self.accounts.find(localpart)?;
        (!account.deactivated).then_some(localpart)
    }

    /// Signs this browser in, and sends it on.
    pub(crate) fn welcome(&mut self, now: Time, localpart: &str, to: &str) -> Response {
        let cookie = format!("{}{}", self.chance.ulid(now), self.chance.letters(24));
        let browsers = &mut self.oauth.browsers.0;
        if browsers.len() >= MOST_BROWSERS {
            browsers.pop_first();
        }
        browsers.insert(cookie.clone(), localpart.to_owned());
        let mut response = see_other(to);
        response.headers.push((
            "set-cookie".to_owned(),
            format!("{COOKIE}={cookie}; Path={}; HttpOnly; SameSite=Lax", self.cookie_path()),
        ));
        response
    }

    /// Signs this browser out, and sends it on.
    pub(crate) fn farewell(&mut self, ask: Ask<'_>, to: &str) -> Response {
        if let Some(cookie) = ask.cookie(COOKIE) {
            self.oauth.browsers.0.remove(cookie);
        }
        see_other(to)
    }

    fn cookie_path(&self) -> String {
        let address = self.config.oauth_address("");
        let origin = self.config.base_url.origin().ascii_serialization();
        address.strip_prefix(&origin).unwrap_or("/").to_owned()
    }
}
