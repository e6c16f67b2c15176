//! `narthex status`: all profiles, who is signed in there, and what is unfinished.

use narthex::{Session, Time};
use narthex_app::{Error, Listed, Profile, listed, readable, underway};
use narthex_runtime::Clock;
use narthex_text::{id, plain};

use crate::exit::Exit;
use crate::explain;
use crate::json::out::{self, Printed};
use crate::json::status::{self as lines, Found};
use crate::left;
use crate::plain::{saved_in, tell};
use crate::setup::Setup;

pub(crate) fn run(setup: &Setup) -> Result<(), Exit> {
    let profile = setup.app()?.profile;
    let found: Vec<(Profile, Result<Found, Exit>)> =
        profile.all().into_iter().map(|profile| (profile.clone(), look(setup, &profile))).collect();
    if setup.global.json {
        out::print(&Printed::Status { profiles: found.iter().map(lines::Profile::from).collect() });
    } else if found.is_empty() {
        tell(&setup.text.say("no-accounts", &[]));
    } else {
        found.iter().for_each(|(profile, found)| say(setup, profile, found));
        setup.speaks_of(&profile, None);
    }
    // That another profile is locked says nothing about this one.
    found
        .into_iter()
        .find(|(found, _)| found.name == profile.name)
        .map_or(Ok(()), |(_, found)| Ok(readable(found?.accounts)?))
}

fn look(setup: &Setup, profile: &Profile) -> Result<Found, Exit> {
    let store = setup.store(profile)?;
    let accounts = listed(&store)?;
    // That needs a lock, and who is signed in does not.
    let unfinished = match underway(&store) {
        Ok(unfinished) => Ok(unfinished),
        Err(Error::Storage(problem)) => Err(problem.kind),
        Err(error) => return Err(error.into()),
    };
    Ok(Found { store, accounts, unfinished })
}

fn say(setup: &Setup, profile: &Profile, found: &Result<Found, Exit>) {
    let text = &setup.text;
    setup.speaks_of(profile, None);
    tell(&text.say("status-profile", &[("name", plain(&profile.name).into())]));
    let found = match found {
        Ok(found) => found,
        Err(exit) => {
            explain::lines(exit, text).iter().for_each(|line| tell(&format!("  {line}")));
            return;
        }
    };
    if found.accounts.is_empty() {
        tell(&format!("  {}", text.say("status-nobody", &[])));
    }
    for Listed { account, is_default, is_unconfirmed, session } in &found.accounts {
        let (user, device) = (id(&account.user_id), id(&account.device_id));
        let values =
            [("user", user.into()), ("device", device.into()), ("server", plain(&account.homeserver).into())];
        let mut line = text.say("status-session", &values);
        if *is_default && found.accounts.len() > 1 {
            line.push(' ');
            line.push_str(&text.say("default-mark", &[]));
        }
        tell(&format!("  {line}"));
        setup.speaks_of(profile, Some((&found.store, account)));
        let state = match session {
            Ok(Some(session)) => token(setup, session),
            Ok(None) => text.say("status-lost", &[]),
            Err(problem) => text.storage(problem.kind).swap_remove(0),
        };
        tell(&format!("    {state}"));
        if *is_unconfirmed {
            let state = explain::unconfirmed(&account.user_id, &account.homeserver, text);
            tell(&format!("    {state}"));
        }
    }
    if let Err(problem) = &found.unfinished {
        let why = text.storage(*problem).swap_remove(0);
        tell(&format!("  {} {why}", text.say("status-unfinished-unknown", &[])));
    }
    for underway in found.unfinished.iter().flatten() {
        let line = match &underway.what {
            Ok(Some(unfinished)) => left::line(setup, unfinished),
            Ok(None) => text.say("status-runs", &[]),
            Err(problem) => text.storage(problem.kind).swap_remove(0),
        };
        let since = underway.since.map(|since| text.say("status-since", &[("date", date(since).into())]));
        tell(&format!("  {line} {}", since.unwrap_or_default()));
    }
    if found.unfinished.iter().flatten().any(|underway| matches!(underway.what, Ok(Some(_)))) {
        tell(&format!("  {}", text.say("status-drop", &[])));
    }
    if !found.accounts.is_empty() {
        tell(&format!("  {}", saved_in(text, found.store.place())));
    }
}

/// How long the access token lives.
fn token(setup: &Setup, session: &Session) -> String {
    let text = &setup.text;
    if session.ended.is_some() {
        return text.say("status-ended", &[]);
    }
    let now = Clock::start().now();
    let life = match session.expires_at {
        None => text.say("status-unknown-life", &[]),
        Some(at) if at <= now => text.say("status-expired", &[]),
        Some(at) => {
            let minutes = now.until(at).as_secs().div_ceil(60);
            text.say("status-expires", &[("minutes", u32::try_from(minutes).unwrap_or(u32::MAX).into())])
        }
    };
    let renews = if session.refresh_token.is_some() { "status-renews" } else { "status-renews-not" };
    format!("{life} {}", text.say(renews, &[]))
}

fn date(at: Time) -> String {
    crate::account::date(at.0)
}
