//! What is a failure in one technical line of English? For logs and errors; frontends have words of their own.

use std::fmt;

use crate::io::{Lost, StorageProblem};
use crate::stage::Medium;

use super::{
    Bug, Cause, Evidence, Expiring, Failure, Misbehaviour, Missing, Outage, PasswordProblem, Refusal,
    UsernameProblem,
};

impl fmt::Display for Failure {
    /// What is wrong, and the exchange that showed it. What the server says about it is quoted as it is: untrusted.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.evidence {
            Some(evidence) => write!(f, "{} ({evidence})", self.cause),
            None => self.cause.fmt(f),
        }
    }
}

impl std::error::Error for Failure {}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{}", self.method.as_str(), self.host, self.path)?;
        match self.status {
            Some(status) => write!(f, " -> {status}")?,
            None => f.write_str(" -> no answer")?,
        }
        if let Some(errcode) = &self.errcode {
            write!(f, " {errcode}")?;
        }
        match &self.message {
            Some(message) => write!(f, ": {message:?}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable { outage, .. } => outage.fmt(f),
            Self::Refused { refusal } => refusal.fmt(f),
            Self::Expired { what } => write!(f, "{what} expired"),
            Self::Unsupported { missing } => write!(f, "the server lacks {missing}"),
            Self::Misbehaved { misbehaviour } => write!(f, "the server broke the protocol: {misbehaviour}"),
            Self::Broken { bug } => write!(f, "a bug: {bug}"),
        }
    }
}

impl fmt::Display for Outage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network(lost) => write!(f, "the exchange failed: {lost}"),
            Self::TimedOut => f.write_str("no answer in time"),
            Self::RateLimited => f.write_str("the server limits the rate of requests"),
            Self::ServerError(status) => write!(f, "the server failed with status {status}"),
            Self::AuthorizationServer => f.write_str("the authorization server failed"),
            Self::NotTheServer => f.write_str("a web page answered in the place of the server"),
            Self::Storage(problem) => write!(f, "the session could not be stored: {problem}"),
            Self::TokensTooShort => f.write_str("the access tokens end before they can be used"),
            Self::SessionBusy => f.write_str("another program is refreshing or ending this session"),
            Self::EncryptionHeld(_) => f.write_str("another program has the encryption open"),
            Self::Unclear => f.write_str("whether the server offers this could not be found out"),
        }
    }
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dns => "the name did not resolve",
            Self::Connect => "no connection",
            Self::ProxyUnreachable => "no connection to the proxy",
            Self::ProxyRefused => "the proxy made no connection",
            Self::Tls => "no trusted TLS connection",
            Self::TlsExpired { .. } => "the certificate has expired",
            Self::TlsNotYetValid { .. } => "the certificate is not valid yet",
            Self::TlsUntrusted => "the certificate is not trusted",
            Self::TlsOtherName => "the certificate is for another name",
            Self::NoTls => "it was not TLS",
            Self::Timeout => "timed out",
            Self::Broken => "the connection broke",
            Self::NotHttp => "it was not HTTP",
            Self::Encoding => "the answer was packed in a way that was not asked for",
            Self::TooLarge => "the answer was too large",
            Self::Listen => "no socket to listen on",
        })
    }
}

