//! From what was typed to what the server offers, with evidence for each step.
//!
//! Client-server specification, "Server Discovery". At most two exchanges deep: the delegation, then everything
//! else side by side.
//!
//! ```text
//!   AskingWellKnown ──▶ AskingServer ──▶ found, or failed        an address that was typed needs no delegation
//! ```

mod answers;
mod typed;

use std::sync::Arc;

use statig::Outcome::{self, Handled, Super, Transition};
use statig::blocking::{self, IntoStateMachine};
use url::Url;

use crate::address;
use crate::cx::{Cx, Event, Wait};
use crate::exchange::answer;
use crate::failure::{Cause, Failure, Misbehaviour, Outage, Refusal};
use crate::flow::{self, Flow, Shell};
use crate::http::{self, Call};
use crate::intent::{Intent, Offer, Offers};
use crate::io::{EffectId, LOCATION, Reply};
use crate::metadata::Metadata;
use crate::report::{Finding, LoginSupport, Probe, RegistrationSupport, ServerReport, Step};
use crate::uia::{self, Uia};
use crate::view::{Screen, Task};

use self::answers::OAuthAnswer;
use self::typed::Typed;

/// How often the delegation may redirect.
const MAX_HOPS: usize = 5;

/// How looking for a server ends.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum End {
    Found(Found),
    Cancelled,
    Failed(Failure),
}

/// What was found out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Found {
    pub(crate) report: Box<ServerReport>,
    /// The registration session that asking has opened.
    pub(crate) uia: Option<Arc<Uia>>,
    /// The authorization server, if it can be used.
    pub(crate) metadata: Option<Arc<Metadata>>,
    /// The user id that was typed instead of a server.
    pub(crate) user_id: Option<String>,
}

pub(crate) type Discovery = Shell<Machine>;

impl Discovery {
    pub(crate) fn start(input: &str, cx: &mut Cx<'_>) -> Result<Self, Refusal> {
        let typed = Typed::parse(input)?;
        Ok(Self::new(Machine { typed, steps: Vec::new() }, cx))
    }
}

impl Flow for Discovery {
    fn each_wait(&self, each: &mut dyn FnMut(Wait)) {
        match self.state() {
            State::AskingWellKnown { call, .. } => each(call.wait),
            State::AskingServer { asked, .. } => asked.waits().for_each(each),
            State::New | State::Ended(_) => {}
        }
    }

    fn offers(&self) -> Offers {
        Offers::of(&[Offer::Cancel])
    }

