//! What stands in a trace for a secret.

use std::collections::BTreeMap;

/// A secret this short could be part of any word, so it is replaced only where it stands alone.
const SHORTEST_WITHIN: usize = 6;

/// Keys (of JSON, of a query) whose string values are secret. Matched as whole words of the key.
const SECRET: [&str; 15] = [
    "token",
    "session",
    "secret",
    "password",
    "sid",
    "code",
    "cookie",
    "ticket",
    "assertion",
    "nonce",
    "verifier",
    "credential",
    "logintoken",
    "passphrase",
    "pickle",
];

/// A key that ends like this says something about secrets, such as `token_endpoint`, and holds none.
const ABOUT: [&str; 7] = ["endpoint", "method", "methods", "supported", "type", "types", "uri"];

/// The stand-ins so far. The same secret has the same one throughout a trace.
#[derive(Debug, Default)]
pub(crate) struct StandIns(BTreeMap<String, String>);

impl StandIns {
    /// Whether the value under this key must not be written.
    pub(crate) fn is_secret(key: &str) -> bool {
        let lower = key.to_ascii_lowercase();
        let mut words = lower.split(|c: char| !c.is_ascii_alphanumeric());
        let is_about = words.clone().next_back().is_some_and(|last| ABOUT.contains(&last));
        !is_about && words.any(|word| SECRET.contains(&word))
    }

    /// What stands for `secret`.
    pub(crate) fn of(&mut self, kind: &str, secret: &str) -> String {
        if secret.is_empty() {
            return String::new();
        }
        let number = self.0.len() + 1;
        self.0.entry(secret.to_owned()).or_insert_with(|| stand_in(kind, number, secret)).clone()
    }

    /// `text` without any secret that is known so far.
    pub(crate) fn scrub(&self, text: &str) -> String {
        if let Some(whole) = self.0.get(text) {
            return whole.clone();
        }
        let mut clean = text.to_owned();
        // The longest first: one may be part of another.
        let mut known: Vec<_> = self.0.iter().filter(|(secret, _)| secret.len() >= SHORTEST_WITHIN).collect();
        known.sort_by_key(|(secret, _)| std::cmp::Reverse(secret.len()));
        for (secret, stand_in) in known {
            if clean.contains(secret.as_str()) {
                clean = clean.replace(secret.as_str(), stand_in);
            }
        }
        clean
    }
}

/// Of the same alphabet as the secret, as far as a grammar of Matrix tells them apart, and of the same class of
/// length.
fn stand_in(kind: &str, number: usize, secret: &str) -> String {
    let opaque = secret.bytes().all(|b| b.is_ascii_alphanumeric() || b"._~-".contains(&b));
    let kind: String = kind.chars().filter(char::is_ascii_alphanumeric).take(20).collect();
    let mut text = if opaque { format!("secret.{kind}.{number}") } else { format!("secret {kind} {number}") };
    let at_least = [64, 255, 512, 1024].into_iter().rev().find(|n| secret.len() > *n).map_or(0, |n| n + 1);
    while text.len() < at_least {
        text.push('.');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_secret_has_the_same_stand_in() {
        let mut s = StandIns::default();
        let a = s.of("access_token", "syt_abcdef");
        assert_eq!(a, "secret.accesstoken.1");
        assert_eq!(s.of("session", "other-one"), "secret.session.2");
        assert_eq!(s.of("whatever", "syt_abcdef"), a);
        assert_eq!(s.scrub("Unknown token syt_abcdef!"), "Unknown token secret.accesstoken.1!");
        assert_eq!(s.of("token", ""), "");
    }

    #[test]
    fn a_stand_in_is_as_long_and_as_well_formed_as_the_secret() {
        let mut s = StandIns::default();
        assert_eq!(s.of("token", &"x".repeat(65)).len(), 65);
        assert_eq!(s.of("password", &"x".repeat(600)).len(), 513);
        assert!(s.of("token", "with a space").contains(' '));
    }

    #[test]
    fn keys_are_secret_by_their_words() {
        for key in
            ["access_token", "refresh_token", "login_token", "loginToken", "session", "sid", "client_secret"]
        {
            assert!(StandIns::is_secret(key), "{key}");
        }
        for key in ["errcode", "error", "user_id", "public_key", "stages", "sidebar", "expires_in_ms"] {
            assert!(!StandIns::is_secret(key), "{key}");
        }
        for key in ["token_endpoint", "token_type", "token_endpoint_auth_method", "code_challenge_method"] {
            assert!(!StandIns::is_secret(key), "{key}");
        }
    }
}
