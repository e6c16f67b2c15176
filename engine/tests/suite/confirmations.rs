//! Addresses to confirm: which can be one, which was asked for, and what becomes of it.

use narthex::{Intent, Offer, Screen, Stage};
use serde_json::{Value, json};

use crate::answers::{BAD_GATEWAY, EMAIL, LOGIN_PASSWORD, PHONE, REGISTERED, SID, SID_CODE};
use crate::driver::Driver;

const EITHER: &str = r#"{"session":"s","flows":[{"stages":["m.login.email.identity"]},{"stages":["m.login.msisdn"]}],"params":{}}"#;

fn invalid(medium: &str) -> Value {
    json!({ "class": "refused", "refusal": { "address_invalid": medium } })
}

fn email(address: &str) -> Driver {
    let mut driver = Driver::registering(EMAIL);
    driver.say(Intent::UseEmail { address: address.to_owned() });
    driver
}

fn phone(country: &str, number: &str) -> Driver {
    let mut driver = Driver::registering(PHONE);
    driver.say(Intent::UsePhone { country: country.to_owned(), number: number.to_owned() });
    driver
}

fn again(prefer: &str) -> Intent {
    let prefer = Stage::parse(prefer).into_iter().collect();
    Intent::Register { username: "alice".into(), password: None, prefer }
}

#[test]
fn an_email_address_has_two_sides_and_no_spaces() {
    let domain = "@mail.example";
    let (long, longer) = ("a".repeat(254 - domain.len()), "a".repeat(255 - domain.len()));
    for address in ["a@b", " alice@mail.example ", "\"a@b\"@mail.example", &format!("{long}{domain}")] {
        let driver = email(address);
        assert_eq!(driver.body("email/requestToken")["email"], address.trim(), "{address}");
    }
    for address in ["", "alice", "@b", "a@", "a b@c", "a\u{1}b@c", "a@b\tc", &format!("{longer}{domain}")] {
        let driver = email(address);
        assert_eq!(driver.cause(), invalid("email"), "{address}");
        assert!(driver.is_idle() && driver.offers(Offer::UseEmail));
    }
}

#[test]
fn a_phone_number_is_digits_and_a_country_of_two_letters() {
    for (country, number) in
        [("de", "0170 1234567"), ("GB", "+44 (20) 7946-0018"), ("DE", "110"), ("DE", &"1".repeat(20))]
    {
        let body = phone(country, number).body("msisdn/requestToken");
        let sent = (&body["country"], &body["phone_number"]);
        assert_eq!(sent, (&json!(country.to_uppercase()), &json!(number.trim())), "{number}");
    }
    let spread = |length: usize| format!("1{}70", " ".repeat(length - 3));
    assert!(phone("DE", &spread(40)).is_open("msisdn/requestToken"));
    for (country, number) in [
        ("DE", "0170 CALLME"),
        ("DE", "11"),
        ("DE", &"1".repeat(21)),
        ("DE", &spread(41)),
        ("DE", ""),
        ("", "0170 1234567"),
        ("D", "0170 1234567"),
        ("D1", "0170 1234567"),
        ("DEU", "0170 1234567"),
        ("ÄÖ", "0170 1234567"),
    ] {
        let driver = phone(country, number);
        assert_eq!(driver.cause(), invalid("phone"), "{country} {number}");
        assert!(driver.is_idle() && driver.offers(Offer::UsePhone));
    }
}

#[test]
fn the_servers_name_for_a_confirmation_is_short_and_plain() {
    let (long, longer) = ("s".repeat(255), "s".repeat(256));
    for sid in ["1", "A.b=c_d-9", &long] {
        let mut driver = email("a@b.example");
        driver.answer("email/requestToken", 200, &json!({ "sid": sid }).to_string()).say(Intent::CheckNow);
        assert_eq!(driver.body("/register")["auth"]["threepid_creds"]["sid"], *sid);
    }
    let cause = json!({ "class": "misbehaved", "misbehaviour": { "invalid_field": "sid" } });
    for sid in ["", "a b", "a/b", "ä", &longer] {
        let mut driver = email("a@b.example");
        driver.answer("email/requestToken", 200, &json!({ "sid": sid }).to_string());
        assert_eq!(driver.cause(), cause, "{sid}");
    }
}

#[test]
fn a_code_goes_to_a_secure_address_only() {
    let cause = json!({ "class": "misbehaved", "misbehaviour": { "insecure_address": "submit_url" } });
    for address in ["http://matrix.example.org/submit", "no address", "ftp://matrix.example.org/"] {
        let mut driver = phone("DE", "0170 1234567");
        let body = json!({ "sid": "1", "submit_url": address }).to_string();
        assert_eq!(driver.answer("msisdn/requestToken", 200, &body).cause(), cause, "{address}");
    }
    let mut driver = phone("DE", "0170 1234567");
    driver.answer("msisdn/requestToken", 200, r#"{"sid":"1","submit_url":""}"#);
    assert!(!driver.offers(Offer::EnterCode), "an empty one is none");
}

/// The server sends again only for a higher number.
#[test]
fn a_confirmation_that_may_not_have_been_sent_is_asked_for_once_more_with_the_same_number() {
    let mut driver = email("a@b.example");
    let first = driver.body("email/requestToken");
    driver.answer("email/requestToken", 502, BAD_GATEWAY).say(Intent::Cancel).say(again(""));
    assert_eq!(driver.body("email/requestToken"), first, "{}", driver.trace);
    driver.answer("email/requestToken", 200, SID);
    assert!(matches!(driver.screen(), Screen::Confirmation { sent: 1, .. }));
    driver.say(Intent::Cancel).say(again(""));
    assert!(matches!(driver.screen(), Screen::Confirmation { sent: 1, .. }), "it was sent already");
    assert!(driver.is_idle());
    driver.say(Intent::Resend);
    let second = driver.body("email/requestToken");
    assert_eq!((&second["send_attempt"], &second["client_secret"]), (&json!(2), &first["client_secret"]));
}

#[test]
fn a_mail_confirms_no_phone() {
    let mut driver = Driver::at((401, EITHER), LOGIN_PASSWORD);
    let prefer = Stage::parse("m.login.email.identity").into_iter().collect();
    driver.say(Intent::CreateAccount);
    driver.say(Intent::Register { username: "alice".into(), password: Some("x".into()), prefer });
    driver.say(Intent::UseEmail { address: "a@b.example".into() }).answer("email/requestToken", 200, SID);
    driver.say(Intent::Cancel).say(again("m.login.msisdn"));
    assert!(matches!(driver.screen(), Screen::Address { .. }) && driver.offers(Offer::UsePhone));
}

#[test]
fn the_right_code_is_enough() {
    let mut driver = phone("DE", "0170 1234567");
    driver.answer("msisdn/requestToken", 200, SID_CODE).say(Intent::EnterCode { code: " 12 34".into() });
    assert_eq!(driver.body("/submit")["token"], " 12 34", "it is passed on as it was typed");
    driver.answer("/submit", 200, r#"{"success":true}"#);
    assert_eq!(driver.body("/register")["auth"]["threepid_creds"]["sid"], "VzAabLGshpKjrRLU");
    driver.answer("/register", 200, REGISTERED).stored(Ok(()));
    assert!(driver.engine.session().is_some());
}
