//! What begins when nothing runs: what the user chose, or what an earlier run left unfinished.

use url::Url;

use crate::adoption::Adoption;
use crate::choice::Choice;
use crate::cx::{Cx, Event};
use crate::discovery::Discovery;
use crate::failure::{Failure, Refusal};
use crate::flow::beside::Companion;
use crate::idle::Idle;
use crate::intent::Intent;
use crate::keep::{Ended, Keep};
use crate::legacy::{Credentials, Legacy, home_of};
use crate::link::Link;
use crate::oauth::{OAuth, Way};
use crate::qr::{Generation, Role};
use crate::register::Register;
use crate::saved::{Content, Saved};
use crate::secure_channel::Offering;
use crate::token::is_plain;

use super::after;
use super::kept::Kept;
use super::proving::{End, Proving};
use super::state::{Running, State};
use super::with_device::WithDevice;

/// What `event` leads to; `None` if it is not for this state.
pub(super) fn from(idle: &Idle, event: &Event<'_>, cx: &mut Cx<'_>) -> Option<State> {
    match event {
        Event::Intent(intent) if Proving::comes_first(idle, intent) => {
            Some(prove(idle.clone(), (*intent).clone(), cx))
        }
        Event::Start | Event::Intent(_) | Event::Reply(..) | Event::TimedOut(_) | Event::Callback(_) => {
            proved(idle, event, cx)
        }
    }
}

fn prove(from: Idle, intent: Intent, cx: &mut Cx<'_>) -> State {
    State::Proving(Box::new(Proving::start(from, intent, cx)))
}

/// What `event` leads to while the store is being proved.
pub(super) fn proving(proving: &mut Proving, event: &Event<'_>, cx: &mut Cx<'_>) -> Option<State> {
    match proving.handle(event, cx)? {
        End::Proved { from, intent } => proved(&from, &Event::Intent(&intent), cx),
        End::CalledBack { from } => proved(&from, event, cx),
        End::Back(idle) => Some(State::Idle(idle)),
    }
}

/// What follows once the store was proved, or where nothing will have to be stored.
fn proved(idle: &Idle, event: &Event<'_>, cx: &mut Cx<'_>) -> Option<State> {
    Some(match (idle, event) {
        (Idle::Welcome { .. } | Idle::SignedOut { .. }, Event::Intent(Intent::UseServer { server })) => {
            discover(server, None, cx)
        }
        (Idle::Welcome { typed, .. }, Event::Intent(Intent::Retry)) => discover(typed, None, cx),
        (Idle::Welcome { .. }, Event::Intent(intent)) => with_device(None, intent, cx)?,
        (Idle::Choosing { choice, .. }, Event::Intent(intent)) => choose(choice, intent, cx)?,
        (Idle::AwaitingApproval { server, .. }, Event::Intent(Intent::Cancel)) => {
            State::welcome(server, None)
        }
        (Idle::SessionEnded(ended), Event::Intent(Intent::SignInAgain)) => {
            discover(ended.session.homeserver.as_str(), Some(ended.clone()), cx)
        }
        // Nothing is stored of it, and nobody knows what the server was told.
        (Idle::SessionEnded(ended), Event::Intent(Intent::Forget)) if ended.is_gone => {
            let user_id = ended.session.user_id.as_str().into();
            State::Idle(Idle::SignedOut { user_id, server_told: false })
        }
        (Idle::SessionEnded(ended), Event::Intent(Intent::Forget)) => {
            State::kept(Keep::over(ended.session.clone(), cx))
        }
        (Idle::Paused { saved }, Event::Intent(Intent::Continue)) => go_on((**saved).clone(), cx),
        (Idle::Paused { saved }, Event::Intent(Intent::Cancel)) => give_up(saved, cx),
        // The browser is back, so the user has decided already.
        (Idle::Paused { saved }, Event::Callback(url)) => called_back(saved, url, cx)?,
        (Idle::Welcome { .. } | Idle::Choosing { .. } | Idle::AwaitingApproval { .. }, _)
        | (Idle::SessionEnded(_) | Idle::SignedOut { .. } | Idle::Paused { .. }, _) => return None,
    })
}

fn discover(typed: &str, again: Option<Box<Ended>>, cx: &mut Cx<'_>) -> State {
    match Discovery::start(typed, cx) {
        Ok(flow) => State::Running(Running::Discovering { flow: Box::new(flow), typed: typed.into(), again }),
        Err(refusal) => after::not_found(typed, Failure::refused(refusal), again),
    }
}

