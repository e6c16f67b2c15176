//! Two devices, either of which is killed at each screen and started again: it goes on while the rendezvous lives.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::devices::{first_device, server};
use crate::homeserver::Homeserver;
use crate::linking::Cell;
use crate::narthex::{Home, Json};
use crate::oauth::ALICE;

/// For one pair, most of which is spent by people.
const PATIENCE: Duration = Duration::from_secs(90);

/// Where one of the two is killed: the new one or the one that helps, at which screen or task.
type Kill = (bool, &'static str);

// Not where the keys are handed over: whoever is killed a moment later has done all, and begins another link.
const WHERE_THE_OTHER_SHOWS: &[Kill] = &[
    (false, "warning"),
    (false, "qr_code"),
    (false, "enter_check_code"),
    (false, "consent"),
    (false, "in_browser"),
    (true, "warning"),
    (true, "check_code"),
    (true, "user_code"),
    (true, "confirm_account"),
];
const WHERE_THE_NEW_ONE_SHOWS: &[Kill] = &[
    (false, "warning"),
    (false, "check_code"),
    (false, "consent"),
    (false, "in_browser"),
    (true, "qr_code"),
    (true, "enter_check_code"),
    (true, "user_code"),
    (true, "confirm_account"),
];

/// One of the two.
struct Side<'h> {
    home: &'h Home,
    args: Vec<&'static str>,
    server: Option<String>,
    run: Option<Json>,
    end: Option<Value>,
}

impl Side<'_> {
    fn start(&mut self, payload: &str) {
        let args: Vec<&str> = self.args.iter().copied().chain(self.server.as_deref()).collect();
        let mut run = self.home.json(&args);
        if self.args.contains(&"--scan") {
            run.say_text(payload);
        }
        self.run = Some(run);
    }
}

/// Both to their ends, with one of them killed on the way, if there is something to kill it at.
fn linked(server: &Homeserver, existing: &Home, cell: Cell, kill: Kill) -> (Value, Value) {
    let new = Home::new();
    let scans = ["--scan", "-"];
    let shows = ["--generation", cell.generation];
    let (of_new, of_existing): (Vec<_>, Vec<_>) = match cell.new_shows {
        true => ([&["login", "--qr"][..], &shows].concat(), [&["link", "--no-browser"][..], &scans].concat()),
        false => ([&["login"][..], &scans].concat(), [&["link", "--no-browser"][..], &shows].concat()),
    };
    let mut sides = [
        Side { home: existing, args: of_existing, server: None, run: None, end: None },
        Side { home: &new, args: of_new, server: Some(server.url().to_owned()), run: None, end: None },
    ];
    let shower = usize::from(cell.new_shows);
    sides[shower].start("");
    let (mut payload, mut code, mut is_allowed, mut left) = (String::new(), None::<String>, false, 1);
    let until = Instant::now() + PATIENCE;
    while sides.iter().any(|side| side.end.is_none()) {
        assert!(Instant::now() < until, "{cell:?} {kill:?}: it does not go on; {left} kills left");
        for n in 0..2 {
            let side = &mut sides[n];
            let Some(line) = side.run.as_mut().and_then(Json::now) else { continue };
            assert_ne!(line["type"], "failed", "{cell:?} {kill:?}, {n}: {line}");
            let screen = line["screen"].as_str().unwrap_or_default().to_owned();
            let is_there = screen == kill.1 || (screen == "busy" && line["task"] == kill.1);
            if left > 0 && is_there && usize::from(kill.0) == n {
                left -= 1;
                side.run.take().unwrap().kill();
                side.start(&payload);
                continue;
            }
            let run = side.run.as_mut().unwrap();
            match screen.as_str() {
                "paused" if line["answered_by_flag"] != true => run.intent("continue"),
                "warning" => run.intent("understood"),
                "qr_code" => {
                    payload = line["payload"].as_str().unwrap().to_owned();
                    if sides[1 - shower].run.is_none() {
                        sides[1 - shower].start(&payload);
                    }
                }
                "check_code" => {
                    code = line["check_code"].as_str().map(str::to_owned);
                }
                "consent" => run.intent("open_browser"),
                "user_code" if !is_allowed => {
                    server.enter_code(line["user_code"].as_str().unwrap(), ALICE, true);
                    is_allowed = true;
                }
                "confirm_account" => run.intent("confirm"),
                _ => {}
            }
            if matches!(line["type"].as_str(), Some("failed" | "signed_in" | "linked")) {
                sides[n].end = Some(line);
            } else if screen == "enter_check_code" {
                sides[n].run.as_mut().unwrap().waits_for_code = true;
            }
        }
        if let Some(code) = &code {
            for run in sides.iter_mut().filter_map(|side| side.run.as_mut()) {
                if std::mem::take(&mut run.waits_for_code) {
                    run.say(&json!({ "intent": "enter_code", "code": code }));
                }
            }
        }
    }
    assert_eq!(left, 0, "{kill:?} was not reached");
    let [link, login] = sides.map(|side| side.end.unwrap());
    let status: Value = serde_json::from_str(&new.ok(&["status", "--json"], "")).unwrap();
    assert_eq!(status["profiles"][0]["unfinished"], json!([]), "{kill:?}");
    let status: Value = serde_json::from_str(&existing.ok(&["status", "--json"], "")).unwrap();
    assert_eq!(status["profiles"][0]["unfinished"], json!([]), "{kill:?}");
    (link, login)
}

#[test]
fn either_side_goes_on_after_a_kill_at_any_screen() {
    let shows = Cell { new_shows: false, generation: "2025" };
    let shown = Cell { new_shows: true, generation: "2024" };
    let all: Vec<(Cell, Kill)> = WHERE_THE_OTHER_SHOWS
        .iter()
        .map(|kill| (shows, *kill))
        .chain(WHERE_THE_NEW_ONE_SHOWS.iter().map(|kill| (shown, *kill)))
        .collect();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let server = server();
                let existing = first_device(&server);
                while let Some((cell, kill)) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let (link, login) = linked(&server, &existing, *cell, *kill);
                    assert_eq!(login["trust"]["is"], "verified", "{cell:?} {kill:?}: {login} {link}");
                    assert_eq!(link["verified"], true, "{cell:?} {kill:?}: {link} {login}");
                }
            });
        }
    });
}

#[test]
fn a_code_of_another_generation_is_another_one() {
    let server = server();
    let new = Home::new();
    let mut payloads = Vec::new();
    for generation in ["2025", "2024", "2024"] {
        let mut login = new.json(&["login", "--qr", "--generation", generation, server.url()]);
        let shown = loop {
            let line = login.next();
            match line["screen"].as_str() {
                Some("qr_code") => break line,
                Some("paused") if line["answered_by_flag"] != true => login.intent("continue"),
                _ => assert_ne!(line["type"], "failed", "{line}"),
            }
        };
        assert_eq!(shown["generation"], generation, "{shown}");
        payloads.push(shown["payload"].clone());
        login.kill();
    }
    assert_ne!(payloads[0], payloads[1]);
    assert_eq!(payloads[1], payloads[2], "it is gone on with");
}
