//! How far has a person come in user-interactive authentication?

use std::collections::{BTreeMap, VecDeque};

use narthex::{Secret, Time};
use serde_json::{Value, json};

use crate::answer::Refusal;
use crate::ask::{Ask, Object};
use crate::config::{RECAPTCHA, TERMS};
use crate::sandbox::Sandbox;
use crate::stages::{Attempt, Threepid};

/// The most sessions remembered; the oldest gives way.
const MOST_SESSIONS: usize = 10_000;

/// One session.
#[derive(Clone, Debug)]
pub(crate) struct Interaction {
    /// The method, path and query it is bound to.
    operation: String,
    /// The parameters last sent, without `auth` and password.
    pub(crate) params: Object,
    /// The password, which need not be sent again.
    pub(crate) password: Option<Secret<String>>,
    /// The stages done, in that order.
    done: Vec<String>,
    /// The addresses that stages confirmed.
    pub(crate) threepids: Vec<Threepid>,
    /// The registration token it holds.
    pub(crate) token: Option<String>,
    /// The localpart it has registered.
    pub(crate) registered: Option<String>,
}

impl Interaction {
    pub(crate) fn complete_stage(&mut self, stage: &str, threepid: Option<Threepid>) {
        if !self.done.iter().any(|done| done == stage) {
            self.done.push(stage.to_owned());
        }
        self.threepids.extend(threepid);
    }
}

/// All sessions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interactions {
    sessions: BTreeMap<String, Interaction>,
    /// When each began, oldest first.
    begun: VecDeque<(Time, String)>,
}

impl Interactions {
    pub(crate) fn find(&self, session: &str) -> Result<&Interaction, Refusal> {
        self.sessions.get(session).ok_or_else(|| unknown(session))
    }

    pub(crate) fn find_mut(&mut self, session: &str) -> Result<&mut Interaction, Refusal> {
        self.sessions.get_mut(session).ok_or_else(|| unknown(session))
    }

    pub(crate) fn drain(&mut self) -> Vec<Interaction> {
        self.begun.clear();
        std::mem::take(&mut self.sessions).into_values().collect()
    }

    /// Forgets the oldest session if `over`, given the number of sessions and when it began.
    fn pop_if(&mut self, over: impl Fn(usize, Time) -> bool) -> Option<Interaction> {
        let begun = self.begun.front()?.0;
        if !over(self.begun.len(), begun) {
            return None;
        }
        let (_, session) = self.begun.pop_front()?;
        self.sessions.remove(&session)
    }
}

fn unknown(session: &str) -> Refusal {
    Refusal::new(400, "M_UNKNOWN", format!("Unknown session ID: {session}"))
}

/// How a request with UIA went.
pub(crate) enum Interacted {
    /// A flow is complete in this session.
    Complete(String),
    /// More is to be done in this session; the body of the 401 says what.
    Unfinished(String, Value),
}

impl Sandbox {
    pub(crate) fn expire_interactions(&mut self, now: Time) {
        let lifetime = self.config.interaction_lifetime;
        while let Some(interaction) =
            self.interactions.pop_if(|count, begun| count > MOST_SESSIONS || begun + lifetime <= now)
        {
            self.invites.release(&interaction);
        }
    }

    /// Checks a request against the flows, as every endpoint with UIA does.
    pub(crate) fn interact(
        &mut self,
        now: Time,
        ask: Ask<'_>,
        auth: &Object,
        params: Object,
    ) -> Result<Interacted, Refusal> {
        let session = match auth.get("session").and_then(Value::as_str).filter(|session| !session.is_empty())
        {
            Some(session) => self.resume(ask, session, params)?,
            None => self.begin(now, ask, params),
        };
        if auth.is_empty() {
            let challenge = self.challenge(&session);
            return Ok(Interacted::Unfinished(session, challenge));
        }
        let mut failed = None;
        if let Some(stage) = auth.get("type") {
            let invalid = || Refusal::new(400, "M_INVALID_PARAM", "Invalid login submission");
            let stage = stage.as_str().ok_or_else(invalid)?;
            match self.attempt(now, stage, auth) {
                Ok(threepid) => self.interactions.find_mut(&session)?.complete_stage(stage, threepid),
                Err(Attempt::Failed(refusal)) => failed = Some(refusal),
                Err(Attempt::Refused(refusal)) => return Err(refusal),
            }
        }
        let done = &self.interactions.find(&session)?.done;
        if self.config.flows.iter().any(|flow| flow.iter().all(|stage| done.contains(stage))) {
            return Ok(Interacted::Complete(session));
        }
        let mut challenge = self.challenge(&session);
        challenge["completed"] = json!(done);
        if let Some(refusal) = failed {
            challenge["errcode"] = refusal.errcode().into();
            challenge["error"] = refusal.error().into();
        }
        Ok(Interacted::Unfinished(session, challenge))
    }

    fn begin(&mut self, now: Time, ask: Ask<'_>, params: Object) -> String {
        let session = self.chance.letters(24);
        let interaction = Interaction {
            operation: ask.operation(),
            params,
            password: None,
            done: Vec::new(),
            threepids: Vec::new(),
            token: None,
            registered: None,
        };
        self.interactions.sessions.insert(session.clone(), interaction);
        self.interactions.begun.push_back((now, session.clone()));
        session
    }

    fn resume(&mut self, ask: Ask<'_>, session: &str, params: Object) -> Result<String, Refusal> {
        let interaction = self.interactions.find_mut(session)?;
        if interaction.operation != ask.operation() {
            let error = "Requested operation has changed during the UI authentication session.";
            return Err(Refusal::new(403, "M_UNKNOWN", error));
        }
        if !params.is_empty() {
            interaction.params = params;
        }
        Ok(session.to_owned())
    }

    fn challenge(&self, session: &str) -> Value {
        let flows: Vec<Value> = self.config.flows.iter().map(|stages| json!({ "stages": stages })).collect();
        let offers = |stage: &str| self.config.flows.iter().flatten().any(|offered| offered == stage);
        let mut params = Object::new();
        if offers(RECAPTCHA) {
            params.insert(RECAPTCHA.to_owned(), json!({ "public_key": self.config.captcha_key }));
        }
        if offers(TERMS) {
            params.insert(TERMS.to_owned(), json!({ "policies": self.policies() }));
        }
        json!({ "session": session, "flows": flows, "params": params })
    }
}
