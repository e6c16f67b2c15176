//! `narthex register` and `narthex login`: from nothing to a saved session.

mod nobody;
mod still;

use std::io::IsTerminal as _;

use narthex::{
    Callback, Cause, Failure, Input, Intent, Offer, Refusal, Saved, Screen, Secret, Task, View, Wanted,
};
use narthex_app::{Goal, Handle, Profile, Receiving, Replaced, SignOut, Slot, Unfinished, World, unfinished};
use narthex_delivery::Outcome;
use narthex_storage::{Account, Store};
use narthex_text::id;

use crate::args::SignIn;
use crate::commands::quoted;
use crate::exit::{Asked, Exit};
use crate::input::Lines;
use crate::interface::Interface;
use crate::json::out::{self, Printed};
use crate::next::Next;
use crate::plain::{say, tell};
use crate::progress::meanwhile;
use crate::question::{Question, Unanswered};
use crate::script::Script;
use crate::setup::Setup;
use crate::turn::{self, Turn};
use crate::{encryption, left, link, pick, scan, session};
use nobody::{no_way, nobody};

pub(crate) async fn run(goal: Goal, flags: SignIn, setup: &Setup) -> Result<(), Exit> {
    let app = setup.app()?;
    let store = setup.store(&app.profile)?;
    let (script, stdin) = heard(goal, flags, setup).await?;
    let mut left = unfinished(&store, &script.wanted()).map_err(narthex_app::Error::from)?;
    if left.wanted.is_none() && begins_anew(&script, setup, &app, &store).await? {
        left = unfinished(&store, &script.wanted()).map_err(narthex_app::Error::from)?;
    }
    left::tell(setup, &left.others);
    let is_asked = stdin.is_none() && std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    let script = if is_asked { script.asks_whose() } else { script };
    if let Some((_, saved)) = &left.wanted
        && !is_asked
        && script.is_of_nobody()
        && saved.what().task == Task::Register
        && left
            .others
            .iter()
            .any(|other| other.task == Task::Register && other.user.as_deref() != saved.what().user)
    {
        left::tell(setup, &[Unfinished::from(saved.what())]);
        return Err(Exit::Unanswered(Unanswered::new(Question::Whose, goal)));
    }
    let (slot, saved) = match left.wanted {
        Some((slot, saved)) => (slot, Some(saved)),
        None => (Slot::new(), None),
    };
    from(saved, slot, script, stdin, store, &app, setup).await
}

/// Gives up the unfinished registrations of whoever registers now with another password, if there are any; but none that
/// may have made the account.
async fn begins_anew(
    script: &Script,
    setup: &Setup,
    app: &narthex_app::Setup,
    store: &Store,
) -> Result<bool, Exit> {
    let wanted = Wanted { password: None, ..script.wanted() };
    if !wanted.new_account || wanted.user.is_none() || wanted.server.is_none() {
        return Ok(false);
    }
    let such = |saved: &Saved| {
        saved.what().task == Task::Register && saved.is_dispensable() && saved.is_wanted(&wanted)
    };
    let given_up = narthex_app::give_up(app, store, such).await?;
    let is_any = !given_up.is_empty();
    // What stays is said to be kept.
    session::given_up_are(setup, given_up, say).ok();
    Ok(is_any)
}

/// From a session that the server has ended to another one of the same user and device.
pub(crate) async fn again(flags: SignIn, setup: &Setup) -> Result<(), Exit> {
    let app = setup.app()?;
    let store = setup.existing_store(&app.profile)?.ok_or(Exit::NotSignedIn)?;
    // Nobody is guessed at: an account of somebody else would be signed in to.
    let account = pick::sure(setup, &store)?;
    let session = store
        .session(&account)
        .map_err(narthex_app::Error::from)?
        .ok_or_else(|| narthex_app::Error::nobody(&store))?;
    let (script, stdin) = heard(Goal::SignIn, flags, setup).await?;
    let script = script.again();
    let (user_id, device_id) = (session.user_id.clone(), session.device_id.clone());
    let wanted = Wanted { user: Some(&user_id), device_id: Some(&device_id), ..script.wanted() };
    let left = unfinished(&store, &wanted).map_err(narthex_app::Error::from)?;
    let script = if left.wanted.is_none() { script.of_stored() } else { script };
    let (slot, saved) = left.wanted.unwrap_or_else(|| (Slot::new(), Saved::from(session)));
    from(Some(saved), slot, script, stdin, store, &app, setup).await
}

