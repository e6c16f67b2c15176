//! What can be under way?

use serde::Serialize;

/// What is being done, for a spinner with words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Task {
    /// Asking where the homeserver is.
    FindServer,
    /// Asking what it offers.
    AskServer,
    /// Registering.
    Register,
    /// Asking whether a registration token is good.
    CheckToken,
    /// Asking the server to send a confirmation.
    SendConfirmation,
    /// Passing on a code.
    CheckConfirmation,
    /// Looking for the page of a stage.
    FindPage,
    /// Getting ready for the browser's callback.
    AwaitCallback,
    /// Registering the client with the authorization server.
    RegisterClient,
    /// Asking for a code to enter on another device.
    GetUserCode,
    /// Finding out whether a session could be stored.
    CheckStorage,
    /// Signing in.
    SignIn,
    /// Making the session durable.
    KeepSession,
    /// Asking whether the session is good.
    CheckSession,
    /// Asking which devices the account has.
    ListDevices,
    /// Getting a fresh access token.
    Refresh,
    /// Signing out.
    SignOut,
    /// Removing what is stored of a session that is over at the server.
    EraseSession,
    /// Removing what is stored of a session that the server may still list.
    ForgetSession,
    /// Asking for a place where two devices can meet.
    OpenRendezvous,
    /// Going to the place that a code names.
    JoinRendezvous,
    /// Waiting for the other device.
    AwaitDevice,
    /// Telling the other device that it is over.
    TellDevice,
    /// Asking whether the account has the new device.
    CheckDevice,
    /// Finding out whether this device has the keys of the account, and the server what it takes.
    CheckSecrets,
    /// Asking the user whether an account is theirs that another device has signed this one in to.
    ConfirmAccount,
    /// Finding out whether the keys that came are the account's, and taking them.
    AdoptSecrets,
    /// Handing the keys of the account over.
    ShareSecrets,
    /// Waiting for the new device to take them: its user has to say that the account is theirs.
    AwaitVerification,
}
