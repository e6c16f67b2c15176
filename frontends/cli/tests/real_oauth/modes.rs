//! Who can show a code at a server, in each mode of its rendezvous: what is offered is what works.

use serde_json::{Value, json};

use crate::devices::{first_device, is_linked};
use crate::linking::Cell;
use crate::narthex::Home;
use crate::seen::Stranger;
use crate::servers::servers_of;

/// What a device can show: of which generation, if it is left to the program, and then if 2025 or 2024 is asked for. What it
/// is told where it cannot.
struct Shows {
    unasked: Result<&'static str, &'static str>,
    of_2025: Result<(), &'static str>,
    of_2024: Result<(), &'static str>,
}

const BOTH: Shows = Shows { unasked: Ok("2025"), of_2025: Ok(()), of_2024: Ok(()) };
const NONE: Shows =
    Shows { unasked: Err("rendezvous"), of_2025: Err("rendezvous"), of_2024: Err("rendezvous") };
/// The server is reached, and what is on offer leaves it out.
const LEFT_OUT: Shows =
    Shows { unasked: Err("left out"), of_2025: Err("left out"), of_2024: Err("left out") };
const OLD: Shows = Shows { unasked: Ok("2024"), of_2025: Err("rendezvous"), of_2024: Ok(()) };

#[test]
fn what_is_offered_is_what_works_in_each_mode() {
    for (profile, [v2025, v2024], new, existing) in [
        ("OAUTH", ["open", "open"], BOTH, BOTH),
        (
            "OAUTH_AUTHENTICATED",
            ["authenticated", "open"],
            Shows { of_2025: Err("open_rendezvous"), ..OLD },
            BOTH,
        ),
        ("OAUTH_OFF", ["off", "open"], OLD, OLD),
        ("OAUTH_NONE", ["off", "off"], LEFT_OUT, NONE),
    ] {
        let Some(servers) = servers_of(profile) else { return };
        let report: Value =
            serde_json::from_str(&Home::new().ok(&["doctor", &servers.base, "--json"], "")).unwrap();
        let told = &report["report"]["rendezvous"];
        assert_eq!(*told, json!({ "2025": v2025, "2024": v2024 }), "{profile}: {report}");

        // Offered to whoever has not signed in, where the program itself chooses how.
        let mut choosing = Home::new().json(&["login", &servers.base, "--no-browser"]);
        let choice = choosing.screen("choose");
        assert_eq!(is_offered(&choice, "show_code"), new.unasked.is_ok(), "{profile}: {choice}");
        // The code of another device may lead to a rendezvous elsewhere.
        assert!(is_offered(&choice, "scan_code"), "{profile}: {choice}");
        drop(choosing);

        shows_as(&new, &format!("{profile}, new"), &["login", &servers.base, "--qr"], None);
        let (home, _) = first_device(&servers);
        shows_as(&existing, &format!("{profile}, existing"), &["link", "--no-browser"], Some(&home));
    }
}

fn is_offered(view: &Value, offer: &str) -> bool {
    view["offers"].as_array().unwrap().contains(&json!(offer))
}

/// Asks a program to show a code: without a generation, with 2025 and with 2024. Each time on a fresh device, or on this one.
fn shows_as(shows: &Shows, who: &str, args: &[&str], device: Option<&Home>) {
    for (asked, expected) in [
        (None, shows.unasked),
        (Some("2025"), shows.of_2025.map(|()| "2025")),
        (Some("2024"), shows.of_2024.map(|()| "2024")),
    ] {
        let generation = asked.map(|asked| ["--generation", asked]);
        let args = [args, generation.as_ref().map_or(&[][..], |flag| &flag[..])].concat();
        let fresh = Home::new();
        let mut run = device.unwrap_or(&fresh).json(&args);
        let shown = loop {
            let line = run.next();
            match line["screen"].as_str() {
                Some("warning") => run.intent("understood"),
                Some("choose") if !is_offered(&line, "show_code") => break Err("left out".to_owned()),
                Some("qr_code") => break Ok(line["generation"].as_str().unwrap().to_owned()),
                _ => {}
            }
            let problem =
                [&line["failure"], &line["problem"]].into_iter().find(|problem| problem.is_object());
            if let Some(problem) = problem {
                break Err(problem["missing"].as_str().unwrap_or("another failure").to_owned());
            }
        };
        if device.is_some() {
            // Whoever is killed would go on with the same code; one that cannot show any has ended.
            run.try_say(&json!({ "intent": "cancel" }));
            run.child.wait().unwrap();
        }
        assert_eq!(shown.as_deref().map_err(String::as_str), expected, "{who}, {asked:?}");
    }
}

/// A rendezvous that only who is signed in may open is one for both.
#[test]
fn a_device_is_linked_where_only_one_of_the_two_can_show_a_code_of_2025() {
    let Some(servers) = servers_of("OAUTH_AUTHENTICATED") else { return };
    let stranger = Stranger::new(&servers);
    is_linked(&servers, &stranger, Cell { new_shows: false, generation: "2025" });
}
