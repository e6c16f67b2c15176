//! What happens: requests arrive, answers come, processes are killed, and engines get what they want.
#![expect(clippy::wildcard_enum_match_arm, reason = "few screens and acts make a difference here")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ed25519_dalek::{Signer as _, SigningKey};
use narthex::{
    Effect, EffectId, EncryptionProblem, Input, Lost, Method, Reply, Request, Response, Screen, Session,
    Time, Trust,
};
use serde_json::{Value, json};

use super::cell;
use super::device::{Due, bundle};
use super::law::{Books, PairBroken, PairLaw, broken};
use super::server::{USER_ID, post};
use super::sides::Crossed;
use super::wiretap::{Act, Wiretap};
use super::{EXISTING, NEW, Pair, START, lies};

impl Pair {
    pub(super) fn due(&mut self, at: usize, due: Due) -> Result<(), PairBroken> {
        match due {
            Due::Request { run, id, request } => self.arrives(at, run, id, request),
            Due::Reply { run, id, reply, asked } => {
                let device = &self.devices[at];
                if device.run == run && device.open.contains(&id) {
                    if let (Some(request), Reply::Http(Ok(response))) = (&asked, &reply) {
                        self.is_told(at, request, response);
                    }
                    return self.hear(at, Input::Reply { id, reply });
                }
            }
            Due::Look => {
                self.devices[at].looks = false;
                return self.look(at);
            }
            Due::Tick => {
                let deadline = self.devices[at].engine.deadline();
                if deadline.is_some_and(|due| due.0 <= self.now) {
                    return self.hear(at, Input::Tick);
                }
            }
        }
        Ok(())
    }

    pub(super) fn tell(&mut self, at: usize, what: std::fmt::Arguments<'_>) {
        let who = ["existing", "new", "stranger"][at];
        self.story.tell(self.now - START, format_args!("{who}: {what}"));
    }

    fn later(&mut self, after: u64, at: usize, due: Due) {
        self.serial += 1;
        self.due.insert((self.now + after, self.serial), (at, due));
    }

    pub(super) fn look_later(&mut self, at: usize, after: u64) {
        if !self.devices[at].looks {
            self.devices[at].looks = true;
            self.later(after, at, Due::Look);
        }
    }

    fn arrives(&mut self, at: usize, run: u32, id: EffectId, request: Request) {
        let mut after = self.chance.between(10, 60);
        let answer = if self.chance.one_in(self.luck.lost_requests) {
            self.tell(at, format_args!("lost: {request:?}"));
            self.is_excused |= is_of_tokens(&request);
            Err(Lost::Timeout)
        } else {
            let answer = self.answered(at, &request, &mut after);
            if self.chance.one_in(self.luck.lost_answers) {
                self.tell(at, format_args!("the answer is lost"));
                self.is_excused |= is_of_tokens(&request);
                Err(Lost::Broken)
            } else {
                answer
            }
        };
        let asked = Some(Box::new(request));
        self.later(after, at, Due::Reply { run, id, reply: Reply::Http(answer), asked });
    }

    /// What the server says, or somebody in its place.
    fn answered(&mut self, at: usize, request: &Request, after: &mut u64) -> Result<Response, Lost> {
        if !cell::is_of_rendezvous(request) {
            let response = self.server.answer(Time(self.now), request);
            let response = match self.luck.lie {
                Some(lie) => lies::told(lie, at, request, response),
                None => response,
            };
            self.tell(at, format_args!("{request:?} -> {}", response.status));
            return Ok(response);
        }
        self.rendezvous_requests += 1;
        let act = self.chance.one_in(self.luck.attacks).then(|| Wiretap::choose(&mut self.chance));
        match act {
            Some(Act::Delay(longer)) => *after += longer,
            Some(Act::Delete) => {
                let delete = Request { method: Method::Delete, ..request.clone() };
                let _ = self.server.answer(Time(self.now), &delete);
            }
            _ => {}
        }
        let response = if act == Some(Act::Swallow) && request.method == Method::Put {
            Response { status: 202, ..self.server.answer(Time(self.now), &reading(request)) }
        } else {
            self.server.answer(Time(self.now), request)
        };
        self.wiretap.hears(at, request);
        self.tell(at, format_args!("{request:?} -> {}, {act:?}", response.status));
        match act {
            Some(act) => self.wiretap.meddle(act, at, request, response, &mut self.chance),
            None => Ok(response),
        }
    }

