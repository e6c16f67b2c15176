//! `narthex handler` and `narthex deliver`: the browser comes back by an address of the application's own scheme.

use narthex::{Callback, Secret};
use narthex_app::{Delivered, handler};
use narthex_delivery::scheme::Standing;
use narthex_text::plain;

use crate::args::Handler;
use crate::exit::{Asked, Exit};
use crate::input::Lines;
use crate::json::out::{self, Printed};
use crate::plain::tell;
use crate::setup::Setup;
use crate::sign_in;

pub(crate) fn run(setup: &Setup, what: Handler) -> Result<(), Exit> {
    let app = setup.app()?;
    match what {
        Handler::Install => handler::install(&app.application, &app.profile)?,
        Handler::Remove => handler::remove(&app.application, &app.profile)?,
        Handler::Status => {}
    }
    let standing = handler::standing(&app.application)?;
    let (name, other) = match &standing {
        Standing::Ours => ("ours", ""),
        Standing::Outdated(other) => ("outdated", other.as_str()),
        Standing::Other(other) => ("other", other.as_str()),
        Standing::Nobody => ("nobody", ""),
    };
    let scheme = app.application.scheme.as_str();
    if setup.global.json {
        let installed = handler::is_installed(&app.profile);
        out::print(&Printed::Handler { scheme, opened_by: name, other, used: installed });
    } else {
        let values = [("scheme", scheme.into()), ("other", plain(other).into())];
        tell(&setup.text.say(&format!("handler-{name}"), &values));
    }
    Ok(())
}

/// Brings a callback to whoever waits for it: a process that runs, else a sign-in that was left unfinished.
///
/// Others can see what is among the arguments, but not what is on standard input.
pub(crate) async fn deliver(setup: &Setup, address: String) -> Result<(), Exit> {
    let callback = Callback::from(if address == "-" { on_stdin().await? } else { Secret::new(address) });
    let app = setup.app()?;
    let mut unread = match narthex_app::deliver(&app, &callback).await? {
        Delivered::Taken => return Ok(()),
        Delivered::ToNobody => None,
        Delivered::Unclear => Some(Exit::NobodyAnswers),
    };
    for profile in app.profile.all() {
        match sign_in::called_back(setup, profile, callback.clone()).await {
            Ok(true) => return Ok(()),
            Ok(false) => {}
            // The callback may be for another one. If it is for none, it may have been for this.
            Err(problem @ Exit::Storage(_)) => unread = unread.or(Some(problem)),
            Err(exit) => return Err(exit),
        }
    }
    Err(unread.unwrap_or(Exit::NobodyWaits))
}

async fn on_stdin() -> Result<Secret<String>, Exit> {
    let read = Lines::of_stdin().secret().await;
    read.map_err(|why| Exit::BadLine { what: Asked::Address, why })
}