impl fmt::Display for StorageProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Locked => "locked",
            Self::PassphraseMissing => "the passphrase is missing",
            Self::WrongPassphrase => "the passphrase is another one",
            Self::KeyMissing => "the key is missing",
            Self::WrongKey => "the key is another one",
            Self::Busy => "somebody else writes and does not finish",
            Self::Full => "no room left",
            Self::Denied => "not permitted",
            Self::Exposed => "it is not the user's alone",
            Self::NotAFile => "something else is in the place of a file",
            Self::Corrupt => "what is stored is damaged",
            Self::TooNew => "a newer version wrote it",
            Self::OtherPlace => "secrets are kept in another way already",
            Self::Other => "unknown",
        })
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ServerNotUnderstood => f.write_str("not a server name, a user ID or a URL"),
            Self::NewDeviceAbsent => f.write_str("the account does not show the new device"),
            Self::ServerInsecure => f.write_str("http: is for loopback hosts only"),
            Self::HomeserverUnclear => f.write_str("the name does not lead to a homeserver"),
            Self::UsernameTaken => f.write_str("the username is taken"),
            Self::UsernameInvalid(problem) => write!(f, "the username is invalid: {problem}"),
            Self::UsernameReserved => f.write_str("the username is reserved"),
            Self::PasswordMissing => f.write_str("there is no password"),
            Self::PasswordWeak(problem) => write!(f, "the password is too weak: {problem}"),
            Self::TokenInvalid => f.write_str("the registration token is unknown, used up or expired"),
            Self::TokenMalformed => f.write_str("not a registration token"),
            Self::AddressInvalid(medium) => write!(f, "not {}", address(*medium)),
            Self::AddressInUse(medium) => write!(f, "{} of another account", address(*medium)),
            Self::AddressDenied(medium) => write!(f, "{} that the server does not accept", address(*medium)),
            Self::CodeWrong => f.write_str("the code is wrong"),
            Self::StageFailed(stage) => write!(f, "the stage {} was not passed", stage.as_str()),
            Self::RegistrationClosed => f.write_str("the server takes no registrations"),
            Self::WrongCredentials => f.write_str("user and password do not match"),
            Self::Deactivated => f.write_str("the account is deactivated"),
            Self::Locked => f.write_str("the account is locked"),
            Self::SignedOutElsewhere => f.write_str("another program signed out of this session"),
            Self::LoginTokenInvalid => f.write_str("the login token is unknown, used up or expired"),
            Self::AccessTokenInvalid => f.write_str("the access token is unknown or expired"),
            Self::Declined => f.write_str("the user declined"),
            Self::CheckCodeWrong => f.write_str("the check code is wrong"),
            Self::CancelledThere => f.write_str("the other device cancelled"),
            Self::WrongKindOfCode(wrong) => write!(f, "not a code for this: {wrong:?}"),
            Self::OtherDevice(reason) => write!(f, "the other device gave up: {reason}"),
            Self::ClientRefused => f.write_str("the authorization server refuses the client"),
            Self::ConsentNeeded { uri: Some(uri) } => write!(f, "terms have to be accepted first, at {uri}"),
            Self::ConsentNeeded { uri: None } => f.write_str("terms have to be accepted first"),
            Self::AccountElsewhere { server } => write!(f, "the account is on {server}"),
            Self::WrongAccount { expected, found } => {
                write!(f, "logged in as {found}, and {expected} was expected")
            }
            Self::SessionOfAnother { expected, found } => {
                write!(f, "the session is said to be of {found}, and was of {expected}")
            }
            Self::ServerFull { contact: Some(contact) } => {
                write!(f, "the server has reached a limit; contact {contact}")
            }
            Self::ServerFull { contact: None } => f.write_str("the server has reached a limit"),
            Self::Other => f.write_str("the server refuses"),
        }
    }
}

const fn address(medium: Medium) -> &'static str {
    match medium {
        Medium::Email => "an e-mail address",
        Medium::Phone => "a phone number",
    }
}

impl fmt::Display for UsernameProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("empty"),
            Self::Character(character) => write!(f, "{character:?} is not allowed"),
            Self::TooLong => f.write_str("the user ID is longer than 255 bytes"),
            Self::ServerRule => f.write_str("a rule of the server"),
        }
    }
}

impl fmt::Display for PasswordProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooShort => "too short",
            Self::NoDigit => "no digit",
            Self::NoSymbol => "no symbol",
            Self::NoUppercase => "no upper-case letter",
            Self::NoLowercase => "no lower-case letter",
            Self::InDictionary => "in a dictionary",
            Self::TooLong => "longer than 512 characters",
            Self::Unspecified => "the server does not say why",
        })
    }
}

