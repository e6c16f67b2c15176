//! As which client a server knows us.

use crate::config::{Config, KnownClient};
use crate::cx::{Cx, Event};
use crate::exchange::tests::{newest, to_newest};
use crate::failure::{Cause, Missing, Refusal};
use crate::http::tests::{config, in_context, response};
use crate::metadata::Metadata;
use crate::metadata::tests::metadata;

use super::ClientRegistration;

fn start(cx: &mut Cx<'_>) -> ClientRegistration {
    ClientRegistration::start(&metadata(), false, cx).unwrap()
}

/// What comes of this answer.
fn answered(status: u16, body: &str) -> Result<ClientRegistration, Cause> {
    in_context(|cx| {
        let mut registration = start(cx);
        let reply = response(status, &[], body);
        let event = to_newest(cx, &reply);
        registration.handle(&event, &metadata(), cx).map_err(|failure| failure.cause)?;
        Ok(registration)
    })
}

#[test]
fn a_client_that_is_known_is_not_registered_unless_the_server_has_forgotten_it() {
    let known = KnownClient { issuer: metadata().issuer, client_id: "01KNOWN".to_owned() };
    let mut config: Config = config();
    config.client.known = vec![known];
    in_context(|cx| {
        let mut effects = Vec::new();
        let mut cx = Cx {
            config: &config,
            now: cx.now,
            chance: cx.chance,
            next_id: cx.next_id,
            effects: &mut effects,
        };
        let registration = ClientRegistration::start(&metadata(), false, &mut cx).unwrap();
        assert_eq!(registration.client().unwrap().client_id, "01KNOWN");
        assert!(registration.wait().is_none() && cx.effects.is_empty());
        let registration = ClientRegistration::start(&metadata(), true, &mut cx).unwrap();
        assert!(registration.client().is_none());
        assert_eq!(registration.wait().unwrap().id, newest(&cx));
    });
}

#[test]
fn where_no_client_can_be_registered_nothing_is_asked() {
    let closed = Metadata { registration_endpoint: None, ..metadata() };
    in_context(|cx| {
        for check in [
            ClientRegistration::check(&closed, false, cx),
            ClientRegistration::start(&closed, false, cx).map(|_| ()),
        ] {
            let missing = Cause::Unsupported { missing: Missing::ClientRegistration };
            assert_eq!(check.unwrap_err().cause, missing);
        }
        assert!(cx.effects.is_empty());
        assert!(ClientRegistration::check(&metadata(), false, cx).is_ok());
    });
}

#[test]
fn what_was_granted_counts_and_not_what_was_asked_for() {
    let grants = |body: &str| answered(201, body).unwrap().client().unwrap().device_grant;
    assert!(grants(r#"{"client_id":"c"}"#), "nothing said is everything granted");
    assert!(!grants(r#"{"client_id":"c","grant_types":["authorization_code"]}"#));
    assert!(grants(r#"{"client_id":"c","grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}"#));
}

#[test]
fn a_refusal_is_the_end_and_a_rate_limit_is_not() {
    let refused = Cause::Refused { refusal: Refusal::ClientRefused };
    assert_eq!(answered(400, r#"{"error":"invalid_redirect_uri"}"#).unwrap_err(), refused);
    let limited = answered(429, "").unwrap();
    assert!(limited.limited().is_some() && limited.client().is_none());
    in_context(|cx| {
        let mut registration = start(cx);
        assert!(registration.handle(&Event::TimedOut(newest(cx)), &metadata(), cx).is_err());
    });
}
