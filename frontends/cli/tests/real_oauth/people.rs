//! People who sign in by the program.

use serde_json::Value;

use crate::browser::{Browser, arrive};
use crate::narthex::{Home, Json};
use crate::servers::Servers;

/// Begins to sign in; the address for the browser.
pub(crate) fn begin(home: &Home, base: &str, more: &[&str]) -> (Json, String) {
    let args = [&["login", base, "--no-browser", "--browser"], more].concat();
    let mut run = home.json(&args);
    let page = run.screen("in_browser")["url"].as_str().unwrap().to_owned();
    (run, page)
}

/// Signs in through a browser in which nobody is signed in.
pub(crate) fn sign_in(home: &Home, base: &str, name: &str) {
    let (mut run, page) = begin(home, base, &[]);
    assert_eq!(arrive(&Browser::default().sign_in(&page, name)).0, 200);
    ends_well(&mut run);
}

/// Somebody who is signed in.
pub(crate) fn signed_in(servers: &Servers) -> (Home, String) {
    let (home, name) = (Home::new(), servers.person());
    sign_in(&home, &servers.base, &name);
    (home, name)
}

pub(crate) fn ends_well(run: &mut Json) -> Value {
    let end = run.end();
    assert_eq!(end["type"], "signed_in", "{end}");
    end
}