/// What was said in advance, by flags and on standard input; and what may still come from there.
async fn heard(goal: Goal, flags: SignIn, setup: &Setup) -> Result<(Script, Option<Lines>), Exit> {
    // At a terminal there is a prompt for it.
    let pastes = flags.paste && !std::io::stdin().is_terminal();
    let mut stdin = (setup.global.json || flags.reads_a_secret() || pastes).then(Lines::of_stdin);
    // What follows a token is a mistake, except where it is heard.
    let is_alone = !(setup.global.json || flags.paste || std::io::stdin().is_terminal());
    let password = secret(&mut stdin, flags.password_stdin, Asked::Password, is_alone).await?;
    let login_token = secret(&mut stdin, flags.login_token_stdin, Asked::LoginToken, is_alone).await?;
    let access_token = secret(&mut stdin, flags.access_token_stdin, Asked::AccessToken, is_alone).await?;
    let code = match &flags.scan {
        Some(source) => {
            let lines = stdin.as_mut().filter(|_| setup.global.json);
            scan::scanned(source, lines, setup).await?
        }
        None => None,
    };
    let mut script = Script::new(goal, flags, password, login_token, setup.is_headless());
    (script.access_token, script.code) = (access_token, code);
    Ok((script, stdin))
}

async fn from(
    saved: Option<Saved>,
    slot: Slot,
    mut script: Script,
    stdin: Option<Lines>,
    store: Store,
    app: &narthex_app::Setup,
    setup: &Setup,
) -> Result<(), Exit> {
    let (goal, flags) = (script.goal(), script.flags());
    let replaces = !(flags.keep_other || script.is_again());
    let before = store.accounts().map_err(narthex_app::Error::from)?;
    let kept = store.clone();
    let mut interface = Interface::of(setup, goal, stdin, flags);
    if flags.qr && !interface.is_asked() {
        // What the other device shows, nobody could enter: it is not begun.
        return Err(Exit::Unanswered(Unanswered::new(Question::CheckCode, goal)));
    }
    let world = World {
        browser: interface.browser(!setup.global.no_browser),
        listens: !flags.paste,
        slot: Some(slot),
        encryption: encryption::of(&store),
        ..World::new(store)?
    };
    let mut handle = app.start(saved, flags.device_name.as_deref(), world)?;
    setup.awaits(&handle);
    link::at_hang_up(&handle);
    let callbacks = Receiving::start(app, &handle).await;
    let views = handle.views.clone();
    meanwhile(setup, views, checked(&mut handle)).await;
    let is_still_valid = script.is_stored() && matches!(turn::reached(&handle.view()), Some(Ok(())));
    let result = converse(setup, goal, &mut script, &mut interface, &mut handle).await;
    let view = handle.view();
    interface.rest();
    drop(callbacks);
    // What is unfinished is kept; but another device is not left waiting.
    if matches!(result, Err(Exit::Cancelled | Exit::Unanswered(_) | Exit::Output(_)))
        && link::is_awaited(&view)
    {
        link::give_up(&mut handle).await;
    }
    let engine = handle.end().await;
    result?;
    still::is_there(&kept, &view)?;
    refuse(&script, setup, app, &kept, &view, &before).await?;
    if replaces && script.is_asked_for(&view) {
        replace(setup, app, &kept, &view, &before).await?;
    }
    if let Some(session) = engine.as_ref().and_then(narthex::Engine::session) {
        // It is a nuisance that one stays, and no failure.
        narthex_app::settle(&kept, session).ok();
    }
    if is_still_valid {
        interface.still_valid(&view, kept.place(), script.secret());
    } else {
        signed_in(setup, &mut interface, &app.profile, &kept, &view, &before);
    }
    turn::verified(&view)
}

