//! How was the protocol broken, and by whom?

use serde::Serialize;

/// How the server broke the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Misbehaviour {
    /// The body is not what is specified.
    MalformedBody,
    /// The status is not one that is specified.
    UnexpectedStatus(u16),
    /// The body is larger than any that is specified.
    BodyTooLarge,
    /// A field is missing, or is not what is specified.
    InvalidField(&'static str),
    /// An address leads to plain `http:` or to no web page.
    InsecureAddress(&'static str),
    /// Redirects go round, on for too long, or to plain `http:`.
    Redirect,
    /// It lists no registration flow.
    NoFlows,
    /// It asks for the same again and again, or for what was already done.
    NoProgress,
    /// The delegation leads to no homeserver.
    DelegationBroken,
    /// It names an endpoint, in this field, that the authorization server itself does not name. Whoever has it could get
    /// at what others grant.
    ForeignEndpoint(&'static str),
    /// The callback says that it comes from another authorization server, or does not say it at all.
    WrongIssuer,
    /// The callback contradicts itself.
    MalformedCallback,
    /// Other rights were granted than were asked for.
    WrongScope,
    /// What came did not come from the device with the code, or another one was faster.
    InsecureChannel,
    /// What the other device said was not what was due.
    UnexpectedMessage,
    /// The keys that came are not those that the account publishes.
    SecretsDoNotMatch,
}

/// A bug of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Bug {
    /// An effect was answered by the reply of another kind.
    ReplyOfAnotherKind,
}
