//! What stands in a trace for a secret.

use std::collections::BTreeMap;

/// A secret this short could be part of any word, so it is replaced only where it stands alone.
const SHORTEST_WITHIN: usize = 6;

/// Keys (of JSON, of a query) whose string values are secret. Matched as whole words of the key.
const SECRET: [&str; 16] = [
    "state",
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
///
/// The engine's own secrets, which come from a seed that no trace holds, are numbered apart, in the order in which the
/// engine uses them: a replayed engine draws others, uses them in the same order, and so gets the same stand-ins.
#[derive(Default)]
pub(crate) struct StandIns {
    all: BTreeMap<String, String>,
    /// The stand-ins of the engine's own, and what they stand for.
    own: Vec<(String, String)>,
}

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
        let number = self.all.len() + 1;
        self.all.entry(secret.to_owned()).or_insert_with(|| stand_in(kind, number, secret)).clone()
    }

    /// Takes note of a secret that the engine used. It is one of its own, unless somebody told it.
    pub(crate) fn uses(&mut self, kind: &str, secret: &str) {
        if secret.is_empty() || is_stand_in(secret) || self.all.contains_key(secret) {
            return;
        }
        let stand_in = format!("own.{}.{}", letters(kind), self.own.len() + 1);
        self.own.push((stand_in.clone(), secret.to_owned()));
        self.all.insert(secret.to_owned(), stand_in);
    }

    /// `text` with the engine's own secrets in the place of their stand-ins.
    pub(crate) fn restore(&self, text: &str) -> String {
        // The last first: `own.state.1` is part of `own.state.12`.
        self.own.iter().rev().fold(text.to_owned(), |text, (stand_in, own)| text.replace(stand_in, own))
    }

    /// A path without its last segment, where that guards a callback.
    pub(crate) fn path(&mut self, path: &str) -> String {
        match path.rsplit_once('/') {
            Some((before, last)) => format!("{before}/{}", self.of("path", last)),
            None => path.to_owned(),
        }
    }

    /// `text` without any secret that is known so far.
    pub(crate) fn scrub(&self, text: &str) -> String {
        if let Some(whole) = self.all.get(text) {
            return whole.clone();
        }
        // What is not seen between the letters of a secret does not keep it from being found.
        let is_unseen = |c: char| narthex::is_misleading(c) || matches!(c, '\u{200c}' | '\u{200d}');
        if text.contains(is_unseen) {
            let bare: String = text.chars().filter(|c| !is_unseen(*c)).collect();
            let hidden = self.scrub(&bare);
            return if hidden == bare { text.to_owned() } else { hidden };
        }
        let mut clean = text.to_owned();
        // The longest first: one may be part of another.
        let mut known: Vec<_> =
            self.all.iter().filter(|(secret, _)| secret.len() >= SHORTEST_WITHIN).collect();
        known.sort_by_key(|(secret, _)| std::cmp::Reverse(secret.len()));
        for (secret, stand_in) in known {
            clean = replaced(&clean, secret, stand_in);
        }
        clean
    }
}

/// `text` with `to` in the place of `from`, whatever the case of its letters: a host name has none.
fn replaced(text: &str, from: &str, to: &str) -> String {
    let (mut clean, mut done) = (String::with_capacity(text.len()), 0);
    for at in narthex::occurrences(text, from) {
        clean.push_str(&text[done..at.start]);
        clean.push_str(to);
        done = at.end;
    }
    clean.push_str(&text[done..]);
    clean
}

/// Of the same alphabet as the secret, as far as a grammar of Matrix tells them apart, and of the same class of
/// length.
fn stand_in(kind: &str, number: usize, secret: &str) -> String {
    let opaque = secret.bytes().all(|b| b.is_ascii_alphanumeric() || b"._~-".contains(&b));
    let kind = letters(kind);
    let mut text = if opaque { format!("secret.{kind}.{number}") } else { format!("secret {kind} {number}") };
    let at_least = [64, 255, 512, 1024].into_iter().rev().find(|n| secret.len() > *n).map_or(0, |n| n + 1);
    while text.len() < at_least {
        text.push('.');
    }
    text
}

/// Whether it was one already when it was read from a trace.
fn is_stand_in(text: &str) -> bool {
    text.starts_with("secret.") || text.starts_with("secret ")
}

fn letters(kind: &str) -> String {
    kind.chars().filter(char::is_ascii_alphanumeric).take(20).collect()
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
        assert_eq!(s.scrub("SYT_ABCDEF, syt_abcdef"), "secret.accesstoken.1, secret.accesstoken.1");
        s.of("password", "pässwörd");
        assert_eq!(s.scrub("@PÄSSWÖRD:a.b"), "@secret password 3:a.b");
        assert_eq!(s.scrub("syt_\u{200b}abc\u{200d}def"), "secret.accesstoken.1");
        assert_eq!(s.scrub("a\u{200d}b"), "a\u{200d}b");
        assert_eq!(s.of("token", ""), "");
    }

    #[test]
    fn what_the_engine_drew_is_numbered_apart_and_can_be_put_back() {
        let mut s = StandIns::default();
        s.of("token", "told by a server");
        (0..12).for_each(|n| s.uses("state", &format!("drawn-{n:02}")));
        s.uses("token", "told by a server");
        s.uses("token", "secret.token.1");
        assert_eq!(s.scrub("a drawn-00 and a drawn-11"), "a own.state.1 and a own.state.12");
        assert_eq!(s.restore("a own.state.12 and a own.state.1"), "a drawn-11 and a drawn-00");
        assert_eq!(s.restore("secret.token.1"), "secret.token.1");
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
