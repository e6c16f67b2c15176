//! What does a screen say?

use narthex::{CannotVerify, Policy, Role, Screen, Task, Time, Trust, WarningAbout};

use crate::named;
use crate::plain::{id as id_of, plain};
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
            Screen::InBrowser { url, role, .. } => {
                let id = if role.is_some() { "screen-in-browser-for-device" } else { "screen-in-browser" };
                return vec![self.say(id, &[]), url.to_string()];
            }
            Screen::UserCode { user_code, verification_uri, role, keys_until, .. } => {
                let id = if role.is_some() { "screen-user-code-from-device" } else { "screen-user-code" };
                let asks = self.say(id, &[]);
                let mut lines = vec![asks, verification_uri.to_string(), self.user_code(user_code)];
                if role.is_some() && keys_until.is_none() {
                    lines.push(self.say("user-code-without-keys", &[]));
                }
                return lines;
            }
            Screen::Warning { role, about, unverified, .. } => {
                let id = match (about, role) {
                    (WarningAbout::Link, _) => "screen-warning-link",
                    (WarningAbout::Scan, Role::Existing) => "screen-warning-existing-scan",
                    (WarningAbout::Scan, Role::New) => "screen-warning",
                };
                let lines = [unverified.then_some("screen-without-encryption"), Some(id)];
                return lines.into_iter().flatten().map(|id| self.say(id, &[])).collect();
            }
            Screen::Scanner { .. } => self.say("screen-scanner", &[]),
            Screen::QrCode { unverified, .. } => {
                let lines = [unverified.then_some("screen-without-encryption"), Some("screen-qr-code")];
                return lines.into_iter().flatten().map(|id| self.say(id, &[])).collect();
            }
            Screen::CheckCode { check_code, role, .. } => {
                let id = match role {
                    Role::New => "screen-check-code",
                    Role::Existing => "screen-check-code-existing",
                };
                self.say(id, &[("code", check_code.clone().into())])
            }
            Screen::EnterCheckCode { .. } => self.say("screen-enter-check-code", &[]),
            Screen::ConfirmServer { server, found } => {
                let values = [("server", plain(server).into()), ("found", id_of(found).into())];
                self.say("screen-confirm-server", &values)
            }
            Screen::Consent { user_id, device_id, verification_uri, elsewhere, .. } => {
                let host = verification_uri.host_str().unwrap_or_default();
                let values = [
                    ("device", id_of(device_id).into()),
                    ("user", id_of(user_id).into()),
                    ("host", id_of(host).into()),
                ];
                // The address comes with the page itself: whoever opens it before has no code yet.
                let mut lines = vec![self.say("screen-consent", &values)];
                if *elsewhere {
                    lines.push(self.say("consent-elsewhere", &[]));
                }
                return lines;
            }
            Screen::ConfirmAccount { user_id, .. } => self.whose("screen-confirm-account", user_id),
            Screen::Linked { user_id, device_id, verified, .. } => {
                let values = [("device", id_of(device_id).into()), ("user", id_of(user_id).into())];
                let verified = if *verified { "linked-verified" } else { "linked-unverified" };
                return vec![self.say("screen-linked", &values), self.say(verified, &[])];
            }
            Screen::AwaitingApproval { server, username } => {
                let values = [("server", plain(server).into()), ("username", id_of(username).into())];
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

    /// Whether others see this device as one of its owner's.
    #[must_use]
    pub fn trust(&self, trust: &Trust) -> String {
        let id = match trust {
            Trust::Verified { backup: true } => "trust-verified",
            Trust::Verified { backup: false } => "trust-verified-without-backup",
            Trust::NeedsVerification { .. } => "trust-needs-verification",
            Trust::NoIdentity => "trust-no-identity",
            Trust::CannotVerify { why } => match why {
                CannotVerify::NoEncryption => "trust-cannot-verify-no-encryption",
                CannotVerify::NoSecrets => "trust-cannot-verify-no-secrets",
                CannotVerify::SecretsDoNotMatch => "trust-cannot-verify-secrets-do-not-match",
                CannotVerify::Server => "trust-cannot-verify-server",
                CannotVerify::Storage => "trust-cannot-verify-storage",
            },
        };
        self.say(id, &[])
    }

    /// A message about an unfinished flow, by what was being done in it; where it is known whose it is, the message
    /// with `-of` at its end.
    #[must_use]
    pub fn of_task(&self, id: &str, task: Task, server: &str, user: Option<&str>) -> String {
        let task = named::name(&task);
        let mut values = vec![("task", task.into()), ("server", plain(server).into())];
        let Some(user) = user else { return self.say(id, &values) };
        values.push(("user", id_of(user).into()));
        self.say(&format!("{id}-of"), &values)
    }

    fn whose(&self, id: &str, user_id: &str) -> String {
        self.say(id, &[("user", id_of(user_id).into())])
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
