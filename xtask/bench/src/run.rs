//! One account's life until it is signed in, driven as a client drives it, by a person who agrees to everything.

use std::collections::VecDeque;
use std::hint::black_box;
use std::time::Duration;

use narthex::{Client, Config, Effect, Engine, Input, Intent, Offer, Reply, Seeds, Time};

use crate::canned::Server;

const BEGINNING: Time = Time(1_763_700_000_000);

/// An engine with everything around it.
#[derive(Clone, Debug)]
pub struct Run {
    /// The engine.
    pub engine: Engine,
    /// The time.
    pub now: Time,
    /// What has still to be done.
    pub todo: VecDeque<Effect>,
    /// How many HTTP exchanges there were.
    pub exchanges: usize,
    /// How many of them were of `/register`.
    pub registers: usize,
    /// Save and show after each step, as a client does.
    pub shows: bool,
}

impl Run {
    /// An engine that was just made.
    #[must_use]
    pub fn new(seed: u64, shows: bool) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let home = "https://narthex.example/".parse().expect("it is an address");
        let client = Client::new("Narthex", home);
        let engine = Engine::new(Config::new(client), Seeds::new(bytes, bytes), BEGINNING);
        Self { engine, now: BEGINNING, todo: VecDeque::new(), exchanges: 0, registers: 0, shows }
    }

    /// Lets something happen.
    pub fn hear(&mut self, input: Input) {
        self.now = self.now + Duration::from_millis(20);
        let effects = self.engine.handle(self.now, input);
        self.todo.extend(effects);
        if self.shows {
            black_box((self.engine.save(), self.engine.view(), self.engine.deadline()));
        }
    }

    /// What the server says to the next effect, as an input.
    pub fn next_reply(&mut self, server: &mut Server) -> Option<Input> {
        loop {
            let effect = self.todo.pop_front()?;
            if let Effect::Http { request, .. } = &effect {
                self.exchanges += 1;
                self.registers += usize::from(request.url.path().ends_with("/v3/register"));
            }
            if let (Some(id), Some(reply)) = (effect.id(), server.answer(&effect)) {
                return Some(Input::Reply { id, reply });
            }
        }
    }

    /// Performs everything that is asked for, and all that follows from it.
    pub fn settle(&mut self, server: &mut Server) {
        while let Some(input) = self.next_reply(server) {
            self.hear(input);
        }
    }

    /// How often in a row one has to wait for answers until nothing is left to do.
    pub fn settle_in_rounds(&mut self, server: &mut Server) -> usize {
        let mut rounds = 0;
        while !self.todo.is_empty() {
            rounds += 1;
            let mut round = std::mem::take(&mut self.todo);
            while !round.is_empty() {
                std::mem::swap(&mut round, &mut self.todo);
                let input = self.next_reply(server);
                std::mem::swap(&mut round, &mut self.todo);
                if let Some(input) = input {
                    self.hear(input);
                }
            }
        }
        rounds
    }

    /// What the person wants next, until they are signed in.
    #[must_use]
    pub fn wish(&self) -> Option<Intent> {
        let offers = self.engine.offers();
        let on = |offer| offers.contains(offer);
        if on(Offer::UseServer) {
            Some(Intent::UseServer { server: "example.org".to_owned() })
        } else if on(Offer::CreateAccount) {
            Some(Intent::CreateAccount)
        } else if on(Offer::Register) {
            let password = Some("correct horse battery staple".into());
            Some(Intent::Register { username: "alice".to_owned(), password, prefer: Vec::new() })
        } else if on(Offer::AcceptTerms) {
            Some(Intent::AcceptTerms)
        } else if on(Offer::UseToken) {
            Some(Intent::UseToken { token: "vouched-for".into() })
        } else if on(Offer::CheckNow) {
            Some(Intent::CheckNow)
        } else if on(Offer::UseEmail) {
            Some(Intent::UseEmail { address: "alice@example.org".to_owned() })
        } else {
            None
        }
    }

    /// Goes on until the engine offers this.
    pub fn until(&mut self, offer: Offer, server: &mut Server) {
        while !self.engine.offers().contains(offer) {
            let Some(intent) = self.wish() else { return };
            self.hear(Input::Intent(intent));
            self.settle(server);
        }
    }

    /// Goes on until the person is signed in. Tells whether they are.
    pub fn sign_in(&mut self, server: &mut Server) -> bool {
        self.until(Offer::SignOut, server);
        self.engine.session().is_some()
    }

    /// Goes on until this request is out, and gives the reply that it is about to get.
    #[must_use]
    pub fn before(mut self, path: &str, server: &mut Server) -> Option<(Self, Input)> {
        loop {
            while let Some(effect) = self.todo.front() {
                let is_it = matches!(effect, Effect::Http { request, .. } if request.url.path() == path);
                let input = self.next_reply(server)?;
                if is_it {
                    return Some((self, input));
                }
                self.hear(input);
            }
            let intent = self.wish()?;
            self.hear(Input::Intent(intent));
        }
    }

    /// The same input, if it is a reply, with another reply.
    #[must_use]
    pub fn altered(input: &Input, alter: impl FnOnce(&Reply) -> Reply) -> Input {
        match input {
            Input::Reply { id, reply } => Input::Reply { id: *id, reply: alter(reply) },
            Input::Intent(_) | Input::Callback(_) | Input::Tick => input.clone(),
        }
    }
}
