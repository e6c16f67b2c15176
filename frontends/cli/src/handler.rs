//! `narthex handler` and `narthex deliver`: the browser comes back by an address of our own scheme.
//!
//! Where a loopback listener can be had, it is not needed; inside of a sandbox it may be the only way.

use std::path::PathBuf;

use narthex::Callback;
use narthex_delivery::scheme::{
    Registrar as _, Registration, Scheme, SchemeProblem, Standing, registrar, this_program,
};
use narthex_delivery::{Courier, Inbox, Undelivered};
use serde_json::json;
use tokio::task::JoinHandle;

use crate::args::Handler;
use crate::ended::Ended;
use crate::json::out;
use crate::plain::tell;
use crate::setup::Setup;
use crate::sign_in;
use crate::talk::Talk;

/// The host of our home page in reverse, which is also our name among the processes of this person.
pub(crate) const SCHEME: &str = "example.narthex";
const _: () = assert!(narthex::lint("https://narthex.example/", "example.narthex:/callback").is_ok());

/// Whether callbacks by the scheme are wanted: a file beside the profiles says so.
pub(crate) fn is_installed(setup: &Setup) -> bool {
    marker(setup).is_some_and(|marker| marker.exists())
}

fn marker(setup: &Setup) -> Option<PathBuf> {
    setup.data_dir().map(|dir| dir.join("handler"))
}

pub(crate) fn run(setup: &Setup, what: Handler) -> Result<(), Ended> {
    let marker = marker(setup).ok_or_else(|| Ended::System("HOME".to_owned()))?;
    let file = |error| Ended::File { path: marker.display().to_string(), error };
    let mut registrar = here().map_err(problem)?;
    match what {
        Handler::Install => {
            registrar.register().map_err(problem)?;
            if let Some(folder) = marker.parent() {
                std::fs::create_dir_all(folder).map_err(file)?;
            }
            std::fs::write(&marker, "").map_err(file)?;
        }
        Handler::Remove => {
            match std::fs::remove_file(&marker) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(file(error)),
                Err(_) | Ok(()) => {}
            }
            registrar.unregister().map_err(problem)?;
        }
        Handler::Status => {}
    }
    let standing = registrar.standing().map_err(problem)?;
    let (name, other) = match &standing {
        Standing::Ours => ("ours", ""),
        Standing::Outdated(other) => ("outdated", other.as_str()),
        Standing::Other(other) => ("other", other.as_str()),
        Standing::Nobody => ("nobody", ""),
    };
    if setup.global.json {
        let installed = is_installed(setup);
        out::print(
            "handler",
            &json!({"scheme": SCHEME, "opened_by": name, "other": other, "used": installed}),
        );
    } else {
        let values = [("scheme", SCHEME.into()), ("other", narthex_text::plain(other).into())];
        tell(&setup.text.say(&format!("handler-{name}"), &values));
    }
    Ok(())
}

fn here() -> Result<impl narthex_delivery::scheme::Registrar, SchemeProblem> {
    registrar(Registration::new(Scheme::parse(SCHEME)?, "Narthex", &this_program()?, &["deliver"])?)
}

fn problem(problem: SchemeProblem) -> Ended {
    Ended::System(problem.to_string())
}

/// Takes callbacks from other processes, as long as it is not aborted.
pub(crate) async fn listen(setup: &Setup, talk: &Talk) -> Option<JoinHandle<()>> {
    if !is_installed(setup) {
        return None;
    }
    // Without it the other ways are still there.
    let mut inbox = Inbox::open(SCHEME).await.ok()?;
    let callbacks = talk.callbacks.clone();
    Some(tokio::spawn(async move {
        while let Some(arrival) = inbox.next().await {
            callbacks.pass(arrival).await;
        }
    }))
}

/// Brings a callback to whoever waits for it: a process that runs, else a sign-in that was left unfinished.
pub(crate) async fn deliver(setup: &mut Setup, callback: Callback) -> Result<(), Ended> {
    let courier = Courier::new(SCHEME).map_err(|error| Ended::System(error.to_string()))?;
    match courier.deliver(&callback).await {
        Ok(()) => return Ok(()),
        Err(Undelivered::NotAnAddress) => return Err(Ended::NotAnAddress),
        Err(Undelivered::Nobody | Undelivered::Busy) => {}
    }
    let mut unread = None;
    for profile in setup.profiles() {
        setup.global.profile = profile;
        match sign_in::called_back(setup, callback.clone()).await {
            Ok(true) => return Ok(()),
            Ok(false) => {}
            // The callback may be for another one. If it is for none, it may have been for this.
            Err(problem @ Ended::Storage(_)) => unread = unread.or(Some(problem)),
            Err(ended) => return Err(ended),
        }
    }
    Err(unread.unwrap_or(Ended::NobodyWaits))
}
