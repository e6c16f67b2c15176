//! Which message is about what a user must change?

use fluent_bundle::FluentValue;
use narthex::{Medium, PasswordProblem, Refusal, UsernameProblem, WrongCode};

use crate::plain::{id as id_of, plain};
use crate::text::Text;

/// What a message is about, by name.
pub(super) type Owned = Vec<(&'static str, FluentValue<'static>)>;

pub(super) fn refusal_message(text: &Text, refusal: &Refusal) -> (&'static str, Owned) {
    let medium = |medium: Medium| vec![("medium", text.medium(medium).into())];
    let id = match refusal {
        Refusal::ServerNotUnderstood => "refusal-server-not-understood",
        Refusal::NewDeviceAbsent => "refusal-new-device-absent",
        Refusal::ServerInsecure => "refusal-server-insecure",
        Refusal::HomeserverUnclear => "refusal-homeserver-unclear",
        Refusal::UsernameTaken => "refusal-username-taken",
        Refusal::UsernameInvalid(problem) => match problem {
            UsernameProblem::Empty => "username-empty",
            UsernameProblem::Character(c) => {
                return ("username-character", vec![("character", plain(&c.to_string()).into())]);
            }
            UsernameProblem::TooLong => "username-too-long",
            UsernameProblem::ServerRule => "username-server-rule",
            _ => "username-server-rule",
        },
        Refusal::UsernameReserved => "refusal-username-reserved",
        Refusal::PasswordMissing => "refusal-password-missing",
        Refusal::PasswordWeak(problem) => password_message(*problem),
        Refusal::TokenInvalid => "refusal-token-invalid",
        Refusal::TokenMalformed => "refusal-token-malformed",
        Refusal::AddressInvalid(m) => return ("refusal-address-invalid", medium(*m)),
        Refusal::AddressInUse(m) => return ("refusal-address-in-use", medium(*m)),
        Refusal::AddressDenied(m) => return ("refusal-address-denied", medium(*m)),
        Refusal::CodeWrong => "refusal-code-wrong",
        Refusal::StageFailed(stage) => {
            return ("refusal-stage-failed", vec![("stage", text.stage(stage.kind()).into())]);
        }
        Refusal::RegistrationClosed => "refusal-registration-closed",
        Refusal::WrongCredentials => "refusal-wrong-credentials",
        Refusal::Deactivated => "refusal-deactivated",
        Refusal::Locked => "refusal-locked",
        Refusal::SignedOutElsewhere => "refusal-signed-out-elsewhere",
        Refusal::Declined => "refusal-declined",
        Refusal::CheckCodeWrong => "refusal-check-code-wrong",
        Refusal::CancelledThere => "refusal-cancelled-there",
        Refusal::WrongKindOfCode(wrong) => wrong_code(*wrong),
        Refusal::OtherDevice(reason) => match reason.as_str() {
            "device_already_exists" => "other-device-exists",
            "device_not_found" => "other-device-not-found",
            "unsupported_protocol" => "other-device-unsupported",
            "unable_to_open_verification_uri" => "other-device-unable-to-open",
            "authorization_expired" => "other-device-expired",
            "unexpected_message_received" => "other-device-unexpected",
            reason => return ("refusal-other-device", vec![("reason", plain(reason).into())]),
        },
        Refusal::ClientRefused => "refusal-client-refused",
        Refusal::LoginTokenInvalid => "refusal-login-token-invalid",
        Refusal::AccessTokenInvalid => "refusal-access-token-invalid",
        Refusal::ConsentNeeded { uri } => match uri {
            Some(uri) => return ("refusal-consent-needed", vec![("uri", plain(uri.as_str()).into())]),
            None => "refusal-consent-needed-somewhere",
        },
        Refusal::AccountElsewhere { server } => {
            return ("refusal-account-elsewhere", vec![("server", id_of(server).into())]);
        }
        Refusal::WrongAccount { expected, found } => {
            let values = vec![("expected", id_of(expected).into()), ("found", id_of(found).into())];
            let is_name = !expected.starts_with('@');
            return (if is_name { "refusal-wrong-name" } else { "refusal-wrong-account" }, values);
        }
        Refusal::SessionOfAnother { expected, found } => {
            let values = vec![("expected", id_of(expected).into()), ("found", id_of(found).into())];
            return ("refusal-session-of-another", values);
        }
        Refusal::ServerFull { contact } => {
            let contact = contact.as_deref().map(plain).unwrap_or_default();
            return ("refusal-server-full", vec![("contact", contact.into())]);
        }
        Refusal::Other => "refusal-other",
        _ => "refusal-other",
    };
    (id, vec![])
}

const fn password_message(problem: PasswordProblem) -> &'static str {
    match problem {
        PasswordProblem::TooShort => "password-too-short",
        PasswordProblem::NoDigit => "password-no-digit",
        PasswordProblem::NoSymbol => "password-no-symbol",
        PasswordProblem::NoUppercase => "password-no-uppercase",
        PasswordProblem::NoLowercase => "password-no-lowercase",
        PasswordProblem::InDictionary => "password-in-dictionary",
        PasswordProblem::TooLong => "password-too-long",
        PasswordProblem::Unspecified => "password-unspecified",
        _ => "password-unspecified",
    }
}

/// What was scanned instead of a code.
const fn wrong_code(wrong: WrongCode) -> &'static str {
    match wrong {
        WrongCode::Verification => "wrong-code-verification",
        WrongCode::BothNew => "wrong-code-both-new",
        WrongCode::BothSignedIn => "wrong-code-both-signed-in",
        WrongCode::Newer => "wrong-code-newer",
        WrongCode::Link => "wrong-code-link",
        WrongCode::ReadAsText => "wrong-code-as-text",
        WrongCode::Truncated(_) | WrongCode::Invalid(_) => "wrong-code-damaged",
        WrongCode::Insecure(_) => "wrong-code-insecure",
        WrongCode::Text | WrongCode::Unknown | WrongCode::TooLong | _ => "wrong-code-other",
    }
}
