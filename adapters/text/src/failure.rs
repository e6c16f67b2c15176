//! A failure in words: headline, cause, what to do, whose it is, and the evidence.

mod address;
mod refusal;

use narthex::{
    Bug, Cause, Evidence, Expiring, Failure, Lost, Misbehaviour, Missing, Outage, Refusal, StorageProblem,
    Time,
};

use crate::clock::{clock_time, date};
use crate::plain::plain;
use crate::text::{Text, Values};

use self::refusal::Owned;

/// Who can do something about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    /// Who sits here: by something that was entered.
    You,
    /// Whoever runs the network on the way.
    Network,
    /// The server's admin, by its configuration.
    ServerSetup,
    /// The server's admin, as it is down; or nobody, as it is busy.
    ServerDown,
    /// Whoever runs this computer.
    Computer,
    /// The developers of Narthex.
    Us,
    /// Nobody: somebody wanted it so.
    Nobody,
}

impl Text {
    /// One line, which names the host that `evidence` is of.
    #[must_use]
    pub fn headline(&self, cause: &Cause, evidence: Option<&Evidence>) -> String {
        let (id, mut values) = message(self, cause);
        let (id, path) = address::message(id, evidence);
        values.push(("path", path.into()));
        values.push(("host", evidence.map(|e| plain(&e.host)).unwrap_or_default().into()));
        self.say(id, &values)
    }

    /// Headline, cause, what to do, whose it is, and the evidence, a line each.
    #[must_use]
    pub fn failure(&self, failure: &Failure) -> Vec<String> {
        let evidence = failure.evidence.as_deref();
        let host = evidence.map(|evidence| &*evidence.host).unwrap_or_default();
        let mut lines = self.reasons(&failure.cause, host, evidence);
        lines.extend(evidence.map(|evidence| self.evidence(evidence)));
        lines
    }

    /// The same where no single exchange shows it, of the host that was asked.
    #[must_use]
    pub fn failure_at(&self, cause: &Cause, host: &str) -> Vec<String> {
        self.reasons(cause, host, None)
    }

    fn reasons(&self, cause: &Cause, host: &str, evidence: Option<&Evidence>) -> Vec<String> {
        let (id, mut values) = message(self, cause);
        let (id, path) = address::message(id, evidence);
        values.push(("path", path.into()));
        values.push(("host", plain(host).into()));
        let mut lines = vec![self.say(id, &values)];
        lines.extend(self.part(id, "cause", &values));
        lines.extend(self.remedy(id, &values));
        lines.extend(self.blame(match id {
            "missing-homeserver-path" => Blame::You,
            // The address, the server or the network.
            "lost-connect-address" => Blame::Nobody,
            _ => blame(cause),
        }));
        lines
    }

    /// What to do about a failure, or about a session that has ended: the frontend's own `do-` message of it, else what
    /// is true everywhere.
    #[must_use]
    pub fn remedy(&self, id: &str, values: Values<'_>) -> Option<String> {
        let own = self.find(&format!("do-{id}"), None, values);
        let remedy = own.or_else(|| self.part(id, "do", values))?;
        Some(self.say("what-to-do", &[("remedy", remedy.into())]))
    }

    /// The exchange that showed it.
    #[must_use]
    pub fn evidence(&self, evidence: &Evidence) -> String {
        let mut line =
            format!("{} {}{}", evidence.method.as_str(), plain(&evidence.host), plain(&evidence.path));
        if let Some(status) = evidence.status {
            line.push_str(&format!(" -> {status}"));
        }
        if let Some(errcode) = &evidence.errcode {
            line.push_str(&format!(" {}", plain(errcode)));
        }
        line.push_str(&format!(", {}", clock_time(evidence.at)));
        let mut line = self.say("details", &[("line", line.into())]);
        if let Some(message) = &evidence.message {
            line.push(' ');
            line.push_str(&self.say("server-says", &[("message", plain(message).into())]));
        }
        line
    }

