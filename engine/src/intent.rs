//! What a user can ask for, and which of it would be accepted.

use std::fmt;

use serde::ser::SerializeSeq as _;
use serde::{Deserialize, Serialize, Serializer};

use crate::account_management::AccountAction;
use crate::qr::{Generation, ScannedCode};
use crate::secret::Secret;
use crate::stage::Stage;

/// What a user asks for. Accepted only while the [view](crate::View) offers it.
///
/// `Deserialize` only, because it may carry a password: as JSON, `{"intent": "use_server", "server": "…"}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "intent", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Intent {
    /// Find out what this server offers.
    UseServer {
        /// A server name, user id, URL or matrix.to link, as typed.
        server: String,
    },
    /// Open the registration form.
    CreateAccount,
    /// Ask whether this username is free, once the typing pauses.
    CheckUsername {
        /// The localpart, as typed so far.
        username: String,
    },
    /// Register with this username and password.
    Register {
        /// The localpart wanted.
        username: String,
        /// The password; absent to use the one given before.
        #[serde(default)]
        password: Option<Secret<String>>,
        /// Stages the user would like to use when the server leaves a choice, such as `m.login.email.identity`.
        #[serde(default)]
        prefer: Vec<Stage>,
    },
    /// Accept all the policies shown.
    AcceptTerms,
    /// Use this registration token.
    UseToken {
        /// The token, as given by the server's admin.
        token: Secret<String>,
    },
    /// Send the confirmation to this e-mail address (also: to another one than before).
    UseEmail {
        /// The address, as typed.
        address: String,
    },
    /// Send the confirmation to this phone (also: to another one than before).
    UsePhone {
        /// ISO 3166 country code of two letters.
        country: String,
        /// The number, as dialled in that country or with `+`.
        number: String,
    },
    /// Send the confirmation once more.
    Resend,
    /// Use this code from the confirmation.
    EnterCode {
        /// The code, passed on unchanged.
        code: Secret<String>,
    },
    /// Open the page in the browser again.
    OpenBrowser,
    /// The user says that they are done outside: look now.
    CheckNow,
    /// Sign in with a password.
    SignInWithPassword {
        /// A localpart, user id, e-mail address, or phone number with `+`.
        identifier: String,
        /// The password.
        password: Secret<String>,
    },
    /// Sign in through the browser, by single sign-on.
    SignInWithSso {
        /// The id of one of the providers that the server lists.
        #[serde(default)]
        provider: Option<String>,
    },
    /// Sign in with a login token from another session.
    SignInWithToken {
        /// The token.
        token: Secret<String>,
    },
    /// Use a session that was made elsewhere, by its access token.
    SignInWithAccessToken {
        /// The token.
        token: Secret<String>,
        /// Whose it has to be, by user id or by name; anybody's, if it is not said. A session of somebody else is refused,
        /// and nothing is stored.
        #[serde(default)]
        identifier: Option<String>,
    },
    /// Sign in through the browser, by OAuth 2.0.
    SignInWithBrowser,
    /// Sign in by a code that is entered on another device, by OAuth 2.0.
    SignInWithDeviceCode,
    /// Show a QR code for another device to scan: on a new device to be signed in by it, on one that is signed in to sign
    /// the other one in.
    ShowCode {
        /// Of which generation; absent for the newer of those that the server has.
        #[serde(default)]
        generation: Option<Generation>,
    },
    /// Scan the QR code that another device shows.
    ScanCode,
    /// The warning was read.
    Understood,
    /// What was scanned. As JSON, the bytes of the picture in base64.
    UseCode {
        /// What is in the code; or what it is instead, so that the person can be told.
        payload: ScannedCode,
    },
    /// Yes, that is right.
    Confirm,
    /// The page cannot be opened here.
    CannotOpen,
    /// Try the failed step again.
    Retry,
    /// Go on with what an earlier run left unfinished.
    Continue,
    /// One step back; from an unfinished flow, give it up.
    Cancel,
    /// Ask the server whether the session is good.
    CheckSession,
    /// Get a fresh access token now.
    Refresh,
    /// End the session.
    SignOut {
        /// On every device of the account.
        #[serde(default)]
        everywhere: bool,
    },
    /// Drop the session here, although the server could not be told.
    Forget,
    /// Sign in again as the same user, on the same device.
    SignInAgain,
    /// Ask the server which devices the account has.
    ListDevices,
    /// Open the web page on which the account is managed.
    ManageAccount {
        /// What for; absent for the page itself.
        #[serde(default)]
        action: Option<AccountAction>,
        /// For an action that is about a device: which; absent for this one.
        #[serde(default)]
        device_id: Option<String>,
    },
}

/// The kind of an [`Intent`], without what it carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is the kind of the intent of the same name")]
#[non_exhaustive]
pub enum Offer {
    UseServer,
    CreateAccount,
    CheckUsername,
    Register,
    AcceptTerms,
    UseToken,
    UseEmail,
    UsePhone,
    Resend,
    EnterCode,
    OpenBrowser,
    CheckNow,
    SignInWithPassword,
    SignInWithSso,
    SignInWithToken,
    SignInWithAccessToken,
    SignInWithBrowser,
    SignInWithDeviceCode,
    ShowCode,
    ScanCode,
    Understood,
    UseCode,
    Confirm,
    CannotOpen,
    Retry,
    Continue,
    Cancel,
    CheckSession,
    Refresh,
    SignOut,
    Forget,
    SignInAgain,
    ListDevices,
    ManageAccount,
}

