//! What is said where the encryption could not do it.

use narthex::{Cause, Outage, Time};
use narthex_matrix::EncryptionError;
use narthex_runtime::Clock;
use narthex_text::{Text, plain};
use url::{Position, Url};

/// The stable name in JSON, and the end of that of the message.
pub(crate) fn name(error: &EncryptionError) -> &'static str {
    match error {
        EncryptionError::Held { .. } => "held",
        EncryptionError::OtherDevice => "other_device",
        EncryptionError::Storage(_) => "storage",
        EncryptionError::NoSecrets => "no_secrets",
        EncryptionError::SecretsDoNotMatch => "secrets_do_not_match",
        EncryptionError::HasIdentity => "has_identity",
        EncryptionError::HasRecovery => "has_recovery",
        EncryptionError::HasBackup => "has_backup",
        EncryptionError::NoIdentity => "no_identity",
        EncryptionError::NoRecovery => "no_recovery",
        EncryptionError::WrongRecoveryKey => "wrong_recovery_key",
        EncryptionError::NeedsApproval { .. } => "needs_approval",
        EncryptionError::NoOtherDevice => "no_other_device",
        EncryptionError::Cancelled { by_us, code } => match code.as_str() {
            "m.mismatched_sas" => "mismatch",
            "m.timeout" => "timed_out",
            "m.accepted" => "answered_elsewhere",
            "crossed" => "crossed",
            "m.user" if !*by_us => "cancelled_there",
            _ => "cancelled",
        },
        EncryptionError::NoEmoji => "no_emoji",
        EncryptionError::Lost(_) => "lost",
        EncryptionError::Unavailable { status: 429, .. } => "rate_limited",
        EncryptionError::Unavailable { .. } => "server_error",
        EncryptionError::TokenNotInForce => "token_not_in_force",
        EncryptionError::Refused { .. } => "refused",
        EncryptionError::Misbehaved => "misbehaved",
        EncryptionError::Other(_) | _ => "other",
    }
}

/// The exit code, by the class of what is wrong.
pub(crate) fn code(error: &EncryptionError) -> u8 {
    match error {
        EncryptionError::Lost(_) | EncryptionError::Unavailable { .. } | EncryptionError::Held { .. } => 10,
        EncryptionError::Storage(_) | EncryptionError::OtherDevice => 16,
        EncryptionError::NoSecrets | EncryptionError::NoIdentity | EncryptionError::NoRecovery => 13,
        EncryptionError::NoEmoji | EncryptionError::NoOtherDevice => 13,
        EncryptionError::Misbehaved | EncryptionError::SecretsDoNotMatch => 14,
        EncryptionError::HasIdentity | EncryptionError::HasRecovery | EncryptionError::HasBackup => 11,
        EncryptionError::WrongRecoveryKey | EncryptionError::NeedsApproval { .. } => 11,
        EncryptionError::Cancelled { .. } if is_over_time(error) => 12,
        EncryptionError::Cancelled { .. } | EncryptionError::TokenNotInForce => 11,
        EncryptionError::Refused { .. } => 11,
        EncryptionError::Other(_) | _ => 1,
    }
}

fn is_over_time(error: &EncryptionError) -> bool {
    name(error) == "timed_out"
}

/// When it is worth another try, if the server has said so.
pub(crate) fn retry_at(error: &EncryptionError) -> Option<Time> {
    let EncryptionError::Unavailable { retry_after, .. } = error else { return None };
    retry_after.map(|wait| Clock::start().now() + wait)
}

/// In words, a paragraph each.
#[expect(clippy::wildcard_enum_match_arm, reason = "most errors have nothing more to say than their name")]
pub(crate) fn lines(error: &EncryptionError, server: &Url, text: &Text) -> Vec<String> {
    let outage = match error {
        EncryptionError::Lost(lost) => Some(Outage::Network(*lost)),
        EncryptionError::Storage(problem) => Some(Outage::Storage(*problem)),
        EncryptionError::Unavailable { status: 429, .. } => Some(Outage::RateLimited),
        EncryptionError::Unavailable { status, .. } => Some(Outage::ServerError(*status)),
        _ => None,
    };
    if let Some(outage) = outage {
        let cause = Cause::Unavailable { outage, retry_at: retry_at(error) };
        let host = &server[Position::BeforeHost..Position::AfterPort];
        return text.failure_at(&cause, host);
    }
    let id = match error {
        EncryptionError::NeedsApproval { page: None } => "encryption-needs-approval-somewhere".to_owned(),
        _ => format!("encryption-{}", name(error).replace('_', "-")),
    };
    let (pid, page, status, what) = match error {
        EncryptionError::Cancelled { code, .. } => (None, None, None, Some(code.clone())),
        EncryptionError::Held { pid } => (pid.map(|pid| pid.to_string()), None, None, None),
        EncryptionError::NeedsApproval { page } => (None, page.clone(), None, None),
        EncryptionError::Refused { status, errcode } => {
            let status = format!("{status} {}", errcode.as_deref().unwrap_or_default());
            (None, None, Some(status), None)
        }
        EncryptionError::Other(what) => (None, None, None, Some(what.clone())),
        _ => (None, None, None, None),
    };
    let said = |value: Option<String>| plain(value.as_deref().unwrap_or("?").trim());
    let values = [
        ("pid", said(pid).into()),
        ("page", said(page).into()),
        ("status", said(status).into()),
        ("what", said(what).into()),
    ];
    let mut lines = vec![text.say(&id, &values)];
    lines.extend(text.remedy(&id, &values));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::LOCALES;

    #[test]
    fn a_code_of_our_own_is_words_and_a_lost_connection_names_its_server() {
        let text = Text::in_language(&["en".to_owned()], LOCALES);
        let server: Url = "https://matrix.example.org:8448/".parse().expect("an address");
        let crossed = EncryptionError::Cancelled { by_us: true, code: "crossed".to_owned() };
        let said = lines(&crossed, &server, &text).join(" ");
        assert!(said.contains("came in between") && !said.contains("crossed"), "{said}");
        for lost in [narthex::Lost::Broken, narthex::Lost::Timeout, narthex::Lost::Connect] {
            let said = lines(&EncryptionError::Lost(lost), &server, &text).join(" ");
            assert!(said.contains("matrix.example.org:8448"), "{said}");
        }
    }
}
