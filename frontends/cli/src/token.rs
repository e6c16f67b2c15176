//! `narthex token`: a fresh access token for another program.

use std::ffi::OsString;
use std::io::Write as _;
use std::process::{Command, Stdio};

use narthex::{Input, Intent, Offer, Screen, Session};
use narthex_runtime::Clock;
use zeroize::Zeroizing;

use crate::args::TokenFormat;
use crate::exit::Exit;
use crate::json::out::{self, Printed, Token};
use crate::session::{resumed, settled};
use crate::setup::Setup;

pub(crate) async fn run(setup: &Setup, format: TokenFormat, exec: &[OsString]) -> Result<(), Exit> {
    let session = fresh(setup).await?;
    match exec.split_first() {
        Some((program, arguments)) => hand_over(&session, format, program, arguments),
        None if setup.global.json => {
            out::print(&Printed::Token(Token::from(&session)));
            Ok(())
        }
        None => {
            // When nobody reads any more, there is nobody to tell either.
            std::io::stdout().write_all(written(&session, format).as_bytes()).ok();
            Ok(())
        }
    }
}

/// The session, with a token that is good for a while.
async fn fresh(setup: &Setup) -> Result<Session, Exit> {
    let store = setup.store(&setup.app()?.profile)?;
    let stored = narthex_app::session(&store, setup.account())?;
    if stored.is_fresh(Clock::start().now()) {
        return Ok(stored);
    }
    let (mut handle, _) = resumed(setup)?;
    // What is not fresh is refreshed at once, by itself.
    handle.say(Input::Tick).await;
    let mut view = handle.until(narthex_app::is_settled).await;
    if let Screen::SignedIn { expires_at, problem: None, .. } = &view.screen
        && *expires_at == stored.expires_at
        && view.offers.contains(Offer::Refresh)
    {
        // Not by `perform`, which would let what is due by now go first, and then refresh again.
        handle.ask(Intent::Refresh).await;
        view = handle.until(narthex_app::is_settled).await;
    }
    let refreshed = settled(&view);
    let engine = handle.end().await;
    refreshed?;
    engine.as_ref().and_then(narthex::Engine::session).cloned().ok_or(Exit::NotSignedIn)
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

/// Runs a program that reads the token from its standard input, and ends as it ends.
fn hand_over(
    session: &Session,
    format: TokenFormat,
    program: &OsString,
    arguments: &[OsString],
) -> Result<(), Exit> {
    let failed = |error| Exit::File { path: program.to_string_lossy().into_owned(), error };
    let mut child = Command::new(program).args(arguments).stdin(Stdio::piped()).spawn().map_err(failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        // One that does not want it has closed its input.
        stdin.write_all(written(session, format).as_bytes()).ok();
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
