//! Accounts are made, whatever the server asks for.

use serde_json::{Value, json};

use crate::narthex::{Home, Json};
use crate::outside::{mailed_link, open_mailed_link, solve_captcha};
use crate::server::{fresh_name, owner, request, server};
use crate::{PASSWORD, TOKEN};

/// Registered, stored, and known to the server.
fn is_signed_in(home: &Home, base: &str, name: &str) {
    let whoami = home.ok(&["whoami"], "");
    assert!(whoami.contains(&format!("@{name}:localhost")), "{whoami}");
    let token = home.ok(&["token"], "");
    assert!(owner(base, &token).unwrap().0.starts_with(&format!("@{name}:localhost")));
}

fn by_flags(base: &str, more: &[&str]) -> (Home, String) {
    let (home, name) = (Home::new(), fresh_name("flag"));
    let username = format!("--username={name}");
    let args = [&["register", base, &username, "--password-stdin"], more].concat();
    home.ok(&args, &format!("{PASSWORD}\n"));
    (home, name)
}

/// From the start to the form, which is submitted.
fn to_the_stages(home: &Home, base: &str, name: &str, prefer: &[&str]) -> Json {
    let mut run = home.json(&["register", base]);
    run.screen("register_form");
    run.say(&json!({ "intent": "register", "username": name, "password": PASSWORD, "prefer": prefer }));
    run
}

#[test]
fn open_registration_needs_a_name_and_a_password() {
    let Some(base) = server("OPEN") else { return };
    let (home, name) = by_flags(&base, &[]);
    is_signed_in(&home, &base, &name);
}

#[test]
fn a_name_that_is_taken_is_refused_with_another_to_try_and_the_form_goes_on() {
    let Some(base) = server("OPEN") else { return };
    let home = Home::new();
    let mut run = to_the_stages(&home, &base, "demo", &[]);
    let form = loop {
        let form = run.screen("register_form");
        if form["problem"] != Value::Null {
            break form;
        }
    };
    assert_eq!(form["problem"]["refusal"], "username_taken", "{form}");
    assert!(form["availability"]["suggestion"].as_str().unwrap().starts_with("demo"));
    let name = fresh_name("other");
    run.say(&json!({ "intent": "register", "username": name }));
    assert_eq!(run.end()["type"], "signed_in");
    is_signed_in(&home, &base, &name);
}

#[test]
fn availability_is_told_while_the_name_is_typed() {
    let Some(base) = server("OPEN") else { return };
    let home = Home::new();
    let mut run = home.json(&["register", &base]);
    run.screen("register_form");
    for (name, is) in [(fresh_name("free"), "free"), ("demo".to_owned(), "refused")] {
        run.say(&json!({ "intent": "check_username", "username": name }));
        let answer = loop {
            let form = run.screen("register_form");
            if form["username"] == name && form["availability"]["is"] != "checking" {
                break form;
            }
        };
        assert_eq!(answer["availability"]["is"], is, "{answer}");
    }
}

#[test]
fn a_registration_token_is_asked_for_and_a_wrong_one_is_refused() {
    let Some(base) = server("TOKEN") else { return };
    let (home, name) = by_flags(&base, &["--registration-token", TOKEN]);
    is_signed_in(&home, &base, &name);

    let (home, name) = (Home::new(), fresh_name("tok"));
    let mut run = to_the_stages(&home, &base, &name, &[]);
    assert_eq!(run.screen("registration_token")["problem"], Value::Null);
    run.say(&json!({ "intent": "use_token", "token": "no such token!" }));
    assert_eq!(run.screen("registration_token")["problem"]["refusal"], "token_malformed");
    run.say(&json!({ "intent": "use_token", "token": "no-such-token" }));
    assert_eq!(run.screen("registration_token")["problem"]["refusal"], "token_invalid");
    run.say(&json!({ "intent": "use_token", "token": TOKEN }));
    assert_eq!(run.end()["type"], "signed_in");
    is_signed_in(&home, &base, &name);
}

#[test]
fn a_missing_or_wrong_token_ends_a_script_with_the_code_for_it() {
    let Some(base) = server("TOKEN") else { return };
    let (home, username) = (Home::new(), format!("--username={}", fresh_name("no")));
    let register = ["register", &base, &username, "--password-stdin"];
    let (code, said) = home.fails(&register, PASSWORD);
    assert_eq!(code, 17, "{said}");
    assert!(said.contains("--registration-token"), "{said}");
    let wrong = [&register[..], &["--registration-token=wrong"]].concat();
    let (code, said) = home.fails(&wrong, PASSWORD);
    assert_eq!(code, 11, "{said}");
}

#[test]
fn terms_are_accepted_only_by_saying_so() {
    let Some(base) = server("TERMS") else { return };
    let (home, username) = (Home::new(), format!("--username={}", fresh_name("no")));
    let (code, said) = home.fails(&["register", &base, &username, "--password-stdin"], PASSWORD);
    assert_eq!(code, 17, "{said}");
    assert!(said.contains("--accept-terms"), "{said}");
    let (home, name) = by_flags(&base, &["--accept-terms"]);
    is_signed_in(&home, &base, &name);

    let mut run = to_the_stages(&Home::new(), &base, &fresh_name("terms"), &[]);
    let terms = run.screen("terms");
    let (status, _, page) = request("GET", terms["policies"][0]["url"].as_str().unwrap(), "", "");
    assert_eq!(status, 200, "{page}");
}