    /// What device `at` is about to hear goes into the books.
    fn is_told(&mut self, at: usize, request: &Request, response: &Response) {
        let path = request.url.path();
        if let Some(device) = path.strip_prefix("/_matrix/client/v3/devices/") {
            let body: Value = serde_json::from_slice(response.body.expose()).unwrap_or_default();
            match response.status {
                200 if body["device_id"] == device => self.books.told(at, device, true),
                404 if body["errcode"] == "M_NOT_FOUND" => self.books.told(at, device, false),
                _ => {}
            }
        }
        if request.method == Method::Get
            && let (Some(cell), Some(data)) = (cell::cell(request), cell::held(response))
        {
            self.books.hears(at, cell, data);
        }
    }

    pub(super) fn hear(&mut self, at: usize, input: Input) -> Result<(), PairBroken> {
        if let Input::Reply { id, reply } = &input
            && !matches!(reply, Reply::Listening(Ok(_)) | Reply::Leased(Ok(_)))
        {
            self.devices[at].open.retain(|open| open != id);
        }
        let device = &mut self.devices[at];
        let heard = device.is_watched.then(|| input.clone());
        let effects = device.engine.handle(Time(self.now), input);
        if let Some(input) = heard {
            let (view, saved) = (device.engine.view(), device.engine.save());
            let (now, effects, printed) = (Time(self.now), effects.clone(), format!("{:?}", device.engine));
            device.side.crossed.push(Crossed { now, input, effects, view, saved, printed });
        }
        self.devices[at].screen = self.devices[at].engine.view().screen;
        let saved = self.devices[at].engine.save();
        let kept = &mut self.devices[at].saved;
        if kept.last() != Some(&saved) {
            if self.luck.forgets == 0 {
                kept.clear();
            }
            kept.push(saved);
        }
        if self.chance.one_in(self.luck.kills) {
            self.kill(at);
            return Ok(());
        }
        for effect in effects {
            self.perform(at, effect)?;
        }
        self.shown(at)?;
        self.tick_later(at);
        self.look_later(at, 1);
        Ok(())
    }

    /// What is on the screen is true.
    fn shown(&mut self, at: usize) -> Result<(), PairBroken> {
        let screen = &self.devices[at].screen;
        let shows_check_code = matches!(screen, Screen::CheckCode { .. });
        let seen = Some(std::mem::discriminant(screen));
        if self.devices[at].seen != seen {
            (self.devices[at].seen, self.devices[at].since) = (seen, self.now);
            self.devices[at].gives_up = at < 2 && self.chance.one_in(self.luck.cancels);
            if self.story.is_told() {
                let screen = format!("{:?}", self.devices[at].screen);
                self.tell(at, format_args!("{screen}"));
            }
        }
        if shows_check_code {
            self.check_code = true;
            let shows = self.shower_for(at);
            self.books.shows_check_code(at, shows)?;
        }
        Ok(())
    }

    /// The process ends, and another one goes on with what was kept.
    fn kill(&mut self, at: usize) {
        let (now, seeds) = (Time(self.now), self.chance.seeds());
        self.is_excused |= at == NEW;
        self.devices[at].start_again(self.luck.forgets, seeds, now);
        let screen = self.devices[at].screen.clone();
        self.tell(at, format_args!("is killed: {screen:?}"));
        // What was not kept is begun anew, by a patient person.
        let device = &mut self.devices[at];
        let is_done = match screen {
            Screen::Paused { .. } => true,
            Screen::SignedIn { .. } => at == NEW,
            _ => false,
        };
        if !is_done && device.restarts < 3 && !self.handed {
            (device.begun, device.restarts) = (false, device.restarts + 1);
        }
        self.look_later(at, 300);
        self.tick_later(at);
    }

    fn tick_later(&mut self, at: usize) {
        if let Some(deadline) = self.devices[at].engine.deadline() {
            self.later(deadline.0.saturating_sub(self.now), at, Due::Tick);
        }
    }

