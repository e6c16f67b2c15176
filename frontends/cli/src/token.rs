//! `narthex token`: a fresh access token for another program.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::{Command, Stdio};
use std::time::Duration;

use narthex::{Failure, Input, Intent, Offer, Screen, Session, Time};
use narthex_app::Handle;
use narthex_runtime::Clock;
use narthex_storage::{Account, Lease, Store};
use zeroize::Zeroizing;

use crate::args::TokenFormat;
use crate::environment;
use crate::exit::Exit;
use crate::json::out::{self, Printed};
use crate::json::parts::Token;
use crate::pick;
use crate::plain::say;
use crate::progress::meanwhile;
use crate::session::resumed;
use crate::settling::settled;
use crate::setup::Setup;
use crate::stdout;
use crate::turn::settled as answered;

/// How long a token that still works is held back for a new one.
const PATIENCE: Duration = Duration::from_secs(5);
/// It is there before `--timeout` is over.
const BEFORE: Duration = Duration::from_millis(100);

/// Which token, and what becomes of it.
#[derive(Debug)]
pub(crate) struct Wanted {
    /// A new one in any case.
    pub(crate) renew: bool,
    pub(crate) format: TokenFormat,
    /// The program that it is handed to, if that is not printed.
    pub(crate) exec: Vec<OsString>,
}

/// Prints the token, or hands it to a program.
pub(crate) fn print(session: &Session, setup: &Setup, wanted: &Wanted) -> Result<(), Exit> {
    match wanted.exec.split_first() {
        Some((program, arguments)) => {
            return hand_over(&written(session, wanted.format), program, arguments);
        }
        None if setup.global.json => out::print(&Printed::Token(Token::from(session))),
        None => stdout::write(written(session, wanted.format).as_bytes()),
    }
    Ok(())
}

/// The session, with a token that is good for a while. `None` if it is printed already.
pub(crate) async fn fresh(setup: &Setup, wanted: &Wanted) -> Result<Option<Session>, Exit> {
    let renew = wanted.renew;
    // Whether that of the environment is good has been asked when it is there.
    if environment::brought(setup)?.is_some() {
        if renew {
            return Err(Exit::NotRenewable);
        }
        let (handle, _) = resumed(setup).await?;
        let engine = handle.end().await;
        let session = engine.as_ref().and_then(narthex::Engine::session).cloned();
        return session.map(Some).ok_or(Exit::NotSignedIn);
    }
    let store = setup.existing_store(&setup.app()?.profile)?.ok_or(Exit::NotSignedIn)?;
    let account = pick::confirmed(setup, &store).await?;
    let stored = store
        .session(&account)
        .map_err(narthex_app::Error::from)?
        .ok_or_else(|| narthex_app::Error::nobody(&store))?;
    // How long a token lives that the server said nothing about, only the server knows.
    if !renew && stored.expires_at.is_some() && stored.is_fresh(Clock::start().now()) {
        return Ok(Some(stored));
    }
    let mut handle = setup.app()?.resume(&store, &account)?;
    setup.awaits(&handle);
    let patience = setup.global.timeout.map_or(PATIENCE, Duration::from_secs).min(PATIENCE);
    let late = {
        let mut renewing = std::pin::pin!(renewed(setup, &mut handle, &stored, renew));
        match tokio::time::timeout(patience.saturating_sub(BEFORE), &mut renewing).await {
            Err(_late) if !renew && let Some(session) = good(&store, &account) => Ok(session),
            Err(_late) => Err(renewing.await),
            Ok(end) => Err(end),
        }
    };
    let end = match late {
        Ok(session) => return given(setup, &session, wanted, || good(&store, &account)).await,
        Err(end) => end,
    };
    let engine = handle.end().await;
    end?;
    engine.as_ref().and_then(narthex::Engine::session).cloned().map(Some).ok_or(Exit::NotSignedIn)
}

/// What is stored, if its token works for a while yet.
fn good(store: &Store, account: &Account) -> Option<Session> {
    let session = store.session(account).ok()??;
    session.good_until(Clock::start().now()).map(|_| session)
}

/// The token that there is, before the next one. What is under way is waited for, since it may bring tokens that would be
/// lost.
async fn given(
    setup: &Setup,
    session: &Session,
    wanted: &Wanted,
    now_stored: impl Fn() -> Option<Session>,
) -> Result<Option<Session>, Exit> {
    setup.is_done.set(true);
    not_yet(setup, session);
    if wanted.exec.is_empty() {
        print(session, setup, wanted)?;
        settled(setup).await;
        return Ok(None);
    }
    settled(setup).await;
    // It may have come after all.
    Ok(Some(now_stored().unwrap_or_else(|| session.clone())))
}

