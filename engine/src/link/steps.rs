//! What follows what is asked, heard and found while a device is linked.

use std::time::Duration;

use crate::address;
use crate::cx::{Cx, Event};
use crate::exchange;
use crate::failure::{Cause, Failure, Misbehaviour, Missing, Refusal};
use crate::intent::Intent;
use crate::io::Reply;
use crate::qr::bundle::Identity;
use crate::qr::message::{Message, Protocol, Reason};
use crate::qr::place::{BaseUrl, Homeserver};
use crate::qr::{Generation, QrPayload, Role, WrongCode};
use crate::rendezvous::Pace;
use crate::secrets::EncryptionProblem;
use crate::secure_channel::{Checked, News, Offering, SecureChannel, gave_up, misbehaved};

use super::asking::{Asking, Found, Question};
use super::{APPEARS, How, Link, NewDevice, SIGNS, State, THINKS};

impl Link {
    /// Ends it, and tells the other device `last`, if there is something to tell.
    pub(super) fn leave(&mut self, failure: Option<Failure>, last: Option<Reason>, cx: &mut Cx<'_>) {
        let last = last.map(Message::Failure);
        let failure = failure.map(Box::new);
        if let Some(mut channel) = self.channel().cloned() {
            channel.leave(last.as_ref(), cx);
            if !channel.is_over() {
                self.state = State::Leaving { channel, failure };
                return;
            }
        }
        self.left(failure);
    }

    pub(super) fn left(&mut self, failure: Option<Box<Failure>>) {
        self.state = failure.map_or(State::Over, |failure| State::Failed { failure });
    }

    pub(super) fn fail(&mut self, failure: Failure, last: Option<Reason>, cx: &mut Cx<'_>) {
        self.leave(Some(failure), last, cx);
    }

    pub(super) fn asked(&mut self, intent: &Intent, cx: &mut Cx<'_>) {
        match (&mut self.state, intent) {
            (State::Leaving { .. } | State::Over, _) => {}
            (State::Failed { .. }, Intent::Cancel) | (State::Linked { .. }, Intent::Continue) => {
                self.state = State::Over;
            }
            (State::Failed { .. }, Intent::Retry) => self.begin(cx),
            (_, Intent::Cancel) => self.leave(None, Some(Reason::UserCancelled), cx),
            (State::Warning, Intent::Understood) => match self.how {
                How::Scan => self.state = State::Scanner { problem: None },
                How::Show(generation) => {
                    let offering = Offering {
                        generation: generation.unwrap_or(Generation::V2025),
                        may_be_older: generation.is_none(),
                        role: Role::Existing,
                        base: self.session.homeserver.clone(),
                        token: Some(self.session.access_token.clone()),
                    };
                    self.state = State::Meeting { channel: SecureChannel::show(offering, cx) };
                }
            },
            (State::Scanner { problem }, Intent::UseCode { payload }) => {
                let payload: Result<&QrPayload, WrongCode> = match &payload.0 {
                    Ok(payload) if payload.shown_by() == Role::New => Ok(payload),
                    Ok(_) => Err(WrongCode::BothSignedIn),
                    Err(wrong) => Err(*wrong),
                };
                match payload {
                    Ok(payload) => {
                        self.state = State::Meeting { channel: SecureChannel::scan(payload.clone(), cx) };
                    }
                    Err(wrong) => {
                        *problem = Some(Box::new(Failure::refused(Refusal::WrongKindOfCode(wrong))));
                    }
                }
            }
            (State::Meeting { channel }, Intent::EnterCode { code }) => {
                match channel.check(code.expose(), cx) {
                    Checked::NoCode => {}
                    Checked::Wrong => self.fail(Failure::refused(Refusal::CheckCodeWrong), None, cx),
                    Checked::Right(held) => {
                        self.state = State::Expecting { channel: channel.clone() };
                        if let Some(message) = held {
                            self.heard(message, cx);
                        }
                    }
                }
            }
            (State::Consent { channel, device }, Intent::OpenBrowser) => {
                let (mut channel, device) = (channel.clone(), device.clone());
                cx.browse(device.page.clone());
                match channel.say(&Message::ProtocolAccepted, cx) {
                    Ok(()) => {
                        channel.pace(Pace::Page, cx);
                        self.state = State::InBrowser { channel, device };
                    }
                    Err(failure) => self.fail(failure, None, cx),
                }
            }
            (State::InBrowser { device, .. }, Intent::OpenBrowser) => cx.browse(device.page.clone()),
            (State::Consent { .. }, Intent::CannotOpen) => {
                self.leave(None, Some(Reason::UnableToOpenVerificationUri), cx);
            }
            _ => {}
        }
    }

