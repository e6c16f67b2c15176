//! Does every variant that the engine can show have a headline, a cause and something to do?

use narthex::{Offer, Refusal, Screen, Task, Time};

use super::*;

const FAILURE: &str = include_str!("../../../../engine/src/failure.rs");
const MISBEHAVIOUR: &str = include_str!("../../../../engine/src/failure/misbehaviour.rs");
const LOST: &str = include_str!("../../../../engine/src/lost.rs");
const VIEW: &str = include_str!("../../../../engine/src/view.rs");
const TASK: &str = include_str!("../../../../engine/src/view/task.rs");

/// The variants of an enum, read from its source: a new one cannot be forgotten here.
fn variants(source: &str, name: &str) -> Vec<String> {
    let (_, rest) = source.split_once(&format!("pub enum {name} {{\n")).unwrap();
    let (body, _) = rest.split_once("\n}").unwrap();
    let lines = body.lines().filter(|line| line.starts_with("    ") && !line.starts_with("     "));
    let names = lines.map(str::trim).filter(|line| line.starts_with(char::is_uppercase));
    names.map(|line| kebab(line.split(|c: char| !c.is_alphanumeric()).next().unwrap())).collect()
}

fn kebab(name: &str) -> String {
    name.chars()
        .flat_map(|c| c.is_uppercase().then_some('-').into_iter().chain(c.to_lowercase()))
        .skip(1)
        .collect()
}

#[test]
fn every_failure_has_a_headline_a_cause_and_something_to_do() {
    let text = Text::in_language(&[], &[]);
    let mut seen = 0;
    for (source, name, prefix, apart) in [
        (FAILURE, "Outage", "outage", &["network", "timed-out", "storage"][..]),
        (FAILURE, "Refusal", "refusal", &["username-invalid", "password-weak", "wrong-kind-of-code"]),
        (FAILURE, "UsernameProblem", "username", &[]),
        (FAILURE, "PasswordProblem", "password", &[]),
        (FAILURE, "Expiring", "expired", &[]),
        (FAILURE, "Missing", "missing", &[]),
        (MISBEHAVIOUR, "Misbehaviour", "misbehaviour", &[]),
        (MISBEHAVIOUR, "Bug", "bug", &[]),
        (LOST, "Lost", "lost", &[]),
        (LOST, "StorageProblem", "storage", &[]),
    ] {
        let variants = variants(source, name);
        assert!(!variants.is_empty());
        for variant in variants.iter().filter(|v| !apart.contains(&v.as_str())) {
            let id = format!("{prefix}-{variant}");
            assert_ne!(text.say(&id, &[]), id, "no headline");
            assert!(text.part(&id, "cause", &[]).is_some(), "{id} has no cause");
            assert!(text.part(&id, "do", &[]).is_some(), "{id} says nothing to do");
            seen += 1;
        }
    }
    assert!(seen > 50, "{seen}");
}

/// Found D15, D21.
#[test]
fn an_id_in_a_sentence_is_what_it_is_and_a_session_that_is_checked_is_no_sign_in() {
    let text = Text::in_language(&[], &[]);
    let (expected, found) = ("@alice:a.b".to_owned(), "@al\u{200b}ice:a.b".to_owned());
    let refusal = Refusal::SessionOfAnother { expected, found };
    let told = text.failure_at(&Cause::Refused { refusal }, "a.b").join("\n");
    assert!(told.contains("session is of @al\\u{200b}ice:a.b, not of @alice:a.b."), "{told}");
    assert!(!told.contains("igned in") && !told.contains("your input"), "{told}");
    let screen = Screen::AwaitingApproval { server: "a.b".into(), username: "a\u{2066}b".into() };
    assert!(text.screen(&screen, Time(0)).join("\n").contains("a\\u{2066}b"));
}

#[test]
fn every_screen_task_and_offer_has_its_words() {
    let text = Text::in_language(&[], &[]);
    let has = |id: String| assert_ne!(text.say(&id, &[]), id);
    variants(VIEW, "Screen").into_iter().for_each(|v| has(format!("screen-{v}")));
    variants(TASK, "Task").into_iter().for_each(|v| has(format!("task-{v}")));
    Offer::ALL.iter().for_each(|offer| has(crate::named::id("offer", offer)));
    assert_eq!(text.task(Task::FindServer, "a.b"), "Looking up a.b");
}

#[test]
fn dates_are_those_of_the_calendar() {
    for (seconds, expected) in [
        (0, "1970-01-01"),
        (951_782_400, "2000-02-29"),
        (951_868_800, "2000-03-01"),
        (1_764_287_999, "2025-11-27"),
        (1_767_225_599, "2025-12-31"),
        (1_767_225_600, "2026-01-01"),
        (4_107_542_400, "2100-03-01"),
    ] {
        assert_eq!(date(Time(seconds * 1000)), expected);
    }
}

/// `Found E14`.
#[test]
fn what_is_wrong_with_a_certificate_is_said_with_its_date() {
    let outage = Outage::Network(Lost::TlsExpired { at: Time(1_764_287_999_000) });
    let failure = Failure { cause: Cause::Unavailable { outage, retry_at: None }, evidence: None };
    let lines = Text::in_language(&[], &[]).failure(&failure).join(" ");
    assert!(lines.contains("2025-11-27"), "{lines}");
}

#[test]
fn an_error_says_what_whose_and_what_to_do() {
    let evidence = Evidence {
        method: narthex::Method::Post,
        host: "example.org".into(),
        path: "/_matrix/client/v3/register".into(),
        status: Some(400),
        errcode: Some("M_USER_IN_USE".into()),
        message: Some("User ID\n\u{1b}[31m already taken.".into()),
        at: Time(1000 * (5 * 3600 + 52 * 60 + 35)),
    };
    let failure = Failure {
        cause: Cause::Refused { refusal: Refusal::UsernameTaken },
        evidence: Some(Box::new(evidence)),
    };
    let lines = Text::in_language(&[], &[]).failure(&failure);
    assert_eq!(lines.len(), 5);
    assert_eq!(lines[0], "This username is taken.");
    assert!(lines[2].starts_with("What to do: "));
    assert_eq!(
        lines[4],
        "Details: POST example.org/_matrix/client/v3/register -> 400 M_USER_IN_USE, 05:52:35 UTC. \
         The server says: \u{201c}User ID \\u{1b}[31m already taken.\u{201d}"
    );
}
