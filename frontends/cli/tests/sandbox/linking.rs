//! Two programs that are driven line by line, as two people with two devices would.

use serde_json::{Value, json};

use crate::narthex::{Home, Json};

/// Which device shows the code, and of which generation it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell {
    pub(crate) new_shows: bool,
    pub(crate) generation: &'static str,
}

impl Cell {
    pub(crate) const ALL: [Self; 4] = [
        Self { new_shows: false, generation: "2025" },
        Self { new_shows: true, generation: "2025" },
        Self { new_shows: false, generation: "2024" },
        Self { new_shows: true, generation: "2024" },
    ];
}

/// Links the two; the last line of each. `allow` is what the person does in the browser, with the code that they see on the
/// new device.
pub(crate) fn linked(
    existing: &Home,
    new: &Home,
    server: &str,
    cell: Cell,
    allow: impl FnOnce(&str),
) -> (Value, Value) {
    let Cell { new_shows, generation } = cell;
    let (mut link, mut login) = if new_shows {
        let mut login = new.json(&["login", server, "--qr", "--generation", generation]);
        let payload = text(&login.screen("qr_code"), "payload");
        let mut link = existing.json(&["link", "--scan", "-", "--no-browser"]);
        link.say_text(&payload);
        link.screen("warning");
        link.intent("understood");
        check(&mut link, &mut login);
        (link, login)
    } else {
        let mut link = existing.json(&["link", "--generation", generation, "--no-browser"]);
        link.screen("warning");
        link.intent("understood");
        let payload = text(&link.screen("qr_code"), "payload");
        let mut login = new.json(&["login", server, "--scan", "-"]);
        login.say_text(&payload);
        login.screen("warning");
        login.intent("understood");
        check(&mut login, &mut link);
        (link, login)
    };
    link.screen("consent");
    link.intent("open_browser");
    let code = text(&login.screen("user_code"), "user_code");
    allow(&code);
    login.screen("confirm_account");
    login.intent("confirm");
    let (end, link) = (login.end(), link.end());
    assert_eq!((&end["type"], &link["type"]), (&json!("signed_in"), &json!("linked")), "{end} {link}");
    (end, link)
}

/// The code that one shows is typed on the other.
pub(crate) fn check(scanned: &mut Json, showed: &mut Json) {
    let code = text(&scanned.screen("check_code"), "check_code");
    showed.screen("enter_check_code");
    showed.say(&json!({ "intent": "enter_code", "code": code }));
}

pub(crate) fn text(line: &Value, field: &str) -> String {
    line[field].as_str().unwrap_or_else(|| panic!("no {field} in {line}")).to_owned()
}
