//! `narthex token`: a fresh access token for another program.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::{Command, Stdio};

use narthex::{Failure, Input, Intent, Offer, Screen, Session, Time};
use narthex_runtime::Clock;
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
use crate::setup::Setup;
use crate::stdout;
use crate::turn::settled;

/// Prints the token, or hands it to a program.
pub(crate) fn print(
    session: &Session,
    setup: &Setup,
    format: TokenFormat,
    exec: &[OsString],
) -> Result<(), Exit> {
    match exec.split_first() {
        Some((program, arguments)) => return hand_over(&written(session, format), program, arguments),
        None if setup.global.json => out::print(&Printed::Token(Token::from(session))),
        None => stdout::write(written(session, format).as_bytes()),
    }
    Ok(())
}

/// The session, with a token that is good for a while. `renew` makes it a new one in any case.
pub(crate) async fn fresh(setup: &Setup, renew: bool) -> Result<Session, Exit> {
    // Whether that of the environment is good has been asked when it is there.
    if environment::brought(setup)?.is_some() {
        if renew {
            return Err(Exit::NotRenewable);
        }
        let (handle, _) = resumed(setup).await?;
        let engine = handle.end().await;
        return engine.as_ref().and_then(narthex::Engine::session).cloned().ok_or(Exit::NotSignedIn);
    }
    let store = setup.existing_store(&setup.app()?.profile)?.ok_or(Exit::NotSignedIn)?;
    let account = pick::one(setup, &store).await?;
    let stored = store
        .session(&account)
        .map_err(narthex_app::Error::from)?
        .ok_or_else(|| narthex_app::Error::nobody(&store))?;
    // How long a token lives that the server said nothing about, only the server knows.
    let is_known = stored.expires_at.is_some();
    if !renew && is_known && stored.is_fresh(Clock::start().now()) {
        return Ok(stored);
    }
    let mut handle = setup.app()?.resume(&store, &account)?;
    setup.awaits(&handle);
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
    let good = if let Screen::SignedIn { problem: Some(failure), good_until: Some(until), .. } = &view.screen
        && !renew
    {
        put_off(setup, failure, *until);
        Ok(())
    } else {
        settled(&view)
    };
    let engine = handle.end().await;
    good?;
    if renew && is_as_before && !can_renew {
        return Err(Exit::NotRenewable);
    }
    engine.as_ref().and_then(narthex::Engine::session).cloned().ok_or(Exit::NotSignedIn)
}

/// A token that is good for a while is handed out, although the next one is not there yet.
fn put_off(setup: &Setup, failure: &Failure, until: Time) {
    if setup.global.json {
        return;
    }
    let seconds = Clock::start().now().until(until).as_secs();
    let values = [
        ("why", setup.text.failure(failure).swap_remove(0).into()),
        ("seconds", u32::try_from(seconds).unwrap_or(u32::MAX).into()),
    ];
    say(&setup.text.say("token-put-off", &values));
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