/// Says who is signed in, and what next; and if commands still mean another account, which, and how to change that.
fn signed_in(
    setup: &Setup,
    interface: &mut Interface<'_>,
    profile: &Profile,
    store: &Store,
    view: &View,
    before: &[Account],
) {
    let Screen::SignedIn { user_id, device_id, homeserver, .. } = &view.screen else { return };
    let new = Account::at(homeserver, user_id, device_id);
    meanwhile_saved(setup, store, &new, before);
    setup.speaks_of(profile, Some((store, &new)));
    interface.signed_in(view, store.place());
    let other = store.default_account().ok().flatten().filter(|default| *default != new);
    if let (Some(default), false) = (other, setup.global.json) {
        let new = quoted(&id(&narthex_app::short_name(store, &new)));
        let values =
            [("default", id(&narthex_app::short_name(store, &default)).into()), ("account", new.into())];
        tell(&setup.text.say("default-stays", &values));
    }
}

/// Says which sessions of the same user another process has saved since this one began. Nobody replaces those.
fn meanwhile_saved(setup: &Setup, store: &Store, new: &Account, before: &[Account]) {
    let is_such = |account: &&Account| {
        let is_same_user = account.user_id == new.user_id && account.homeserver == new.homeserver;
        is_same_user && *account != new && !before.contains(account)
    };
    for account in store.accounts().unwrap_or_default().iter().filter(is_such) {
        if setup.global.json {
            out::print(&Printed::SavedMeanwhile { account: account.into() });
        } else {
            let values = [("account", id(&narthex_app::name(store, account)).into())];
            say(&setup.text.say("saved-meanwhile", &values));
        }
    }
}

/// A session of somebody else than was asked for is ended, where the engine could not know who that is.
async fn refuse(
    script: &Script,
    setup: &Setup,
    app: &narthex_app::Setup,
    store: &Store,
    view: &View,
    before: &[Account],
) -> Result<(), Exit> {
    let Screen::SignedIn { user_id, device_id, homeserver, .. } = &view.screen else { return Ok(()) };
    let Some(expected) = script.somebody_else(user_id) else { return Ok(()) };
    let refusal = Refusal::WrongAccount { expected: expected.to_owned(), found: user_id.clone() };
    let failure = Failure { cause: Cause::Refused { refusal }, evidence: None };
    let account = Account::at(homeserver, user_id, device_id);
    if script.access_token.is_some() {
        // Its session was there before, and is not ours to end.
        if !before.contains(&account) {
            store.erase(&account).map_err(narthex_app::Error::from)?;
        }
        return Err(Exit::Failed(failure));
    }
    let app = narthex_app::Setup { trace: None, ..app.clone() };
    setup.speaks_of(&app.profile, Some((store, &account)));
    let mut handle = app.resume(store, &account)?;
    let end = narthex_app::sign_out(&mut handle, false, false).await;
    handle.end().await;
    Err(match end {
        SignOut::Failed(_) => Exit::NotSignedOut { failure, everywhere: false },
        SignOut::Done | SignOut::WasOver | SignOut::Forgotten => Exit::Failed(failure),
    })
}

/// The older sessions of whoever has signed in are ended.
async fn replace(
    setup: &Setup,
    app: &narthex_app::Setup,
    store: &Store,
    view: &View,
    before: &[Account],
) -> Result<(), Exit> {
    let Screen::SignedIn { user_id, device_id, homeserver, .. } = &view.screen else { return Ok(()) };
    let new = Account::at(homeserver, user_id, device_id);
    for Replaced { account, end } in narthex_app::replace(app, store, &new, before).await? {
        let failure = if let SignOut::Failed(failure) = &end { failure.as_ref() } else { None };
        let is_ended = !matches!(end, SignOut::Failed(_));
        if setup.global.json {
            out::print(&Printed::Replaced { account: (&account).into(), ended: is_ended, failure });
            continue;
        }
        setup.speaks_of(&app.profile, Some((store, &account)));
        let values = [("account", id(&narthex_app::name(store, &account)).into())];
        say(&setup.text.say(if is_ended { "replaced" } else { "not-replaced" }, &values));
        failure.into_iter().flat_map(|failure| setup.text.failure(failure)).for_each(|line| say(&line));
    }
    Ok(())
}

/// Is a session that there is still good? One that is not is left for another.
async fn checked(handle: &mut Handle) {
    let mut view = handle.view();
    // Of one that is known to have ended nobody asks again.
    if view.offers.contains(Offer::CheckSession) {
        view = handle.perform(Intent::CheckSession).await;
    }
    if view.offers.contains(Offer::SignInAgain) {
        handle.ask(Intent::SignInAgain).await;
    }
}

