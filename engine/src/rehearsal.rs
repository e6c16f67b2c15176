//! A flow beside a session that exists for tests alone: what any such flow may do, and nothing else.
//!
//! Its server is one whose homeserver is [`HOST`], its intent [`Intent::SignInWithDeviceCode`]. It opens something at the
//! homeserver with the session's token, asks again and again whether the other side has come, and closes it, whatever
//! happens.
//!
//! ```text
//!   Opening ──▶ Open ──▶ over        Cancel, or the session ends: Closing ──▶ over
//!      └──▶ Failed ◀─┘
//! ```

use std::time::Duration;

use serde_json::json;
use url::Url;

use crate::address;
use crate::cx::{Cx, Event, Wait};
use crate::failure::{Cause, Failure};
use crate::flow::Flow;
use crate::flow::beside::{Beside, Companion, Entry, Over};
use crate::http::Call;
use crate::intent::{Intent, Offer, Offers};
use crate::secret::Secret;
use crate::session::{Session, server_of};
use crate::view::{Screen, Task};

const HOST: &str = "rehearsal.invalid";
const INTERVAL: Duration = Duration::from_secs(5);
const LIFETIME: Duration = Duration::from_secs(120);

pub(crate) const ENTRY: Entry = (
    |session| session.homeserver.host_str() == Some(HOST),
    Offer::SignInWithDeviceCode,
    |_, session, cx| Companion::new(Rehearsal::start(session, cx)),
);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Rehearsal {
    homeserver: Url,
    server: String,
    /// That of the session, as it was last.
    token: Secret<String>,
    state: State,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum State {
    Opening {
        call: Call,
    },
    Open {
        poll: Poll,
        end: Wait,
    },
    /// Nothing is open; the user may try again.
    Failed {
        failure: Failure,
    },
    Closing {
        call: Call,
    },
    Over,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Poll {
    Resting(Wait),
    Asking(Call),
}

impl Rehearsal {
    fn start(session: &Session, cx: &mut Cx<'_>) -> Self {
        let (homeserver, token) = (session.homeserver.clone(), session.access_token.clone());
        let server = server_of(&session.user_id).unwrap_or_default().to_owned();
        let mut this = Self { homeserver, server, token, state: State::Over };
        this.open(cx);
        this
    }

    fn open(&mut self, cx: &mut Cx<'_>) {
        self.state = State::Opening { call: self.post("_rehearsal/open", cx) };
    }

    fn close(&mut self, cx: &mut Cx<'_>) {
        self.state = State::Closing { call: self.post("_rehearsal/close", cx) };
    }

    fn post(&self, path: &str, cx: &mut Cx<'_>) -> Call {
        Call::post_as(address::endpoint(&self.homeserver, path), &self.token, &json!({}), cx)
    }

    fn answered(&mut self, event: &Event<'_>, cx: &mut Cx<'_>) {
        let answer = |call: &Call| match event {
            Event::Reply(_, reply) => match call.answer(reply, cx.now) {
                Ok(answer) if answer.status() == 200 => Ok(()),
                Ok(answer) => Err(answer.unexpected()),
                Err(failure) => Err(failure),
            },
            Event::TimedOut(_) | Event::Start | Event::Intent(_) | Event::Callback(_) => {
                Err(call.timed_out(cx.now))
            }
        };
        match &self.state {
            State::Opening { call } => match answer(call) {
                Ok(()) => {
                    let (rest, end) = (cx.pause(INTERVAL), cx.pause(LIFETIME));
                    self.state = State::Open { poll: Poll::Resting(rest), end };
                }
                Err(failure) => self.state = State::Failed { failure },
            },
            State::Open { end, .. } if end.until <= cx.now => self.close(cx),
            State::Open { poll: Poll::Resting(_), end } => {
                let (end, url) = (*end, address::endpoint(&self.homeserver, "_rehearsal/poll"));
                let call = Call::get_as(url, &self.token, cx);
                self.state = State::Open { poll: Poll::Asking(call), end };
            }
            State::Open { poll: Poll::Asking(call), end } => match answer(call) {
                Ok(()) => self.state = State::Over,
                Err(Failure { cause: Cause::Unavailable { retry_at, .. }, .. }) => {
                    let next = retry_at.unwrap_or(cx.now).max(cx.now + INTERVAL);
                    let (poll, end) = (Poll::Resting(cx.pause_until(next)), *end);
                    self.state = State::Open { poll, end };
                }
                Err(failure) => self.state = State::Failed { failure },
            },
            // Whatever it answers: it is over by itself soon.
            State::Closing { .. } => self.state = State::Over,
            State::Failed { .. } | State::Over => {}
        }
    }
}

impl Beside for Rehearsal {
    fn handle(&mut self, event: &Event<'_>, session: Option<&Session>, cx: &mut Cx<'_>) -> Option<Over> {
        // Nothing moves by a callback, which is never its own.
        if let (Some(session), Event::Reply(..) | Event::TimedOut(_) | Event::Intent(_)) = (session, event) {
            self.token = session.access_token.clone();
        }
        match (&self.state, event) {
            (State::Failed { .. }, Event::Intent(Intent::Retry)) => self.open(cx),
            (State::Failed { .. }, Event::Intent(Intent::Cancel)) => self.state = State::Over,
            (_, Event::Intent(Intent::Cancel)) => self.close(cx),
            (_, Event::Reply(..) | Event::TimedOut(_)) => self.answered(event, cx),
            (_, Event::Intent(_) | Event::Start | Event::Callback(_)) => {}
        }
        (self.state == State::Over).then(Over::default)
    }

    fn give_up(&mut self, cx: &mut Cx<'_>) -> bool {
        match self.state {
            State::Opening { .. } | State::Open { .. } => self.close(cx),
            State::Failed { .. } => self.state = State::Over,
            State::Closing { .. } | State::Over => {}
        }
        self.state == State::Over
    }
}

impl Flow for Rehearsal {
    fn each_wait(&self, each: &mut dyn FnMut(Wait)) {
        match &self.state {
            State::Opening { call } | State::Closing { call } => each(call.wait),
            State::Open { poll, end } => {
                each(match poll {
                    Poll::Resting(wait) => *wait,
                    Poll::Asking(call) => call.wait,
                });
                each(*end);
            }
            State::Failed { .. } | State::Over => {}
        }
    }

    fn offers(&self) -> Offers {
        match self.state {
            State::Opening { .. } | State::Open { .. } => Offers::of(&[Offer::Cancel]),
            State::Failed { .. } => Offers::of(&[Offer::Retry, Offer::Cancel]),
            State::Closing { .. } | State::Over => Offers::NONE,
        }
    }

    fn screen(&self) -> Screen {
        let (server, task) = (self.server.clone(), Task::GetUserCode);
        match &self.state {
            State::Opening { .. } => Screen::Busy { server, task },
            State::Open { end, .. } => Screen::UserCode {
                server,
                user_code: "REHEARSAL".to_owned(),
                verification_uri: self.homeserver.clone(),
                verification_uri_complete: None,
                until: end.until,
                role: None,
                keys_until: None,
            },
            State::Failed { failure } => Screen::Problem { server, task, failure: failure.clone() },
            State::Closing { .. } | State::Over => Screen::Busy { server, task: Task::SignOut },
        }
    }
}
