//! `narthex token`: a fresh access token for another program.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::pin::pin;
use std::process::{Command, Stdio};
use std::time::Duration;

use narthex::{Cause, Engine, Failure, Input, Intent, Offer, Outage, Screen, Session};
use narthex_app::{Handle, check};
use narthex_runtime::Clock;
use narthex_storage::{Account, Lease, Store};
use tokio::time::timeout;
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
use crate::settling::{SETTLING, settled};
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

/// A session whose token is to be handed out.
pub(crate) struct Fresh {
    session: Session,
    /// Why the token is no newer one, if one was due.
    problem: Option<Failure>,
}

impl Fresh {
    /// With what the engine has made of it.
    fn of(engine: Option<&Engine>, problem: Option<Failure>) -> Result<Self, Exit> {
        let session = engine.and_then(Engine::session).cloned().ok_or(Exit::NotSignedIn)?;
        Ok(Self { session, problem })
    }
}

/// Prints the token, or hands it to a program.
pub(crate) fn print(fresh: &Fresh, setup: &Setup, wanted: &Wanted) -> Result<(), Exit> {
    let Fresh { session, problem } = fresh;
    if let Some(failure) = problem {
        let now = Clock::start().now();
        let until = session.good_until(now).ok_or_else(|| Exit::Failed(failure.clone()))?;
        put_off(setup, failure, now.until(until));
    }
    match wanted.exec.split_first() {
        Some((program, arguments)) => {
            return hand_over(&written(fresh, wanted.format), program, arguments);
        }
        None if setup.global.json => out::print(&Printed::Token(Token::of(session, problem.as_ref()))),
        None => stdout::write(written(fresh, wanted.format).as_bytes()),
    }
    Ok(())
}

/// The session, with a token that is good for a while.
pub(crate) async fn fresh(setup: &Setup, wanted: &Wanted) -> Result<Fresh, Exit> {
    let renew = wanted.renew;
    // Whether that of the environment is good has been asked when it is there.
    if environment::brought(setup)?.is_some() {
        if renew {
            return Err(Exit::NotRenewable);
        }
        let (handle, _) = resumed(setup).await?;
        return Fresh::of(handle.end().await.as_ref(), None);
    }
    let store = setup.existing_store(&setup.app()?.profile)?.ok_or(Exit::NotSignedIn)?;
    let account = pick::confirmed(setup, &store).await?;
    let stored = store
        .session(&account)
        .map_err(narthex_app::Error::from)?
        .ok_or_else(|| narthex_app::Error::nobody(&store))?;
    // How long a token lives that the server said nothing about, only the server knows.
    let is_in_doubt = store.is_end_begun(&account).map_err(narthex_app::Error::from)?;
    if !renew && !is_in_doubt && stored.expires_at.is_some() && stored.is_fresh(Clock::start().now()) {
        return Ok(Fresh { session: stored, problem: None });
    }
    let mut handle = setup.app()?.resume(&store, &account)?;
    setup.awaits(&handle);
    let patience = setup.global.timeout.map_or(PATIENCE, Duration::from_secs).min(PATIENCE);
    let problem = {
        let mut renewing = pin!(renewed(setup, &mut handle, &stored, renew, is_in_doubt));
        match timeout(patience.saturating_sub(BEFORE), &mut renewing).await {
            Ok(end) => end?,
            Err(_late) if renew || good(&store, &account).is_none() => renewing.await?,
            Err(_late) => {
                setup.is_done.set(true);
                // The answer may bring tokens that would be lost, and what there is may be dead by then.
                if Lease::is_any_held()
                    && let Ok(end) = timeout(SETTLING, &mut renewing).await
                {
                    end?
                } else {
                    settled(setup).await;
                    let failure = busy();
                    return match good(&store, &account) {
                        Some(session) => Ok(Fresh { session, problem: Some(failure) }),
                        None => Err(Exit::Failed(failure)),
                    };
                }
            }
        }
    };
    Fresh::of(handle.end().await.as_ref(), problem)
}

/// What is stored, if its token works for a while yet.
fn good(store: &Store, account: &Account) -> Option<Session> {
    let session = store.session(account).ok()??;
    let is_good = session.good_until(Clock::start().now()).is_some()
        && matches!(store.is_end_begun(account), Ok(false));
    is_good.then_some(session)
}

/// Whoever holds the lease is the one who asks.
const fn busy() -> Failure {
    let cause = Cause::Unavailable { outage: Outage::SessionBusy, retry_at: None };
    Failure { cause, evidence: None }
}

/// The engine has done what it can for a token that is good for a while: why it is no newer one, if one was due.
async fn renewed(
    setup: &Setup,
    handle: &mut Handle,
    stored: &Session,
    renew: bool,
    is_in_doubt: bool,
) -> Result<Option<Failure>, Exit> {
    let is_known = stored.expires_at.is_some();
    // What is not fresh is refreshed at once, by itself.
    handle.say(Input::Tick).await;
    let views = handle.views.clone();
    let mut view = meanwhile(setup, views.clone(), handle.until(narthex_app::is_settled)).await;
    let is_as_before = matches!(&view.screen, Screen::SignedIn { expires_at, problem: None, .. } if *expires_at == stored.expires_at);
    let can_renew = view.offers.contains(Offer::Refresh);
    let is_to_renew = renew || (is_known && !stored.is_fresh(Clock::start().now()));
    if is_as_before && can_renew && is_to_renew {
        // Not by `perform`, which would let what is due by now go first, and then refresh again.
        handle.ask(Intent::Refresh).await;
        view = meanwhile(setup, views, handle.until(narthex_app::is_settled)).await;
    } else if is_as_before && !is_in_doubt && view.offers.contains(Offer::CheckSession) {
        handle.ask(Intent::CheckSession).await;
        view = meanwhile(setup, views, handle.until(narthex_app::is_settled)).await;
    }
    // What has ended on its way here may be good all the same: only the server knows.
    let is_over = matches!(&view.screen, Screen::SignedIn { expires_at: Some(end), problem: None, .. } if *end <= Clock::start().now());
    if (is_in_doubt || is_over) && view.offers.contains(Offer::CheckSession) {
        view = meanwhile(setup, handle.views.clone(), check(handle)).await;
    } else if let Screen::SignedIn { problem: Some(failure), good_until: Some(_), .. } = &view.screen
        && !renew
    {
        return Ok(Some(failure.clone()));
    }
    answered(&view)?;
    if renew && is_as_before && !can_renew {
        return Err(Exit::NotRenewable);
    }
    Ok(None)
}

/// A token that is good for so long is handed out, although the next one is not there yet.
fn put_off(setup: &Setup, failure: &Failure, left: Duration) {
    if setup.global.json {
        return;
    }
    let seconds = ("seconds", seconds(left).into());
    let is_busy = matches!(failure.cause, Cause::Unavailable { outage: Outage::SessionBusy, .. });
    say(&if is_busy {
        setup.text.say("token-busy", &[seconds])
    } else {
        let why = setup.text.failure(failure).swap_remove(0);
        setup.text.say("token-put-off", &[("why", why.into()), seconds])
    });
}

fn seconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_secs()).unwrap_or(u32::MAX)
}

fn written(fresh: &Fresh, format: TokenFormat) -> Zeroizing<String> {
    let Fresh { session, problem } = fresh;
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
        TokenFormat::Json => serde_json::to_string(&Token::of(session, problem.as_ref()))
            .map_or_else(|_| String::new(), |json| json + "\n"),
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