/// The way in that the user chose; `None` if that is not one.
#[expect(clippy::wildcard_enum_match_arm, reason = "the offers say which intents come here")]
fn choose(choice: &Choice, intent: &Intent, cx: &mut Cx<'_>) -> Option<State> {
    let (server, base, again) = (choice.server(), &choice.found.report.base_url, || choice.again.clone());
    let back = || Some(Box::new(choice.clone()));
    let authorize =
        |way, cx: &mut Cx<'_>| authorizing(OAuth::start(choice.goal(way)?, cx), back(), cx).into();
    let credentials = match intent {
        Intent::Cancel => return Some(after::left(server, again())),
        Intent::ShowCode { .. } | Intent::ScanCode => return with_device(back(), intent, cx),
        Intent::Retry => return Some(discover(server, again(), cx)),
        Intent::SignInWithBrowser => return authorize(Way::SignIn, cx),
        Intent::SignInWithDeviceCode => return authorize(Way::DeviceCode, cx),
        Intent::CreateAccount if choice.found.metadata.is_some() => return authorize(Way::CreateAccount, cx),
        Intent::CreateAccount => {
            let flow = Box::new(Register::start(server, base, choice.found.uia.clone(), cx));
            return Some(State::Running(Running::Registering { flow, choice: back() }));
        }
        Intent::SignInWithPassword { identifier, .. } if choice.is_elsewhere(identifier) => {
            let home = home_of(identifier).unwrap_or_default().to_owned();
            let problem = Failure::refused(Refusal::AccountElsewhere { server: home });
            return Some(after::back(server, back(), Some(problem)));
        }
        Intent::SignInWithPassword { identifier, password } => {
            Credentials::Password { identifier: identifier.clone(), password: password.clone() }
        }
        Intent::SignInWithSso { provider } => {
            Credentials::Sso { provider: provider.clone().filter(|id| choice.lists(id)) }
        }
        Intent::SignInWithToken { token } => Credentials::Token { token: token.clone() },
        Intent::SignInWithAccessToken { token, .. } if !is_plain(token) => {
            let problem = Failure::refused(Refusal::AccessTokenInvalid);
            return Some(after::back(server, back(), Some(problem)));
        }
        Intent::SignInWithAccessToken { token, identifier } => {
            Credentials::AccessToken { token: token.clone(), identifier: identifier.clone() }
        }
        _ => return None,
    };
    let (device_id, user_id) = (choice.device_id.clone(), choice.expected(&credentials));
    let flow = Box::new(Legacy::start(server, base, credentials, device_id, user_id, cx));
    Some(State::Running(Running::SigningIn { flow, choice: back(), recover: None }))
}

/// With the help of another device.
#[expect(clippy::wildcard_enum_match_arm, reason = "the offers say which intents come here")]
fn with_device(choice: Option<Box<Choice>>, intent: &Intent, cx: &mut Cx<'_>) -> Option<State> {
    let flow = match intent {
        Intent::ScanCode => WithDevice::scan(choice, cx),
        Intent::ShowCode { generation } => {
            let (base, known) = match &choice {
                Some(choice) => {
                    let report = &choice.found.report;
                    (report.base_url.clone(), report.can_show_code(Role::New).ok())
                }
                None => (cx.config.rendezvous.clone()?, None),
            };
            let offering = Offering {
                generation: generation.or(known).unwrap_or(Generation::V2025),
                may_be_older: generation.is_none(),
                role: Role::New,
                base,
                token: None,
            };
            WithDevice::show(choice, offering, cx)
        }
        _ => return None,
    };
    Some(State::Running(Running::WithDevice(Box::new(flow))))
}

/// A sign-in by OAuth 2.0 may end where it begins: where no client can be registered, and none is known.
fn authorizing(flow: OAuth, choice: Option<Box<Choice>>, cx: &mut Cx<'_>) -> State {
    match flow.end() {
        Some(end) => after::authorizing(end, &flow, choice, cx),
        None => State::Running(Running::Authorizing { flow: Box::new(flow), choice }),
    }
}

