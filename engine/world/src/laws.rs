//! What holds after every step, whatever the world did.

mod lease;
mod proof;
mod rendezvous;
mod secrets;
mod state;

use narthex::{Cause, Effect, Engine, Input, Intent, Offer, Refusal, Reply, Screen, Session, Task};

use crate::class::Class;
use crate::step::{Deed, Kind, Step};
use crate::world::World;

pub(crate) use self::proof::is_over;
pub(crate) use self::state::of_state;
use self::state::problem;

/// The laws about how the world changes.
pub(crate) fn of_step(before: &World, step: &Step, after: &World, effects: &[Effect]) {
    let path = &after.path;
    let changed = after.engine != before.engine || !effects.is_empty();
    match step.kind {
        Kind::Wish => honest_offer(before, step, after, changed),
        Kind::Unwished | Kind::Noise | Kind::Early => unreachable!("nothing comes of it"),
        Kind::Answer | Kind::Raw => assert!(changed, "unmoved by what was awaited: {path:?}"),
        Kind::Due => in_time(before, after, effects),
        Kind::Overdue => {
            in_time(before, after, effects);
            // The lease of what cannot be stored is held on.
            for open in before.open.iter().filter(|open| open.class != Class::Lease) {
                assert!(after.open.iter().all(|o| o.id != open.id), "waits for ever: {path:?}");
            }
        }
        Kind::Late => late(step, after, effects),
        Kind::Kill => state::after_a_kill(before, after),
    }
    for effect in effects {
        secrets::of_effect(before, after, effect);
        lease::of_effect(before, after, effect);
        nobody_else(before, after, effect);
        proof::of_effect(after, effect);
    }
    honest_acceptance(before, step, after, effects);
    let pages = effects.iter().filter(|effect| matches!(effect, Effect::Browse { .. })).count();
    let by_itself = !matches!(step.deed, Deed::Input(Input::Intent(_) | Input::Callback(_)));
    let most = usize::from(!(by_itself && before.memory.browsed));
    assert!(pages <= most, "opens the browser once more by itself: {path:?}");
    secrets::of_input(step, path);
    if matches!(step.kind, Kind::Answer | Kind::Due | Kind::Late) {
        ended_for_a_reason(before, after);
    }
    patient(before, step, after, effects);
    rendezvous::of_step(before, after);
}

/// 6: a session that is new to the store is of whoever was to sign in.
fn nobody_else(before: &World, after: &World, effect: &Effect) {
    let Effect::Store { session, .. } = effect else { return };
    let is_known = before.stored.iter().any(|stored| stored.user_id == session.user_id);
    let is_them = |expected: &str| expected == session.user_id;
    let is_welcome = before.memory.expects.as_deref().is_none_or(is_them);
    assert!(is_known || is_welcome, "signs in {}: {:?}", session.user_id, after.path);
}

/// A session ends by what a server says about its token: never by a silence, a rate limit, a web page or a fault.
fn ended_for_a_reason(before: &World, after: &World) {
    let Screen::SessionEnded { failure, .. } = after.engine.view().screen else { return };
    let is_told = matches!(before.engine.view().screen, Screen::Busy { task: Task::CheckSession, .. });
    let last = after.stored.last().filter(|_| is_told);
    let Some(session) = before.engine.session().or(last) else { return };
    if failure.cause == (Cause::Refused { refusal: Refusal::SignedOutElsewhere }) {
        let is_of =
            |stored: &Session| stored.user_id == session.user_id && stored.device_id == session.device_id;
        assert!(!after.stored.iter().any(is_of), "it is still stored: {:?}", after.path);
        return;
    }
    let evidence = failure.evidence.as_deref();
    let said = evidence.and_then(|evidence| evidence.errcode.as_deref()).unwrap_or_default();
    let of_token = matches!(said, "M_UNKNOWN_TOKEN" | "M_MISSING_TOKEN");
    let of_grant = match session.oauth {
        Some(_) => matches!(said, "invalid_grant" | "invalid_client" | "unauthorized_client"),
        None => said == "M_FORBIDDEN",
    };
    let status = evidence.and_then(|evidence| evidence.status).unwrap_or_default();
    assert!((400..500).contains(&status) && (of_token || of_grant), "ended by {failure:?}: {:?}", after.path);
}

