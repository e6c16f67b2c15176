//! What the error codes of registration mean.
//!
//! Client-server specification, `POST /register`; Synapse's finer password codes; MSC3866 for approval.

use crate::failure::{Cause, Failure, Missing, PasswordProblem, Refusal, UsernameProblem};
use crate::http::Answer;
use crate::stage::Medium;
use crate::uia;

/// What to do about a `/register` that was refused as a whole.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// Somebody has this name; perhaps we do, if an answer of ours was lost.
    NameTaken(Failure),
    /// The form has to be changed.
    Form(Failure),
    /// The confirmed address cannot be used.
    Address(Failure),
    /// The server does not know this session any more, or not for this request.
    SessionLost(Failure),
    /// The account was created, and an admin has to approve it.
    AwaitingApproval,
    /// Nothing the user could change in the form.
    Final(Failure),
}

pub(crate) fn verdict(answer: &Answer<'_>) -> Verdict {
    if let Some(failure) = username(answer) {
        return match failure.cause {
            Cause::Refused { refusal: Refusal::UsernameTaken } => Verdict::NameTaken(failure),
            Cause::Unavailable { .. }
            | Cause::Refused { .. }
            | Cause::Expired { .. }
            | Cause::Unsupported { .. }
            | Cause::Misbehaved { .. }
            | Cause::Broken { .. } => Verdict::Form(failure),
        };
    }
    if let Some(problem) = password(answer.errcode()) {
        return Verdict::Form(refused(answer, Refusal::PasswordWeak(problem)));
    }
    if let Some(refusal) = address(answer.errcode()) {
        return Verdict::Address(refused(answer, refusal));
    }
    match (answer.status(), answer.errcode()) {
        (_, "ORG.MATRIX.MSC3866_USER_AWAITING_APPROVAL" | "M_USER_AWAITING_APPROVAL") => {
            Verdict::AwaitingApproval
        }
        (_, "M_RESOURCE_LIMIT_EXCEEDED" | "M_USER_LIMIT_EXCEEDED") => {
            let contact = answer.contact();
            Verdict::Final(refused(answer, Refusal::ServerFull { contact }))
        }
        (400..=499, _) if uia::is_of_session(answer) => Verdict::SessionLost(refused(answer, Refusal::Other)),
        (404 | 405, _) | (_, "M_UNRECOGNIZED") => {
            Verdict::Final(answer.failure(Cause::Unsupported { missing: Missing::Registration }))
        }
        // Synapse has no better code for "Unknown session ID" and "Requested operation has changed".
        (400 | 403, "M_UNKNOWN") => Verdict::SessionLost(refused(answer, Refusal::Other)),
        // The second is Construct's.
        (403, "M_FORBIDDEN") | (_, "M_REGISTRATION_DISABLED") => {
            Verdict::Final(refused(answer, Refusal::RegistrationClosed))
        }
        (400..=499, errcode) if !errcode.is_empty() => Verdict::Form(refused(answer, Refusal::Other)),
        _ => Verdict::Final(answer.unexpected()),
    }
}

/// What is wrong with the username, if that is what the code is about.
pub(crate) fn username(answer: &Answer<'_>) -> Option<Failure> {
    let refusal = match answer.errcode() {
        "M_USER_IN_USE" => Refusal::UsernameTaken,
        "M_INVALID_USERNAME" => Refusal::UsernameInvalid(UsernameProblem::ServerRule),
        "M_EXCLUSIVE" => Refusal::UsernameReserved,
        _ => return None,
    };
    Some(refused(answer, refusal))
}

/// What is wrong with an e-mail address or phone number, if that is what the code is about.
pub(crate) fn address_of(answer: &Answer<'_>, medium: Medium) -> Option<Failure> {
    let refusal = match answer.errcode() {
        "M_THREEPID_IN_USE" => Refusal::AddressInUse(medium),
        "M_THREEPID_DENIED" | "M_SERVER_NOT_TRUSTED" => Refusal::AddressDenied(medium),
        "M_INVALID_PARAM" | "M_INVALID_EMAIL" | "M_BAD_JSON" => Refusal::AddressInvalid(medium),
        _ => return None,
    };
    Some(refused(answer, refusal))
}

fn address(errcode: &str) -> Option<Refusal> {
    match errcode {
        "M_THREEPID_IN_USE" => Some(Refusal::AddressInUse(Medium::Email)),
        "M_THREEPID_DENIED" => Some(Refusal::AddressDenied(Medium::Email)),
        _ => None,
    }
}

fn password(errcode: &str) -> Option<PasswordProblem> {
    Some(match errcode {
        "M_WEAK_PASSWORD" => PasswordProblem::Unspecified,
        "M_PASSWORD_TOO_SHORT" => PasswordProblem::TooShort,
        "M_PASSWORD_NO_DIGIT" => PasswordProblem::NoDigit,
        "M_PASSWORD_NO_SYMBOL" => PasswordProblem::NoSymbol,
        "M_PASSWORD_NO_UPPERCASE" => PasswordProblem::NoUppercase,
        "M_PASSWORD_NO_LOWERCASE" => PasswordProblem::NoLowercase,
        "M_PASSWORD_IN_DICTIONARY" => PasswordProblem::InDictionary,
        _ => return None,
    })
}

