//! `narthex register` and `narthex login`: from nothing to a kept session.

use std::io::IsTerminal as _;

use narthex::{Callback, Input, Intent, Offer, Saved, Secret, View};
use narthex_delivery::Outcome;
use narthex_http::Http;
use narthex_storage::{Lock, Store};

use crate::args::SignIn;
use crate::card;
use crate::ended::{Ended, Question};
use crate::front::{Front, Next};
use crate::goal::{self, Goal, Turn};
use crate::handler;
use crate::input::Lines;
use crate::ports::World;
use crate::script::Script;
use crate::session;
use crate::setup::Setup;
use crate::talk::Talk;

pub(crate) async fn run(goal: Goal, flags: SignIn, setup: &Setup) -> Result<(), Ended> {
    let store = setup.store()?;
    let saved = store.flow().map_err(|problem| setup.storage(problem))?;
    from((saved, None), goal, flags, store, setup).await
}

/// From a session that the server has ended to another one of the same user and device.
pub(crate) async fn again(flags: SignIn, setup: &Setup) -> Result<(), Ended> {
    let store = setup.store()?;
    let lock = session::locked(setup, &store).await?;
    let session = session::session(setup, &store)?;
    from((Some(Saved::from(session)), lock), Goal::SignIn, flags, store, setup).await
}

async fn from(
    (saved, lock): (Option<Saved>, Option<Lock>),
    goal: Goal,
    mut flags: SignIn,
    store: Store,
    setup: &Setup,
) -> Result<(), Ended> {
    let http = Http::new().map_err(|error| Ended::System(error.to_string()))?;
    // At a terminal there is a prompt for it.
    let pastes = flags.paste && !std::io::stdin().is_terminal();
    let mut stdin = (setup.global.json || flags.password_stdin || flags.login_token_stdin || pastes)
        .then(Lines::of_stdin);
    let password = secret(&mut stdin, flags.password_stdin, Question::Password).await?;
    let login_token = secret(&mut stdin, flags.login_token_stdin, Question::WayIn).await?;
    let start = setup.start(saved, flags.device_name.take().as_deref())?;
    let browser = !setup.global.no_browser;
    let listens = !flags.paste;
    let place = store.place().clone();
    let mut talk = Talk::begin(start, World { http, store, browser, listens, keeps_flows: true });
    let callbacks = handler::listen(setup, &talk).await;
    let mut front = Front::of(setup, goal, stdin);
    let mut script = Script::new(goal, flags, password, login_token, setup.is_headless());
    checked(&mut talk).await;
    // A person may take their time, and others may want to renew other sessions.
    drop(lock);
    let result = converse(goal, &mut script, &mut front, &mut talk).await;
    let view = talk.view();
    front.rest();
    if let Some(callbacks) = callbacks {
        callbacks.abort();
    }
    talk.end().await;
    result?;
    front.signed_in(&view, &place);
    Ok(())
}

/// Is a session that there is still good? One that is not is left for another.
async fn checked(talk: &mut Talk) {
    if talk.view().offers.contains(Offer::CheckSession) {
        let view = talk.perform(Intent::CheckSession).await;
        if view.offers.contains(Offer::SignInAgain) {
            talk.ask(Intent::SignInAgain).await;
        }
    }
}

/// Goes on with a sign-in that an earlier run left unfinished, if `callback` is for it.
pub(crate) async fn called_back(setup: &Setup, callback: Callback) -> Result<bool, Ended> {
    let store = setup.store()?;
    let Some(saved) = store.flow().map_err(|problem| setup.storage(problem))? else { return Ok(false) };
    let http = Http::new().map_err(|error| Ended::System(error.to_string()))?;
    let start = setup.start(Some(saved), None)?;
    let place = store.place().clone();
    let world = World { http, store, browser: false, listens: false, keeps_flows: true };
    let mut talk = Talk::begin(start, world);
    let outcome = talk.callbacks.hear(callback).await;
    // The view of what came of it is out.
    talk.say(Input::Tick).await;
    match outcome {
        Outcome::Taken => {}
        Outcome::Stopped => {
            return Err(match goal::turn(&talk.view()) {
                Turn::Mend(failure) => Ended::Failed(failure),
                Turn::World | Turn::Person(_) => Ended::Cancelled,
            });
        }
        Outcome::NotMine | Outcome::Busy => {
            talk.end().await;
            return Ok(false);
        }
    }
    let mut front = Front::of(setup, Goal::SignIn, Some(Lines::none()));
    let mut script = Script::new(Goal::SignIn, SignIn::default(), None, None, true);
    let result = converse(Goal::SignIn, &mut script, &mut front, &mut talk).await;
    let view = talk.view();
    talk.end().await;
    result?;
    front.signed_in(&view, &place);
    Ok(true)
}

/// The first line of standard input, if it was announced as one.
async fn secret(
    stdin: &mut Option<Lines>,
    wanted: bool,
    question: Question,
) -> Result<Option<Secret<String>>, Ended> {
    match stdin {
        Some(lines) if wanted => lines.secret().await.map(Some).ok_or(Ended::Unanswered(question)),
        Some(_) | None => Ok(None),
    }
}

async fn converse(
    goal: Goal,
    script: &mut Script,
    front: &mut Front<'_>,
    talk: &mut Talk,
) -> Result<(), Ended> {
    loop {
        let view = talk.view();
        while let Ok(notice) = talk.notices.try_recv() {
            front.notice(notice, &view);
        }
        front.show(&view);
        if let Some(end) = goal::reached(&view) {
            return end;
        }
        if let Some(intent) = script.answer(&view) {
            front.answered(&view, &intent);
            talk.ask(intent).await;
            continue;
        }
        match front.next(&view, talk).await {
            Next::Say(input) => talk.say(input).await,
            Next::Changed => {}
            Next::Cancelled => return Err(Ended::Cancelled),
            Next::Nobody => nobody(goal, script, &view, talk).await?,
        }
    }
}

/// Nobody answers: go on waiting for the world, or say what is missing.
async fn nobody(goal: Goal, script: &mut Script, view: &View, talk: &mut Talk) -> Result<(), Ended> {
    match goal::turn(view) {
        // Nothing listens, and nobody will say it.
        Turn::World if script.awaits_address(view) => Err(Ended::Unanswered(Question::Callback)),
        Turn::World => {
            if !talk.changed().await {
                return Err(Ended::System("the driver".to_owned()));
            }
            Ok(())
        }
        Turn::Mend(failure) => Err(Ended::Failed(failure)),
        // They have been asked, and do not want to. Whoever cancels knows why.
        Turn::Person(Question::WayIn | Question::Server) if script.is_over() => Err(Ended::Cancelled),
        Turn::Person(Question::WayIn) => match script.way_by_itself(view) {
            Some(way) => {
                talk.ask(way).await;
                Ok(())
            }
            None => {
                let missing = || Ended::Unanswered(script.missing(Question::WayIn, view));
                let why = card::closed(goal, view).or_else(|| script.lacking(view));
                Err(why.map_or_else(missing, Ended::Failed))
            }
        },
        Turn::Person(question) => Err(Ended::Unanswered(script.missing(question, view))),
    }
}
