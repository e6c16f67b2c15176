//! The whole of one account's life: which flow runs, and what follows when it ends.

mod after;
mod screens;

use std::sync::Arc;

use statig::Outcome::{self, Handled, Super, Transition};
use statig::blocking::{self, InitializedStateMachine, IntoStateMachine, IntoStateMachineExt as _};

use crate::cx::{Cx, Event, Wait};
use crate::discovery::{Discovery, Found};
use crate::failure::{Cause, Failure, Missing, Refusal};
use crate::flow::Flow;
use crate::intent::{Intent, Offers};
use crate::keep::{Ended, Keep};
use crate::legacy::{Credentials, Legacy, home_of};
use crate::metadata::Metadata;
use crate::oauth::{Goal, OAuth, Way};
use crate::register::Register;
use crate::report::{RegistrationSupport, ServerReport};
use crate::saved::{Content, Saved};
use crate::session::Session;
use crate::uia::Uia;
use crate::view::View;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account(InitializedStateMachine<Machine>);

impl Account {
    pub(crate) fn new(cx: &mut Cx<'_>) -> Self {
        Self::at(State::welcome(String::new(), None), cx)
    }

    /// Where `saved` left off. It asks for nothing before the person does.
    pub(crate) fn resume(saved: Saved, cx: &mut Cx<'_>) -> Self {
        let state = match saved.0 {
            Content::Stored(session) => State::Keeping { flow: Box::new(Keep::stored(session, cx)) },
            Content::Renewed(session) => State::Keeping { flow: Box::new(Keep::renewed(session, cx)) },
            Content::AwaitingApproval { server, username } => State::AwaitingApproval { server, username },
            Content::Register(_)
            | Content::Sso(_)
            | Content::OAuth(_)
            | Content::Fresh(_)
            | Content::Unwanted(_) => State::Paused { saved },
        };
        Self::at(state, cx)
    }

    fn at(state: State, cx: &mut Cx<'_>) -> Self {
        let mut machine = Machine.uninitialized_state_machine();
        *machine.state_mut() = state;
        Self(machine.init_with_context(cx))
    }

    pub(crate) fn handle(&mut self, event: &Event<'_>, cx: &mut Cx<'_>) {
        self.0.handle_with_context(event, cx);
    }

    pub(crate) fn view(&self) -> View {
        View { screen: self.0.state().screen(), offers: self.offers() }
    }

    pub(crate) fn offers(&self) -> Offers {
        self.0.state().offers()
    }

    pub(crate) fn each_wait(&self, mut each: impl FnMut(Wait)) {
        if let Some(flow) = self.0.state().flow() {
            flow.each_wait(&mut each);
        }
    }

    pub(crate) fn save(&self) -> Option<Saved> {
        let content = match self.0.state() {
            State::SigningIn { recover: Some(register), .. } => register.save()?,
            State::Discarding { flow, .. } => flow.save()?.unwanted(),
            State::AwaitingApproval { server, username } => {
                Content::AwaitingApproval { server: server.clone(), username: username.clone() }
            }
            State::Paused { saved } => saved.0.clone(),
            state @ (State::Welcome { .. }
            | State::Discovering { .. }
            | State::Choosing { .. }
            | State::Registering { .. }
            | State::SigningIn { .. }
            | State::Authorizing { .. }
            | State::Keeping { .. }
            | State::SessionEnded(_)
            | State::SignedOut { .. }) => state.flow()?.save()?,
        };
        Some(Saved(content))
    }