impl Offer {
    /// Every offer there is, in the order of [`Offers::iter`].
    pub const ALL: [Self; 34] = [
        Self::UseServer,
        Self::CreateAccount,
        Self::CheckUsername,
        Self::Register,
        Self::AcceptTerms,
        Self::UseToken,
        Self::UseEmail,
        Self::UsePhone,
        Self::Resend,
        Self::EnterCode,
        Self::OpenBrowser,
        Self::CheckNow,
        Self::SignInWithPassword,
        Self::SignInWithSso,
        Self::SignInWithToken,
        Self::SignInWithAccessToken,
        Self::SignInWithBrowser,
        Self::SignInWithDeviceCode,
        Self::ShowCode,
        Self::ScanCode,
        Self::Understood,
        Self::UseCode,
        Self::Confirm,
        Self::CannotOpen,
        Self::Retry,
        Self::Continue,
        Self::Cancel,
        Self::CheckSession,
        Self::Refresh,
        Self::SignOut,
        Self::Forget,
        Self::SignInAgain,
        Self::ListDevices,
        Self::ManageAccount,
    ];
}

impl Intent {
    /// What kind of intent this is.
    #[must_use]
    pub const fn offer(&self) -> Offer {
        match self {
            Self::UseServer { .. } => Offer::UseServer,
            Self::CreateAccount => Offer::CreateAccount,
            Self::CheckUsername { .. } => Offer::CheckUsername,
            Self::Register { .. } => Offer::Register,
            Self::AcceptTerms => Offer::AcceptTerms,
            Self::UseToken { .. } => Offer::UseToken,
            Self::UseEmail { .. } => Offer::UseEmail,
            Self::UsePhone { .. } => Offer::UsePhone,
            Self::Resend => Offer::Resend,
            Self::EnterCode { .. } => Offer::EnterCode,
            Self::OpenBrowser => Offer::OpenBrowser,
            Self::CheckNow => Offer::CheckNow,
            Self::SignInWithPassword { .. } => Offer::SignInWithPassword,
            Self::SignInWithSso { .. } => Offer::SignInWithSso,
            Self::SignInWithToken { .. } => Offer::SignInWithToken,
            Self::SignInWithAccessToken { .. } => Offer::SignInWithAccessToken,
            Self::ShowCode { .. } => Offer::ShowCode,
            Self::ScanCode => Offer::ScanCode,
            Self::Understood => Offer::Understood,
            Self::UseCode { .. } => Offer::UseCode,
            Self::Confirm => Offer::Confirm,
            Self::CannotOpen => Offer::CannotOpen,
            Self::Retry => Offer::Retry,
            Self::Continue => Offer::Continue,
            Self::Cancel => Offer::Cancel,
            Self::CheckSession => Offer::CheckSession,
            Self::Refresh => Offer::Refresh,
            Self::SignOut { .. } => Offer::SignOut,
            Self::Forget => Offer::Forget,
            Self::SignInAgain => Offer::SignInAgain,
            Self::ListDevices => Offer::ListDevices,
            Self::ManageAccount { .. } => Offer::ManageAccount,
            Self::SignInWithBrowser => Offer::SignInWithBrowser,
            Self::SignInWithDeviceCode => Offer::SignInWithDeviceCode,
        }
    }
}

/// A set of [`Offer`]s: every intent that will be accepted now. All others are ignored.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Offers(u64);

const _: () = assert!(Offer::ALL.len() <= u64::BITS as usize, "each has a bit");

impl Offers {
    /// Nothing is on offer.
    pub const NONE: Self = Self(0);

    pub(crate) const fn of(offers: &[Offer]) -> Self {
        let (mut set, mut i) = (0u64, 0);
        while i < offers.len() {
            set |= 1u64 << offers[i] as u32;
            i += 1;
        }
        Self(set)
    }

    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn and_if(self, condition: bool, offer: Offer) -> Self {
        if condition { self.and(Self::of(&[offer])) } else { self }
    }

    /// All but these.
    pub(crate) const fn without(self, offers: &[Offer]) -> Self {
        Self(self.0 & !Self::of(offers).0)
    }

    /// Whether `offer` would be accepted.
    #[must_use]
    pub const fn contains(self, offer: Offer) -> bool {
        self.0 & (1u64 << offer as u32) != 0
    }

    /// Whether nothing would be accepted.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The offers, in the order of [`Offer::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Offer> {
        Offer::ALL.into_iter().filter(move |offer| self.contains(*offer))
    }
}

impl fmt::Debug for Offers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Serialize for Offers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for offer in self.iter() {
            list.serialize_element(&offer)?;
        }
        list.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_lists_exactly_what_it_was_made_of() {
        for (n, offer) in Offer::ALL.into_iter().enumerate() {
            assert_eq!(offer as usize, n, "ALL is in the order of declaration");
            assert_eq!(Offers::of(&[offer]).iter().collect::<Vec<_>>(), [offer]);
        }
        assert_eq!(Offers::of(&Offer::ALL).iter().count(), Offer::ALL.len());
        let (both, one) = (Offers::of(&[Offer::Retry, Offer::Cancel]), Offers::of(&[Offer::Retry]));
        assert_eq!(both.and(one), both, "what is on offer twice is on offer");
    }

    #[test]
    fn an_intent_reads_from_json_and_refuses_what_it_does_not_know() {
        let read = |s| serde_json::from_str::<Intent>(s);
        assert_eq!(
            read(r#"{"intent":"use_server","server":"a.b"}"#).ok(),
            Some(Intent::UseServer { server: "a.b".into() })
        );
        assert_eq!(
            read(r#"{"intent":"register","username":"a","password":"b"}"#).ok(),
            Some(Intent::Register { username: "a".into(), password: Some("b".into()), prefer: vec![] })
        );
        assert!(read(r#"{"intent":"fly"}"#).is_err());
        assert!(read(r#"{"intent":"use_server","server":"a","sever":"b"}"#).is_err());
    }
}