impl fmt::Display for Expiring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RegistrationSession => "the registration session",
            Self::Browser => "the stay in the browser",
            Self::AuthorizationCode => "the authorization code",
            Self::UserCode => "the user code",
            Self::Confirmation => "the confirmation",
            Self::Rendezvous => "the rendezvous",
            Self::OtherDevice => "the patience with the other device",
        })
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Homeserver => f.write_str("a Matrix homeserver"),
            Self::PasswordSignIn => f.write_str("login by password"),
            Self::LegacySignIn => f.write_str("this login of the legacy API"),
            Self::TokenSignIn => f.write_str("login by a login token"),
            Self::SignIn { kinds } if kinds.is_empty() => f.write_str("any way to sign in"),
            Self::SignIn { kinds } => write!(f, "a known way to sign in among {}", kinds.join(", ")),
            Self::Version { newest } => write!(f, "a version of the specification newer than {newest}"),
            Self::Pkce => f.write_str("PKCE with S256"),
            Self::AuthorizationCode => f.write_str("the authorization code grant"),
            Self::ClientRegistration => f.write_str("client registration"),
            Self::DeviceGrant => f.write_str("the device authorization grant"),
            Self::OauthSession => f.write_str("a session made by OAuth 2.0"),
            Self::Rendezvous => f.write_str("a rendezvous for two devices"),
            Self::OpenRendezvous => f.write_str("a rendezvous for a device that is not signed in"),
            Self::Revocation => f.write_str("revocation of tokens"),
            Self::Registration => f.write_str("registration"),
            Self::RegistrationFlow { stage } => {
                write!(f, "a registration flow without the stage {}", stage.as_str())
            }
            Self::Endpoint => f.write_str("an endpoint to refresh or end a session"),
            Self::CrossSigningKeys => f.write_str("the private cross-signing keys, on this device"),
            Self::Encryption => f.write_str("encryption, in this program"),
        }
    }
}

impl fmt::Display for Misbehaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MalformedBody => f.write_str("malformed body"),
            Self::UnexpectedStatus(status) => write!(f, "unexpected status {status}"),
            Self::BodyTooLarge => f.write_str("body too large"),
            Self::InvalidField(field) => write!(f, "invalid or missing field `{field}`"),
            Self::InsecureAddress(field) => write!(f, "insecure address in `{field}`"),
            Self::Redirect => f.write_str("bad redirects"),
            Self::NoFlows => f.write_str("no registration flows"),
            Self::NoProgress => f.write_str("the same request again and again"),
            Self::DelegationBroken => f.write_str("the delegation leads to no homeserver"),
            Self::ForeignEndpoint(field) => write!(f, "`{field}` is not the authorization server's own"),
            Self::WrongIssuer => f.write_str("wrong or missing `iss` in the callback"),
            Self::MalformedCallback => f.write_str("the callback contradicts itself"),
            Self::WrongScope => f.write_str("another scope was granted"),
            Self::InsecureChannel => f.write_str("the channel does not lead to the device with the code"),
            Self::UnexpectedMessage => f.write_str("the other device said what was not due"),
            Self::SecretsDoNotMatch => f.write_str("the keys are not those that the account publishes"),
        }
    }
}

impl fmt::Display for Bug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReplyOfAnotherKind => f.write_str("an effect was answered by a reply of another kind"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::{Method, Time};

    #[test]
    fn a_failure_is_an_error_of_one_line_with_its_evidence() {
        let evidence = Evidence {
            method: Method::Post,
            host: "a.b:8448".to_owned(),
            path: "/_matrix/client/v3/login".to_owned(),
            status: Some(403),
            errcode: Some("M_FORBIDDEN".to_owned()),
            message: Some("Invalid \"x\"".to_owned()),
            at: Time(1),
        };
        let cause = Cause::Refused { refusal: Refusal::WrongCredentials };
        let failure = Failure { cause, evidence: Some(Box::new(evidence)) };
        let error: Box<dyn std::error::Error> = Box::new(failure);
        assert_eq!(
            error.to_string(),
            "user and password do not match (POST a.b:8448/_matrix/client/v3/login -> 403 M_FORBIDDEN: \
             \"Invalid \\\"x\\\"\")"
        );
        let outage = Outage::Network(Lost::Dns);
        let failure = Failure { cause: Cause::Unavailable { outage, retry_at: None }, evidence: None };
        assert_eq!(failure.to_string(), "the exchange failed: the name did not resolve");
    }
}
