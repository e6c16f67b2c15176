//! A new device is signed in with the help of another one: its talk with that, and beside it the search for the server and
//! the sign-in by a code for another device.
//!
//! The rules are here alone: whose is what happens, who has the screen, and when it is over.
//!
//! - A reply and a timeout go to the one that holds the id. `Cancel` ends both; any other intent goes to the talk if it
//!   offers it.
//! - The talk has the screen, unless it has nothing to show: then the other has it, with its offers.
//! - Tokens end it, whatever became of the talk. Without tokens it ends once neither has anything left to do.

use std::time::Duration;

use crate::choice::Choice;
use crate::cx::{Cx, Event, Wait};
use crate::discovery::{self, Discovery};
use crate::failure::{Cause, Expiring, Failure, Missing};
use crate::flow::{Flow, Lasting};
use crate::intent::{Intent, Offer, Offers};
use crate::oauth::{self, OAuth, Way};
use crate::qr::Role;
use crate::qr::message::Protocol;
use crate::qr::place::Homeserver;
use crate::qr_login::{self, Chosen, Heard, QrLogin};
use crate::saved::Content;
use crate::secure_channel::{Offering, SecureChannel};
use crate::session::Session;
use crate::view::{Screen, Task};

use super::saved::SavedWithDevice;

/// How often in a row the server is asked again where no answer came, and the pause before that.
const TRIES: u8 = 4;
const AGAIN: Duration = Duration::from_secs(1);

/// How it ends.
pub(super) enum End {
    /// With the channel, or why there is none any more.
    SignedIn(Box<Session>, Result<Box<SecureChannel>, Option<Failure>>),
    Cancelled,
    Failed(Failure),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct WithDevice {
    talk: QrLogin,
    beside: Beside,
    /// What was chosen before, to go back to.
    pub(super) choice: Option<Box<Choice>>,
    /// The server that the other device has named.
    found: Option<String>,
    /// The device id that the other device was told.
    offered: Option<String>,
    /// How often in a row no answer came to what runs beside.
    tries: u8,
    /// How it ends, once the talk is over.
    end: Option<qr_login::End>,
}

/// What runs beside the talk.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Beside {
    Nothing,
    /// No answer came: the server is looked for again.
    Later(Wait),
    Discovering(Box<Discovery>),
    SigningIn(Box<OAuth>),
}

impl WithDevice {
    pub(super) fn scan(choice: Option<Box<Choice>>, cx: &Cx<'_>) -> Self {
        let talk = QrLogin::scan(chosen(choice.as_deref()), cx);
        Self { talk, beside: Beside::Nothing, choice, found: None, offered: None, tries: 0, end: None }
    }

    pub(super) fn show(choice: Option<Box<Choice>>, offering: Offering, cx: &mut Cx<'_>) -> Self {
        let talk = QrLogin::show(chosen(choice.as_deref()), offering, cx);
        Self { talk, beside: Beside::Nothing, choice, found: None, offered: None, tries: 0, end: None }
    }

    /// Goes on where an earlier process was.
    pub(super) fn resume(saved: SavedWithDevice, cx: &mut Cx<'_>) -> Self {
        let SavedWithDevice { talk, found, oauth } = saved;
        let offered = oauth.as_ref().map(|oauth| oauth.goal.device_id.clone()).filter(|_| talk.has_offered());
        let beside = match oauth {
            Some(saved) => Beside::SigningIn(Box::new(OAuth::resume(*saved, cx))),
            None => Beside::Nothing,
        };
        let talk = QrLogin::resume(talk, cx);
        let mut this = Self { talk, beside, choice: None, found, offered, tries: 0, end: None };
        if this.beside == Beside::Nothing {
            this.look_again(cx);
        }
        this
    }

    /// What was chosen, as it was named.
    pub(super) fn server(&self) -> &str {
        self.choice.as_ref().map_or("", |choice| choice.server())
    }

    pub(super) fn handle(&mut self, event: &Event<'_>, cx: &mut Cx<'_>) -> Option<End> {
        let is_of_the_talk = match event {
            Event::Reply(id, _) | Event::TimedOut(id) => self.talk.holds(*id),
            Event::Intent(intent) => self.talk.offers().contains(intent.offer()),
            Event::Start | Event::Callback(_) => false,
        };
        if is_of_the_talk {
            let heard = self.talk.handle(event, cx);
            self.heard(heard, cx);
            if matches!(event, Event::Intent(Intent::Cancel)) {
                self.stop(cx);
            }
        } else if let Some(end) = self.beside(event, cx) {
            return Some(end);
        }
        self.over()
    }

