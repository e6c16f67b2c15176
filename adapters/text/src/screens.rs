//! Sentences of screens that need more than a name.

use narthex::{Policy, Time};

use crate::plain::plain;
use crate::text::Text;

impl Text {
    /// A server is rate limiting, until then.
    #[must_use]
    pub fn limited(&self, server: &str, until: Time, now: Time) -> String {
        let seconds = now.until(until).as_millis().div_ceil(1000);
        let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
        self.say("screen-limited", &[("server", plain(server).into()), ("seconds", seconds.into())])
    }

    /// One of the policies to accept.
    #[must_use]
    pub fn policy(&self, policy: &Policy) -> String {
        self.say(
            "policy",
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
        self.say(&format!("kept-{}", place.replace('_', "-")), &[("place", folder.into())])
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
