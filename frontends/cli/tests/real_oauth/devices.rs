//! Two programs, one of which signs the other in by a QR code, on real servers; and a third account that looks at them.

use serde_json::json;

use crate::browser::Browser;
use crate::linking::{Cell, linked};
use crate::narthex::Home;
use crate::people::sign_in;
use crate::seen::{Stranger, devices_that_are_signed};
use crate::servers::{Servers, servers};

/// Somebody who is signed in, with an identity and a backup; their username.
pub(crate) fn first_device(servers: &Servers) -> (Home, String) {
    first_device_at(servers, &servers.base)
}

/// The same, at another address of this server.
pub(crate) fn first_device_at(servers: &Servers, base: &str) -> (Home, String) {
    let (home, name) = (Home::new(), servers.person());
    sign_in(&home, base, &name);
    let said = home.ok(&["encryption", "set-up", "--json"], "");
    assert!(said.lines().last().unwrap().contains(r#""is":"verified""#), "{said}");
    (home, name)
}

/// Which device shows the code, of which generation. All four at once, each with an account of its own.
#[test]
fn a_new_device_is_signed_in_and_verified_as_others_see_it() {
    let Some(servers) = servers() else { return };
    let stranger = Stranger::new(&servers);
    std::thread::scope(|scope| {
        for cell in Cell::ALL {
            let (servers, stranger) = (&servers, &stranger);
            scope.spawn(move || is_linked(servers, stranger, cell));
        }
    });
}

pub(crate) fn is_linked(servers: &Servers, stranger: &Stranger, cell: Cell) {
    let ((existing, name), new) = (first_device(servers), Home::new());
    let page = format!("{}/device", servers.authorization);
    let allow = |code: &str| assert_eq!(Browser::default().enter_code(&page, code, &name, true), "Done");
    let (end, link) = linked(&existing, &new, &servers.base, cell, allow);
    assert_eq!(end["trust"], json!({ "is": "verified", "backup": true }), "{cell:?}: {end}");
    assert_eq!(link["verified"], true, "{cell:?}: {link}");
    assert_eq!(link["device_id"], end["device_id"], "{cell:?}");
    let status = new.ok(&["encryption", "status", "--json"], "");
    assert!(status.contains(r#""trust":{"is":"verified","backup":true}"#), "{cell:?}: {status}");

    let user_id = end["user_id"].as_str().unwrap();
    assert!(user_id.starts_with(&format!("@{name}:")), "{cell:?}: {end}");
    let mut signed = devices_that_are_signed(&stranger.keys_of(user_id), user_id);
    signed.sort_unstable();
    let mut here = servers.devices(&name);
    here.sort_unstable();
    assert_eq!(signed, here, "{cell:?}: both devices, and nothing else");
    assert!(signed.iter().any(|device| end["device_id"] == device.as_str()), "{cell:?}: {end}");
}
