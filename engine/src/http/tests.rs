//! What any answer means before a flow reads it.

use std::time::Duration;

use url::Url;

use crate::chance::{Chance, Seeds};
use crate::config::{Client, Config};
use crate::cx::Cx;
use crate::failure::{Cause, Failure, Misbehaviour, Outage};
use crate::io::{Lost, Method, Reply, Request, Response, StorageProblem, Time};
use crate::secret::Secret;

use super::{Call, MAX_BODY};

const NOW: Time = Time(1_700_000_000_000);

/// Of some application.
pub(crate) fn config() -> Config {
    Config::new(Client::new("Example", Url::parse("https://app.example/").unwrap()))
}

/// Runs `with` in a context of its own, at [`NOW`].
pub(crate) fn in_context<T>(with: impl FnOnce(&mut Cx<'_>) -> T) -> T {
    let config = config();
    let mut chance = Chance::new(&Seeds::new([1; 32], [2; 32]));
    let (mut next_id, mut effects) = (0, Vec::new());
    let (chance, next_id, effects) = (&mut chance, &mut next_id, &mut effects);
    with(&mut Cx { now: NOW, config: &config, chance, next_id, effects })
}

pub(crate) fn call() -> Call {
    let url = Url::parse("https://a.b:8448/_matrix/x?token=hidden").unwrap();
    in_context(|cx| Call::get(url, cx))
}

pub(crate) fn response(status: u16, headers: &[(&str, &str)], body: &str) -> Reply {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Reply::Http(Ok(Response { status, headers, body: Secret::new(body.as_bytes().to_vec()) }))
}

fn failure(reply: &Reply) -> Failure {
    call().answer(reply, NOW).map(|answer| answer.status()).expect_err("no flow can use this")
}

fn outage(reply: &Reply) -> (Outage, Option<Duration>) {
    let Cause::Unavailable { outage, retry_at } = failure(reply).cause else { panic!("{reply:?}") };
    (outage, retry_at.map(|at| NOW.until(at)))
}

/// Edge case 183.
#[test]
fn retry_after_is_read_in_every_form_and_bounded() {
    let wait = |headers: &[(&str, &str)], body: &str| outage(&response(429, headers, body)).1.unwrap();
    let seconds = Duration::from_secs;
    assert_eq!(wait(&[("retry-after", "7")], "{}"), seconds(7));
    assert_eq!(wait(&[("retry-after", " 1.5 ")], "{}"), Duration::from_millis(1500));
    assert_eq!(wait(&[("retry-after", "Tue, 14 Nov 2023 22:14:00 GMT")], "{}"), seconds(40));
    assert_eq!(wait(&[("retry-after", "Tue, 14 Nov 2000 22:14:00 GMT")], "{}"), Duration::from_millis(500));
    assert_eq!(wait(&[("retry-after", "-5")], "{}"), Duration::from_millis(500));
    assert_eq!(wait(&[("retry-after", "1e300")], "{}"), super::MAX_RETRY);
    assert_eq!(wait(&[("retry-after", "soon")], r#"{"retry_after_ms":2000}"#), seconds(2));
    assert_eq!(wait(&[("retry-after", "3")], r#"{"retry_after_ms":2000}"#), seconds(3));
    assert_eq!(wait(&[], r#"{"retry_after_ms":-1}"#), Duration::from_millis(500));
    assert_eq!(wait(&[], r#"{"retry_after_ms":1e40}"#), super::MAX_RETRY);
    assert_eq!(wait(&[], r#"{"retry_after_ms":1000000000000000000000000000000}"#), super::MAX_RETRY);
    assert_eq!(wait(&[], r#"{"retry_after_ms":"x"}"#), seconds(10));
    assert_eq!(wait(&[], "<html>"), seconds(10));
}

#[test]
fn what_is_nobodys_fault_is_unavailable() {
    let limited = response(400, &[], r#"{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":1000}"#);
    assert_eq!(outage(&limited), (Outage::RateLimited, Some(Duration::from_secs(1))));
    assert_eq!(outage(&response(500, &[], "{}")), (Outage::ServerError(500), None));
    assert_eq!(outage(&response(599, &[], "")), (Outage::ServerError(599), None));
    assert_eq!(outage(&response(408, &[], "")), (Outage::TimedOut, None));
    assert_eq!(outage(&Reply::Http(Err(Lost::Tls))), (Outage::Network(Lost::Tls), None));
    for status in [200, 302, 400, 401, 403, 404, 428, 430, 499] {
        assert!(call().answer(&response(status, &[], "{}"), NOW).is_ok(), "{status}");
    }
}

#[test]
fn what_no_server_of_ours_would_send_is_misbehaviour() {
    let too_large = Cause::Misbehaved { misbehaviour: Misbehaviour::BodyTooLarge };
    assert_eq!(failure(&Reply::Http(Err(Lost::TooLarge))).cause, too_large);
    assert_eq!(failure(&response(200, &[], &" ".repeat(MAX_BODY + 1))).cause, too_large);
    assert!(call().answer(&response(200, &[], &" ".repeat(MAX_BODY)), NOW).is_ok());
    let other = failure(&Reply::Stored(Err(StorageProblem::Full))).cause;
    assert!(matches!(other, Cause::Broken { .. }));
}

#[test]
fn evidence_names_the_exchange_and_no_secret() {
    let body = r#"{"errcode":"M_LIMIT_EXCEEDED","error":"slow\ndown\u001b[2J"}"#;
    let evidence = failure(&response(429, &[], body)).evidence.unwrap();
    assert_eq!((evidence.host.as_str(), evidence.path.as_str()), ("a.b:8448", "/_matrix/x"));
    assert_eq!((evidence.status, evidence.at), (Some(429), NOW));
    assert_eq!(evidence.errcode.as_deref(), Some("M_LIMIT_EXCEEDED"));
    assert_eq!(evidence.message.as_deref(), Some("slow down [2J"));
    assert!(!format!("{evidence:?}{:?}", call()).contains("hidden"));
}

/// Found B12.
#[test]
fn a_byte_order_mark_before_the_json_is_nothing() {
    let (call, reply) = (call(), response(200, &[], "\u{feff}7"));
    assert_eq!(call.answer(&reply, NOW).unwrap().json::<u8>().unwrap(), 7);
    let body = "\u{feff}{\"errcode\":\"M_LIMIT_EXCEEDED\",\"retry_after_ms\":4000}";
    assert_eq!(outage(&response(400, &[], body)), (Outage::RateLimited, Some(Duration::from_secs(4))));
    let page = response(200, &[], "\u{feff}<html>");
    assert!(call.answer(&page, NOW).unwrap().is_web_page());
}

/// Found D9.
#[test]
fn what_a_server_echoes_of_the_request_is_not_in_the_evidence() {
    let url = Url::parse("https://a.b/_matrix/x?token=hidden").unwrap();
    let body = serde_json::json!({ "username": "alice", "password": "correct horse", "code": "c0de" });
    let call = in_context(|cx| Call::post_as(url, &"syt_bearer".into(), &body, cx));
    let echo = r#"{"errcode":"M_C0DE","error":"alice: correct horse, hidden, Bearer syt_bearer",
        "admin_contact":"mailto:correct%20horse@a.b"}"#;
    for status in [400, 401, 403, 429, 500, 502] {
        let reply = response(status, &[], echo);
        let (evidence, contact) = match call.answer(&reply, NOW) {
            Ok(answer) => (answer.evidence(), answer.contact()),
            Err(failure) => (*failure.evidence.unwrap(), None),
        };
        assert_eq!(evidence.message.as_deref(), Some("alice: […], […], Bearer […]"), "{status}");
        assert_eq!(evidence.errcode.as_deref(), Some("M_[…]"));
        assert!(contact.is_none_or(|contact| contact == "mailto:[…]@a.b"));
    }
}

/// What a server says of its own trouble is worth reading.
#[test]
fn the_words_of_a_server_in_trouble_are_in_the_evidence() {
    let failure = failure(&response(500, &[], r#"{"errcode":"M_UNKNOWN","error":"The moon is full"}"#));
    let evidence = failure.evidence.unwrap();
    assert_eq!(evidence.message.as_deref(), Some("The moon is full"));
    assert_eq!(evidence.errcode.as_deref(), Some("M_UNKNOWN"));
}

#[test]
fn a_web_page_is_not_the_server() {
    let parse = |reply: &Reply| call().answer(reply, NOW).unwrap().json::<u8>().expect_err("no number").cause;
    let stranger = Cause::Unavailable { outage: Outage::NotTheServer, retry_at: None };
    assert_eq!(parse(&response(200, &[], "\n <!doctype html>")), stranger);
    assert_eq!(parse(&response(200, &[("content-type", "text/html; charset=utf-8")], "hello")), stranger);
    let malformed = Cause::Misbehaved { misbehaviour: Misbehaviour::MalformedBody };
    assert_eq!(parse(&response(200, &[("content-type", "application/json")], "{")), malformed);
    let unexpected = |body| call().answer(&response(418, &[], body), NOW).unwrap().unexpected().cause;
    assert_eq!(unexpected("<html>"), stranger);
    assert_eq!(unexpected("{}"), Cause::Misbehaved { misbehaviour: Misbehaviour::UnexpectedStatus(418) });
}

/// Of a rendezvous: whoever knows its address can take part in it.
#[test]
fn a_path_that_is_not_told_is_told_by_nothing() {
    let request = Request {
        method: Method::Get,
        url: Url::parse("https://a.b:8448/_matrix/marker?token=marker").unwrap(),
        headers: Vec::new(),
        body: Secret::new(Vec::new()),
        limit: 32,
        patience: Duration::from_secs(4),
        shown_path: Some("/_matrix/…"),
    };
    let call = in_context(|cx| Call::of(request.clone(), cx));
    assert_eq!(call.wait.until, NOW + Duration::from_secs(4));
    let told = format!("{call:?} {request:?} {:?}", call.timed_out(NOW));
    assert!(!told.contains("marker") && told.contains("/_matrix/…"), "{told}");
    for reply in
        [response(404, &[], r#"{"errcode":"M_NOT_FOUND"}"#), response(304, &[], ""), response(412, &[], "")]
    {
        assert_eq!(call.answer(&reply, NOW).unwrap().evidence().path, "/_matrix/…");
    }
    let failure =
        call.answer(&response(200, &[], "longer than the thirty-two bytes that may come"), NOW).unwrap_err();
    assert!(matches!(failure.cause, Cause::Misbehaved { misbehaviour: Misbehaviour::BodyTooLarge }));
}
