//! Which flow is chosen: held against the enumeration of all of them, through what a person sees.

use narthex::{Intent, Screen, Stage};
use proptest::prelude::*;
use proptest::sample::subsequence;
use serde_json::json;

use crate::answers::LOGIN_PASSWORD;
use crate::driver::Driver;

const STAGES: [&str; 5] = [
    "m.login.dummy",
    "m.login.terms",
    "m.login.registration_token",
    "m.login.email.identity",
    "m.login.msisdn",
];

fn flows() -> impl Strategy<Value = Vec<Vec<&'static str>>> {
    let flow = subsequence(STAGES.to_vec(), 1..=STAGES.len()).prop_shuffle();
    prop::collection::vec(flow, 1..6)
}

fn questions(flow: &[&str]) -> usize {
    flow.iter().filter(|stage| **stage != "m.login.dummy").count()
}

fn missed(flow: &[&str], prefer: &[&str]) -> usize {
    prefer.iter().filter(|stage| !flow.contains(stage)).count()
}

/// How many questions the person is asked, and the stage of the first one.
fn asked(flows: &[Vec<&str>], prefer: &[&str]) -> (usize, Option<&'static str>) {
    let flows: Vec<_> = flows.iter().map(|stages| json!({ "stages": stages })).collect();
    let challenge = json!({ "session": "s", "flows": flows }).to_string();
    let mut driver = Driver::at((401, &challenge), LOGIN_PASSWORD);
    let prefer = prefer.iter().filter_map(|stage| Stage::parse(stage)).collect();
    driver.say(Intent::CreateAccount);
    driver.say(Intent::Register { username: "a".into(), password: Some("b".into()), prefer });
    // A dummy that comes first is done before the first question.
    if driver.is_open("/register") && driver.body("/register")["auth"]["type"] == "m.login.dummy" {
        let challenge = json!({ "session": "s", "flows": flows, "completed": ["m.login.dummy"] }).to_string();
        driver.answer("/register", 401, &challenge);
    }
    match driver.screen() {
        Screen::Terms { progress, .. } => (progress.of, Some(STAGES[1])),
        Screen::RegistrationToken { progress, .. } => (progress.of, Some(STAGES[2])),
        Screen::Address { progress, medium: narthex::Medium::Email, .. } => (progress.of, Some(STAGES[3])),
        Screen::Address { progress, medium: narthex::Medium::Phone, .. } => (progress.of, Some(STAGES[4])),
        Screen::Busy { .. } => (0, None),
        other => panic!("{other:?}"),
    }
}

proptest! {
    #[test]
    fn the_chosen_flow_asks_the_fewest_questions(
        flows in flows(),
        prefer in subsequence(STAGES[1..].to_vec(), 0..=2),
    ) {
        let fewest_missed = flows.iter().map(|flow| missed(flow, &prefer)).min().expect("a flow");
        let preferred: Vec<_> = flows.iter().filter(|flow| missed(flow, &prefer) == fewest_missed).collect();
        let fewest = preferred.iter().map(|flow| questions(flow)).min().expect("a flow");
        let (of, first) = asked(&flows, &prefer);
        prop_assert_eq!(of, fewest);
        let first_question = |flow: &Vec<&'static str>| flow.iter().copied().find(|stage| *stage != STAGES[0]);
        let begins_so = preferred.iter().any(|flow| questions(flow) == fewest && first_question(flow) == first);
        prop_assert!(begins_so, "{first:?} begins none of the shortest flows");
    }
}

#[test]
fn among_equals_the_less_laborious_stage_is_chosen() {
    let flows = vec![vec!["m.login.msisdn"], vec!["m.login.email.identity"], vec!["m.login.terms"]];
    assert_eq!(asked(&flows, &[]), (1, Some("m.login.terms")));
    assert_eq!(asked(&flows, &["m.login.msisdn"]), (1, Some("m.login.msisdn")));
}