pub(crate) fn refused(answer: &Answer<'_>, refusal: Refusal) -> Failure {
    answer.failure(Cause::Refused { refusal })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::tests::{call, response};
    use crate::io::Time;

    fn of(status: u16, body: &str) -> String {
        let reply = response(status, &[], body);
        let call = call();
        let answer = call.answer(&reply, Time(1)).unwrap();
        match verdict(&answer) {
            Verdict::NameTaken(_) => "name taken".to_owned(),
            Verdict::SessionLost(_) => "session lost".to_owned(),
            Verdict::AwaitingApproval => "awaiting approval".to_owned(),
            Verdict::Form(failure) => format!("form {:?}", failure.cause),
            Verdict::Address(failure) => format!("address {:?}", failure.cause),
            Verdict::Final(failure) => format!("final {:?}", failure.cause),
        }
    }

    fn code(status: u16, errcode: &str) -> String {
        of(status, &format!(r#"{{"errcode":"{errcode}","admin_contact":"mailto:a@b"}}"#))
    }

    fn refused(kind: &str, refusal: Refusal) -> String {
        format!("{kind} {:?}", Cause::Refused { refusal })
    }

    #[test]
    fn every_error_code_of_registration_has_its_own_meaning() {
        assert_eq!(code(400, "M_USER_IN_USE"), "name taken");
        let invalid = Refusal::UsernameInvalid(UsernameProblem::ServerRule);
        assert_eq!(code(400, "M_INVALID_USERNAME"), refused("form", invalid));
        assert_eq!(code(400, "M_EXCLUSIVE"), refused("form", Refusal::UsernameReserved));
        for (errcode, problem) in [
            ("M_WEAK_PASSWORD", PasswordProblem::Unspecified),
            ("M_PASSWORD_TOO_SHORT", PasswordProblem::TooShort),
            ("M_PASSWORD_NO_DIGIT", PasswordProblem::NoDigit),
            ("M_PASSWORD_NO_SYMBOL", PasswordProblem::NoSymbol),
            ("M_PASSWORD_NO_UPPERCASE", PasswordProblem::NoUppercase),
            ("M_PASSWORD_NO_LOWERCASE", PasswordProblem::NoLowercase),
            ("M_PASSWORD_IN_DICTIONARY", PasswordProblem::InDictionary),
        ] {
            assert_eq!(code(400, errcode), refused("form", Refusal::PasswordWeak(problem)));
        }
        assert_eq!(code(400, "M_THREEPID_IN_USE"), refused("address", Refusal::AddressInUse(Medium::Email)));
        assert_eq!(code(403, "M_THREEPID_DENIED"), refused("address", Refusal::AddressDenied(Medium::Email)));
        assert_eq!(code(403, "ORG.MATRIX.MSC3866_USER_AWAITING_APPROVAL"), "awaiting approval");
        let full = || Refusal::ServerFull { contact: Some("mailto:a@b".to_owned()) };
        assert_eq!(code(403, "M_RESOURCE_LIMIT_EXCEEDED"), refused("final", full()));
        assert_eq!(code(400, "M_USER_LIMIT_EXCEEDED"), refused("final", full()));
        assert_eq!(code(403, "M_FORBIDDEN"), refused("final", Refusal::RegistrationClosed));
        // Found C9.
        for status in [400, 403] {
            assert_eq!(
                code(status, "M_REGISTRATION_DISABLED"),
                refused("final", Refusal::RegistrationClosed)
            );
        }
        assert_eq!(code(400, "M_UNKNOWN"), "session lost");
        assert_eq!(code(403, "M_UNKNOWN"), "session lost");
        assert_eq!(code(400, "M_MISSING_PARAM"), refused("form", Refusal::Other));
        let missing = Cause::Unsupported { missing: Missing::Registration };
        assert_eq!(code(404, "M_UNRECOGNIZED"), format!("final {missing:?}"));
        assert_eq!(of(405, ""), format!("final {missing:?}"));
    }

    /// Found C8, of other servers.
    #[test]
    fn a_session_that_is_lost_is_lost_by_any_code() {
        // tuwunel, continuwuity.
        for (status, errcode, error) in [
            (403, "M_FORBIDDEN", "UIAA session does not exist."),
            (400, "M_INVALID_PARAM", "Invalid session"),
            (404, "M_NOT_FOUND", "No such session"),
        ] {
            let body = format!(r#"{{"errcode":"{errcode}","error":"{error}"}}"#);
            assert_eq!(of(status, &body), "session lost", "{error}");
        }
    }

    #[test]
    fn an_answer_without_a_code_is_no_refusal() {
        assert!(of(403, "<html>nope").contains("NotTheServer"));
        assert!(of(302, "").contains("UnexpectedStatus(302)"));
        assert!(of(400, "{}").contains("UnexpectedStatus(400)"));
    }

    #[test]
    fn an_address_is_refused_for_what_it_is() {
        let of = |errcode: &str| {
            let reply = response(400, &[], &format!(r#"{{"errcode":"{errcode}"}}"#));
            let call = call();
            let answer = call.answer(&reply, Time(1)).unwrap();
            address_of(&answer, Medium::Phone).map(|failure| failure.cause)
        };
        let refused = |refusal| Some(Cause::Refused { refusal });
        assert_eq!(of("M_THREEPID_IN_USE"), refused(Refusal::AddressInUse(Medium::Phone)));
        assert_eq!(of("M_THREEPID_DENIED"), refused(Refusal::AddressDenied(Medium::Phone)));
        assert_eq!(of("M_SERVER_NOT_TRUSTED"), refused(Refusal::AddressDenied(Medium::Phone)));
        // Found C12.
        assert_eq!(of("M_UNKNOWN"), None, "it may be about anything, and the server says what");
        for errcode in ["M_INVALID_PARAM", "M_INVALID_EMAIL", "M_BAD_JSON"] {
            assert_eq!(of(errcode), refused(Refusal::AddressInvalid(Medium::Phone)), "{errcode}");
        }
        assert_eq!(of("M_FORBIDDEN"), None);
    }
}