    pub(super) fn news(&mut self, news: News, cx: &mut Cx<'_>) {
        match (news, &mut self.state) {
            // It is said at once where the account is; nothing of it waits for the user.
            (News::Secure, State::Meeting { channel }) => {
                let mut channel = channel.clone();
                let Ok(base) = BaseUrl::write(&self.session.homeserver) else { return };
                let homeserver = Homeserver::Address(base);
                match channel.say(&Message::Protocols { device_grant: true, homeserver }, cx) {
                    Ok(()) => {
                        channel.pace(Pace::Person, cx);
                        self.state = State::Expecting { channel };
                    }
                    Err(failure) => self.fail(failure, None, cx),
                }
            }
            // The keys are there for the new device to read. It deletes the rendezvous once it is done with them.
            (News::Sent, State::Handing { channel, device, identity }) => {
                let (mut channel, device, by) = (channel.clone(), device.clone(), identity.clone());
                channel.pace(Pace::Person, cx);
                let until = channel.end().unwrap_or_default().max(cx.now) + SIGNS;
                let question = Question::Signed { device_id: device.device_id.clone(), by };
                let asking = Asking::start(question, &self.session, cx);
                self.state = State::Verified { channel: Some(channel), device, asking, until };
            }
            // It has left: it is done, or its time is over.
            (News::Over(_), State::Verified { channel, asking, until, .. }) => {
                *channel = None;
                *until = cx.now + SIGNS;
                asking.soon(cx);
            }
            (News::Shown | News::Scanned | News::Secure | News::Sent, _) => {}
            (News::Heard(message), _) => self.heard(message, cx),
            (News::Left, State::Leaving { failure, .. }) => {
                let failure = failure.take();
                self.left(failure);
            }
            (News::Left, _) => {}
            (News::Over(failure), _) => {
                let failure = self.held.take().map_or(failure, |held| *held);
                let is_odd = failure == misbehaved(Misbehaviour::UnexpectedMessage);
                self.fail(failure, is_odd.then_some(Reason::UnexpectedMessageReceived), cx);
            }
        }
    }

    pub(super) fn heard(&mut self, message: Message, cx: &mut Cx<'_>) {
        match (message, &mut self.state) {
            (message @ (Message::Failure(_) | Message::Declined), _) => {
                self.fail(gave_up(&message), None, cx)
            }
            (Message::Protocol(protocol), State::Expecting { channel }) => {
                let channel = channel.clone();
                self.protocol(protocol, channel, cx);
            }
            (Message::Success, State::InBrowser { channel, device }) => {
                let (mut channel, device) = (channel.clone(), device.clone());
                // Nothing is due from the new device now.
                channel.pace(Pace::Person, cx);
                let question = Question::Device { device_id: device.device_id.clone() };
                let asking = Asking::start(question, &self.session, cx);
                let until = cx.now + APPEARS;
                self.state = State::Present { channel, device, asking, until };
            }
            (
                Message::Protocols { .. }
                | Message::Protocol(_)
                | Message::ProtocolAccepted
                | Message::Success
                | Message::Secrets(_),
                _,
            ) => {
                let failure = misbehaved(Misbehaviour::UnexpectedMessage);
                self.fail(failure, Some(Reason::UnexpectedMessageReceived), cx);
            }
        }
    }

    pub(super) fn protocol(&mut self, protocol: Protocol, channel: SecureChannel, cx: &mut Cx<'_>) {
        let Some(page) = protocol.page().cloned() else {
            let cause = Cause::Unsupported { missing: Missing::DeviceGrant };
            return self.fail(Failure { cause, evidence: None }, Some(Reason::UnsupportedProtocol), cx);
        };
        let Protocol::DeviceGrant { device_id, .. } = protocol else { return };
        if !address::is_secure(&page) {
            let failure = misbehaved(Misbehaviour::InsecureAddress("verification_uri"));
            return self.fail(failure, Some(Reason::UnableToOpenVerificationUri), cx);
        }
        // A step up or to the same place is none of a path, and would ask about something else.
        if matches!(device_id.as_str(), "." | "..") {
            let failure = misbehaved(Misbehaviour::InvalidField("device_id"));
            return self.fail(failure, Some(Reason::UnexpectedMessageReceived), cx);
        }
        if device_id == self.session.device_id {
            return self.exists(cx);
        }
        let device = NewDevice { device_id, page };
        let question = Question::Device { device_id: device.device_id.clone() };
        let asking = Asking::start(question, &self.session, cx);
        self.state = State::Absent { channel, device, asking };
    }

    pub(super) fn exists(&mut self, cx: &mut Cx<'_>) {
        let failure = Failure::refused(Refusal::OtherDevice("device_already_exists".to_owned()));
        self.fail(failure, Some(Reason::DeviceAlreadyExists), cx);
    }

