//! Which flags lead nowhere on a server's card?

use narthex::{Intent, Offer, RegistrationSupport, Screen, View};
use narthex_app::Goal;

use super::Script;
use crate::args::SignIn;

impl Script {
    /// Whether the flags say a way in that is none here, on a card where nothing has gone wrong yet.
    pub(crate) fn is_in_vain(&self, view: &View) -> bool {
        let SignIn { sso, browser, device, paste, qr, scan, .. } = &self.flags;
        let says_one = *browser || *device || *paste || *qr || sso.is_some() || scan.is_some();
        says_one
            && self.goal == Goal::SignIn
            && matches!(view.screen, Screen::Choose { problem: None, .. })
            && self.intent(view).is_none_or(|intent| !view.offers.contains(intent.offer()))
    }

    /// The flags that are of no use for what `intent` begins.
    pub(crate) fn unused(&self, view: &View, intent: &Intent) -> Vec<&'static str> {
        let Screen::Choose { report, .. } = &view.screen else { return Vec::new() };
        let SignIn { username, password_stdin, registration_token, accept_terms, email, device_name, .. } =
            &self.flags;
        let SignIn { browser, device, paste, sso, .. } = &self.flags;
        let (by_token, is_there) = (self.is_by_token(), self.access_token.is_some());
        let registers = intent.offer() == Offer::CreateAccount;
        let in_browser = registers && report.registration == RegistrationSupport::InBrowser;
        let is_whole = username.as_deref().is_some_and(|user| user.trim().starts_with('@'));
        let given = [
            ("--browser", *browser && by_token),
            ("--device", *device && by_token),
            ("--paste", *paste && by_token),
            ("--sso", sso.is_some() && by_token),
            // The device of that session has its name.
            ("--device-name", device_name.is_some() && is_there),
            (
                "--username",
                username.is_some() && (in_browser || (self.is_elsewhere() && !is_whole && !is_there)),
            ),
            ("--password-stdin", *password_stdin && (in_browser || self.is_elsewhere())),
            ("--registration-token", registration_token.is_some() && in_browser),
            ("--email", email.is_some() && in_browser),
            ("--accept-terms", *accept_terms && in_browser),
        ];
        given.into_iter().filter_map(|(flag, is_unused)| is_unused.then_some(flag)).collect()
    }
}
