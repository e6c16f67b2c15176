//! What could be said about the lease of a session, truthfully or not.

use std::time::Duration;

use narthex::{LeaseProblem, Lost, Reply, Secret, Session, StorageProblem};

use super::reply::Named;
use crate::world::{MARK, Open, World};

/// What the lease of a session can come with, or in the place of it.
pub(super) fn lease(world: &World, open: &Open) -> Vec<Named> {
    let granted = |stored: Option<Session>| Reply::Leased(Ok(stored.map(Box::new)));
    let lost = ("lease lost", Reply::Leased(Err(LeaseProblem::Lost)));
    let kind = ("reply of another kind", Reply::Http(Err(Lost::Broken)));
    if open.told {
        return vec![("leased", granted(world.leased(open))), lost, kind];
    }
    let mut all = vec![
        ("leased", granted(world.leased(open))),
        ("leased, and nothing is stored", granted(None)),
        ("lease busy", Reply::Leased(Err(LeaseProblem::Busy))),
        ("no lease", Reply::Leased(Err(LeaseProblem::Storage(StorageProblem::Full)))),
        lost,
        kind,
    ];
    if let Some(stored) = world.leased(open) {
        let n = open.serial;
        let host =
            stored.oauth.as_ref().and_then(|oauth| oauth.token_endpoint.host_str()).unwrap_or_default();
        let prefix =
            if stored.oauth.is_some() { format!("oauth-elsewhere-{host}-") } else { "elsewhere-".into() };
        let newer = |left| Session {
            access_token: Secret::new(format!("{MARK}{prefix}access-{n}-")),
            refresh_token: Some(Secret::new(format!("{MARK}{prefix}refresh-{n}-"))),
            granted_at: Some(world.now),
            expires_at: Some(world.now + left),
            ..stored.clone()
        };
        let minutes = Duration::from_secs(300);
        all.push(("leased, refreshed elsewhere", granted(Some(newer(minutes)))));
        all.push(("leased, refreshed elsewhere long ago", granted(Some(newer(Duration::ZERO)))));
        let other = Session { user_id: "@mallory:example.org".to_owned(), ..newer(minutes) };
        all.push(("leased, of another user", granted(Some(other))));
    }
    all
}
