//! Where does the person manage their account? A page that only shows what was asked for (MSC4191).

use narthex::Response;

use crate::answer::{escape, page};
use crate::ask::Ask;
use crate::sandbox::Sandbox;

impl Sandbox {
    pub(crate) fn account_page(&self, ask: Ask<'_>) -> Response {
        let account = self.visitor(ask).and_then(|localpart| self.accounts.find(localpart));
        let who = account.map_or_else(
            || "<p>Nobody is signed in to this browser.</p>".to_owned(),
            |account| format!("<p>You are signed in as <strong>{}</strong>.</p>", escape(&account.user_id)),
        );
        let asked: String = ["action", "device_id"]
            .into_iter()
            .filter_map(|name| Some((name, ask.query(name)?)))
            .map(|(name, value)| format!("<dt>{name}</dt><dd>{}</dd>", escape(&value)))
            .collect();
        page(200, "Your account", &format!("{who}<dl>{asked}</dl>"))
    }
}