#[test]
fn an_e_mail_address_is_confirmed_by_the_link_that_was_sent() {
    let Some(base) = server("EMAIL") else { return };
    let (home, name) = (Home::new(), fresh_name("mail"));
    let mut run = to_the_stages(&home, &base, &name, &[]);
    run.screen("address");
    run.say(&json!({ "intent": "use_email", "address": "not an address" }));
    assert_eq!(run.screen("address")["problem"]["refusal"]["address_invalid"], "email");
    run.say(&json!({ "intent": "use_email", "address": format!("{name}-old@example.invalid") }));
    run.screen("confirmation");
    let address = format!("{name}@example.invalid");
    run.say(&json!({ "intent": "use_email", "address": address }));
    while run.screen("confirmation")["address"] != address {}
    let first = mailed_link("EMAIL", &address);
    run.intent("resend");
    while run.screen("confirmation")["sent"] != 2 {}
    let (status, _, _) = request("GET", &first, "", "");
    assert_eq!(status, 200);
    run.intent("check_now");
    assert_eq!(run.end()["type"], "signed_in");
    is_signed_in(&home, &base, &name);
}

#[test]
fn an_e_mail_address_that_nobody_asks_for_may_still_be_given() {
    let Some(base) = server("EMAIL_OPTIONAL") else { return };
    let (home, name) = by_flags(&base, &[]);
    is_signed_in(&home, &base, &name);
    let (home, name) = (Home::new(), fresh_name("opt"));
    let mut run = to_the_stages(&home, &base, &name, &["m.login.email.identity"]);
    run.screen("address");
    let address = format!("{name}@example.invalid");
    run.say(&json!({ "intent": "use_email", "address": address }));
    run.screen("confirmation");
    open_mailed_link("EMAIL_OPTIONAL", &address);
    run.intent("check_now");
    assert_eq!(run.end()["type"], "signed_in");
}

#[test]
fn a_captcha_is_solved_in_the_browser() {
    let Some(base) = server("RECAPTCHA") else { return };
    let (home, name) = (Home::new(), fresh_name("cap"));
    let mut run = to_the_stages(&home, &base, &name, &[]);
    let page = run.screen("in_browser");
    assert_eq!(page["stage"], "m.login.recaptcha");
    solve_captcha(page["url"].as_str().unwrap());
    assert_eq!(run.end()["type"], "signed_in", "noticed without being told");
    is_signed_in(&home, &base, &name);
}

/// A person who answers whatever is asked, until they are signed in.
pub(crate) fn answer_everything(run: &mut Json, profile: &str, name: &str) -> Value {
    loop {
        let line = run.next();
        if matches!(line["type"].as_str().unwrap(), "signed_in" | "failed") {
            return line;
        }
        answer(run, &line, profile, name);
    }
}

/// What a person does about one line.
pub(crate) fn answer(run: &mut Json, line: &Value, profile: &str, name: &str) {
    let address = format!("{name}@example.invalid");
    let offers = |offer: &str| line["offers"].as_array().is_some_and(|offers| offers.contains(&json!(offer)));
    match line["screen"].as_str().unwrap_or_default() {
        "paused" => run.intent("continue"),
        "register_form" if offers("register") => {
            run.say(&json!({ "intent": "register", "username": name, "password": PASSWORD }));
        }
        "registration_token" => run.say(&json!({ "intent": "use_token", "token": TOKEN })),
        "terms" => run.intent("accept_terms"),
        "address" => run.say(&json!({ "intent": "use_email", "address": address })),
        "in_browser" if offers("check_now") => {
            solve_captcha(line["url"].as_str().unwrap());
            run.intent("check_now");
        }
        "confirmation" if offers("check_now") => {
            open_mailed_link(profile, &address);
            run.intent("check_now");
        }
        "problem" if offers("retry") => run.intent("retry"),
        _ => {}
    }
}

#[test]
fn everything_at_once_is_asked_for_in_turn() {
    let Some(base) = server("EVERYTHING") else { return };
    let (home, name) = (Home::new(), fresh_name("all"));
    let mut run = home.json(&["register", &base]);
    let end = answer_everything(&mut run, "EVERYTHING", &name);
    assert_eq!(end["type"], "signed_in", "{end}");
    is_signed_in(&home, &base, &name);
}

#[test]
fn a_rate_limit_is_waited_for_without_anyone_doing_anything() {
    let Some(base) = server("RATELIMIT") else { return };
    let mut limited = false;
    for _ in 0..4 {
        let (home, name) = (Home::new(), fresh_name("lim"));
        let mut run = to_the_stages(&home, &base, &name, &[]);
        loop {
            let line = run.next();
            limited |= line["screen"] == "limited";
            assert_ne!(line["type"], "failed", "{line}");
            if line["type"] == "signed_in" {
                break;
            }
        }
    }
    assert!(limited, "the limit was never met");
}

#[test]
fn a_closed_server_says_so_before_anything_is_typed() {
    let Some(base) = server("DISABLED") else { return };
    let (home, username) = (Home::new(), format!("--username={}", fresh_name("no")));
    let (code, said) = home.fails(&["register", &base, &username, "--password-stdin"], PASSWORD);
    assert!(matches!(code, 11 | 13), "{code} {said}");
    assert!(home.ok(&["doctor", &base], "").to_lowercase().contains("registration"));
}
