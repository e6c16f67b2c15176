//! What follows what is asked and heard while a new device is signed in.

use crate::cx::{Cx, Event};
use crate::failure::{Cause, Failure, Misbehaviour, Missing, Refusal};
use crate::intent::Intent;
use crate::qr::message::{Message, Reason};
use crate::qr::payload::Form;
use crate::qr::place::Homeserver;
use crate::qr::{QrPayload, Role, WrongCode};
use crate::rendezvous::Pace;
use crate::secure_channel::{Checked, News, SecureChannel, gave_up, misbehaved};

use super::{End, Heard, QrLogin, State};

impl QrLogin {
    pub(crate) fn handle(&mut self, event: &Event<'_>, cx: &mut Cx<'_>) -> Option<Heard> {
        match event {
            Event::Intent(intent) => self.asked(intent, cx),
            Event::Reply(id, _) | Event::TimedOut(id) => {
                let channel = match &mut self.state {
                    State::Meeting { channel }
                    | State::Naming { channel }
                    | State::Agreeing { channel, .. }
                    | State::Preparing { channel }
                    | State::Offered { channel }
                    | State::Consenting { channel }
                    | State::Leaving { channel, .. } => channel,
                    State::Warning | State::Scanner { .. } | State::Confirming { .. } => return None,
                    State::Alone { .. } | State::Ended => return None,
                };
                let news = channel.handle(*id, event, cx)?;
                self.news(news, cx)
            }
            Event::Start | Event::Callback(_) => None,
        }
    }

    fn asked(&mut self, intent: &Intent, cx: &mut Cx<'_>) -> Option<Heard> {
        match (&mut self.state, intent) {
            (State::Leaving { .. } | State::Ended, _) => None,
            (_, Intent::Cancel) => self.give_up(End::Cancelled, cx),
            (State::Warning, Intent::Understood) => {
                self.state = State::Scanner { problem: None };
                None
            }
            (State::Scanner { problem }, Intent::UseCode { payload }) => {
                let payload = match &payload.0 {
                    Ok(payload) if payload.shown_by() == Role::Existing => Ok(payload),
                    Ok(_) => Err(WrongCode::BothNew),
                    Err(wrong) => Err(*wrong),
                };
                match payload {
                    Ok(payload) => self.scanned(payload.as_ref().clone(), cx),
                    Err(wrong) => {
                        let failure = Failure::refused(Refusal::WrongKindOfCode(wrong));
                        *problem = Some(Box::new(failure));
                        None
                    }
                }
            }
            (State::Confirming { payload, found }, Intent::Confirm) => {
                let (payload, found) = ((**payload).clone(), found.clone());
                self.join(payload, found, cx)
            }
            (State::Agreeing { channel, found }, Intent::Confirm) => {
                let (channel, found) = (channel.clone(), found.clone());
                self.state = State::Preparing { channel };
                Some(Heard::Server(found))
            }
            (State::Meeting { channel }, Intent::EnterCode { code }) => {
                match channel.check(code.expose(), cx) {
                    Checked::NoCode => None,
                    // Nothing more is said: who is at the other end is not known.
                    Checked::Wrong => self.fail(Failure::refused(Refusal::CheckCodeWrong), None, cx),
                    Checked::Right(held) => {
                        self.state = State::Naming { channel: channel.clone() };
                        held.and_then(|message| self.heard(message, cx))
                    }
                }
            }
            _ => None,
        }
    }

    fn scanned(&mut self, payload: QrPayload, cx: &mut Cx<'_>) -> Option<Heard> {
        let found = match payload.form() {
            Form::V2024 { homeserver, .. } => homeserver.clone()?,
            Form::V2025 { base_url, .. } => Homeserver::Address(base_url.clone()),
        };
        if self.chosen.as_ref().is_some_and(|chosen| !chosen.is(&found)) {
            self.state = State::Confirming { payload: Box::new(payload), found };
            return None;
        }
        self.join(payload, found, cx)
    }

    fn join(&mut self, payload: QrPayload, found: Homeserver, cx: &mut Cx<'_>) -> Option<Heard> {
        self.state = State::Meeting { channel: SecureChannel::scan(payload, cx) };
        Some(Heard::Server(found))
    }

    fn news(&mut self, news: News, cx: &mut Cx<'_>) -> Option<Heard> {
        match (news, &mut self.state) {
            (News::Secure, State::Meeting { channel }) => {
                self.state = State::Preparing { channel: channel.clone() };
                self.tell(cx)
            }
            (News::Shown | News::Scanned | News::Secure | News::Sent, _) => None,
            (News::Heard(message), _) => self.heard(message, cx),
            (News::Left, State::Leaving { end, .. }) => {
                let end = (**end).clone();
                self.state = State::Ended;
                Some(Heard::End(end))
            }
            (News::Left, _) => None,
            // The user may have consented: the tokens come all the same.
            (News::Over(failure), State::Consenting { .. }) if is_lost(&failure) => {
                self.state = State::Alone { failure: Box::new(failure) };
                None
            }
            (News::Over(failure), _) => {
                let last = (failure == misbehaved(Misbehaviour::UnexpectedMessage))
                    .then_some(Message::Failure(Reason::UnexpectedMessageReceived));
                self.fail(failure, last.as_ref(), cx)
            }
        }
    }

    fn heard(&mut self, message: Message, cx: &mut Cx<'_>) -> Option<Heard> {
        match (message, &mut self.state) {
            // A failure is never answered.
            (message @ (Message::Failure(_) | Message::Declined), _) => {
                self.fail(gave_up(&message), None, cx)
            }
            (Message::Protocols { device_grant: false, .. }, State::Naming { .. }) => {
                let cause = Cause::Unsupported { missing: Missing::DeviceGrant };
                let last = Message::Failure(Reason::UnsupportedProtocol);
                self.fail(Failure { cause, evidence: None }, Some(&last), cx)
            }
            (Message::Protocols { homeserver, .. }, State::Naming { channel }) => {
                let channel = channel.clone();
                if self.chosen.as_ref().is_some_and(|chosen| !chosen.is(&homeserver)) {
                    self.state = State::Agreeing { channel, found: homeserver };
                    return None;
                }
                self.state = State::Preparing { channel };
                Some(Heard::Server(homeserver))
            }
            (Message::ProtocolAccepted, State::Offered { channel }) => {
                channel.pace(Pace::Page, cx);
                self.state = State::Consenting { channel: channel.clone() };
                None
            }
            (
                Message::Protocols { .. }
                | Message::Protocol(_)
                | Message::ProtocolAccepted
                | Message::Success
                | Message::Secrets(_),
                _,
            ) => {
                let last = Message::Failure(Reason::UnexpectedMessageReceived);
                self.fail(misbehaved(Misbehaviour::UnexpectedMessage), Some(&last), cx)
            }
        }
    }
}

/// Whether the two only cannot talk any more, and nobody has done anything wrong.
const fn is_lost(failure: &Failure) -> bool {
    matches!(failure.cause, Cause::Expired { .. } | Cause::Unavailable { .. })
}
