//! One exchange, and what is sent again.

use std::time::Duration;

use url::Url;
use url::form_urlencoded::parse;

use crate::cx::{Cx, Event};
use crate::failure::{Cause, Outage};
use crate::http::Call;
use crate::http::tests::{in_context, response};
use crate::io::{Effect, EffectId, Reply};

use super::{Exchange, MAX_RATE_LIMITS};

/// What was asked for last: where, and the fields of its form.
pub(crate) fn asked(cx: &Cx<'_>) -> (String, Vec<(String, String)>) {
    let Some(Effect::Http { request, .. }) = cx.effects.last() else { panic!("nothing was asked") };
    let fields = parse(request.body.expose()).map(|(key, value)| (key.into_owned(), value.into_owned()));
    (request.url.path().to_owned(), fields.collect())
}

pub(crate) fn field(cx: &Cx<'_>, name: &str) -> String {
    asked(cx).1.into_iter().find(|(key, _)| key == name).map(|(_, value)| value).unwrap_or_default()
}

/// The effect that was asked for last.
pub(crate) fn newest(cx: &Cx<'_>) -> EffectId {
    EffectId(*cx.next_id)
}

/// `reply` to the effect that was asked for last.
pub(crate) fn to_newest<'r>(cx: &Cx<'_>, reply: &'r Reply) -> Event<'r> {
    Event::Reply(newest(cx), reply)
}

fn send(cx: &mut Cx<'_>) -> Call {
    Call::get(Url::parse("https://a.b/x").unwrap(), cx)
}

#[test]
fn a_server_that_wants_patience_is_asked_again_and_not_for_ever() {
    in_context(|cx| {
        let mut exchange = Exchange::new(send(cx));
        let limited = response(429, &[("retry-after", "2")], "");
        for _ in 0..MAX_RATE_LIMITS {
            let event = to_newest(cx, &limited);
            assert!(exchange.handle(&event, cx, send, |_, _| Ok(())).is_none());
            let (until, _) = exchange.limited().unwrap();
            assert_eq!((until, exchange.wait().until), (cx.now + Duration::from_secs(2), until));
            cx.now = until;
            let pause = Event::TimedOut(exchange.wait().id);
            assert!(exchange.handle(&pause, cx, send, |_, _| Ok(())).is_none());
            assert!(exchange.limited().is_none() && exchange.call().is_some());
        }
        let event = to_newest(cx, &limited);
        let failure = exchange.handle(&event, cx, send, |_, _| Ok(())).unwrap().unwrap_err();
        assert!(failure.rate_limited_until().is_some());
    });
}

#[test]
fn no_answer_is_a_failure_at_once() {
    in_context(|cx| {
        let mut exchange = Exchange::new(send(cx));
        let event = Event::TimedOut(newest(cx));
        let failure = exchange.handle(&event, cx, send, |_, _| Ok(())).unwrap().unwrap_err();
        assert_eq!(failure.cause, Cause::Unavailable { outage: Outage::TimedOut, retry_at: None });
        assert!(failure.evidence.is_some());
    });
}
