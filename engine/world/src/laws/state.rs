//! What holds in every state.

use narthex::{
    Actor, Cause, Effect, Failure, Input, Intent, Missing, Offer, Role, Saved, Screen, Session, Task,
};

use super::secrets;
use crate::class::Class;
use crate::world::{Open, World};

/// The laws about how the world is.
pub(crate) fn of_state(world: &World) {
    let (engine, path) = (&world.engine, &world.path);
    let view = engine.view();
    assert_eq!(view.offers, engine.offers(), "the view offers something else: {path:?}");
    // 2
    let finished = matches!(view.screen, Screen::SignedIn { .. } | Screen::SignedOut { .. });
    let deadline = engine.deadline();
    assert!(finished || !view.offers.is_empty() || deadline.is_some(), "stuck: {path:?}");
    // Who acts next can act.
    let can_act = match view.next {
        Actor::Person => !view.offers.is_empty(),
        Actor::World => deadline.is_some(),
        Actor::Nobody => true,
    };
    assert!(can_act, "{:?} cannot act: {path:?}", view.next);
    // 3, 4
    assert!(deadline.is_none_or(|due| due > world.now), "a deadline in the past: {path:?}");
    for open in &world.open {
        let waited = deadline.is_some_and(|due| due <= open.due);
        assert!(waited, "an open effect without a deadline: {path:?}: {open:?}");
    }
    // What an earlier run did not get to is due at once.
    let at_once = deadline.is_some_and(|due| due.0 <= world.now.0 + 1);
    let asking = matches!(view.screen, Screen::Busy { task: Task::SignIn | Task::AwaitCallback, .. })
        && deadline.is_some();
    let busy = matches!(view.screen, Screen::Busy { .. });
    assert!(!busy || !world.open.is_empty() || at_once || asking, "busy with nothing: {path:?}");
    super::lease::of_state(world, &view.screen);
    kept(world, &view.screen);
    saved(world);
    home(world);
    able(world, &view.screen);
    secrets::of_state(world, &view);
}

/// 6: signed in means kept, and signed out means that nothing is.
fn kept(world: &World, screen: &Screen) {
    let path = &world.path;
    let session = world.engine.session();
    if let Some(session) = session {
        assert!(world.stored.contains(session), "uses a session that is not stored: {path:?}");
    }
    if let Screen::SignedIn { user_id, .. } = screen {
        let is_theirs = session.is_some_and(|session| session.user_id == *user_id);
        assert!(is_theirs, "signed in without a session: {path:?}");
    }
    if let Screen::SignedOut { user_id, server_told } = screen {
        assert!(!server_told || world.memory.server_told, "nobody told the server: {path:?}");
        // On that device: a sign-in that a kill has cut off from the session it was to replace may leave one of
        // another device, which the server has ended.
        let device = world.memory.device.as_deref();
        let is_it = |session: &Session| session.user_id == *user_id && Some(&*session.device_id) == device;
        let left = world.stored.iter().any(is_it);
        assert!(!left, "signed out, but the session is still stored: {path:?}");
    }
}

/// That nobody can sign in this way is concluded from what the server says about it: neither an outage nor a limit, nor
/// an answer that cannot be read, says anything.
fn able(world: &World, screen: &Screen) {
    let mut failures: Vec<Failure> = problem(screen).cloned().into_iter().collect();
    if let Screen::Choose { report, .. } = screen {
        failures.extend(Offer::ALL.into_iter().filter_map(|way| report.lacks(way)));
        failures.extend(report.cannot_sign_in());
        let roles = [Role::New, Role::Existing];
        failures.extend(roles.iter().filter_map(|role| report.can_show_code(*role).err()));
    }
    for failure in failures {
        let Cause::Unsupported { missing } = &failure.cause else { continue };
        let is_a_way = match missing {
            Missing::PasswordSignIn | Missing::LegacySignIn | Missing::TokenSignIn => true,
            Missing::SignIn { .. } | Missing::Version { .. } | Missing::Pkce => true,
            Missing::AuthorizationCode | Missing::DeviceGrant | Missing::Rendezvous => true,
            // That it is there for others is said by refusing it.
            Missing::OpenRendezvous => false,
            Missing::Homeserver | Missing::ClientRegistration | Missing::Revocation => false,
            Missing::CrossSigningKeys | Missing::Encryption | Missing::OauthSession => false,
            Missing::Registration | Missing::RegistrationFlow { .. } | Missing::Endpoint => false,
        };
        let Some(evidence) = failure.evidence.as_deref().filter(|_| is_a_way) else { continue };
        let said = match (evidence.status, evidence.errcode.as_deref()) {
            (Some(200..=299), _) | (Some(400..=499), Some("M_UNRECOGNIZED")) => true,
            (Some(404 | 405), None) => true,
            // Of an authorization server.
            (Some(400..=499), Some(errcode)) => !errcode.starts_with("M_"),
            (Some(_) | None, _) => false,
        };
        assert!(said, "cannot, because of {evidence:?}: {:?}", world.path);
    }
}

/// 9: what is saved can be read again, and nothing that matters is missing in it.
fn saved(world: &World) {
    let path = &world.path;
    let saved = world.engine.save();
    let json = saved.as_ref().map(Saved::to_json);
    if let (Some(saved), Some(json)) = (&saved, &json) {
        let read = Saved::from_json(json.expose());
        assert_eq!(read.as_ref(), Ok(saved), "saved and read differ: {path:?}");
    }
    let submitting = world.open.iter().any(|open| open.class == Class::Register);
    assert!(!submitting || saved.is_some(), "an account may be made, and nothing is saved: {path:?}");
    if let Some(token) = &world.memory.issued {
        let is_saved = json.is_some_and(|json| json.expose().contains(&**token));
        let is_stored = world.stored.iter().any(|session| session.access_token.expose().as_str() == &**token);
        assert!(is_saved || is_stored, "a session would be lost: {path:?}");
    }
}

