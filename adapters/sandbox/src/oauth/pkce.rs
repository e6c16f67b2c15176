//! Does the verifier fit the challenge? RFC 7636.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// The challenge of an authorization request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Challenge {
    Plain(String),
    S256(String),
}

impl Challenge {
    /// The challenge of these two parameters; `plain` is meant where there is no method (§4.3).
    pub(crate) fn read(challenge: &str, method: Option<&str>) -> Option<Self> {
        if !is_well_formed(challenge) {
            return None;
        }
        match method {
            None | Some("plain") => Some(Self::Plain(challenge.to_owned())),
            Some("S256") => Some(Self::S256(challenge.to_owned())),
            Some(_) => None,
        }
    }

    pub(crate) fn is_met_by(&self, verifier: &str) -> bool {
        is_well_formed(verifier)
            && match self {
                Self::Plain(challenge) => challenge == verifier,
                Self::S256(challenge) => {
                    *challenge == BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
                }
            }
    }
}

/// §4.1 and §4.2: 43 to 128 unreserved characters.
fn is_well_formed(value: &str) -> bool {
    (43..=128).contains(&value.len())
        && value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_example_of_the_specification_is_met_by_its_verifier_alone() {
        let challenge = Challenge::read(CHALLENGE, Some("S256")).expect("a challenge");
        assert!(challenge.is_met_by(VERIFIER));
        assert!(!challenge.is_met_by(CHALLENGE));
        assert!(Challenge::read(VERIFIER, None).is_some_and(|plain| plain.is_met_by(VERIFIER)));
    }

    #[test]
    fn what_is_short_or_has_other_characters_is_no_challenge() {
        for value in ["", "short", &"ä".repeat(50), &"a".repeat(129)] {
            assert_eq!(Challenge::read(value, Some("S256")), None);
        }
        assert_eq!(Challenge::read(CHALLENGE, Some("s256")), None);
    }
}
