//! What must outlive the process while a flow is unfinished: versioned, and only what cannot be asked again.

use serde::{Deserialize, Serialize};

use crate::account::saved::SavedWithDevice;
use crate::adoption::saved::SavedAdoption;
use crate::io::Callback;
use crate::legacy::saved::SavedSso;
use crate::link::saved::SavedLink;
use crate::oauth::saved::SavedOAuth;
use crate::register::saved::SavedRegister;
use crate::secret::{Secret, exposed_option};
use crate::session::{SavedError, Session, SessionV1};

/// An unfinished flow, or a session: what [`Engine::resume`](crate::Engine::resume) goes on from.
///
/// A stored [`Session`] becomes one by `Saved::from`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Saved(pub(crate) Content);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Content {
    /// A registration under way.
    Register(Box<SavedRegister>),
    /// A single sign-on whose user is in the browser.
    Sso(Box<SavedSso>),
    /// A sign-in by OAuth 2.0 whose user is in the browser, or just back from there.
    OAuth(Box<SavedOAuth>),
    /// An account that nobody can sign in to yet, and that its owner has to know of.
    AwaitingApproval { server: Box<str>, username: Box<str> },
    /// A session that the server gave us and that may not be stored yet.
    Fresh { session: Session, replaces: Option<Secret<String>> },
    /// A session that is stored, with newer tokens that may not be.
    Renewed { session: Session, replaces: Option<Secret<String>> },
    /// A session that nobody wants, and that the server does not know the end of yet.
    Unwanted(Session),
    /// A session that is stored.
    Stored(Session),
    /// A new device that talks to the one that helps it.
    WithDevice(Box<SavedWithDevice>),
    /// A session whose device helps another one.
    Link(Box<SavedLink>),
    /// A new session, and the private keys that another device is to hand over.
    Adopting(Box<SavedAdoption>),
}

impl Content {
    /// The session in it is one that nobody wants.
    pub(crate) fn unwanted(self) -> Self {
        match self {
            Self::Fresh { session, .. } | Self::Renewed { session, .. } | Self::Stored(session) => {
                Self::Unwanted(session)
            }
            Self::Register(_)
            | Self::Sso(_)
            | Self::OAuth(_)
            | Self::AwaitingApproval { .. }
            | Self::WithDevice(_)
            | Self::Unwanted(_) => self,
            Self::Adopting(adoption) => Self::Unwanted(adoption.session.into()),
            Self::Link(link) => Self::Unwanted(link.session.into()),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "version")]
enum Versioned {
    #[serde(rename = "1")]
    V1(V1),
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "flow", rename_all = "snake_case")]
enum V1 {
    Register(Box<SavedRegister>),
    Sso(Box<SavedSso>),
    #[serde(rename = "oauth")]
    OAuth(Box<SavedOAuth>),
    AwaitingApproval {
        server: Box<str>,
        username: Box<str>,
    },
    Fresh(Unstored),
    Renewed(Unstored),
    Unwanted(SessionV1),
    Stored(SessionV1),
    WithDevice(Box<SavedWithDevice>),
    Link(Box<SavedLink>),
    Adopting(Box<SavedAdoption>),
}

/// A session, and the access token that is stored in its place.
#[derive(Serialize, Deserialize)]
struct Unstored {
    #[serde(flatten)]
    session: SessionV1,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "exposed_option")]
    replaces: Option<Secret<String>>,
}

impl Unstored {
    fn of(session: Session, replaces: Option<Secret<String>>) -> Self {
        Self { session: session.into(), replaces }
    }
}

impl Saved {
    /// The JSON to keep, secrets included: for a keyring or an encrypted file.
    ///
    /// It has a version, and every later version of Narthex reads it.
    #[must_use]
    pub fn to_json(&self) -> Secret<String> {
        let v1 = match self.0.clone() {
            Content::Register(register) => V1::Register(register),
            Content::Sso(sso) => V1::Sso(sso),
            Content::AwaitingApproval { server, username } => V1::AwaitingApproval { server, username },
            Content::OAuth(oauth) => V1::OAuth(oauth),
            Content::Fresh { session, replaces } => V1::Fresh(Unstored::of(session, replaces)),
            Content::Renewed { session, replaces } => V1::Renewed(Unstored::of(session, replaces)),
            Content::Unwanted(session) => V1::Unwanted(session.into()),
            Content::Stored(session) => V1::Stored(session.into()),
            Content::WithDevice(saved) => V1::WithDevice(saved),
            Content::Link(saved) => V1::Link(saved),
            Content::Adopting(saved) => V1::Adopting(saved),
        };
        let json = serde_json::to_string(&Versioned::V1(v1));
        Secret::new(json.expect("there are no maps with other keys than text and no floats in it"))
    }