/// 3: back, as often as it is offered, leads to where nothing is open.
fn home(world: &World) {
    let mut engine = world.engine.clone();
    // What a flow that was given up ends unseen is nobody's to cancel.
    let is_farewell = |open: &&Open| matches!(&open.effect, Effect::Http { request, .. } if request.url.path() == "/_rehearsal/close");
    let mut open: Vec<_> = world.open.iter().filter(|open| !is_farewell(open)).map(|open| open.id).collect();
    for _ in 0..8 {
        if !engine.offers().contains(Offer::Cancel) {
            let ends_a_session = matches!(
                engine.view().screen,
                Screen::Busy {
                    task: Task::SignOut
                        | Task::KeepSession
                        | Task::EraseSession
                        | Task::ForgetSession
                        | Task::CheckSession,
                    ..
                }
                    // The lease of what could not be stored.
                    | Screen::Problem { task: Task::KeepSession, .. }
                    | Screen::SignedIn { .. }
            );
            assert!(open.is_empty() || ends_a_session, "cancelled, but {open:?} is open: {:?}", world.path);
            return;
        }
        for effect in engine.handle(world.now, Input::Intent(Intent::Cancel)) {
            match effect {
                Effect::Cancel { id } => open.retain(|open| *open != id),
                Effect::Browse { .. } => panic!("cancelling opens the browser: {:?}", world.path),
                Effect::Http { id, .. } | Effect::Store { id, .. } | Effect::Prove { id } => open.push(id),
                Effect::Erase { id, .. } | Effect::Listen { id, .. } | Effect::Lease { id, .. } => {
                    open.push(id)
                }
                Effect::FindSecrets { .. } | Effect::ShareSecrets { .. } | Effect::AdoptSecrets { .. } => {
                    panic!("cancelling asks for keys: {:?}", world.path);
                }
            }
        }
    }
    panic!("cancelling leads nowhere: {:?}", world.path);
}

/// 9: whoever comes back finds what was left, asked for before anything is done.
pub(super) fn after_a_kill(before: &World, after: &World) {
    let path = &after.path;
    let screen = after.engine.view().screen;
    match (before.engine.save(), &screen) {
        (saved, same) if saved.is_some() && *same == before.engine.view().screen => {
            assert_eq!(after.engine.save(), saved, "what was saved is lost by another kill: {path:?}");
        }
        (Some(saved), Screen::Paused { server, .. }) => {
            assert_eq!(after.engine.save(), Some(saved), "what was saved is lost by another kill: {path:?}");
            let was = server_of(&before.engine.view().screen);
            assert!(was.is_none_or(|was| was == *server), "came back to another server: {path:?}");
        }
        // That it is stored is for nobody to decide.
        (Some(saved), Screen::Busy { task: Task::KeepSession, .. }) => {
            assert_eq!(after.engine.save(), Some(saved), "what was saved is lost by another kill: {path:?}");
            return;
        }
        (None, Screen::SignedIn { .. }) => assert!(!after.stored.is_empty(), "signed in as nobody: {path:?}"),
        (None, Screen::SessionEnded { .. }) => {
            let is_known = after.stored.last().is_some_and(|session| session.ended.is_some());
            assert!(is_known, "nobody knows that it has ended: {path:?}");
        }
        (None, Screen::Welcome { .. }) => assert!(after.stored.is_empty(), "forgot a session: {path:?}"),
        (_, other) => panic!("came back to {other:?}: {path:?}"),
    }
    assert!(after.engine.deadline().is_none() || !matches!(screen, Screen::Paused { .. }), "{path:?}");
}

/// 9: going on leads to where it was left or to an honest earlier place, and loses nothing on the way.
pub(super) fn after_going_on(before: &World, after: &World) {
    let path = &after.path;
    let (was, now) = (before.engine.view().screen, after.engine.view().screen);
    assert!(before.engine.save().is_some(), "paused with nothing: {path:?}");
    if before.is_too_late() {
        return;
    }
    assert!(after.engine.save().is_some(), "going on would be lost by another kill: {path:?}");
    let lost = matches!(now, Screen::Welcome { .. } | Screen::Choose { .. } | Screen::SignedIn { .. });
    assert!(!lost, "went on from {was:?} to {now:?}: {path:?}");
    assert!(server_of(&now).is_none_or(|now| server_of(&was) == Some(now)), "went on elsewhere: {path:?}");
}

fn server_of(screen: &Screen) -> Option<String> {
    if let Screen::Paused { server, .. }
    | Screen::RegisterForm { server, .. }
    | Screen::InBrowser { server, .. }
    | Screen::Busy { server, .. } = screen
    {
        Some(server.clone())
    } else {
        None
    }
}

/// What did not work, where the user goes on.
pub(super) fn problem(screen: &Screen) -> Option<&Failure> {
    if let Screen::Welcome { problem, .. }
    | Screen::Choose { problem, .. }
    | Screen::RegisterForm { problem, .. }
    | Screen::RegistrationToken { problem, .. }
    | Screen::Address { problem, .. }
    | Screen::Confirmation { problem, .. } = screen
    {
        problem.as_ref()
    } else {
        None
    }
}