    fn blame(&self, blame: Blame) -> Option<String> {
        Some(self.say(
            match blame {
                Blame::Nobody => return None,
                Blame::You => "blame-you",
                Blame::Network => "blame-network",
                Blame::ServerSetup => "blame-server-setup",
                Blame::ServerDown => "blame-server-down",
                Blame::Computer => "blame-computer",
                Blame::Us => "blame-us",
            },
            &[],
        ))
    }
}

/// Who can do something about it: the user, somebody on the way, the server's admin, or we.
#[must_use]
pub const fn blame(cause: &Cause) -> Blame {
    match cause {
        Cause::Unavailable { outage, .. } => match outage {
            Outage::Network(Lost::Dns | Lost::Timeout | Lost::Broken)
            | Outage::TimedOut
            | Outage::NotTheServer => Blame::Network,
            Outage::Unclear => Blame::ServerSetup,
            Outage::Network(Lost::Connect)
            | Outage::ServerError(_)
            | Outage::AuthorizationServer
            | Outage::TokensTooShort
            | Outage::RateLimited => Blame::ServerDown,
            Outage::Network(
                Lost::Tls
                | Lost::TlsExpired { .. }
                | Lost::TlsNotYetValid { .. }
                | Lost::TlsUntrusted
                | Lost::TlsOtherName
                | Lost::NoTls
                | Lost::NotHttp
                | Lost::Encoding
                | Lost::TooLarge,
            ) => Blame::ServerSetup,
            Outage::Network(Lost::ProxyUnreachable | Lost::ProxyRefused) => Blame::Network,
            Outage::Network(Lost::Listen)
            | Outage::Storage(_)
            | Outage::SessionBusy
            | Outage::EncryptionHeld(_) => Blame::Computer,
            Outage::Network(_) => Blame::Network,
        },
        Cause::Refused { refusal } => match refusal {
            Refusal::Declined
            | Refusal::CancelledThere
            | Refusal::OtherDevice(_)
            | Refusal::NewDeviceAbsent => Blame::Nobody,
            Refusal::CheckCodeWrong | Refusal::WrongKindOfCode(_) => Blame::You,
            Refusal::RegistrationClosed
            | Refusal::ClientRefused
            | Refusal::ServerFull { .. }
            | Refusal::SessionOfAnother { .. }
            | Refusal::Other
            | Refusal::HomeserverUnclear => Blame::ServerSetup,
            Refusal::ServerNotUnderstood
            | Refusal::ServerInsecure
            | Refusal::UsernameTaken
            | Refusal::UsernameInvalid(_)
            | Refusal::UsernameReserved
            | Refusal::PasswordMissing
            | Refusal::PasswordWeak(_)
            | Refusal::TokenInvalid
            | Refusal::TokenMalformed
            | Refusal::AddressInvalid(_)
            | Refusal::AddressInUse(_)
            | Refusal::AddressDenied(_)
            | Refusal::CodeWrong
            | Refusal::StageFailed(_)
            | Refusal::WrongCredentials
            | Refusal::Deactivated
            | Refusal::Locked
            | Refusal::SignedOutElsewhere
            | Refusal::LoginTokenInvalid
            | Refusal::AccessTokenInvalid
            | Refusal::ConsentNeeded { .. }
            | Refusal::AccountElsewhere { .. }
            | Refusal::WrongAccount { .. } => Blame::You,
            _ => Blame::ServerSetup,
        },
        Cause::Expired { .. } => Blame::You,
        Cause::Unsupported { missing: Missing::CrossSigningKeys | Missing::Encryption } => Blame::Computer,
        // The session was made in another way, and nothing is wrong with that.
        Cause::Unsupported { missing: Missing::OauthSession } => Blame::Nobody,
        Cause::Misbehaved {
            misbehaviour:
                Misbehaviour::InsecureChannel | Misbehaviour::UnexpectedMessage | Misbehaviour::SecretsDoNotMatch,
        } => Blame::Nobody,
        Cause::Unsupported { .. } | Cause::Misbehaved { .. } => Blame::ServerSetup,
        Cause::Broken { .. } => Blame::Us,
    }
}