/// The callback of an unfinished sign-in came, before the user said whether to go on.
fn called_back(saved: &Saved, url: &Url, cx: &mut Cx<'_>) -> Option<State> {
    match &saved.0 {
        Content::OAuth(saved) if saved.awaits(url) => Some(match saved.with_code_of(url, cx.now) {
            // It is written down, and used once the store was proved.
            Some(saved) => {
                let saved = Box::new(Saved(Content::OAuth(Box::new(saved))));
                prove(Idle::Paused { saved }, Intent::Continue, cx)
            }
            None => authorizing(OAuth::called_back((**saved).clone(), url, cx), None, cx),
        }),
        Content::Register(_)
        | Content::Sso(_)
        | Content::OAuth(_)
        | Content::AwaitingApproval { .. }
        | Content::Fresh { .. }
        | Content::Renewed { .. }
        | Content::Unwanted(_)
        | Content::WithDevice(_)
        | Content::Link(_)
        | Content::Adopting(_)
        | Content::Stored(_) => None,
    }
}

/// The user wants to go on.
pub(super) fn go_on(saved: Saved, cx: &mut Cx<'_>) -> State {
    match saved.0 {
        Content::Register(saved) => {
            let flow = Box::new(Register::resume(*saved, cx));
            match flow.end() {
                Some(end) => after::registering(end, &flow, None, cx),
                None => State::Running(Running::Registering { flow, choice: None }),
            }
        }
        Content::Sso(saved) => {
            let flow = Box::new(Legacy::resume(*saved, cx));
            State::Running(Running::SigningIn { flow, choice: None, recover: None })
        }
        Content::OAuth(saved) => authorizing(OAuth::resume(*saved, cx), None, cx),
        Content::AwaitingApproval { server, username } => {
            State::Idle(Idle::AwaitingApproval { server, username })
        }
        Content::Fresh { session, replaces } => State::kept(Keep::resumed_fresh(session, replaces, cx)),
        Content::Unwanted(session) => after::discard(session, None, None, cx),
        Content::Renewed { session, replaces } => State::kept(Keep::refreshed(session, replaces, cx)),
        Content::WithDevice(saved) => {
            State::Running(Running::WithDevice(Box::new(WithDevice::resume(*saved, cx))))
        }
        Content::Link(saved) => {
            let keep = Keep::stored(saved.session.clone().into(), cx);
            State::Kept(Box::new(Kept::with(keep, Companion::new(Link::resume(*saved, cx)))))
        }
        Content::Adopting(saved) => {
            let session = saved.session.clone().into();
            let keep = match saved.is_stored {
                true => Keep::stored(session, cx),
                false => Keep::resumed_fresh(session, None, cx),
            };
            let mut flow = Companion::new(Adoption::resume(*saved, cx));
            if let Some(session) = keep.session() {
                // What the account publishes is asked for again.
                let _ = flow.renewed(session, cx);
            }
            State::Kept(Box::new(Kept::with(keep, flow)))
        }
        Content::Stored(session) => match Ended::known(&session) {
            Some(ended) => State::Idle(Idle::SessionEnded(Box::new(ended))),
            None => State::kept(Keep::stored(session, cx)),
        },
    }
}

/// The user does not want to go on. A session that nobody knows of is ended, so that no device is left behind.
fn give_up(saved: &Saved, cx: &mut Cx<'_>) -> State {
    match &saved.0 {
        Content::Fresh { session, replaces } => {
            State::kept(Keep::given_up_fresh(session.clone(), replaces.clone(), cx))
        }
        Content::Renewed { session, replaces } => {
            State::kept(Keep::given_up(session.clone(), replaces.clone(), cx))
        }
        Content::Stored(session) => {
            State::kept(Keep::given_up(session.clone(), Some(session.access_token.clone()), cx))
        }
        Content::Unwanted(session) => after::discard(session.clone(), None, None, cx),
        Content::OAuth(saved) => authorizing(OAuth::give_up((**saved).clone(), cx), None, cx),
        Content::Adopting(saved) if !saved.is_stored => {
            State::kept(Keep::given_up_fresh(saved.session.clone().into(), None, cx))
        }
        // What is gone on with can be cancelled, and the other device is told. A session that nobody has confirmed ends.
        Content::WithDevice(_) | Content::Link(_) | Content::Adopting(_) => {
            let mut state = go_on(saved.clone(), cx);
            match &mut state {
                State::Running(running) => {
                    let cancelled = after::running(running, &Event::Intent(&Intent::Cancel), cx);
                    cancelled.unwrap_or(state)
                }
                State::Kept(kept) => {
                    let _ = kept.handle(&Event::Intent(&Intent::Cancel), cx);
                    state
                }
                State::Idle(_) | State::Proving(_) => state,
            }
        }
        Content::Register(_) | Content::Sso(_) | Content::AwaitingApproval { .. } => {
            State::welcome(saved.what().server, None)
        }
    }
}
