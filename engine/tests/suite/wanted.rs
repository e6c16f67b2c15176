//! What an earlier run left is gone on with only if it is what is asked for now.

use narthex::{Offer, Saved, Secret, Session, Task, Wanted};

fn saved(json: &str) -> Saved {
    Saved::from_json(json.trim_end()).expect("it reads")
}

/// Of alice at example.org.
fn registration() -> Saved {
    saved(include_str!("../golden/saved-v1-register-question.json"))
}

fn single_sign_on() -> Saved {
    saved(include_str!("../golden/saved-v1-sso.json"))
}

fn in_the_browser() -> Saved {
    saved(include_str!("../golden/saved-v1-oauth-browser.json"))
}

fn fresh() -> Saved {
    saved(include_str!("../golden/saved-v1-fresh.json"))
}

fn unwanted() -> Saved {
    saved(include_str!("../golden/saved-v1-unwanted.json"))
}

const NEW: Wanted<'_> = Wanted {
    new_account: true,
    server: Some("example.org"),
    user: None,
    ways: &[],
    provider: None,
    password: None,
    device_id: None,
    by_paste: false,
    links: false,
    code: None,
    generation: None,
};
const OLD: Wanted<'_> = Wanted { new_account: false, ..NEW };
const IN_THE_BROWSER: &[Offer] = &[Offer::SignInWithBrowser, Offer::SignInWithSso];

#[test]
fn a_registration_is_that_of_the_same_server_user_and_password() {
    let saved = registration();
    assert!(saved.is_wanted(&NEW));
    assert!(!saved.is_wanted(&OLD));
    for (server, is_it) in [
        ("example.org", true),
        ("https://example.org/", true),
        ("@alice:example.org", true),
        ("https://matrix.to/#/@alice:example.org", true),
        // Found A1.
        ("@bob:example.org", false),
        ("example.com", false),
    ] {
        assert_eq!(saved.is_wanted(&Wanted { server: Some(server), ..NEW }), is_it, "{server}");
    }
    for (user, is_it) in
        [("alice", true), ("@alice:example.org", true), ("bob", false), ("@alice:a.b", false)]
    {
        assert_eq!(saved.is_wanted(&Wanted { user: Some(user), ..NEW }), is_it, "{user}");
    }
    // Found A2.
    let (same, other) = (Secret::from("correct horse"), Secret::from("another"));
    assert!(saved.is_wanted(&Wanted { password: Some(&same), ..NEW }));
    assert!(!saved.is_wanted(&Wanted { password: Some(&other), ..NEW }));
}

/// Found A3.
#[test]
fn a_stay_in_the_browser_is_gone_on_with_only_in_the_same_way() {
    for (saved, way) in
        [(single_sign_on(), Offer::SignInWithSso), (in_the_browser(), Offer::SignInWithBrowser)]
    {
        assert_eq!(saved.what().way, Some(way));
        assert!(saved.is_wanted(&OLD) && !saved.is_wanted(&NEW));
        assert!(saved.is_wanted(&Wanted { ways: IN_THE_BROWSER, ..OLD }));
        for other in [Offer::SignInWithPassword, Offer::SignInWithToken, Offer::SignInWithDeviceCode] {
            assert!(!saved.is_wanted(&Wanted { ways: &[other], ..OLD }), "{other:?}");
        }
        assert!(!saved.is_wanted(&Wanted { user: Some("somebody"), ..OLD }), "nobody knows whose it is");
        assert!(!saved.is_wanted(&Wanted { device_id: Some("ANOTHER"), ..OLD }));
    }
    assert!(!single_sign_on().is_wanted(&Wanted { provider: Some("another"), ..OLD }));
}

/// Nothing listens where that browser ends up: a run that does not paste would wait for ever.
#[test]
fn a_stay_in_the_browser_whose_address_is_pasted_is_gone_on_with_only_by_pasting() {
    for json in
        [include_str!("../golden/saved-v1-sso.json"), include_str!("../golden/saved-v1-oauth-browser.json")]
    {
        let mut without: serde_json::Value = serde_json::from_str(json).expect("it is JSON");
        fn forget_the_port(value: &mut serde_json::Value) {
            if let serde_json::Value::Object(map) = value {
                map.remove("port");
                map.values_mut().for_each(forget_the_port);
            }
        }
        forget_the_port(&mut without);
        let (with, without) = (saved(json), saved(&without.to_string()));
        assert!(!with.what().by_paste && without.what().by_paste);
        let pasting = Wanted { by_paste: true, ..OLD };
        assert!(with.is_wanted(&OLD) && with.is_wanted(&pasting));
        assert!(!without.is_wanted(&OLD) && without.is_wanted(&pasting));
    }
}

#[test]
fn a_session_is_saved_for_whom_it_was_granted_and_one_that_nobody_wants_is_ended_first() {
    let saved = fresh();
    assert_eq!(saved.what().task, Task::KeepSession);
    assert!(saved.is_wanted(&NEW) && saved.is_wanted(&OLD));
    assert!(saved.is_wanted(&Wanted { ways: IN_THE_BROWSER, user: Some("alice"), ..OLD }));
    assert!(!saved.is_wanted(&Wanted { user: Some("bob"), ..OLD }));
    assert!(!saved.is_wanted(&Wanted { ways: &[Offer::SignInWithToken], ..OLD }), "it may be anybody's");
    let saved = unwanted();
    assert!(saved.is_wanted(&Wanted { user: Some("bob"), ..OLD }));
    assert!(!saved.is_wanted(&Wanted { server: Some("example.com"), ..OLD }));
}

/// What `Found A2` leaves: the account is there, made in another way.
#[test]
fn a_registration_is_over_once_its_user_is_signed_in() {
    let session = |user_id: &str, homeserver: &str| {
        let session =
            Session::from_json(include_str!("../golden/session-v1.json").trim_end()).expect("it reads");
        Session { user_id: user_id.to_owned(), homeserver: homeserver.parse().expect("a URL"), ..session }
    };
    let (alice, here) = ("@alice:example.org", "https://matrix.example.org/");
    assert!(registration().is_settled_by(&session(alice, here)));
    for (user_id, homeserver) in [("@bob:example.org", here), (alice, "https://matrix.example.com/")] {
        assert!(!registration().is_settled_by(&session(user_id, homeserver)));
    }
    for other in [single_sign_on(), in_the_browser(), fresh(), unwanted()] {
        assert!(!other.is_settled_by(&session(alice, here)));
    }
}

/// What was in the form was refused, such as a username that is taken.
#[test]
fn a_form_that_is_to_be_filled_in_again_is_anybodys() {
    let json = include_str!("../golden/saved-v1-register-question.json").trim_end();
    let form = json.replace("\"under_way\":true", "\"under_way\":false");
    let form = saved(&form.replace("\"unsure\":true", "\"unsure\":false"));
    assert_eq!(form.what().user, None, "the name cannot be had");
    let other = Secret::from("another");
    for user in ["alice", "bob"] {
        assert!(form.is_wanted(&Wanted { user: Some(user), password: Some(&other), ..NEW }));
    }
    assert!(!form.is_wanted(&OLD));
}