/// The engine has done what it can for a token that is good for a while.
async fn renewed(setup: &Setup, handle: &mut Handle, stored: &Session, renew: bool) -> Result<(), Exit> {
    let is_known = stored.expires_at.is_some();
    // What is not fresh is refreshed at once, by itself.
    handle.say(Input::Tick).await;
    let views = handle.views.clone();
    let mut view = meanwhile(setup, views.clone(), handle.until(narthex_app::is_settled)).await;
    let is_as_before = matches!(&view.screen, Screen::SignedIn { expires_at, problem: None, .. } if *expires_at == stored.expires_at);
    let can_renew = view.offers.contains(Offer::Refresh);
    let is_to_renew = renew || is_known;
    if is_as_before && can_renew && is_to_renew {
        // Not by `perform`, which would let what is due by now go first, and then refresh again.
        handle.ask(Intent::Refresh).await;
        view = meanwhile(setup, views, handle.until(narthex_app::is_settled)).await;
    } else if is_as_before && view.offers.contains(Offer::CheckSession) {
        handle.ask(Intent::CheckSession).await;
        view = meanwhile(setup, views, handle.until(narthex_app::is_settled)).await;
    }
    if let Screen::SignedIn { problem: Some(failure), good_until: Some(until), .. } = &view.screen
        && !renew
    {
        put_off(setup, failure, *until);
    } else {
        answered(&view)?;
    }
    if renew && is_as_before && !can_renew {
        return Err(Exit::NotRenewable);
    }
    Ok(())
}

/// The next one is not there yet, and may take the place of this one at any time.
fn not_yet(setup: &Setup, session: &Session) {
    let now = Clock::start().now();
    let Some(until) = session.good_until(now).filter(|_| !session.is_fresh(now)) else { return };
    if setup.global.json {
        return;
    }
    let values = [("seconds", seconds(now.until(until)).into())];
    // Whoever holds the lease is the one who asks.
    let id = if Lease::is_any_held() { "token-not-yet" } else { "token-busy" };
    say(&setup.text.say(id, &values));
}

/// A token that is good for a while is handed out, although the next one is not there yet.
fn put_off(setup: &Setup, failure: &Failure, until: Time) {
    if setup.global.json {
        return;
    }
    let values = [
        ("why", setup.text.failure(failure).swap_remove(0).into()),
        ("seconds", seconds(Clock::start().now().until(until)).into()),
    ];
    say(&setup.text.say("token-put-off", &values));
}

fn seconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_secs()).unwrap_or(u32::MAX)
}

fn written(session: &Session, format: TokenFormat) -> Zeroizing<String> {
    let token = session.access_token.expose();
    Zeroizing::new(match format {
        TokenFormat::Plain => format!("{token}\n"),
        TokenFormat::Header => format!("Authorization: Bearer {token}\n"),
        TokenFormat::Env => format!(
            "MATRIX_ACCESS_TOKEN={}\nMATRIX_HOMESERVER={}\nMATRIX_USER_ID={}\n",
            quoted(token),
            quoted(session.homeserver.as_str()),
            quoted(&session.user_id),
        ),
        TokenFormat::Json => {
            serde_json::to_string(&Token::from(session)).map_or_else(|_| String::new(), |json| json + "\n")
        }
    })
}

/// As a shell reads it back.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A program that reads the token from its standard input. It inherits none of our secrets.
fn command(program: &OsString, arguments: &[OsString]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    narthex_delivery::without_secrets(&mut command).env_remove("NARTHEX_PASSPHRASE_FILE");
    command
}

/// Becomes the program: whoever signals us signals it, and it ends as it ends.
#[cfg(unix)]
fn hand_over(token: &str, program: &OsString, arguments: &[OsString]) -> Result<(), Exit> {
    use std::os::unix::process::CommandExt as _;
    let failed = |error| Exit::NotRun { program: program.to_string_lossy().into_owned(), error };
    let stdin = held(token).map_err(failed)?;
    crate::process::as_it_was();
    Err(failed(command(program, arguments).stdin(Stdio::from(stdin)).exec()))
}

/// A pipe that holds the whole text already, and ends after it.
#[cfg(unix)]
fn held(text: &str) -> io::Result<io::PipeReader> {
    let (reader, mut writer) = io::pipe()?;
    // Nobody reads yet: what does not fit is an error.
    rustix::io::ioctl_fionbio(&writer, true)?;
    writer.write_all(text.as_bytes())?;
    Ok(reader)
}

/// Runs the program, and ends as it ends.
#[cfg(not(unix))]
fn hand_over(token: &str, program: &OsString, arguments: &[OsString]) -> Result<(), Exit> {
    let failed = |error| Exit::NotRun { program: program.to_string_lossy().into_owned(), error };
    let mut child = command(program, arguments).stdin(Stdio::piped()).spawn().map_err(failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        // One that does not want it has closed its input.
        stdin.write_all(token.as_bytes()).ok();
    }
    let status = child.wait().map_err(failed)?;
    if status.success() { Ok(()) } else { Err(Exit::Exec(status.code().unwrap_or(1))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_cannot_end_the_value() {
        assert_eq!(quoted("a'b; rm c"), r"'a'\''b; rm c'");
    }
}
