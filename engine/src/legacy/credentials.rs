//! What a user signs in with, and how it is written for `/login`.
//!
//! Client-server specification, "Identifier types".

use serde_json::{Value, json};

use crate::failure::Refusal;
use crate::secret::Secret;
use crate::session::server_of;

/// What a user signs in with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Credentials {
    Password {
        identifier: String,
        password: Secret<String>,
    },
    /// The browser will bring a token.
    Sso {
        provider: Option<String>,
    },
    Token {
        token: Secret<String>,
    },
    /// Of a session that is there already.
    AccessToken {
        token: Secret<String>,
        identifier: Option<String>,
    },
}

impl Credentials {
    pub(super) fn body(&self) -> Value {
        match self {
            Self::Password { identifier, password } => json!({
                "type": "m.login.password",
                "identifier": identified(identifier),
                "password": password.expose(),
            }),
            Self::Sso { .. } => json!({ "type": "m.login.sso" }),
            Self::AccessToken { .. } => json!({}),
            Self::Token { token } => json!({ "type": "m.login.token", "token": token.expose() }),
        }
    }

    /// What a refusal means.
    pub(super) const fn refusal(&self) -> Refusal {
        match self {
            Self::Password { .. } => Refusal::WrongCredentials,
            Self::Sso { .. } | Self::Token { .. } => Refusal::LoginTokenInvalid,
            Self::AccessToken { .. } => Refusal::AccessTokenInvalid,
        }
    }

    pub(super) fn username(&self) -> String {
        match self {
            Self::Password { identifier, .. } => identifier.clone(),
            Self::Sso { .. } | Self::Token { .. } | Self::AccessToken { .. } => String::new(),
        }
    }
}

/// A user id or localpart, an e-mail address, or a phone number with `+`.
fn identified(identifier: &str) -> Value {
    let identifier = identifier.trim();
    let digits = || identifier.chars().filter(char::is_ascii_digit).collect::<String>();
    let dialled = |c: char| c.is_ascii_digit() || " -()./".contains(c);
    let is_phone =
        identifier.strip_prefix('+').is_some_and(|rest| rest.chars().all(dialled)) && digits().len() >= 5;
    if is_phone {
        json!({ "type": "m.id.thirdparty", "medium": "msisdn", "address": digits() })
    } else if !identifier.starts_with('@') && identifier.contains('@') {
        json!({ "type": "m.id.thirdparty", "medium": "email", "address": identifier })
    } else {
        json!({ "type": "m.id.user", "user": identifier })
    }
}

/// Whether an identifier is a username or a user id, and neither an e-mail address nor a phone number.
pub(crate) fn is_name(identifier: &str) -> bool {
    identified(identifier)["type"] == "m.id.user"
}

/// The server on which the identified account lives, if the identifier says so.
pub(crate) fn home_of(identifier: &str) -> Option<&str> {
    server_of(identifier.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_a_user_an_address_or_a_number() {
        assert_eq!(identified(" alice "), json!({ "type": "m.id.user", "user": "alice" }));
        assert_eq!(identified("@alice:a.b"), json!({ "type": "m.id.user", "user": "@alice:a.b" }));
        assert_eq!(
            identified("alice@a.b"),
            json!({ "type": "m.id.thirdparty", "medium": "email", "address": "alice@a.b" })
        );
        assert_eq!(
            identified("+49 (170) 123-45"),
            json!({ "type": "m.id.thirdparty", "medium": "msisdn", "address": "4917012345" })
        );
        assert_eq!(identified("+1"), json!({ "type": "m.id.user", "user": "+1" }));
    }
}