fn message(text: &Text, cause: &Cause) -> (&'static str, Owned) {
    match cause {
        Cause::Unavailable { outage, retry_at } => outage_message(*outage, *retry_at),
        Cause::Refused { refusal } => refusal::refusal_message(text, refusal),
        Cause::Expired { what } => (
            match what {
                Expiring::RegistrationSession => "expired-registration-session",
                Expiring::Browser => "expired-browser",
                Expiring::AuthorizationCode => "expired-authorization-code",
                Expiring::UserCode => "expired-user-code",
                Expiring::Confirmation => "expired-confirmation",
                Expiring::Rendezvous => "expired-rendezvous",
                Expiring::OtherDevice => "expired-other-device",
            },
            vec![],
        ),
        Cause::Unsupported { missing } => match missing {
            Missing::Homeserver => ("missing-homeserver", vec![]),
            Missing::PasswordSignIn => ("missing-password-sign-in", vec![]),
            Missing::LegacySignIn => ("missing-legacy-sign-in", vec![]),
            Missing::TokenSignIn => ("missing-token-sign-in", vec![]),
            Missing::SignIn { kinds } if kinds.is_empty() => ("missing-sign-in-at-all", vec![]),
            Missing::SignIn { kinds } => {
                ("missing-sign-in", vec![("kinds", plain(&kinds.join(", ")).into())])
            }
            Missing::Version { newest } => ("missing-version", vec![("newest", plain(newest).into())]),
            Missing::Pkce => ("missing-pkce", vec![]),
            Missing::AuthorizationCode => ("missing-authorization-code", vec![]),
            Missing::ClientRegistration => ("missing-client-registration", vec![]),
            Missing::DeviceGrant => ("missing-device-grant", vec![]),
            Missing::OauthSession => ("missing-oauth-session", vec![]),
            Missing::Rendezvous => ("missing-rendezvous", vec![]),
            Missing::OpenRendezvous => ("missing-open-rendezvous", vec![]),
            Missing::Revocation => ("missing-revocation", vec![]),
            Missing::Registration => ("missing-registration", vec![]),
            Missing::RegistrationFlow { stage } => {
                ("missing-registration-flow", vec![("stage", plain(stage.as_str()).into())])
            }
            Missing::Endpoint => ("missing-endpoint", vec![]),
            Missing::CrossSigningKeys => ("missing-cross-signing-keys", vec![]),
            Missing::Encryption => ("missing-encryption", vec![]),
        },
        Cause::Misbehaved { misbehaviour } => misbehaviour_message(*misbehaviour),
        Cause::Broken { bug: Bug::ReplyOfAnotherKind } => ("bug-reply-of-another-kind", vec![]),
    }
}

fn outage_message(outage: Outage, retry_at: Option<Time>) -> (&'static str, Owned) {
    let id = match outage {
        Outage::Network(Lost::Dns) => "lost-dns",
        Outage::Network(Lost::Connect) => "lost-connect",
        Outage::Network(Lost::ProxyUnreachable) => "lost-proxy-unreachable",
        Outage::Network(Lost::ProxyRefused) => "lost-proxy-refused",
        Outage::Network(Lost::Tls) => "lost-tls",
        Outage::Network(Lost::TlsExpired { at }) => {
            return ("lost-tls-expired", vec![("date", date(at).into())]);
        }
        Outage::Network(Lost::TlsNotYetValid { at }) => {
            return ("lost-tls-not-yet-valid", vec![("date", date(at).into())]);
        }
        Outage::Network(Lost::TlsUntrusted) => "lost-tls-untrusted",
        Outage::Network(Lost::TlsOtherName) => "lost-tls-other-name",
        Outage::Network(Lost::NoTls) => "lost-no-tls",
        Outage::Network(Lost::NotHttp) => "lost-not-http",
        Outage::Network(Lost::Encoding) => "lost-encoding",
        Outage::Network(Lost::Timeout) | Outage::TimedOut => "lost-timeout",
        Outage::Network(Lost::Broken) => "lost-broken",
        Outage::Network(Lost::TooLarge) => "lost-too-large",
        Outage::Network(Lost::Listen) => "lost-listen",
        Outage::Network(_) => "lost-broken",
        Outage::RateLimited => {
            let until = retry_at.map(|at| format!("{} {}", date(at), clock_time(at)));
            return (
                "outage-rate-limited",
                vec![("until", until.unwrap_or_else(|| "none".to_owned()).into())],
            );
        }
        Outage::ServerError(status) => {
            return ("outage-server-error", vec![("status", status.to_string().into())]);
        }
        Outage::AuthorizationServer => "outage-authorization-server",
        Outage::NotTheServer => "outage-not-the-server",
        Outage::Storage(problem) => storage_message(problem),
        Outage::SessionBusy => "outage-session-busy",
        Outage::TokensTooShort => "outage-tokens-too-short",
        Outage::EncryptionHeld(Some(pid)) => {
            return ("outage-encryption-held", vec![("pid", pid.to_string().into())]);
        }
        Outage::EncryptionHeld(None) => "outage-encryption-held-by-somebody",
        Outage::Unclear => "outage-unclear",
    };
    (id, vec![])
}

