//! What a status is in JSON: profiles, sessions, and sign-ins that are not finished.

use narthex::{Offer, StorageProblem, Task, Time};
use narthex_app::{Listed, Underway};
use serde::Serialize;

use crate::exit::Exit;
use crate::json::parts::{Account, Kept, is_false};

/// A profile that could be read.
pub(crate) struct Found {
    pub(crate) store: narthex_storage::Store,
    pub(crate) accounts: Vec<Listed>,
    pub(crate) unfinished: Result<Vec<Underway>, StorageProblem>,
}

/// A set of accounts that is separate from others.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Profile<'l> {
    /// Its name.
    name: &'l str,
    /// Where its sessions lie; absent if it could not be opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    kept: Option<Kept>,
    /// Why it could not be opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<StorageProblem>,
    /// The sessions, the newest first.
    accounts: Vec<Session<'l>>,
    /// The sign-ins that are not finished, the newest first.
    unfinished: Vec<Running<'l>>,
    /// Why it could not be found out which there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    unfinished_problem: Option<StorageProblem>,
}

/// A session.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Session<'l> {
    /// Whose.
    #[serde(flatten)]
    account: Account<'l>,
    /// When the access token stops working, as far as the server said.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Time>,
    /// Whether the access token can be refreshed.
    refreshable: bool,
    /// The server has ended it.
    ended: bool,
    /// Why it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<StorageProblem>,
}

/// A sign-in that is not finished, and whether a process runs it.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Running<'l> {
    /// What it is; absent while another process runs it.
    #[serde(flatten)]
    unfinished: Option<Unfinished<'l>>,
    /// When it was begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Time>,
    /// Another process runs it.
    running: bool,
    /// Why it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<StorageProblem>,
}

/// A sign-in that is not finished.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Unfinished<'l> {
    /// With which server.
    server: &'l str,
    /// What was being done.
    task: Task,
    /// By which intent it began; absent where there is a session already.
    #[serde(skip_serializing_if = "Option::is_none")]
    way: Option<Offer>,
    /// For single sign-on: the id of the provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<&'l str>,
    /// Whose, where that is known: a user id, or the username of a new account.
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'l str>,
    /// It waits for a pasted callback address: `--paste` resumes it.
    #[serde(skip_serializing_if = "is_false")]
    paste: bool,
}

impl<'l> From<&'l narthex_app::Unfinished> for Unfinished<'l> {
    fn from(unfinished: &'l narthex_app::Unfinished) -> Self {
        let narthex_app::Unfinished { server, task, way, provider, user, by_paste } = unfinished;
        let (provider, user) = (provider.as_deref(), user.as_deref());
        Self { server, task: *task, way: *way, provider, user, paste: *by_paste }
    }
}

impl<'l> From<&'l (narthex_app::Profile, Result<Found, Exit>)> for Profile<'l> {
    fn from((profile, found): &'l (narthex_app::Profile, Result<Found, Exit>)) -> Self {
        let name = profile.name.as_str();
        match found {
            Ok(Found { store, accounts, unfinished }) => Self {
                name,
                kept: Some(store.place().into()),
                problem: None,
                accounts: accounts.iter().map(Session::from).collect(),
                unfinished: unfinished.iter().flatten().map(Running::from).collect(),
                unfinished_problem: unfinished.as_ref().err().copied(),
            },
            Err(exit) => {
                let kind =
                    if let Exit::Storage(problem) = exit { problem.kind } else { StorageProblem::Other };
                Self {
                    name,
                    kept: None,
                    problem: Some(kind),
                    accounts: Vec::new(),
                    unfinished: Vec::new(),
                    unfinished_problem: None,
                }
            }
        }
    }
}

impl<'l> From<&'l Listed> for Session<'l> {
    fn from(Listed { account, is_default, is_unconfirmed, session }: &'l Listed) -> Self {
        let (is_default, is_unconfirmed) = (*is_default, *is_unconfirmed);
        let account = Account { is_default, is_unconfirmed, ..Account::from(account) };
        let stored = session.as_ref().ok().and_then(Option::as_ref);
        Self {
            account,
            expires_at: stored.and_then(|session| session.expires_at),
            refreshable: stored.is_some_and(|session| session.refresh_token.is_some()),
            ended: stored.is_some_and(|session| session.ended.is_some()),
            problem: session.as_ref().err().map(|problem| problem.kind),
        }
    }
}

impl<'l> From<&'l Underway> for Running<'l> {
    fn from(Underway { what, since }: &'l Underway) -> Self {
        Self {
            unfinished: what.as_ref().ok().and_then(Option::as_ref).map(Unfinished::from),
            since: *since,
            running: matches!(what, Ok(None)),
            problem: what.as_ref().err().map(|problem| problem.kind),
        }
    }
}
