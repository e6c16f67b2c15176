//! What is said where the encryption could not do it.

use narthex::{Cause, Failure, Outage};
use narthex_matrix::EncryptionError;
use narthex_text::{Text, plain};

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
            "m.user" if !*by_us => "cancelled_there",
            _ => "cancelled",
        },
        EncryptionError::NoEmoji => "no_emoji",
        EncryptionError::Lost(_) => "lost",
        EncryptionError::TokenNotInForce => "token_not_in_force",
        EncryptionError::Refused { .. } => "refused",
        EncryptionError::Misbehaved => "misbehaved",
        EncryptionError::Other(_) | _ => "other",
    }
}

/// The exit code, by the class of what is wrong.
pub(crate) fn code(error: &EncryptionError) -> u8 {
    match error {
        EncryptionError::Lost(_) | EncryptionError::Held { .. } => 10,
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

/// In words, a paragraph each.
#[expect(clippy::wildcard_enum_match_arm, reason = "most errors have nothing more to say than their name")]
pub(crate) fn lines(error: &EncryptionError, text: &Text) -> Vec<String> {
    let outage = match error {
        EncryptionError::Lost(lost) => Some(Outage::Network(*lost)),
        EncryptionError::Storage(problem) => Some(Outage::Storage(*problem)),
        _ => None,
    };
    if let Some(outage) = outage {
        let cause = Cause::Unavailable { outage, retry_at: None };
        return text.failure(&Failure { cause, evidence: None });
    }
    let id = format!("encryption-{}", name(error).replace('_', "-"));
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