    /// Over, once neither has anything left to do.
    fn over(&mut self) -> Option<End> {
        if self.beside != Beside::Nothing {
            return None;
        }
        self.end.take().map(|end| match end {
            qr_login::End::Cancelled => End::Cancelled,
            qr_login::End::Failed(failure) => End::Failed(failure),
        })
    }

    fn heard(&mut self, heard: Option<Heard>, cx: &mut Cx<'_>) {
        match heard {
            None => {}
            Some(Heard::Server(homeserver)) => {
                self.found = Some(homeserver.written().to_owned());
                self.find(&homeserver, cx);
            }
            Some(Heard::End(end)) => {
                self.end = Some(end);
                self.stop(cx);
            }
        }
    }

    /// What runs beside is given up: tokens that may be on their way are revoked.
    fn stop(&mut self, cx: &mut Cx<'_>) {
        match &mut self.beside {
            Beside::SigningIn(flow) if flow.offers().contains(Offer::Cancel) => {
                if flow.handle(&Event::Intent(&Intent::Cancel), cx).is_some() {
                    self.beside = Beside::Nothing;
                }
            }
            // It revokes already.
            Beside::SigningIn(_) => {}
            Beside::Discovering(_) | Beside::Later(_) | Beside::Nothing => self.beside = Beside::Nothing,
        }
    }

    /// Looks for the server that was named, if one was.
    fn look_again(&mut self, cx: &mut Cx<'_>) {
        self.beside = Beside::Nothing;
        if let Some(homeserver) = self.found.as_deref().and_then(|found| Homeserver::parse(found).ok()) {
            self.find(&homeserver, cx);
        }
    }

    fn find(&mut self, homeserver: &Homeserver, cx: &mut Cx<'_>) {
        let known = self.choice.as_ref().filter(|choice| match homeserver {
            Homeserver::Address(base_url) => base_url.base() == choice.found.report.base_url,
            Homeserver::Name(name) => name.eq_ignore_ascii_case(choice.server()),
        });
        if let Some(choice) = known.cloned() {
            return self.sign_in(&choice, cx);
        }
        let discovery = match homeserver {
            Homeserver::Address(base_url) => Ok(Discovery::of_base(&base_url.base(), cx)),
            Homeserver::Name(name) => Discovery::start(name, cx),
        };
        match discovery {
            Ok(discovery) => self.beside = Beside::Discovering(Box::new(discovery)),
            Err(refusal) => self.fail(Failure::refused(refusal), cx),
        }
    }

    fn sign_in(&mut self, choice: &Choice, cx: &mut Cx<'_>) {
        let lacks = || choice.found.report.lacks(Offer::SignInWithDeviceCode);
        let Some(goal) = choice.goal(Way::DeviceCode) else {
            let missing = Cause::Unsupported { missing: Missing::DeviceGrant };
            let failure = lacks().unwrap_or(Failure { cause: missing, evidence: None });
            return self.fail(failure, cx);
        };
        let flow = OAuth::start(goal, cx);
        self.signing_in(flow, cx);
    }

    fn signing_in(&mut self, flow: OAuth, cx: &mut Cx<'_>) {
        match flow.end() {
            Some(oauth::End::Failed(failure)) => self.fail(failure, cx),
            Some(oauth::End::Cancelled | oauth::End::SignedIn(_)) | None => {
                self.beside = Beside::SigningIn(Box::new(flow));
            }
        }
    }

    fn fail(&mut self, failure: Failure, cx: &mut Cx<'_>) {
        let may_pass = matches!(failure.cause, Cause::Unavailable { .. }) && self.end.is_none();
        if may_pass && self.tries < TRIES {
            self.tries += 1;
            match &mut self.beside {
                Beside::SigningIn(flow) if flow.failed().is_some() => {
                    let _ = flow.handle(&Event::Intent(&Intent::Retry), cx);
                    return;
                }
                Beside::Discovering(_) => {
                    self.beside = Beside::Later(cx.pause(AGAIN));
                    return;
                }
                Beside::SigningIn(_) | Beside::Later(_) | Beside::Nothing => {}
            }
        }
        self.beside = Beside::Nothing;
        if self.end.is_none() {
            let heard = self.talk.give_up(qr_login::End::Failed(failure), cx);
            self.heard(heard, cx);
        }
    }