/// Resumes a sign-in that an earlier run left unfinished, if `callback` is for it.
pub(crate) async fn called_back(setup: &Setup, profile: Profile, callback: Callback) -> Result<bool, Exit> {
    let app = setup.of_profile(profile);
    let store = setup.store(&app.profile)?;
    let kept = store.clone();
    let before = store.accounts().map_err(narthex_app::Error::from)?;
    let resumed = narthex_app::resume_by(&app, store, callback).await?;
    let Some((mut handle, outcome)) = resumed else { return Ok(false) };
    match outcome {
        Outcome::Taken => {}
        Outcome::Stopped => {
            return Err(match turn::turn(&handle.view()) {
                Turn::Mend(failure) => Exit::Failed(failure),
                Turn::World | Turn::User(_) => Exit::CancelledInBrowser,
            });
        }
        Outcome::NotMine | Outcome::Busy => {
            handle.end().await;
            return Ok(false);
        }
    }
    setup.awaits(&handle);
    let mut interface = Interface::of(setup, Goal::SignIn, Some(Lines::none()), &SignIn::default());
    let mut script = Script::new(Goal::SignIn, SignIn::default(), None, None, true);
    let result = converse(setup, Goal::SignIn, &mut script, &mut interface, &mut handle).await;
    let view = handle.view();
    handle.end().await;
    result?;
    replace(setup, &app, &kept, &view, &before).await?;
    signed_in(setup, &mut interface, &app.profile, &kept, &view, &before);
    Ok(true)
}

/// The first line of standard input, if it was announced as one.
async fn secret(
    stdin: &mut Option<Lines>,
    wanted: bool,
    what: Asked,
    is_alone: bool,
) -> Result<Option<Secret<String>>, Exit> {
    let Some(lines) = stdin.as_mut().filter(|_| wanted) else { return Ok(None) };
    let read = match what {
        Asked::LoginToken | Asked::AccessToken => lines.token(is_alone).await,
        Asked::Password | Asked::Passphrase | Asked::Address | Asked::Code | Asked::RecoveryKey => {
            lines.secret().await
        }
    };
    read.map(Some).map_err(|why| Exit::BadLine { what, why })
}

async fn converse(
    setup: &Setup,
    goal: Goal,
    script: &mut Script,
    interface: &mut Interface<'_>,
    handle: &mut Handle,
) -> Result<(), Exit> {
    // An address that is not the right one changes nothing.
    let mut pasted = false;
    loop {
        let view = handle.view();
        while let Ok(notice) = handle.notices.try_recv() {
            interface.notice(notice, &view);
        }
        // It was the account of somebody else.
        let is_given_up = matches!(view.screen, Screen::SignedOut { .. });
        let end = turn::reached(&view).or_else(|| is_given_up.then_some(Err(Exit::Cancelled)));
        let is_used_up = script.is_used_up(&view);
        let answer = if end.is_none() { script.answer(&view) } else { None };
        setup.draw(&view)?;
        interface.show(&view, answer.is_some());
        if let Some(end) = end {
            return end;
        }
        if let Some(unread) = link::unread(&view) {
            return Err(unread);
        }
        // At a terminal as well: another way than the one that was asked for may be another account.
        if is_used_up {
            return Err(
                narthex_app::problem(&view).map_or(Exit::Cancelled, |failure| Exit::Failed(failure.clone()))
            );
        }
        if interface.is_interactive() && !script.is_over() && script.is_in_vain(&view) {
            return Err(no_way(goal, script, &view));
        }
        if let Some(intent) = answer {
            interface.answered(&view, &intent);
            let unused = script.unused(&view, &intent);
            let token = script.flags().registration_token.as_deref();
            let token = token.filter(|_| unused.contains(&"--registration-token"));
            interface.not_used(&unused, script.is_by_token(), token);
            handle.ask(intent).await;
            continue;
        }
        match interface.next(&view, handle).await {
            Next::Say(input) => {
                pasted |= matches!(input, Input::Callback(_));
                handle.say(input).await;
            }
            Next::Changed => {}
            Next::Cancelled => return Err(Exit::Cancelled),
            Next::Nobody => nobody(goal, script, pasted, &view, handle).await?,
        }
    }
}
