//! No token, code or verifier is where others can see it.

use std::path::Path;

use url::Url;

use crate::PASSWORD;
use crate::browser::{Browser, arrive};
use crate::narthex::{Home, said};
use crate::people::{begin, ends_well};
use crate::server::owner;
use crate::servers::servers;

fn of(url: &Url, parameter: &str) -> String {
    url.query_pairs().find(|(key, _)| key == parameter).unwrap().1.into_owned()
}

/// What every user of the machine may read about a process, and more.
fn seen_by_others(pid: u32) -> String {
    let read = |file: &str| std::fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default();
    let all = ["cmdline", "environ", "comm", "status"].map(read).concat();
    String::from_utf8_lossy(&all).into_owned()
}

#[test]
fn nothing_secret_is_printed_traced_or_lies_open() {
    let Some(servers) = servers() else { return };
    let (home, name) = (Home::new(), servers.person());
    let trace = home.path().join("trace.jsonl");
    let (mut run, page) = begin(&home, &servers.base, &["--trace", trace.to_str().unwrap()]);
    let mut seen = seen_by_others(run.child.id());
    let callback = Browser::default().sign_in(&page, &name);
    arrive(&callback);
    ends_well(&mut run);
    drop(run);
    let token = home.ok(&["token"], "");
    assert!(owner(&servers.base, &token).is_some());
    let renewals = home.path().join("again.jsonl");
    for args in [
        &["whoami", "--trace", renewals.to_str().unwrap()][..],
        &["accounts"],
        &["devices", "--json"],
        &["manage", "--no-browser"],
        &["login", &servers.base, "--device", "--password-stdin", "--username=x"],
    ] {
        seen.push_str(&said(&home.run(args, "")));
    }
    // The state and the challenge are in the page's address, which everybody may see who sees the browser.
    let code = of(&callback, "code");
    for secret in [PASSWORD, &token, &code] {
        assert!(!seen.contains(secret), "printed");
        for file in home.files() {
            let content = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
            assert!(!content.contains(secret), "in {}", file.display());
        }
    }
    replays(&home, &trace);
    replays(&home, &renewals);
}

fn replays(home: &Home, trace: &Path) {
    let content = std::fs::read_to_string(trace).unwrap();
    assert!(content.lines().count() > 3);
    let replayed = home.ok(&["replay", trace.to_str().unwrap()], "");
    assert!(replayed.contains("all identical"), "{replayed}");
}

#[test]
fn a_command_that_gets_a_token_has_it_where_no_other_user_can_see() {
    let Some(servers) = servers() else { return };
    let (home, _) = crate::people::signed_in(&servers);
    let token = home.ok(&["token"], "");
    // The command looks at itself and at the one that runs it.
    let look =
        "cat /proc/$$/cmdline /proc/$$/environ /proc/$PPID/cmdline /proc/$PPID/environ | tr '\\0' '\\n'";
    let seen = home.ok(&["token", "--exec", "sh", "-c", look], "");
    assert!(seen.contains("NARTHEX_DATA_DIR") && !seen.contains(&token));
}
