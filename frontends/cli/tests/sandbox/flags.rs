//! Flags that cannot be followed: each is said, with what to do instead.

use narthex_sandbox::{Config, DeviceGrant, Person};
use serde_json::{Value, json};

use crate::PASSWORD;
use crate::homeserver::Homeserver;
use crate::narthex::{Home, said};
use crate::oauth::{ALICE, begin, server_with};
use crate::sessions::get;
use crate::spoken::Words;

fn last(home: &Home, args: &[&str], input: &str) -> Value {
    let output = home.run(&[args, &["--json"]].concat(), input);
    let printed = String::from_utf8(output.stdout).unwrap();
    serde_json::from_str(printed.lines().last().unwrap()).unwrap()
}

/// `Found E10`.
#[test]
fn a_flag_of_another_command_is_refused_before_anything_is_done() {
    let (server, home) = (Homeserver::start(Config::sso), Home::new());
    for flag in ["--device", "--sso", "--browser", "--login-token-stdin", "--keep-other"] {
        let (code, said) = home.fails(&["register", server.url(), flag], "");
        assert!(code == 2 && said.contains(flag) && said.contains("narthex login"), "{said}");
    }
    for flag in ["--accept-terms", "--email=a@b.c"] {
        let (code, said) = home.fails(&["login", server.url(), flag], "");
        assert!(code == 2 && said.contains("narthex register"), "{said}");
    }
    for command in ["login", "register"] {
        let (code, said) = home.fails(&[command, server.url(), "--username="], "");
        assert!(code == 2 && said.contains("--username"), "{said}");
    }
    assert!(home.files().is_empty());
}

/// `Found E10`.
#[test]
fn a_provider_that_the_server_has_not_is_named_with_those_that_it_has() {
    let (server, home) = (Homeserver::start(Config::sso), Home::new());
    let (code, said) = home.fails(&["login", server.url(), "--sso=nobody"], "");
    assert_eq!(code, 17, "{said}");
    for words in ["no identity provider “nobody”", "oidc-github: GitHub", "oidc-uni: University"] {
        assert!(said.contains(words), "{said}");
    }
    let end = last(&home, &["login", server.url(), "--sso=nobody"], "");
    assert_eq!(
        (&end["question"], &end["intent"], &end["flag"]),
        (&json!("provider"), &json!("sign_in_with_sso"), &json!("--sso"))
    );
    assert_eq!(end["providers"][1]["id"], "oidc-uni");
    let (code, said) = home.fails(&["login", "--sso", server.url()], "");
    assert!(code == 17 && said.contains("narthex login SERVER --sso"), "{said}");
}

/// `Found C15`.
#[test]
fn what_is_missing_for_a_sign_in_is_not_what_is_missing_for_a_registration() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    for (args, question, flag) in [
        (&["login", server.url(), "--username=alice"][..], "password", "--password-stdin"),
        (&["login", server.url(), "--password-stdin"], "username", "--username"),
    ] {
        let end = last(&home, args, if args.len() == 3 && question == "username" { PASSWORD } else { "" });
        assert_eq!((&end["question"], &end["flag"]), (&json!(question), &json!(flag)), "{end}");
        assert_eq!(end["intent"], "sign_in_with_password", "{end}");
    }
    let end = last(&home, &["register", server.url()], "");
    assert_eq!((&end["question"], &end["intent"]), (&json!("username"), &json!("register")), "{end}");
    // Where nothing is said, what this server offers is.
    let sso = Homeserver::start(Config::sso);
    sso.look(|sandbox| sandbox.reconfigure(|config| config.login.as_mut().unwrap().password = false));
    let (code, said) = home.fails(&["login", sso.url()], "");
    assert!(code == 17 && said.contains("offers: --sso") && !said.contains("--password"), "{said}");
    let end = last(&home, &["login", sso.url()], "");
    assert_eq!((&end["flag"], &end["intent"]), (&json!("--sso"), &json!("sign_in_with_sso")), "{end}");
}

