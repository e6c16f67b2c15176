//! What is tried, and how it has to end.

use crate::linking::Cell;
use crate::pair::{Does, Pair, Who};
use crate::proxy::{Fate, Seen};
use crate::seen::Stranger;
use crate::servers::Servers;
use crate::steps::{Luck, Step, judge, loses_some, steps};
use crate::words::Outcome;

/// How many lives with one answer in ten lost, of each kind.
const LOSSES: u64 = 5;

/// One life of a pair.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    pub(crate) profile: &'static str,
    pub(crate) cell: Cell,
    pub(crate) what: What,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum What {
    /// Nothing is in the way.
    Well,
    /// One answer in ten is lost, from this seed.
    Losses(u64),
    At(Step, Luck),
    /// What the person does, and at which screen.
    Person(Who, &'static str, Does),
    /// Somebody else scans the code as well, and is first.
    SecondScanner,
    /// The server says that there is a device with the new one's ID.
    IdTaken,
    /// The person signs in as somebody else on the page, and the server says that the device is there: what the new device
    /// gets is not of its account.
    SecretsOfAnother,
}

impl Scene {
    pub(crate) fn all(profile: &'static str) -> Vec<Self> {
        let mut all = Vec::new();
        for cell in Cell::ALL {
            all.extend(of_cell(profile, cell).into_iter().map(|what| Self { profile, cell, what }));
        }
        all
    }

    /// What it is called in the report, and chosen by.
    pub(crate) fn name(&self) -> String {
        let shows = if self.cell.new_shows { "new shows" } else { "existing shows" };
        let what = match self.what {
            What::Well => "well".to_owned(),
            What::Losses(seed) => format!("losses, seed {seed}"),
            What::At(step, luck) => format!("{luck:?}, {:?}, {}", step.who, step.name),
            What::Person(who, screen, does) => format!("person, {who:?} {does:?} at {screen}"),
            What::SecondScanner => "person, second scanner".to_owned(),
            What::IdTaken => "server, device ID is taken".to_owned(),
            What::SecretsOfAnother => "server, secrets of another account".to_owned(),
        };
        format!("{} {shows} {}: {what}", self.profile, self.cell.generation)
    }

    pub(crate) fn lives(&self, servers: &Servers, stranger: &Stranger) -> Outcome {
        let pair = Pair::new(servers, stranger, self.cell);
        match self.what {
            What::Well => pair.lives(),
            What::Losses(seed) => {
                pair.proxy.judge(loses_some(seed));
                pair.lives()
            }
            What::At(step, luck) => {
                pair.proxy.judge(judge(step, luck, pair.is_allowed.clone()));
                if luck == Luck::AnswerLost { pair.lives() } else { pair.killed(step.who).lives() }
            }
            What::Person(who, screen, does) => pair.with(who, screen, does).lives(),
            What::SecondScanner => pair.scanned_first().lives(),
            What::IdTaken => {
                pair.proxy.judge(says_that_the_device_is_there);
                pair.lives()
            }
            What::SecretsOfAnother => {
                let mut asked = 0;
                pair.proxy.judge(move |seen| {
                    let is_asked = seen.method == "GET" && seen.path.contains("/v3/devices/");
                    asked += usize::from(is_asked && seen.status.is_none());
                    // The first time it is asked whether the device is absent.
                    if is_asked && asked > 1 { says_that_the_device_is_there(seen) } else { Fate::Passes }
                });
                pair.with(Who::New, "user_code", Does::AsAnother).lives()
            }
        }
    }
}

fn says_that_the_device_is_there(seen: &Seen<'_>) -> Fate {
    match seen.path.split_once("/v3/devices/") {
        Some((_, id)) if seen.method == "GET" && seen.status.is_none() => {
            Fate::Answered("200 OK", format!(r#"{{"device_id":"{id}"}}"#))
        }
        _ => Fate::Passes,
    }
}

fn of_cell(profile: &str, cell: Cell) -> Vec<What> {
    let mut all = vec![What::Well];
    all.extend((1..=LOSSES).map(|seed| What::Losses(seed * 7919)));
    // Whatever else happens does not depend on ETags.
    if profile != "OAUTH" {
        return all;
    }
    for step in steps(cell) {
        let lucks = [Luck::KilledBefore, Luck::KilledAfter, Luck::AnswerLost];
        all.extend(lucks.map(|luck| What::At(step, luck)));
    }
    let (scans, shows) = if cell.new_shows { (Who::Existing, Who::New) } else { (Who::New, Who::Existing) };
    let screens = [
        (shows, "qr_code"),
        (scans, "check_code"),
        (shows, "enter_check_code"),
        (Who::Existing, "consent"),
        (Who::New, "user_code"),
        (Who::Existing, "in_browser"),
        (Who::New, "confirm_account"),
    ];
    for does in [Does::Cancels, Does::Kills] {
        all.extend(screens.map(|(who, screen)| What::Person(who, screen, does)));
    }
    all.extend([
        What::Person(shows, "enter_check_code", Does::Mistypes),
        What::Person(shows, "enter_check_code", Does::Waits),
        What::Person(Who::New, "user_code", Does::Declines),
        What::Person(Who::New, "user_code", Does::AsAnother),
        What::SecondScanner,
        What::IdTaken,
        What::SecretsOfAnother,
    ]);
    all
}