    fn beside(&mut self, event: &Event<'_>, cx: &mut Cx<'_>) -> Option<End> {
        match &mut self.beside {
            Beside::Nothing => {}
            Beside::Later(_) => self.look_again(cx),
            Beside::Discovering(flow) => match flow.handle(event, cx)? {
                discovery::End::Found(found) => {
                    let device_id = cx.random_device_id();
                    self.sign_in(&Choice { found, again: None, device_id }, cx);
                }
                discovery::End::Failed(failure) => self.fail(failure, cx),
                discovery::End::Cancelled => self.beside = Beside::Nothing,
            },
            Beside::SigningIn(flow) => {
                match flow.handle(event, cx) {
                    Some(oauth::End::SignedIn(session)) => {
                        let channel = self.talk.clone().into_channel().map(Box::new);
                        return Some(End::SignedIn(Box::new(session), channel));
                    }
                    Some(oauth::End::Failed(failure)) => {
                        self.fail(failure, cx);
                        return None;
                    }
                    Some(oauth::End::Cancelled) => {
                        self.beside = Beside::Nothing;
                        return None;
                    }
                    None => {}
                }
                if let Some(failure) = flow.failed().cloned() {
                    self.fail(failure, cx);
                } else if let (Some((_, device_id)), Some(offered)) = (flow.device_code(), &self.offered)
                    && device_id != offered
                {
                    // Somebody has had the tokens of that device: they were lost on the way to us.
                    let cause = Cause::Expired { what: Expiring::UserCode };
                    self.fail(Failure { cause, evidence: None }, cx);
                } else if let Some((code, device_id)) = flow.device_code()
                    && !self.talk.has_offered()
                {
                    self.offered = Some(device_id.to_owned());
                    let grant = Protocol::DeviceGrant {
                        device_id: device_id.to_owned(),
                        verification_uri: code.verification_uri.clone(),
                        verification_uri_complete: code.verification_uri_complete.clone(),
                    };
                    let heard = self.talk.offer(grant, cx);
                    self.heard(heard, cx);
                }
            }
        }
        None
    }

    fn shown(&self) -> Option<&dyn Flow> {
        if self.talk.screen().is_some() && self.end.is_none() {
            return None;
        }
        match &self.beside {
            Beside::Nothing | Beside::Later(_) => None,
            Beside::Discovering(flow) => Some(&**flow),
            Beside::SigningIn(flow) => Some(&**flow),
        }
    }
}

fn chosen(choice: Option<&Choice>) -> Option<Chosen> {
    choice.map(|choice| Chosen {
        server: choice.server().to_owned(),
        base: choice.found.report.base_url.clone(),
    })
}

impl Flow for WithDevice {
    fn each_wait(&self, each: &mut dyn FnMut(Wait)) {
        self.talk.each_wait(each);
        match &self.beside {
            Beside::Nothing => {}
            Beside::Later(pause) => each(*pause),
            Beside::Discovering(flow) => flow.each_wait(each),
            Beside::SigningIn(flow) => flow.each_wait(each),
        }
    }

    fn offers(&self) -> Offers {
        self.shown().map_or(Offers::NONE, Flow::offers).and(self.talk.offers())
    }

    fn screen(&self) -> Screen {
        let busy = Screen::Busy { server: self.server().to_owned(), task: Task::AwaitDevice };
        match self.shown().map(Flow::screen) {
            Some(Screen::UserCode {
                server,
                user_code,
                verification_uri,
                verification_uri_complete,
                until,
                ..
            }) => Screen::UserCode {
                server,
                user_code,
                verification_uri,
                verification_uri_complete,
                until,
                role: Some(Role::New),
                keys_until: self.talk.keys_until(),
            },
            Some(screen) => screen,
            None => self.talk.screen().unwrap_or(busy),
        }
    }
}

impl Lasting for WithDevice {
    /// Tokens are worth more than the talk.
    fn save(&self) -> Option<Content> {
        let oauth = match &self.beside {
            Beside::SigningIn(flow) => flow.save(),
            Beside::Discovering(_) | Beside::Later(_) | Beside::Nothing => None,
        };
        let (Some(talk), None) = (self.talk.save(), &self.end) else {
            // A code that the other device has not been told of is of no use to anybody.
            let is_of_use =
                |content: &Content| !matches!(content, Content::OAuth(saved) if !saved.is_granted());
            return oauth.filter(is_of_use);
        };
        let oauth = match oauth {
            Some(Content::OAuth(saved)) => Some(saved),
            Some(_) | None => None,
        };
        Some(Content::WithDevice(Box::new(SavedWithDevice { talk, found: self.found.clone(), oauth })))
    }
}
