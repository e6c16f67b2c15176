//! What does a screen say?

use narthex::{Policy, Screen, Task, Time};

use crate::named;
use crate::plain::plain;
use crate::text::Text;

impl Text {
    /// What a screen says, a paragraph each. What did not work is told by [`failure`](Self::failure).
    #[must_use]
    pub fn screen(&self, screen: &Screen, now: Time) -> Vec<String> {
        let at = |id: &str, server: &str| self.say(id, &[("server", plain(server).into())]);
        vec![match screen {
            Screen::Welcome { .. } => self.say("screen-welcome", &[]),
            Screen::Paused { server, task, user } => {
                self.of_task("screen-paused", *task, server, user.as_deref())
            }
            Screen::Busy { server, task } => self.task(*task, server),
            Screen::Limited { server, until, .. } => self.limited(server, *until, now),
            Screen::Problem { .. } => self.say("screen-problem", &[]),
            Screen::Choose { report, .. } => at("screen-choose", &report.server),
            Screen::RegisterForm { server, .. } => at("screen-register-form", server),
            Screen::Terms { progress, policies, .. } => {
                let mut lines = vec![at("screen-terms", &progress.server)];
                lines.extend(policies.iter().map(|policy| self.policy(policy)));
                return lines;
            }
            Screen::RegistrationToken { progress, .. } => at("screen-registration-token", &progress.server),
            Screen::Address { progress, medium, .. } => {
                let medium = self.medium(*medium);
                let values = [("server", plain(&progress.server).into()), ("medium", medium.into())];
                self.say("screen-address", &values)
            }
            Screen::Confirmation { address, sent, .. } => {
                let asks = self.say("screen-confirmation", &[("address", plain(address).into())]);
                return vec![asks, self.say("sent-times", &[("sent", (*sent).into())])];
            }
            Screen::InBrowser { url, .. } => {
                return vec![self.say("screen-in-browser", &[]), url.to_string()];
            }
            Screen::UserCode { user_code, verification_uri, .. } => {
                let asks = self.say("screen-user-code", &[]);
                return vec![asks, verification_uri.to_string(), self.user_code(user_code)];
            }
            Screen::AwaitingApproval { server, username } => {
                let values = [("server", plain(server).into()), ("username", plain(username).into())];
                self.say("screen-awaiting-approval", &values)
            }
            Screen::SignedIn { task: Some(task), homeserver, .. } => {
                self.task(*task, homeserver.host_str().unwrap_or_default())
            }
            Screen::SignedIn { task: None, user_id, .. } => self.whose("screen-signed-in", user_id),
            Screen::SessionEnded { user_id, .. } => self.whose("screen-session-ended", user_id),
            Screen::SignedOut { user_id, .. } => self.whose("screen-signed-out", user_id),
        }]
    }

    /// A message about an unfinished flow, by what was being done in it; where it is known whose it is, the message
    /// with `-of` at its end.
    #[must_use]
    pub fn of_task(&self, id: &str, task: Task, server: &str, user: Option<&str>) -> String {
        let task = named::name(&task);
        let mut values = vec![("task", task.into()), ("server", plain(server).into())];
        let Some(user) = user else { return self.say(id, &values) };
        values.push(("user", plain(user).into()));
        self.say(&format!("{id}-of"), &values)
    }

    fn whose(&self, id: &str, user_id: &str) -> String {
        self.say(id, &[("user", plain(user_id).into())])
    }

    /// A server is rate limiting, until then.
    fn limited(&self, server: &str, until: Time, now: Time) -> String {
        let seconds = now.until(until).as_millis().div_ceil(1000);
        let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
        self.say("screen-limited", &[("server", plain(server).into()), ("seconds", seconds.into())])
    }

    /// One of the policies to accept.
    fn policy(&self, policy: &Policy) -> String {
        let id = if policy.version.is_empty() { "policy-without-version" } else { "policy" };
        self.say(
            id,
            &[
                ("name", plain(&policy.name).into()),
                ("version", plain(&policy.version).into()),
                ("url", policy.url.to_string().into()),
            ],
        )
    }

    /// A user code (RFC 8628 §6.1) as it has to be typed, which is what one copies; servers may not take the gaps.
    #[must_use]
    pub fn user_code(&self, code: &str) -> String {
        let code = plain(code);
        match grouped(&code) {
            Some(grouped) => {
                self.say("user-code-grouped", &[("code", code.into()), ("grouped", grouped.into())])
            }
            None => self.say("user-code", &[("code", code.into())]),
        }
    }

    /// Where a session is stored, by the name of the place: `keyring`, `passphrase_file`, `key_file` or `memory`, and
    /// the folder if it is a file.
    #[must_use]
    pub fn stored(&self, place: &str, folder: &str) -> String {
        self.say(&format!("stored-{}", place.replace('_', "-")), &[("place", folder.into())])
    }
}

/// As it is easiest to read aloud, where that is not as it is typed.
fn grouped(code: &str) -> Option<String> {
    let is_one_word = code.chars().all(|c| c.is_ascii_alphanumeric());
    let size = if code.len().is_multiple_of(4) { 4 } else { 3 };
    if !is_one_word || code.len() < 6 {
        return None;
    }
    let letters: Vec<char> = code.chars().collect();
    Some(letters.chunks(size).map(|group| group.iter().collect()).collect::<Vec<String>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_grouped_for_reading_where_that_is_not_how_it_is_typed() {
        assert_eq!(grouped("ABCDEFGH").as_deref(), Some("ABCD EFGH"));
        assert_eq!(grouped("ABCDEF").as_deref(), Some("ABC DEF"));
        assert_eq!(grouped("ABCD-EFGH"), None);
    }
}