    fn screen(&self) -> Screen {
        let task = match self.state() {
            State::New | State::AskingWellKnown { .. } => Task::FindServer,
            State::AskingServer { .. } | State::Ended(_) => Task::AskServer,
        };
        Screen::Busy { server: self.machine().typed.server.clone(), task }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Machine {
    typed: Typed,
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum State {
    New,
    /// The delegation was asked for; it redirected `hops` times so far.
    AskingWellKnown {
        call: Call,
        hops: usize,
    },
    /// Everything else was asked, side by side.
    AskingServer {
        base: Url,
        delegated: bool,
        asked: Box<Asked>,
    },
    Ended(Box<End>),
}

impl IntoStateMachine for Machine {
    type Event<'e> = Event<'e>;
    type Context<'c> = Cx<'c>;
    type State = State;
    type Superstate<'s> = ();

    fn initial() -> State {
        State::New
    }
}

impl flow::Machine for Machine {
    type End = End;

    fn end(state: &State) -> Option<End> {
        match state {
            State::Ended(end) => Some((**end).clone()),
            State::New | State::AskingWellKnown { .. } | State::AskingServer { .. } => None,
        }
    }
}

impl blocking::State<Machine> for State {
    fn call_handler(&mut self, machine: &mut Machine, event: &Event<'_>, cx: &mut Cx<'_>) -> Outcome<Self> {
        match (self, event) {
            (_, Event::Intent(Intent::Cancel)) => Transition(ended(End::Cancelled)),
            (Self::New, Event::Start) => Transition(match machine.typed.well_known.clone() {
                Some(url) => Self::AskingWellKnown { call: Call::get(url, cx), hops: 0 },
                None => machine.ask_server(None, cx),
            }),
            (Self::AskingWellKnown { call, hops }, Event::Reply(_, reply)) => {
                Transition(machine.well_known(call, *hops, reply, cx))
            }
            (Self::AskingWellKnown { call, .. }, Event::TimedOut(_)) => {
                Transition(failed(call.timed_out(cx.now)))
            }
            (Self::AskingServer { base, delegated, asked }, Event::Reply(id, _) | Event::TimedOut(id)) => {
                asked.hear(*id, event, *delegated, cx);
                finish(base, asked, machine)
            }
            (Self::New | Self::AskingWellKnown { .. } | Self::AskingServer { .. } | Self::Ended(_), _) => {
                Super
            }
        }
    }
}

fn ended(end: End) -> State {
    State::Ended(Box::new(end))
}

fn failed(failure: Failure) -> State {
    ended(End::Failed(failure))
}

impl Machine {
    fn well_known(&mut self, call: &Call, hops: usize, reply: &Reply, cx: &mut Cx<'_>) -> State {
        let delegation = call.answer(reply, cx.now).and_then(|answer| {
            if let 301 | 302 | 303 | 307 | 308 = answer.status() {
                let target = answer.response.header(LOCATION).and_then(|to| call.url().join(to).ok());
                let target = target.filter(|to| hops < MAX_HOPS && to.scheme() == "https");
                return target
                    .map(Hop::On)
                    .ok_or_else(|| answer.failure(Cause::Refused { refusal: Refusal::HomeserverUnclear }));
            }
            let base = answers::well_known(&answer)?;
            let finding = if base.is_some() { Finding::Present } else { Finding::Absent };
            self.steps.push(Step { probe: Probe::WellKnown, finding, evidence: answer.evidence() });
            Ok(Hop::Done(base))
        });
        match delegation {
            Ok(Hop::On(url)) => State::AskingWellKnown { call: Call::get(url, cx), hops: hops + 1 },
            Ok(Hop::Done(base)) => self.ask_server(base, cx),
            Err(Failure {
                cause: Cause::Unavailable { outage: Outage::ServerError(_) | Outage::NotTheServer, .. },
                evidence,
            }) => {
                let cause = Cause::Refused { refusal: Refusal::HomeserverUnclear };
                failed(Failure { cause, evidence })
            }
            Err(failure) => failed(failure),
        }
    }

    fn ask_server(&mut self, delegated_to: Option<Url>, cx: &mut Cx<'_>) -> State {
        let delegated = delegated_to.is_some();
        let base = delegated_to.unwrap_or_else(|| self.typed.fallback.clone());
        let asked = Box::new(Asked::start(&base, cx));
        State::AskingServer { base, delegated, asked }
    }
}

enum Hop {
    On(Url),
    Done(Option<Url>),
}

/// The questions that go out side by side, and their answers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Asked {
    calls: [Option<(Probe, Call)>; 5],
    versions: Option<Vec<String>>,
    fatal: Option<Failure>,
    /// The first fault that trying again may mend.
    outage: Option<Failure>,
    login: LoginSupport,
    oauth: OAuthAnswer,
    registration: RegistrationSupport,
    uia: Option<Uia>,
    steps: Vec<Step>,
}

impl Asked {
    fn start(base: &Url, cx: &mut Cx<'_>) -> Self {
        let mut get = |probe, path| Some((probe, Call::get(address::endpoint(base, path), cx)));
        let calls = [
            get(Probe::Versions, "_matrix/client/versions"),
            get(Probe::Login, "_matrix/client/v3/login"),
            get(Probe::AuthMetadata, "_matrix/client/v1/auth_metadata"),
            get(Probe::AuthMetadataUnstable, "_matrix/client/unstable/org.matrix.msc2965/auth_metadata"),
            Some((Probe::Registration, uia::probe(base, cx))),
        ];
        Self {
            calls,
            versions: None,
            fatal: None,
            outage: None,
            login: LoginSupport::default(),
            oauth: OAuthAnswer::Absent,
            registration: RegistrationSupport::Absent,
            uia: None,
            steps: Vec::new(),
        }
    }

    fn waits(&self) -> impl Iterator<Item = Wait> {
        self.calls.iter().flatten().map(|(_, call)| call.wait)
    }

    /// Takes in the reply, or that none came.
    fn hear(&mut self, id: EffectId, event: &Event<'_>, delegated: bool, cx: &Cx<'_>) {
        let slot = self.calls.iter_mut().find(|slot| slot.as_ref().is_some_and(|(_, c)| c.wait.id == id));
        let Some((probe, call)) = slot.and_then(Option::take) else { return };
        let (finding, evidence) = match answer(&call, event, cx.now) {
            Ok(answer) => (self.read(probe, &answer, delegated, cx), answer.evidence()),
            Err(failure) => {
                match probe {
                    Probe::Versions => self.fatal = Some(failure.clone()),
                    Probe::Registration =>
                    // A rate limit at least says that it is there.
                    {
                        self.registration =
                            RegistrationSupport::Unclear { retry_at: failure.rate_limited_until() }
                    }
                    Probe::AuthMetadata | Probe::AuthMetadataUnstable => {
                        self.take_oauth(OAuthAnswer::Unclear)
                    }
                    Probe::WellKnown | Probe::Login => {}
                }
                let evidence = failure.evidence.as_deref().cloned().unwrap_or_else(|| call.evidence(cx.now));
                self.outage.get_or_insert_with(|| failure.clone());
                (answers::faulty(failure), evidence)
            }
        };
        self.steps.push(Step { probe, finding, evidence });
    }

    fn read(&mut self, probe: Probe, answer: &http::Answer<'_>, delegated: bool, cx: &Cx<'_>) -> Finding {
        match probe {
            Probe::Versions => match answers::versions(answer, delegated) {
                Ok(versions) => {
                    self.versions = Some(versions);
                    Finding::Present
                }
                Err(failure) => {
                    self.fatal = Some(failure.clone());
                    answers::faulty(failure)
                }
            },
            Probe::Login => {
                let (login, finding) = answers::login(answer);
                self.login = login;
                finding
            }
            Probe::AuthMetadata | Probe::AuthMetadataUnstable => {
                let is_unstable = probe == Probe::AuthMetadataUnstable;
                let (oauth, finding) = answers::auth_metadata(answer, is_unstable);
                self.take_oauth(oauth);
                finding
            }
            Probe::Registration => {
                let (registration, uia, finding) = answers::registration(answer, cx.config);
                (self.registration, self.uia) = (registration, uia);
                finding
            }
            Probe::WellKnown => answers::faulty(answer.misbehaved(Misbehaviour::DelegationBroken)),
        }
    }

    fn take_oauth(&mut self, heard: OAuthAnswer) {
        self.oauth = std::mem::replace(&mut self.oauth, OAuthAnswer::Absent).and(heard);
    }

    /// Where accounts are made in the browser, they are made nowhere else.
    fn registration(&self) -> RegistrationSupport {
        match self.oauth.metadata().map(|metadata| metadata.creates) {
            Some(Some(true) | None) => RegistrationSupport::InBrowser,
            Some(Some(false)) => RegistrationSupport::Closed,
            None => self.registration.clone(),
        }
    }

    fn offers_nothing(&self) -> bool {
        let registration = match &self.registration {
            RegistrationSupport::Open { .. }
            | RegistrationSupport::Unguarded
            | RegistrationSupport::InBrowser => true,
            RegistrationSupport::Closed | RegistrationSupport::Absent => false,
            RegistrationSupport::Unclear { retry_at } => retry_at.is_some(),
        };
        let oauth = matches!(self.oauth, OAuthAnswer::Offered(_));
        let login = self.login.password || self.login.token || self.login.sso.is_some();
        !registration && !oauth && !login
    }
}

fn finish(base: &Url, asked: &mut Asked, machine: &mut Machine) -> Outcome<State> {
    if let Some(failure) = asked.fatal.take() {
        return Transition(failed(failure));
    }
    if asked.waits().next().is_some() {
        return Handled;
    }
    // A server whose every offer is hidden by an outage has not said that it offers nothing.
    if let Some(outage) = asked.outage.take().filter(|_| asked.offers_nothing()) {
        return Transition(failed(outage));
    }
    let mut steps = std::mem::take(&mut machine.steps);
    asked.steps.sort_by_key(|step| step.probe);
    steps.append(&mut asked.steps);
    let report = ServerReport {
        server: machine.typed.server.clone(),
        base_url: base.clone(),
        versions: asked.versions.take().unwrap_or_default(),
        login: std::mem::take(&mut asked.login),
        oauth: asked.oauth.support(),
        registration: asked.registration(),
        steps,
    };
    let found = Found {
        report: Box::new(report),
        uia: asked.uia.take().map(Arc::new),
        metadata: asked.oauth.metadata(),
        user_id: machine.typed.user_id.clone(),
    };
    Transition(ended(End::Found(found)))
}
