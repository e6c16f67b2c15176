//! Which callback addresses can come?

use narthex::{Callback, Input};
use url::Url;

use crate::page::{callback_of, issuer, parameter};
use crate::step::{Deed, Kind, Step};
use crate::world::{MARK, World};

impl World {
    pub(super) fn links(&self, menu: &mut Vec<Step>) {
        let mut link = |name: &str, link: String, kind| {
            menu.push(self.at(self.now, name, Deed::Input(Input::Callback(Callback::from(link))), kind));
        };
        let token = format!("loginToken={MARK}link-{}-", self.serial);
        if let Some(page) = &self.pages[0] {
            let kind = if self.awaits_callback() { Kind::Answer } else { Kind::Noise };
            for (name, text, is_ours) in self.callbacks(page, &token) {
                link(name, text, if is_ours { kind } else { Kind::Noise });
            }
        }
        if let Some(page) = &self.pages[1] {
            link("link of an earlier page", self.good(page, &token), Kind::Noise);
        }
        if let Some(used) = &self.used_link {
            link("link again", used.clone(), Kind::Noise);
        }
        link("link of somebody else", format!("http://127.0.0.1:49152/sso/0?{token}"), Kind::Noise);
        let code = "http://127.0.0.1:49152/oauth/0123456789abcdef?state=0&code=0";
        link("code of somebody else", code.to_owned(), Kind::Noise);
        link("favicon", "http://127.0.0.1:49152/favicon.ico".to_owned(), Kind::Noise);
        link("junk link", "::: no link :::".to_owned(), Kind::Noise);
    }

    /// Where the page in the browser leads back to.
    pub(crate) fn callback(&self) -> Option<String> {
        self.pages[0].as_ref().and_then(callback_of)
    }

    /// What a page may lead back with, and whether that is for us to judge.
    fn callbacks(&self, page: &Url, token: &str) -> Vec<(&'static str, String, bool)> {
        let Some(callback) = callback_of(page) else { return Vec::new() };
        let good = self.good(page, token);
        let Some(state) = parameter(page, "state") else {
            let elsewhere = callback.replace("127.0.0.1", "evil.example");
            return vec![
                ("link", good, true),
                ("link without a token", format!("{callback}?error=denied"), false),
                ("link with an empty token", format!("{callback}?loginToken="), false),
                ("link from elsewhere", format!("{elsewhere}?{token}"), false),
            ];
        };
        let iss = issuer(page);
        let refused = |error: &str| {
            format!("{callback}?state={state}&iss={iss}&error={error}&error_description=No%0Anow")
        };
        let code = format!("code={}", self.code(page));
        let mut all = vec![
            ("link", good.clone(), true),
            // Some end with an empty fragment.
            ("link and #", format!("{good}#"), true),
            ("link: declined", refused("access_denied"), true),
            ("link: server error", refused("server_error"), true),
            ("link: client refused", refused("unauthorized_client"), true),
            ("link: some other error", refused("invalid_scope"), true),
            ("link: both", format!("{good}&error=access_denied"), true),
            ("link: neither", format!("{callback}?state={state}&iss={iss}"), true),
            ("link: two codes", format!("{good}&{code}"), true),
            ("link: no code", format!("{callback}?state={state}&iss={iss}&code="), true),
            ("link: wrong issuer", format!("{callback}?{code}&state={state}&iss={iss}other"), true),
            ("link: two issuers", format!("{good}&iss={iss}"), true),
            ("link: foreign state", format!("{callback}?{code}&iss={iss}&state={}x", &state[1..]), false),
            ("link: doubled state", format!("{good}&state={state}"), false),
            ("link: no state", format!("{callback}?{code}&iss={iss}"), false),
            ("link: another path", good.replacen('?', "/more?", 1), false),
            ("link: in the fragment", good.replacen('?', "#", 1), false),
        ];
        if callback.starts_with("http") {
            all.extend([
                ("link: another port", good.replacen(":49", ":48", 1), false),
                ("link: another host", good.replacen("127.0.0.1", "evil.example", 1), false),
                ("link: of a user", good.replacen("127.0.0.1", "me@127.0.0.1", 1), false),
            ]);
        }
        all
    }

    /// What a page leads back with when all is well.
    fn good(&self, page: &Url, token: &str) -> String {
        let callback = callback_of(page).unwrap_or_default();
        match parameter(page, "state") {
            Some(state) => {
                format!("{callback}?code={}&state={state}&iss={}", self.code(page), issuer(page))
            }
            None => format!("{callback}?{token}"),
        }
    }

    /// A code that was never seen before, and that names who it is for.
    fn code(&self, page: &Url) -> String {
        format!("{MARK}oauth-code-{}-{}-", page.host_str().unwrap_or_default(), self.serial)
    }
}
