//! What becomes of a session by OAuth 2.0, and of one from before the server had it.

use std::time::Duration;

use narthex_sandbox::{Config, OauthConfig, Person, Rotation};
use serde_json::{Value, json};

use crate::PASSWORD;
use crate::homeserver::{Homeserver, grow_old};
use crate::narthex::Home;
use crate::oauth::{ALICE, begin, ends_well, server_with, sign_in};
use crate::proxy::Proxy;
use crate::sessions::get;
use crate::spoken::Words;

#[test]
fn a_token_that_ends_soon_is_renewed_once_for_all_who_ask() {
    for rotation in [Rotation::Tolerant, Rotation::Strict] {
        let (server, home) = (server_with(|oauth| oauth.rotation = rotation), Home::new());
        let proxy = Proxy::start(server.url(), &format!("{}auth", server.url()));
        sign_in(&home, &server, &proxy.base);
        grow_old(&home);
        let before = proxy.asked("/oauth2/token");
        let tokens: Vec<String> = std::thread::scope(|scope| {
            let runs: Vec<_> = (0..6).map(|_| scope.spawn(|| home.ok(&["token"], ""))).collect();
            runs.into_iter().map(|run| run.join().unwrap()).collect()
        });
        assert_eq!(proxy.asked("/oauth2/token") - before, 1, "{rotation:?}");
        assert!(tokens.iter().all(|token| *token == tokens[0]), "{rotation:?}");
        assert!(server.owner(&tokens[0]).is_some());
        // The clock of the program does not know of this.
        server.look(|sandbox| sandbox.expire_access_tokens());
        assert!(home.ok(&["whoami"], "").contains("@alice:"));
        assert!(server.owner(&home.ok(&["token"], "")).is_some());
    }
}

#[test]
fn the_devices_and_the_page_of_the_account_are_told() {
    let (server, home) = (server_with(|_| {}), Home::new());
    sign_in(&home, &server, server.url());
    let listed = home.ok(&["devices"], "");
    assert!(listed.contains("this device") && listed.lines().count() == 1, "{listed}");
    let page = home.ok(&["manage", "--no-browser"], "");
    assert!(page.starts_with(server.url()), "{page}");
    for action in ["profile", "devices-list", "device-view", "device-delete", "cross-signing-reset"] {
        let told = home.ok(&["manage", "--no-browser", "--json", "--action", action], "");
        let told: Value = serde_json::from_str(&told).unwrap();
        assert_eq!((&told["type"], &told["announced"]), (&json!("account_page"), &json!(true)), "{told}");
    }
    let output = home.run(&["manage", "--no-browser", "--action=account-deactivate"], "");
    assert!(String::from_utf8_lossy(&output.stderr).contains("does not announce"));
    assert!(String::from_utf8_lossy(&output.stdout).starts_with(page.trim_end_matches('/')));
}

#[test]
fn a_session_that_was_ended_is_told_and_signed_in_to_again_on_the_same_device() {
    let (server, home) = (server_with(|_| {}), Home::new());
    sign_in(&home, &server, server.url());
    let device = |home: &Home| {
        let told: Value = serde_json::from_str(&home.ok(&["accounts", "--json"], "")).unwrap();
        told["accounts"][0]["device_id"].as_str().unwrap().to_owned()
    };
    let before = device(&home);
    server.look(|sandbox| sandbox.end_sessions("alice"));
    for command in ["whoami", "devices"] {
        let (code, said) = home.fails(&[command], "");
        assert_eq!(code, 11, "{said}");
        assert!(said.contains("has ended") && said.contains("narthex login --again"), "{said}");
    }

    // Somebody else is at the browser.
    let bob = Person::registering("bob", PASSWORD);
    let mut run = Words::start(&home, &["login", "--again", "--browser", "--no-browser"]);
    let page = run.says("/authorize?");
    get(server.consent(page.trim(), bob).as_str());
    let (code, said) = run.ends();
    assert_eq!(code, 11, "{said}");
    assert!(said.contains("You signed in as @bob:") && said.contains("not as @alice:"), "{said}");
    assert_eq!((server.oauth_sessions("bob"), server.devices("bob")), (0, 0));

    let mut run = Words::start(&home, &["login", "--again", "--browser", "--no-browser"]);
    let page = run.says("/authorize?");
    get(server.consent(page.trim(), ALICE).as_str());
    assert_eq!(run.ends().0, 0);
    assert_eq!((device(&home), server.devices("alice")), (before, 1));
    let said = home.ok(&["login", "--again"], "");
    assert!(said.contains("is still valid; nothing was done") && !said.contains("not used"), "{said}");
    assert_eq!(home.fails(&["login", "--again", server.url()], "").0, 2);
}

