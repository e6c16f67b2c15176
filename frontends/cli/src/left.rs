//! What is said of unfinished sign-ins that a run does not go on with?

use narthex::{Offer, Task};
use narthex_app::Unfinished;
use narthex_text::id;

use crate::commands::quoted;
use crate::json::out::{self, Printed};
use crate::plain::say;
use crate::setup::Setup;

/// A line for each.
pub(crate) fn tell(setup: &Setup, left: &[Unfinished]) {
    for unfinished in left {
        if setup.global.json {
            out::print(&Printed::Unfinished { unfinished: unfinished.into() });
        } else {
            say(&line(setup, unfinished));
        }
    }
}

/// What it is, and the command that goes on with it.
pub(crate) fn line(setup: &Setup, unfinished: &Unfinished) -> String {
    let Unfinished { server, task, user, .. } = unfinished;
    let line = setup.text.of_task("left-unfinished", *task, server, user.as_deref());
    let command = command(unfinished);
    format!("{line} {}", setup.text.say("left-resume", &[("command", command.into())]))
}

fn command(unfinished: &Unfinished) -> String {
    let Unfinished { server, task, way, provider, user, by_paste } = unfinished;
    let paste = || " --paste".to_owned();
    if *task == Task::AwaitDevice {
        let flag = if *way == Some(Offer::ScanCode) { " --scan -" } else { "" };
        let of = user.as_ref().map_or_else(String::new, |user| format!(" --account {}", quoted(&id(user))));
        return format!("narthex link{flag}{of}");
    }
    let (verb, flag) = match way {
        Some(Offer::CreateAccount) if *by_paste => ("register", paste()),
        Some(_) if *by_paste => ("login", paste()),
        Some(Offer::CreateAccount) => ("register", String::new()),
        Some(Offer::SignInWithBrowser) => ("login", " --browser".to_owned()),
        Some(Offer::SignInWithDeviceCode) => ("login", " --device".to_owned()),
        Some(Offer::ShowCode) => ("login", " --qr".to_owned()),
        Some(Offer::ScanCode) => ("login", " --scan -".to_owned()),
        Some(Offer::SignInWithSso) => {
            let provider = provider.as_ref().map_or_else(String::new, |id| format!("={}", quoted(id)));
            ("login", format!(" --sso{provider}"))
        }
        Some(_) | None => ("login", String::new()),
    };
    let user = user.as_ref().map_or_else(String::new, |user| format!(" --username {}", quoted(&id(user))));
    format!("narthex {verb} {}{user}{flag}", quoted(server))
}