/// Where a server asked for patience, nothing goes on before its time.
fn patient(before: &World, step: &Step, after: &World, effects: &[Effect]) {
    let (Screen::Limited { until, .. }, Kind::Due) = (before.engine.view().screen, step.kind) else { return };
    let asks = effects.iter().any(|effect| matches!(effect, Effect::Http { .. }));
    assert!(step.now >= until || !asks, "does not wait until {until:?}: {:?}", after.path);
}

/// 1: what is offered changes something, unless it says again what was said last.
fn honest_offer(before: &World, step: &Step, after: &World, changed: bool) {
    let Deed::Input(Input::Intent(intent)) = &step.deed else { return };
    assert!(changed || nothing_new(before, intent), "offered, but inert: {:?}", after.path);
    if *intent == Intent::Continue {
        state::after_going_on(before, after);
    }
}

/// A callback is accepted exactly if something follows from it.
fn honest_acceptance(before: &World, step: &Step, after: &World, effects: &[Effect]) {
    let Deed::Input(Input::Callback(callback)) = &step.deed else { return };
    let mut before = before.engine.clone();
    let overdue = before.handle(step.now, Input::Tick);
    let moved = before != after.engine || overdue != effects;
    assert_eq!(
        before.accepts(callback),
        moved,
        "accepts what moves nothing, or not what does: {:?}",
        after.path
    );
}

/// The last wish again; something typed that is refused for the reason that stands there already; or checking the
/// username that stands there, and that was not checked because it cannot be one.
fn nothing_new(before: &World, intent: &Intent) -> bool {
    let screen = before.engine.view().screen;
    let is_typed = matches!(
        intent.offer(),
        Offer::UseServer
            | Offer::Register
            | Offer::UseToken
            | Offer::UseEmail
            | Offer::UsePhone
            | Offer::SignInWithPassword
            // Where nobody can introduce themselves, that is said at once.
            | Offer::CreateAccount
            | Offer::SignInWithBrowser
            | Offer::SignInWithDeviceCode
    );
    let refused = is_typed && problem(&screen).is_some_and(|problem| problem.evidence.is_none());
    let stands_there = if let Screen::RegisterForm { username, .. } = &screen
        && let Intent::CheckUsername { username: typed } = intent
    {
        username == typed
    } else {
        false
    };
    before.wished.as_deref() == Some(intent) || refused || stands_there
}

/// 1, 4, 5: nothing comes of what is not on offer, not for us or not due. The engine after that.
pub(crate) fn idle(before: &World, step: &Step, input: &Input) -> Engine {
    let mut engine = before.engine.clone();
    let effects = engine.handle(step.now, input.clone());
    // The time itself goes on.
    let (what, still) = if step.kind == Kind::Early {
        ("moved before it was due", looks_the_same(&before.engine, &engine))
    } else if step.kind == Kind::Unwished {
        ("moved by what was not on offer", engine == before.engine)
    } else {
        ("moved by what was not for us", engine == before.engine)
    };
    if !still || !effects.is_empty() {
        panic!("{what}: {:?}", before.path.then(&step.name));
    }
    secrets::of_input(step, &before.path);
    engine
}

fn looks_the_same(a: &Engine, b: &Engine) -> bool {
    a.view() == b.view() && a.deadline() == b.deadline() && a.save() == b.save() && a.session() == b.session()
}

/// 4: at the deadline something moves, and the next one is ahead.
fn in_time(before: &World, after: &World, effects: &[Effect]) {
    let path = &after.path;
    let moved = !effects.is_empty() || after.engine.view() != before.engine.view();
    assert!(moved, "did not move in time: {path:?}");
}

/// 4: a reply that is read at the deadline counts, whoever polls in which order.
fn late(step: &Step, after: &World, effects: &[Effect]) {
    let Deed::Input(Input::Reply { id, reply }) = &step.deed else { return };
    if !matches!(reply, Reply::Listening(Ok(_)) | Reply::Leased(Ok(_))) {
        let is_given_up = effects.contains(&Effect::Cancel { id: *id });
        assert!(!is_given_up, "a reply in hand was given up: {:?}", after.path);
        assert!(
            after.open.iter().all(|open| open.id != *id),
            "still open after its deadline: {:?}",
            after.path
        );
    }
}