    pub(crate) fn session(&self) -> Option<&Session> {
        match self.0.state() {
            State::Keeping { flow } => flow.session(),
            State::Welcome { .. }
            | State::Discovering { .. }
            | State::Choosing { .. }
            | State::Registering { .. }
            | State::SigningIn { .. }
            | State::Authorizing { .. }
            | State::Discarding { .. }
            | State::AwaitingApproval { .. }
            | State::SessionEnded { .. }
            | State::SignedOut { .. }
            | State::Paused { .. } => None,
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Machine;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Welcome {
        typed: Box<str>,
        problem: Option<Box<Failure>>,
    },
    Discovering {
        typed: Box<str>,
        flow: Box<Discovery>,
        again: Option<Box<Ended>>,
    },
    Choosing {
        place: Box<Place>,
        problem: Option<Box<Failure>>,
    },
    Registering {
        flow: Box<Register>,
        place: Option<Box<Place>>,
    },
    /// With `recover`, into an account that may be the one that this registration was about.
    SigningIn {
        flow: Box<Legacy>,
        place: Option<Box<Place>>,
        recover: Option<Box<Register>>,
    },
    Authorizing {
        flow: Box<OAuth>,
        place: Option<Box<Place>>,
    },
    Keeping {
        flow: Box<Keep>,
    },
    /// A session of the wrong account is ended again.
    Discarding {
        flow: Box<Keep>,
        place: Option<Box<Place>>,
        problem: Option<Box<Failure>>,
    },
    AwaitingApproval {
        server: Box<str>,
        username: Box<str>,
    },
    SessionEnded(Box<Ended>),
    SignedOut {
        user_id: Box<str>,
        server_told: bool,
    },
    Paused {
        saved: Saved,
    },
}

/// A server, as we found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    report: Box<ServerReport>,
    uia: Option<Arc<Uia>>,
    /// The authorization server, if it can be used.
    metadata: Option<Arc<Metadata>>,
    /// The user id that was typed instead of a server.
    user_id: Option<String>,
    /// The session to replace by a new one of the same user and device.
    again: Option<Box<Ended>>,
    /// Of the device that signing in makes. It is the same at each attempt, because an answer that is lost may have
    /// made it.
    device_id: String,
}

impl IntoStateMachine for Machine {
    type Event<'e> = Event<'e>;
    type Context<'c> = Cx<'c>;
    type State = State;
    type Superstate<'s> = ();