    /// Reads what [`to_json`](Self::to_json) wrote.
    ///
    /// # Errors
    ///
    /// When it is damaged, or of a version that is not known yet.
    pub fn from_json(json: &str) -> Result<Self, SavedError> {
        let Versioned::V1(v1) = serde_json::from_str(json).map_err(|_| SavedError::of(json))?;
        Ok(Self(match v1 {
            V1::Register(register) => Content::Register(register),
            V1::Sso(sso) => Content::Sso(sso),
            V1::AwaitingApproval { server, username } => Content::AwaitingApproval { server, username },
            V1::OAuth(oauth) => Content::OAuth(oauth),
            V1::Fresh(Unstored { session, replaces }) => Content::Fresh { session: session.into(), replaces },
            V1::Renewed(Unstored { session, replaces }) => {
                Content::Renewed { session: session.into(), replaces }
            }
            V1::Unwanted(session) => Content::Unwanted(session.into()),
            V1::Stored(session) => Content::Stored(session.into()),
            V1::WithDevice(saved) => Content::WithDevice(saved),
            V1::Link(saved) => Content::Link(saved),
            V1::Adopting(saved) => Content::Adopting(saved),
        }))
    }

    /// Whether this is the callback that it waits for: an engine that resumes it goes on by it, without being asked to.
    #[must_use]
    pub fn accepts(&self, callback: &Callback) -> bool {
        match &self.0 {
            Content::OAuth(saved) => callback.url().is_some_and(|url| saved.awaits(&url)),
            Content::Register(_)
            | Content::Sso(_)
            | Content::AwaitingApproval { .. }
            | Content::Fresh { .. }
            | Content::Renewed { .. }
            | Content::Unwanted(_)
            | Content::WithDevice(_)
            | Content::Link(_)
            | Content::Adopting(_)
            | Content::Stored(_) => false,
        }
    }

    /// The session that has only to be stored, if that is what is left to do.
    #[must_use]
    pub fn unstored(&self) -> Option<&Session> {
        match &self.0 {
            Content::Fresh { session, .. } | Content::Renewed { session, .. } => Some(session),
            Content::Register(_)
            | Content::Sso(_)
            | Content::OAuth(_)
            | Content::AwaitingApproval { .. }
            | Content::Unwanted(_)
            | Content::WithDevice(_)
            | Content::Link(_)
            | Content::Adopting(_)
            | Content::Stored(_) => None,
        }
    }

    /// Whether it is about a session of an account that the user has still to call theirs. Nobody else should use it.
    #[must_use]
    pub fn is_unconfirmed(&self) -> bool {
        matches!(&self.0, Content::Adopting(adoption) if !adoption.is_theirs)
    }

    /// Whether it may be dropped for good: nothing at a server (an account, a device, a session) is known through it
    /// alone.
    #[must_use]
    pub fn is_dispensable(&self) -> bool {
        match &self.0 {
            Content::Register(register) => !register.is_unsure(),
            Content::OAuth(oauth) => !oauth.is_granted(),
            Content::WithDevice(saved) => saved.oauth.as_ref().is_none_or(|oauth| !oauth.is_granted()),
            Content::Adopting(adoption) => adoption.is_stored && adoption.is_theirs,
            Content::Sso(_) | Content::AwaitingApproval { .. } | Content::Stored(_) | Content::Link(_) => {
                true
            }
            Content::Fresh { .. } | Content::Renewed { .. } | Content::Unwanted(_) => false,
        }
    }
}

impl From<Session> for Saved {
    fn from(session: Session) -> Self {
        Self(Content::Stored(session))
    }
}