const fn storage_message(problem: StorageProblem) -> &'static str {
    match problem {
        StorageProblem::Locked => "storage-locked",
        StorageProblem::PassphraseMissing => "storage-passphrase-missing",
        StorageProblem::WrongPassphrase => "storage-wrong-passphrase",
        StorageProblem::KeyMissing => "storage-key-missing",
        StorageProblem::WrongKey => "storage-wrong-key",
        StorageProblem::Busy => "storage-busy",
        StorageProblem::Exposed => "storage-exposed",
        StorageProblem::NotAFile => "storage-not-a-file",
        StorageProblem::TooNew => "storage-too-new",
        StorageProblem::OtherPlace => "storage-other-place",
        StorageProblem::Full => "storage-full",
        StorageProblem::Denied => "storage-denied",
        StorageProblem::Corrupt => "storage-corrupt",
        StorageProblem::Other => "storage-other",
        _ => "storage-other",
    }
}

impl Text {
    /// Why something cannot be stored.
    #[must_use]
    pub fn storage(&self, problem: StorageProblem) -> Vec<String> {
        self.failure(&Failure {
            cause: Cause::Unavailable { outage: Outage::Storage(problem), retry_at: None },
            evidence: None,
        })
    }
}

fn misbehaviour_message(misbehaviour: Misbehaviour) -> (&'static str, Owned) {
    let id = match misbehaviour {
        Misbehaviour::MalformedBody => "misbehaviour-malformed-body",
        Misbehaviour::UnexpectedStatus(status) => {
            return ("misbehaviour-unexpected-status", vec![("status", status.to_string().into())]);
        }
        Misbehaviour::BodyTooLarge => "misbehaviour-body-too-large",
        Misbehaviour::InvalidField(field) => {
            return ("misbehaviour-invalid-field", vec![("field", field.into())]);
        }
        Misbehaviour::InsecureAddress(field) => {
            return ("misbehaviour-insecure-address", vec![("field", field.into())]);
        }
        Misbehaviour::Redirect => "misbehaviour-redirect",
        Misbehaviour::NoFlows => "misbehaviour-no-flows",
        Misbehaviour::NoProgress => "misbehaviour-no-progress",
        Misbehaviour::DelegationBroken => "misbehaviour-delegation-broken",
        Misbehaviour::ForeignEndpoint(field) => {
            return ("misbehaviour-foreign-endpoint", vec![("field", field.into())]);
        }
        Misbehaviour::WrongIssuer => "misbehaviour-wrong-issuer",
        Misbehaviour::MalformedCallback => "misbehaviour-malformed-callback",
        Misbehaviour::WrongScope => "misbehaviour-wrong-scope",
        Misbehaviour::InsecureChannel => "misbehaviour-insecure-channel",
        Misbehaviour::UnexpectedMessage => "misbehaviour-unexpected-message",
        Misbehaviour::SecretsDoNotMatch => "misbehaviour-secrets-do-not-match",
    };
    (id, vec![])
}

#[cfg(test)]
mod tests;