    fn perform(&mut self, at: usize, effect: Effect) -> Result<(), PairBroken> {
        let run = self.devices[at].run;
        self.devices[at].open.extend(effect.id());
        let reply = |this: &mut Self, id, reply, after| {
            this.later(after, at, Due::Reply { run, id, reply, asked: None })
        };
        match effect {
            Effect::Http { id, request } => {
                if let (Some(cell), Some(data)) = (cell::cell(&request), cell::written(&request)) {
                    self.books.writes(at, cell, self.generation, &data)?;
                }
                let after = self.chance.between(10, 60);
                self.later(after, at, Due::Request { run, id, request });
            }
            Effect::Prove { id } => reply(self, id, Reply::Stored(Ok(())), 2),
            Effect::Store { id, session } => {
                self.devices[at].stored = Some(session);
                reply(self, id, Reply::Stored(Ok(())), 5);
            }
            Effect::Erase { id, .. } => {
                self.devices[at].stored = None;
                reply(self, id, Reply::Stored(Ok(())), 5);
            }
            Effect::Lease { id, .. } => {
                let stored = self.devices[at].stored.clone().map(Box::new);
                reply(self, id, Reply::Leased(Ok(stored)), 2);
            }
            Effect::Listen { id, .. } => reply(self, id, Reply::Listening(Err(Lost::Listen)), 2),
            Effect::FindSecrets { id, .. } => {
                let found = self.devices[at].secrets.is_some();
                reply(self, id, Reply::SecretsFound(Ok(found)), 20);
            }
            Effect::ShareSecrets { id, .. } if self.held < self.luck.held => {
                self.held += 1;
                let held = Err(EncryptionProblem::Held { pid: Some(1) });
                reply(self, id, Reply::SecretsShared(held), 5_000);
            }
            Effect::ShareSecrets { id, .. } => {
                if at == EXISTING {
                    self.books.shares(at, NEW)?;
                    self.handed = true;
                }
                let Some(secrets) = self.devices[at].secrets.clone() else {
                    return broken(PairLaw::Person, "no keys are here");
                };
                reply(self, id, Reply::SecretsShared(Ok(secrets)), 20);
            }
            Effect::AdoptSecrets { id, session, secrets } => {
                Books::adopts(at, &secrets, &bundle())?;
                if at != NEW || session.user_id != USER_ID {
                    return broken(PairLaw::TheWrongOne, format!("{} takes the keys", session.user_id));
                }
                self.sign(&session);
                self.adopted = true;
                let backup = secrets.backup.is_some();
                self.devices[at].secrets = Some(secrets);
                reply(self, id, Reply::SecretsAdopted(Ok(Trust::Verified { backup })), 100);
            }
            Effect::Browse { url } => self.tell(at, format_args!("opens {url}")),
            Effect::Cancel { id } => self.devices[at].open.retain(|open| *open != id),
        }
        Ok(())
    }

    /// The new device is signed with the key that its user signs devices with, and tells the server.
    fn sign(&mut self, session: &Session) {
        let id = &session.device_id;
        // As canonical JSON.
        let device = format!(
            r#"{{"algorithms":[],"device_id":"{id}","keys":{{"ed25519:{id}":"AA"}},"user_id":"{USER_ID}"}}"#
        );
        let key = SigningKey::from_bytes(bundle().self_signing_key.expose());
        let text = |bytes: &[u8]| STANDARD_NO_PAD.encode(bytes);
        let name = format!("ed25519:{}", text(key.verifying_key().as_bytes()));
        let signature = text(&key.sign(device.as_bytes()).to_bytes());
        let mut device: Value = serde_json::from_str(&device).expect("JSON");
        device["signatures"] = json!({ USER_ID: { name: signature } });
        let body = json!({ "device_keys": device });
        post(&mut self.server, Time(self.now), session, "_matrix/client/v3/keys/upload", &body);
    }
}

/// A look at the cell that is asked to be written to.
fn reading(request: &Request) -> Request {
    Request { method: Method::Get, ..request.clone() }
}

/// Whether tokens come by this, or end by it.
fn is_of_tokens(request: &Request) -> bool {
    let path = request.url.path();
    path.ends_with("/token") || path.ends_with("/revoke") || path.ends_with("/logout")
}