    /// What the server says to what was asked.
    pub(super) fn found(&mut self, found: Result<Found, Failure>, cx: &mut Cx<'_>) {
        match (&mut self.state, found) {
            (State::Checking { asking, .. }, Ok(Found::Yes)) => {
                *asking = None;
                self.checked(cx);
            }
            (State::Checking { .. }, Ok(Found::No(evidence))) => {
                let cause = Cause::Unsupported { missing: Missing::DeviceGrant };
                self.fail(Failure { cause, evidence: Some(evidence) }, None, cx);
            }
            (State::Absent { .. }, Ok(Found::Yes)) => self.exists(cx),
            (State::Absent { channel, device, .. }, Ok(Found::No(_))) => {
                let (mut channel, device) = (channel.clone(), device.clone());
                channel.pace(Pace::Person, cx);
                self.state = State::Consent { channel, device };
            }
            (State::Present { channel, device, .. }, Ok(Found::Yes)) => {
                let (channel, device) = (channel.clone(), device.clone());
                let wait = cx.share_secrets(self.session.clone());
                self.state = State::Sharing { channel, device, wait };
            }
            (State::Present { asking, until, .. }, Ok(Found::No(_))) if cx.now < *until => {
                asking.later(Duration::ZERO, cx);
            }
            // Nothing on the channel says as whom it is signed in.
            (State::Present { .. }, Ok(Found::No(evidence))) => {
                let cause = Cause::Refused { refusal: Refusal::NewDeviceAbsent };
                let failure = Failure { cause, evidence: Some(evidence) };
                self.fail(failure, Some(Reason::DeviceNotFound), cx);
            }
            (State::Verified { channel, asking, until, .. }, Ok(Found::No(_)) | Err(_))
                if cx.now < *until =>
            {
                asking.later(if channel.is_some() { THINKS } else { Duration::ZERO }, cx);
            }
            (State::Verified { device, asking, .. }, found) => {
                let is_last = matches!(asking.question(), Question::Device { .. });
                match found {
                    // It may have been signed out again there: whoever has it in hand may have called it off.
                    Ok(Found::No(_)) if !is_last => {
                        let question = Question::Device { device_id: device.device_id.clone() };
                        *asking = Asking::start(question, &self.session, cx);
                    }
                    Ok(Found::No(evidence)) => {
                        let cause = Cause::Refused { refusal: Refusal::CancelledThere };
                        self.fail(Failure { cause, evidence: Some(evidence) }, None, cx);
                    }
                    found => {
                        let verified = !is_last && matches!(found, Ok(Found::Yes));
                        self.state = State::Linked { device: device.clone(), verified };
                    }
                }
            }
            (_, Ok(_)) => {}
            (_, Err(failure)) => self.fail(failure, None, cx),
        }
    }

    /// On, once everything that comes first is known.
    pub(super) fn checked(&mut self, cx: &mut Cx<'_>) {
        if let State::Checking { secrets: None, asking: None } = self.state
            && !self.is_short(cx.now)
        {
            self.state = State::Warning;
        }
    }

    /// What the host says to what it was asked.
    pub(super) fn host(&mut self, event: &Event<'_>, cx: &mut Cx<'_>) {
        match (&mut self.state, event) {
            (State::Checking { secrets, .. }, Event::Reply(_, Reply::SecretsFound(Ok(true)))) => {
                *secrets = None;
                self.checked(cx);
            }
            (State::Checking { .. }, Event::Reply(_, Reply::SecretsFound(Ok(false)))) => {
                self.fail(Failure::unsupported(Missing::CrossSigningKeys), None, cx);
            }
            (State::Sharing { channel, device, .. }, Event::Reply(_, Reply::SecretsShared(Ok(secrets)))) => {
                let (mut channel, device) = (channel.clone(), device.clone());
                self.held = None;
                match channel.say(&Message::Secrets(secrets.clone()), cx) {
                    Ok(()) => {
                        channel.pace(Pace::Machine, cx);
                        let identity = Some(Box::new(Identity::of(secrets)));
                        self.state = State::Handing { channel, device, identity };
                    }
                    Err(failure) => self.fail(failure, None, cx),
                }
            }
            // The user has consented, and the other program may finish: until then the account may change.
            (
                State::Sharing { channel, device, .. },
                Event::Reply(_, Reply::SecretsShared(Err(problem @ EncryptionProblem::Held { .. }))),
            ) => {
                let (channel, device) = (channel.clone(), device.clone());
                self.held = Some(Box::new(Failure::encryption(*problem)));
                let asking =
                    Asking::start_later(Question::Device { device_id: device.device_id.clone() }, cx);
                let until = cx.now + APPEARS;
                self.state = State::Present { channel, device, asking, until };
            }
            (_, Event::Reply(_, Reply::SecretsFound(Err(problem)) | Reply::SecretsShared(Err(problem)))) => {
                self.fail(Failure::encryption(*problem), None, cx);
            }
            (_, Event::TimedOut(_)) => self.fail(exchange::not_stored(event), None, cx),
            (_, Event::Reply(..)) => self.fail(Failure::reply_of_another_kind(), None, cx),
            (_, Event::Start | Event::Intent(_) | Event::Callback(_)) => {}
        }
    }
}