/// `Found C15`.
#[test]
fn an_address_that_is_not_the_callback_is_called_wrong_and_not_missing() {
    let (server, home) = (server_with(|_| {}), Home::new());
    let paste = ["login", server.url(), "--paste", "--no-browser"];
    let (code, said) = home.fails(&paste, "http://127.0.0.1/oauth/x?state=another&code=y\n");
    assert!(code == 17 && said.contains("not the callback of this sign-in"), "{said}");
    let (code, said) = home.fails(&paste, "");
    assert!(code == 17 && said.contains("callback address is missing"), "{said}");
}

/// `Found F2`.
#[test]
fn a_consent_that_is_cancelled_in_the_browser_is_said() {
    let (server, home) = (server_with(|_| {}), Home::new());
    for command in ["login", "register"] {
        let mut run = Words::start(&home, &[command, server.url(), "--no-browser"]);
        let page = run.says("/authorize?");
        get(server.decline(page.trim(), ALICE).as_str());
        let (code, said) = run.ends();
        assert_eq!(code, 130, "{said}");
        assert!(said.contains("canceled in the browser"), "{said}");
    }
    // And by whoever brings the callback when the program is gone.
    let (run, page) = begin(&home, server.url(), &[]);
    run.kill();
    let (code, said) = home.fails(&["deliver", server.decline(&page, ALICE).as_str()], "");
    assert!(code == 130 && said.contains("canceled in the browser"), "{said}");
}

/// `Found F2`: whoever says no on the other device has not typed anything wrong here.
#[test]
fn a_code_that_is_declined_is_nobodys_mistake() {
    let grant = DeviceGrant { complete: false, ..DeviceGrant::default() };
    let (server, home) = (server_with(|oauth| oauth.device_grant = Some(grant)), Home::new());
    let mut run = Words::start(&home, &["login", server.url(), "--device"]);
    let code = run.says("Code: ");
    server.enter_code(code.split(' ').nth(1).unwrap(), ALICE, false);
    let (code, said) = run.ends();
    assert_eq!(code, 11, "{said}");
    assert!(said.contains("declined on the other device") && !said.contains("your input"), "{said}");
}

/// `Found F4`.
#[test]
fn what_a_registration_in_the_browser_has_no_use_for_is_said() {
    let (server, home) = (server_with(|_| {}), Home::new());
    let args = [
        "register",
        server.url(),
        "--no-browser",
        "--username=bob",
        "--registration-token=abcd",
        "--accept-terms",
    ];
    let mut run = Words::start(&home, &args);
    let not_used = run.says("Not used");
    for flag in ["--username", "--registration-token", "--accept-terms"] {
        assert!(not_used.contains(flag), "{not_used}");
    }
    assert!(run.says("registration token").contains("abcd"));
    let page = run.says("/authorize?");
    get(server.consent(page.trim(), Person::registering("bob", PASSWORD)).as_str());
    assert_eq!(run.ends().0, 0);
    let mut run = home.json(&[&args[..3], &args[4..]].concat());
    let line = std::iter::repeat_with(|| run.next()).find(|line| line["type"] == "not_used").unwrap();
    assert_eq!(line["flags"], json!(["--registration-token", "--accept-terms"]));
}

/// `Found A6`: a user id that is named by a flag is an expectation too, also where an address was typed.
#[test]
fn whoever_is_named_by_a_flag_is_who_signs_in_in_the_browser() {
    let (server, home) = (server_with(|_| {}), Home::new());
    let host = server.url().trim_start_matches("http://").trim_end_matches('/').to_owned();
    let alice = format!("--username=@alice:{host}");
    for typed in [server.url(), host.as_str()] {
        let mut run = Words::start(&home, &["login", typed, "--browser", "--no-browser", &alice]);
        let page = run.says("/authorize?");
        let mallory = if typed == host {
            Person::signing_in("mallory", PASSWORD)
        } else {
            Person::registering("mallory", PASSWORD)
        };
        get(server.consent(page.trim(), mallory).as_str());
        let (code, said) = run.ends();
        assert_eq!(code, 11, "{said}");
        assert!(said.contains("as @mallory:") && said.contains("not as @alice:"), "{said}");
        assert_eq!((server.oauth_sessions("mallory"), server.devices("mallory")), (0, 0));
    }
    assert!(!home.ok(&["accounts"], "").contains("@mallory"));
    let told = said(&home.run(&["status"], ""));
    assert!(!told.contains("unfinished"), "{told}");
}