    fn initial() -> State {
        State::welcome(String::new(), None)
    }
}

impl blocking::State<Machine> for State {
    fn call_handler(&mut self, _: &mut Machine, event: &Event<'_>, cx: &mut Cx<'_>) -> Outcome<Self> {
        match (self, event) {
            (Self::Welcome { .. } | Self::SignedOut { .. }, Event::Intent(Intent::UseServer { server })) => {
                Transition(Self::discover(server, None, cx))
            }
            (Self::Welcome { typed, .. }, Event::Intent(Intent::Retry)) => {
                Transition(Self::discover(typed, None, cx))
            }
            (Self::Discovering { typed, again, .. }, Event::Intent(Intent::Cancel)) => {
                Transition(Self::left(typed, again.take()))
            }
            (Self::Discovering { typed, flow, again }, event) => match flow.handle(event, cx) {
                None => Handled,
                Some(Ok(found)) => Transition(Self::found(found, again.take(), cx)),
                Some(Err(failure)) => Transition(Self::not_found(typed, failure, again.take())),
            },
            (Self::Choosing { place, .. }, Event::Intent(intent)) => match place.choose(intent, cx) {
                Some(next) => Transition(next),
                None => Super,
            },
            (Self::Registering { flow, place }, event) => match flow.handle(event, cx) {
                None => Handled,
                Some(end) => Transition(after::registering(end, flow, place.take(), cx)),
            },
            (Self::SigningIn { flow, place, recover }, event) => match flow.handle(event, cx) {
                None => Handled,
                Some(end) => Transition(after::signing_in(end, flow, place.take(), recover.take(), cx)),
            },
            (Self::Authorizing { flow, place }, event) => match flow.handle(event, cx) {
                None => Handled,
                Some(end) => Transition(after::authorizing(end, flow, place.take(), cx)),
            },
            (Self::Keeping { flow }, event) => match flow.handle(event, cx) {
                None => Handled,
                Some(end) => Transition(after::keeping(end)),
            },
            (Self::Discarding { flow, place, problem }, event) => match flow.handle(event, cx) {
                None => Handled,
                Some(_) => Transition(after::discarded(flow.server(), place.take(), problem.take())),
            },
            (Self::AwaitingApproval { server, .. }, Event::Intent(Intent::Cancel)) => {
                Transition(Self::welcome(server.to_string(), None))
            }
            (Self::SessionEnded(ended), Event::Intent(Intent::SignInAgain)) => {
                let homeserver = ended.session.homeserver.to_string();
                Transition(Self::discover(&homeserver, Some(ended.clone()), cx))
            }
            (Self::SessionEnded(ended), Event::Intent(Intent::Forget)) => {
                Transition(Self::Keeping { flow: Box::new(Keep::over(ended.session.clone(), cx)) })
            }
            (Self::Paused { saved }, Event::Intent(Intent::Continue)) => {
                Transition(after::paused(saved.clone(), cx))
            }
            // The browser is back, so the person has decided already.
            (Self::Paused { saved }, Event::Callback(link)) if saved.awaits(link) => {
                Transition(after::called_back(saved.clone(), link, cx))
            }
            (Self::Paused { saved }, Event::Intent(Intent::Cancel)) => Transition(after::given_up(saved, cx)),
            (Self::Welcome { .. } | Self::Choosing { .. } | Self::AwaitingApproval { .. }, _)
            | (Self::SessionEnded(_) | Self::SignedOut { .. } | Self::Paused { .. }, _) => Super,
        }
    }
}

impl State {
    /// The flow that runs.
    fn flow(&self) -> Option<&dyn Flow> {
        match self {
            Self::Discovering { flow, .. } => Some(&**flow),
            Self::Registering { flow, .. } => Some(&**flow),
            Self::SigningIn { flow, .. } => Some(&**flow),
            Self::Authorizing { flow, .. } => Some(&**flow),
            Self::Keeping { flow } | Self::Discarding { flow, .. } => Some(&**flow),
            Self::Welcome { .. }
            | Self::Choosing { .. }
            | Self::AwaitingApproval { .. }
            | Self::SessionEnded { .. }
            | Self::SignedOut { .. }
            | Self::Paused { .. } => None,
        }
    }

    fn welcome(typed: String, problem: Option<Failure>) -> Self {
        Self::Welcome { typed: typed.into(), problem: problem.map(Box::new) }
    }

    fn discover(typed: &str, again: Option<Box<Ended>>, cx: &mut Cx<'_>) -> Self {
        match Discovery::of(typed, cx) {
            Ok(flow) => Self::Discovering { typed: typed.into(), flow: Box::new(flow), again },
            Err(refusal) => Self::not_found(typed, Failure::refused(refusal), again),
        }
    }

    fn found(found: Found, again: Option<Box<Ended>>, cx: &mut Cx<'_>) -> Self {
        let Found { report, uia, metadata, user_id } = found;
        let known = again.as_ref().map(|ended| ended.session.device_id.clone());
        let device_id = known.unwrap_or_else(|| cx.random_device_id());
        let place = Place { report, uia: uia.map(Arc::new), metadata, user_id, again, device_id };
        Self::Choosing { place: Box::new(place), problem: None }
    }

    fn not_found(typed: &str, failure: Failure, again: Option<Box<Ended>>) -> Self {
        match again {
            Some(ended) => Self::SessionEnded(Box::new(Ended { failure, ..*ended })),
            None => Self::welcome(typed.chars().take(300).collect(), Some(failure)),
        }
    }