#[test]
fn signing_out_ends_it_and_a_server_that_is_down_leaves_it() {
    let (server, home) = (server_with(|_| {}), Home::new());
    let proxy = Proxy::start(server.url(), &format!("{}auth", server.url()));
    sign_in(&home, &server, &proxy.base);
    let (code, said) = home.fails(&["logout", "--everywhere"], "");
    assert_eq!(code, 13, "{said}");
    assert!(said.contains("narthex manage"), "{said}");
    proxy.refuse("/auth/oauth2/");
    let (code, said) = home.fails(&["logout"], "");
    assert_eq!(code, 10, "{said}");
    assert!(said.contains("--forget"), "{said}");
    assert!(home.ok(&["accounts"], "").contains("@alice:"));
    proxy.pass();
    server.look(|sandbox| sandbox.expire_access_tokens());
    assert!(home.ok(&["logout"], "").contains("Signed out"));
    assert_eq!((server.oauth_sessions("alice"), server.devices("alice")), (0, 0));

    sign_in(&home, &server, &proxy.base);
    proxy.refuse("/auth/oauth2/");
    assert!(home.ok(&["logout", "--forget"], "").contains("may still list this device"));
    assert!(!home.ok(&["accounts"], "").contains("@alice:"));
}

#[test]
fn a_token_that_has_expired_is_no_obstacle_to_anything() {
    let (server, home) = (server_with(|oauth| oauth.access_lifetime = Duration::from_secs(1)), Home::new());
    sign_in(&home, &server, server.url());
    server.look(|sandbox| {
        sandbox.reconfigure(|config| {
            config.oauth.as_mut().unwrap().access_lifetime = Duration::from_secs(300);
        });
    });
    let until = std::time::Instant::now() + Duration::from_millis(1500);
    while std::time::Instant::now() < until {
        std::thread::yield_now();
    }
    for command in ["devices", "whoami"] {
        home.ok(&[command], "");
    }
    home.ok(&["logout"], "");
    assert_eq!(server.devices("alice"), 0);
}

#[test]
fn a_session_from_before_the_server_had_it_goes_on() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    let args = ["login", server.url(), "--username=alice", "--password-stdin"];
    home.ok(&args, PASSWORD);
    server.look(|sandbox| sandbox.reconfigure(|config| config.oauth = Some(OauthConfig::default())));
    assert!(home.ok(&["whoami"], "").contains("@alice:"));
    assert!(home.ok(&["devices"], "").contains("this device"));
    assert!(server.owner(&home.ok(&["token"], "")).is_some());
    let (code, said) = home.fails(&["manage", "--no-browser"], "");
    assert_eq!(code, 13, "{said}");

    let device = home.ok(&["accounts"], "").split(' ').nth(1).unwrap().to_owned();
    server.look(|sandbox| sandbox.kill_device("alice", &device));
    assert_eq!(home.fails(&["whoami"], "").0, 11);
    let mut run = home.json(&["login", "--again", "--browser", "--no-browser"]);
    let page = run.screen("in_browser")["url"].as_str().unwrap().to_owned();
    get(server.consent(&page, ALICE).as_str());
    ends_well(&mut run);
    assert!(home.ok(&["accounts"], "").contains(&device));
    assert_eq!(server.oauth_sessions("alice"), 1);
    home.ok(&["logout"], "");
    assert_eq!(server.devices("alice"), 0);
}

#[test]
fn the_command_that_gets_the_token_reads_it_and_others_do_not_see_it() {
    let (server, home) = (server_with(|_| {}), Home::new());
    sign_in(&home, &server, server.url());
    let token = home.ok(&["token"], "");
    assert_eq!(home.ok(&["token", "--exec", "cat"], ""), token);
    let header = home.ok(&["token", "--format", "header", "--exec", "cat"], "");
    assert_eq!(header, format!("Authorization: Bearer {token}"));
    assert_eq!(home.fails(&["token", "--exec", "false"], "").0, 1);
    #[cfg(target_os = "linux")]
    {
        let look = "tr '\\0' '\\n' < /proc/$$/environ; tr '\\0' '\\n' < /proc/$PPID/cmdline";
        let seen = home.ok(&["token", "--exec", "sh", "-c", look], "");
        assert!(seen.contains("NARTHEX_DATA_DIR") && !seen.contains(&token));
    }
}

#[test]
fn an_unfinished_sign_in_is_kept_apart_from_one_at_another_server() {
    let (one, two, home) = (server_with(|_| {}), server_with(|_| {}), Home::new());
    let (run, first) = begin(&home, one.url(), &[]);
    run.kill();
    sign_in(&home, &two, two.url());
    assert_eq!((one.devices("alice"), two.devices("alice")), (0, 1));
    let mut run = Words::start(&home, &["login", one.url(), "--no-browser"]);
    let page = run.says("/authorize?");
    assert_eq!(page.trim(), first);
    get(one.consent(page.trim(), ALICE).as_str());
    assert_eq!(run.ends().0, 0);
    assert_eq!((one.devices("alice"), two.devices("alice")), (1, 1));
}
