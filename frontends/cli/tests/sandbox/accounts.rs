//! Several sessions: which is meant, which is replaced, and what there is.

use narthex_sandbox::Config;
use serde_json::{Value, json};

use crate::homeserver::Homeserver;
use crate::narthex::{Home, said};
use crate::oauth::{ALICE, begin, ends_well, server_with};
use crate::sessions::get;
use crate::{PASSWORD, TOKEN};

pub(crate) fn server() -> Homeserver {
    let server = Homeserver::start(Config::token);
    for user in ["alice", "bob"] {
        server.look(|sandbox| sandbox.add_account(user, PASSWORD));
    }
    server
}

pub(crate) fn sign_in(home: &Home, server: &Homeserver, user: &str, more: &[&str]) -> String {
    let args = ["login", server.url(), "--username", user, "--password-stdin"];
    let output = home.run(&[&args[..], more].concat(), PASSWORD);
    assert!(output.status.success(), "{}", said(&output));
    said(&output)
}

fn lines(printed: &str) -> Vec<Value> {
    printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn accounts(home: &Home) -> Vec<Value> {
    lines(&home.ok(&["accounts", "--json"], ""))[0]["accounts"].as_array().unwrap().clone()
}

fn device(home: &Home, n: usize) -> String {
    accounts(home)[n]["device_id"].as_str().unwrap().to_owned()
}

fn whoami(home: &Home, more: &[&str]) -> Value {
    lines(&home.ok(&[&["whoami", "--json"], more].concat(), "")).remove(0)
}

/// `Found A5`.
#[test]
fn whoever_signs_in_again_has_one_session_which_every_command_means() {
    let (server, home) = (server(), Home::new());
    sign_in(&home, &server, "alice", &[]);
    let first = home.ok(&["token"], "");
    let told = sign_in(&home, &server, "alice", &[]);
    assert!(told.contains("Signed out the older session @alice:"), "{told}");
    assert_eq!((accounts(&home).len(), server.devices("alice")), (1, 1));
    assert!(server.owner(&first).is_none() && server.owner(&home.ok(&["token"], "")).is_some());
    for account in ["alice", "@alice:127.0.0.1", &device(&home, 0)] {
        let account = if account.contains(':') {
            accounts(&home)[0]["user_id"].as_str().unwrap().to_owned()
        } else {
            account.to_owned()
        };
        assert_eq!(whoami(&home, &["--account", &account])["device_id"], device(&home, 0));
    }
    home.ok(&["logout"], "");
    assert_eq!(server.devices("alice"), 0);
}

/// `Found A5`: in JSON, and in the browser.
#[test]
fn a_program_is_told_which_session_was_replaced() {
    let (server, home) = (server_with(|_| {}), Home::new());
    let (mut run, page) = begin(&home, server.url(), &[]);
    get(server.consent(&page, ALICE).as_str());
    ends_well(&mut run);
    let old = device(&home, 0);
    let (mut run, page) = begin(&home, server.url(), &[]);
    get(server.consent(&page, ALICE).as_str());
    let replaced = std::iter::repeat_with(|| run.next()).find(|line| line["type"] == "replaced").unwrap();
    assert_eq!((&replaced["device_id"], &replaced["ended"]), (&json!(old), &json!(true)), "{replaced}");
    ends_well(&mut run);
    assert_eq!((server.oauth_sessions("alice"), accounts(&home).len()), (1, 1));
}

/// `Found A5`.
#[test]
fn other_sessions_are_kept_if_that_is_said_and_each_has_a_name() {
    let (server, home) = (server(), Home::new());
    sign_in(&home, &server, "alice", &[]);
    let old = device(&home, 0);
    assert!(!sign_in(&home, &server, "alice", &["--keep-other"]).contains("older session"));
    assert_eq!((accounts(&home).len(), server.devices("alice")), (2, 2));
    let new = device(&home, 0);
    assert_ne!(old, new, "the newest is first");
    for newest in [&[][..], &["--account=alice"]] {
        assert_eq!(whoami(&home, newest)["device_id"], new.as_str());
    }
    let user = accounts(&home)[0]["user_id"].as_str().unwrap().to_owned();
    for name in [old.clone(), format!("{user}/{old}"), format!("alice/{old}")] {
        assert_eq!(whoami(&home, &["--account", &name])["device_id"], old.as_str(), "{name}");
    }
    home.ok(&["switch", &old], "");
    assert_eq!(whoami(&home, &[])["device_id"], old.as_str());
    // The default is replaced like every other, and the new session is the default then.
    sign_in(&home, &server, "bob", &[]);
    sign_in(&home, &server, "alice", &[]);
    sign_in(&home, &server, "bob", &[]);
    assert_eq!((accounts(&home).len(), server.devices("alice"), server.devices("bob")), (2, 1, 1));
    assert_eq!(whoami(&home, &[])["user_id"], user.as_str());
}

/// `Found A5`.
#[test]
fn a_session_that_cannot_be_ended_now_is_kept_and_said_and_ended_by_the_next() {
    let (server, home) = (server_with(|_| {}), Home::new());
    let proxy = crate::proxy::Proxy::start(server.url(), &format!("{}auth", server.url()));
    let login = |home: &Home| {
        let (mut run, page) = begin(home, &proxy.base, &[]);
        get(server.consent(&page, ALICE).as_str());
        let told = std::iter::repeat_with(|| run.next());
        let told: Vec<Value> = told.take_while(|line| line["type"] != "signed_in").collect();
        told.into_iter().find(|line| line["type"] == "replaced")
    };
    assert_eq!(login(&home), None);
    proxy.refuse("/auth/oauth2/revoke");
    let line = login(&home).unwrap();
    assert_eq!((&line["ended"], &line["failure"]["class"]), (&json!(false), &json!("unavailable")), "{line}");
    assert_eq!(accounts(&home).len(), 2);
    proxy.pass();
    assert_eq!(login(&home).unwrap()["ended"], true);
    assert_eq!((accounts(&home).len(), server.oauth_sessions("alice")), (1, 1));
}

#[test]
fn the_default_is_shown_and_nobody_is_guessed_at_where_it_matters() {
    let (server, home) = (server(), Home::new());
    sign_in(&home, &server, "alice", &[]);
    sign_in(&home, &server, "bob", &[]);
    assert!(whoami(&home, &[])["user_id"].as_str().unwrap().starts_with("@bob:"), "the newest");
    for args in [&["logout"][..], &["login", "--again"]] {
        let (code, said) = home.fails(args, "");
        assert_eq!(code, 1, "{args:?}");
        let listed = said.contains("@alice:") && said.contains("@bob:") && said.contains("--account");
        assert!(listed && said.contains(&format!("/{}", device(&home, 0))), "{said}");
    }
    for _ in ["no default", "a default"] {
        let (code, told) = home.fails(&["switch"], "");
        assert!(code == 17 && told.contains("which account"), "{code} {told}");
        let (code, told) = home.fails(&["switch", "--json"], "");
        assert!(code == 17 && told.contains(r#""question":"account""#), "{code} {told}");
        assert!(home.ok(&["switch", "alice"], "").contains("mean @alice:"));
    }
    assert!(whoami(&home, &[])["user_id"].as_str().unwrap().starts_with("@alice:"));
    let listed = home.ok(&["accounts"], "");
    let default = listed.lines().find(|line| line.contains("(default)")).unwrap();
    assert!(default.starts_with("@alice:") && listed.matches("(default)").count() == 1, "{listed}");
    assert_eq!(accounts(&home).iter().filter(|account| account["default"] == true).count(), 1);
    let (code, said) = home.fails(&["switch", "carol"], "");
    assert!(code == 1 && said.contains("carol is not signed in"), "{said}");
    home.ok(&["logout"], "");
    assert_eq!((server.devices("alice"), server.devices("bob")), (0, 1));
}

#[test]
fn a_session_that_is_only_forgotten_is_not_said_to_be_signed_out() {
    let (server, home) = (server(), Home::new());
    sign_in(&home, &server, "alice", &[]);
    drop(server);
    let told = home.ok(&["logout", "--forget"], "");
    assert!(told.contains("The server was not told") && !told.contains("Signed out"), "{told}");
}

#[test]
fn the_status_tells_sessions_tokens_and_what_is_unfinished_in_every_profile() {
    let (server, home) = (server(), Home::new());
    assert!(home.ok(&["status"], "").contains("No account is signed in"));
    assert!(home.files().is_empty(), "to look makes nothing");
    sign_in(&home, &server, "alice", &[]);
    sign_in(&home, &server, "bob", &["--profile=work"]);
    let begin = ["register", server.url(), "--username=carol", "--password-stdin"];
    assert_eq!(home.fails(&begin, PASSWORD).0, 17);
    let told = home.ok(&["status"], "");
    for words in [
        "Profile default:",
        "@alice:",
        "The access token expires in 5 min. It can be refreshed.",
        "An unfinished registration of carol on",
        "--username carol” resumes it",
        "narthex logout --unfinished",
        "Profile work:",
        "@bob:",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    let status = lines(&home.ok(&["status", "--json"], "")).remove(0);
    let profile = &status["profiles"][0];
    assert_eq!(
        (&status["type"], &profile["name"], &profile["kept"]),
        (&json!("status"), &json!("default"), &json!("key_file"))
    );
    let account = &profile["accounts"][0];
    assert!(
        account["expires_at"].is_u64() && account["refreshable"] == true && account["ended"] == false,
        "{account}"
    );
    let unfinished = &profile["unfinished"][0];
    assert_eq!(
        (&unfinished["task"], &unfinished["user"], &unfinished["running"]),
        (&json!("register"), &json!("carol"), &json!(false))
    );
    assert!(unfinished["since"].is_u64());
    assert_eq!(status["profiles"][1]["name"], "work");

    assert!(home.ok(&["logout", "--unfinished"], "").contains("Gave up the registration of carol on"));
    assert!(home.ok(&["logout", "--unfinished"], "").contains("No sign-in is unfinished"));
    assert!(!home.ok(&["status"], "").contains("carol"));
    assert!(
        !said(&home.run(&[&begin[..], &["--registration-token", TOKEN]].concat(), PASSWORD))
            .contains("Resuming")
    );
    assert_eq!(accounts(&home).len(), 2, "it ended nothing else");
}

#[test]
fn an_unfinished_sign_in_that_has_tokens_is_ended_at_the_server_when_it_is_given_up() {
    let (server, home) = (server_with(|_| {}), Home::new());
    let proxy = crate::proxy::Proxy::start(server.url(), &format!("{}auth", server.url()));
    proxy.hold("/account/whoami", crate::proxy::Held::Asking);
    let (run, page) = begin(&home, &proxy.base, &[]);
    get(server.consent(&page, ALICE).as_str());
    proxy.holds();
    run.kill();
    proxy.pass();
    assert_eq!(server.oauth_sessions("alice"), 1);
    let given_up = lines(&home.ok(&["logout", "--unfinished", "--json"], "")).remove(0);
    assert_eq!(
        (&given_up["type"], &given_up["way"]),
        (&json!("given_up"), &json!("sign_in_with_browser")),
        "{given_up}"
    );
    assert_eq!(server.oauth_sessions("alice"), 0);
}

/// Who is signed in is told where nothing can be locked or written, at once.
#[test]
fn a_status_needs_no_lock() {
    let (server, home) = (server(), Home::new());
    sign_in(&home, &server, "alice", &[]);
    let lock = home.files().into_iter().find(|path| path.ends_with("flows.lock")).expect("it was used");
    let held = std::fs::OpenOptions::new().write(true).open(&lock).unwrap();
    held.lock().unwrap();
    let status = |problem: &str| {
        let told = home.ok(&["status"], "");
        assert!(told.contains("@alice:") && told.contains("could not be found out"), "{told}");
        let told = lines(&home.ok(&["status", "--json"], "")).remove(0);
        assert_eq!(told["profiles"][0]["unfinished_problem"], problem, "{told}");
        assert_eq!(told["profiles"][0]["accounts"].as_array().map(Vec::len), Some(1), "{told}");
    };
    status("busy");
    drop(held);
    std::fs::remove_file(&lock).unwrap();
    std::fs::create_dir(&lock).unwrap();
    status("not_a_file");
}

/// It is said until somebody signs in again, or takes the file away.
#[test]
fn sessions_that_were_damaged_are_not_nobody() {
    let (server, home) = (server(), Home::new());
    sign_in(&home, &server, "alice", &[]);
    let file = home.files().into_iter().find(|path| path.ends_with("secrets.age")).expect("it is stored");
    let list = home.files().into_iter().find(|path| path.ends_with("accounts.json")).expect("it is stored");
    let listed = std::fs::read(&list).unwrap();
    // Found D20.
    for damage in [b"nonsense".to_vec(), (0..3000).map(|n: u32| ((n * 7919) >> 3) as u8).collect()] {
        std::fs::write(&file, damage).unwrap();
        for command in ["whoami", "token", "accounts", "whoami", "token"] {
            let (code, told) = home.fails(&[command], "");
            assert_eq!(code, 16, "{command}: {told}");
            assert!(told.contains("damaged"), "{command}: {told}");
        }
        assert_eq!(std::fs::read(&list).unwrap(), listed);
    }
    let (code, told) = home.fails(&["status"], "");
    assert!(code == 16 && told.contains("Path: "), "{told}");
    sign_in(&home, &server, "alice", &[]);
    assert!(home.ok(&["status"], "").contains("@alice:"));
}

/// Two addresses of one server are two servers to us.
#[test]
fn sessions_of_two_servers_that_gave_out_the_same_names_are_told_apart() {
    let (server, home) = (server(), Home::new());
    let proxy = crate::proxy::Proxy::start(server.url(), server.url());
    sign_in(&home, &server, "alice", &[]);
    let token = home.ok(&["token"], "");
    let told = home.ok(&["login", &proxy.base, "--access-token-stdin"], &token);
    let (user, same) = (accounts(&home)[0]["user_id"].as_str().unwrap().to_owned(), device(&home, 0));
    assert_eq!((same.as_str(), accounts(&home).len()), (device(&home, 1).as_str(), 2));
    let urls = [accounts(&home)[0]["homeserver"].clone(), accounts(&home)[1]["homeserver"].clone()];
    let urls = urls.each_ref().map(|url| url.as_str().unwrap().trim_end_matches('/'));
    let names = urls.map(|url| format!("{user}/{same}@{url}"));
    let new = format!("--account {user}/{same}@{}", proxy.base.trim_end_matches('/'));
    assert!(told.contains(&format!("narthex logout {new}”")), "what is printed means it: {told}");
    for wanted in ["alice", &user, &same, &format!("{user}/{same}")] {
        for command in ["token", "whoami", "logout"] {
            let (code, said) = home.fails(&[command, "--account", wanted], "");
            assert!(code == 1 && names.iter().all(|name| said.contains(name)), "{said}");
        }
    }
    let end = lines(&said(&home.run(&["token", "--account=alice", "--json"], ""))).remove(0);
    for (url, name) in urls.into_iter().zip(&names) {
        assert!(end["accounts"].as_array().unwrap().contains(&json!(name)), "{end}");
        assert_eq!(home.ok(&["token", "--account", name], ""), token);
        for name in [name.clone(), format!("alice@{url}/"), format!("{same}@{url}")] {
            let homeserver = whoami(&home, &["--account", &name])["homeserver"].take();
            assert_eq!(homeserver, format!("{url}/"), "{name}");
        }
        assert!(home.ok(&["switch", name], "").contains(name.as_str()));
        assert_eq!(whoami(&home, &[])["homeserver"], format!("{url}/"));
    }
    home.ok(&["logout", "--account", &names[1]], "");
    assert_eq!((server.devices("alice"), accounts(&home).len()), (0, 1));
    assert_eq!(accounts(&home)[0]["homeserver"], format!("{}/", urls[0]));
}

/// What is in the place of a profile, and is none, is trouble: nobody is told that all is well.
#[cfg(unix)]
#[test]
fn trouble_with_a_profile_is_told_and_hides_no_other() {
    let (server, home) = (server(), Home::new());
    sign_in(&home, &server, "alice", &[]);
    sign_in(&home, &server, "alice", &["--profile=other"]);
    let place = home.path().join("default/place");
    let whole = std::fs::read(&place).unwrap();
    let fifo = |place: &std::path::Path| {
        assert!(std::process::Command::new("mkfifo").arg(place).status().unwrap().success());
    };
    let odd: [&dyn Fn(&std::path::Path); 3] = [
        &|place| std::fs::create_dir(place).unwrap(),
        &|place| std::os::unix::fs::symlink("key.txt", place).unwrap(),
        &fifo,
    ];
    for odd in odd {
        std::fs::remove_file(&place).unwrap();
        odd(&place);
        let run = home.run(&["status", "--json"], "");
        assert_eq!(run.status.code(), Some(16), "{}", said(&run));
        let profiles = lines(&String::from_utf8(run.stdout).unwrap())[0]["profiles"].clone();
        assert_eq!(
            (&profiles[0]["name"], &profiles[0]["problem"]),
            (&json!("default"), &json!("not_a_file"))
        );
        assert_eq!((&profiles[1]["name"], profiles[1].get("problem")), (&json!("other"), None));
        assert_eq!(profiles[1]["accounts"].as_array().unwrap().len(), 1);
        assert_eq!(home.fails(&["status"], "").0, 16);
        assert_eq!(home.fails(&["accounts"], "").0, 16);
        // That another profile has trouble says nothing about this one.
        assert!(home.ok(&["status", "--profile=other", "--json"], "").contains("not_a_file"));
        if place.is_dir() {
            std::fs::remove_dir(&place).unwrap()
        } else {
            std::fs::remove_file(&place).unwrap()
        }
        std::fs::write(&place, &whole).unwrap();
    }
    assert_eq!(home.fails(&["status", "--data-dir=/etc/passwd"], "").0, 16);

    std::fs::write(home.path().join("default/secrets.age"), "garbage").unwrap();
    for args in [&["status"][..], &["status"], &["accounts"], &["accounts", "--json"], &["status", "--json"]]
    {
        let (code, told) = home.fails(args, "");
        assert_eq!(code, 16, "{args:?}: {told}");
        assert_eq!(told.contains("other"), args[0] == "status", "{args:?}: {told}");
    }
}