    /// Back to where the search for a server began.
    fn left(typed: &str, again: Option<Box<Ended>>) -> Self {
        match again {
            Some(ended) => Self::SessionEnded(ended),
            None => Self::welcome(typed.to_owned(), None),
        }
    }
}

impl Place {
    /// The way in that the person chose; `None` if that is not one.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the offers say which intents come here")]
    fn choose(&self, intent: &Intent, cx: &mut Cx<'_>) -> Option<State> {
        let (server, base) = (&self.report.server, &self.report.base_url);
        let credentials = match intent {
            Intent::Cancel => return Some(State::left(server, self.again.clone())),
            Intent::Retry => return Some(State::discover(server, self.again.clone(), cx)),
            Intent::CreateAccount if self.metadata.is_some() => {
                return self.authorize(Way::CreateAccount, cx);
            }
            Intent::SignInWithBrowser => return self.authorize(Way::SignIn, cx),
            Intent::SignInWithDeviceCode => return self.authorize(Way::DeviceCode, cx),
            Intent::CreateAccount => {
                let flow = Box::new(Register::with(server, base, self.uia.clone(), cx));
                return Some(State::Registering { flow, place: Some(Box::new(self.clone())) });
            }
            Intent::SignInWithPassword { identifier, .. } if self.is_elsewhere(identifier) => {
                let server = home_of(identifier).unwrap_or_default().to_owned();
                return Some(self.again_with(Failure::refused(Refusal::AccountElsewhere { server })));
            }
            Intent::SignInWithPassword { identifier, password } => {
                Credentials::Password { identifier: identifier.clone(), password: password.clone() }
            }
            Intent::SignInWithSso { provider } => {
                let sso = self.report.login.sso.as_ref()?;
                let listed = |id: &String| sso.providers.iter().any(|provider| provider.id == *id);
                Credentials::Sso { provider: provider.clone().filter(listed) }
            }
            Intent::SignInWithToken { token } => Credentials::Token { token: token.clone() },
            _ => return None,
        };
        let flow = Box::new(Legacy::with(server, base, credentials, self.device_id.clone(), cx));
        Some(State::SigningIn { flow, place: Some(Box::new(self.clone())), recover: None })
    }

    fn authorize(&self, way: Way, cx: &mut Cx<'_>) -> Option<State> {
        let again = self.again.as_ref().map(|ended| ended.session.user_id.clone());
        let goal = Goal {
            server: self.report.server.clone(),
            base: self.report.base_url.clone(),
            metadata: self.metadata.clone()?,
            way,
            device_id: self.device_id.clone(),
            only_them: again.is_some(),
            user_id: again.or_else(|| self.user_id.clone()),
        };
        let (flow, place) = (OAuth::with(goal, cx), Some(Box::new(self.clone())));
        Some(match flow.end() {
            // Where nobody can introduce themselves, and we are not known.
            Some(end) => after::authorizing(end, &flow, place, cx),
            None => State::Authorizing { flow: Box::new(flow), place },
        })
    }

    /// Whether the identifier names a user of another server, whose password this one must not see.
    ///
    /// Only a server name can tell: an address says nothing about the names of the users behind it.
    fn is_elsewhere(&self, identifier: &str) -> bool {
        let server = &self.report.server;
        let home = home_of(identifier);
        if self.again.as_ref().is_some_and(|ended| home_of(&ended.session.user_id) == home) {
            return false;
        }
        !server.contains("://") && home.is_some_and(|home| !home.eq_ignore_ascii_case(server))
    }

    /// What a registration told about the server that its discovery could not: so that it is offered no more.
    fn learn(&mut self, failure: &Failure) {
        if failure.cause == (Cause::Refused { refusal: Refusal::RegistrationClosed }) {
            self.report.registration = RegistrationSupport::Closed;
        } else if failure.cause == (Cause::Unsupported { missing: Missing::Registration }) {
            self.report.registration = RegistrationSupport::Absent;
        }
    }

    fn again_with(&self, failure: Failure) -> State {
        State::Choosing { place: Box::new(self.clone()), problem: Some(Box::new(failure)) }
    }
}
