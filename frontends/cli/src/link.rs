//! `narthex link`: another device is signed in with the help of this one.

use std::time::{Duration, Instant};

use narthex::{Cause, Failure, Input, Intent, Missing, Offer, ScannedCode, Screen, Task, View, Wanted};
use narthex_app::{Goal, Handle, Slot, World, unfinished};

use crate::args::{Link, SignIn};
use crate::ending::{self, Signal};
use crate::exit::Exit;
use crate::input::Lines;
use crate::interface::Interface;
use crate::json::out::{self, Printed};
use crate::next::Next;
use crate::plain::tell;
use crate::question::{Question, Unanswered};
use crate::setup::Setup;
use crate::turn::{self, Turn, settled};
use crate::{encryption, pick, scan, stdout};

/// How long the other device is told of an interrupt.
const TELLS: Duration = Duration::from_secs(5);

pub(crate) async fn run(flags: Link, setup: &Setup) -> Result<(), Exit> {
    let app = setup.app()?;
    let store = setup.existing_store(&app.profile)?.ok_or(Exit::NotSignedIn)?;
    let account = pick::confirmed(setup, &store).await?;
    let session = store.session(&account).map_err(narthex_app::Error::from)?;
    let session = session.ok_or_else(|| narthex_app::Error::nobody(&store))?;
    if session.oauth.is_none() {
        return Err(Exit::Failed(missing(Missing::OauthSession)));
    }
    let mut stdin = setup.global.json.then(Lines::of_stdin);
    let code = match &flags.scan {
        Some(source) => scan::scanned(source, stdin.as_mut(), setup).await?,
        None => None,
    };
    let mut interface = Interface::of(setup, Goal::SignIn, stdin, &SignIn::default());
    let begin = match flags.scan {
        Some(_) => Intent::ScanCode,
        None => Intent::ShowCode { generation: flags.generation.map(Into::into) },
    };
    if !interface.is_asked() {
        // What the other device shows, or asks for, nobody could enter or allow: it is not begun.
        let question = if flags.scan.is_some() { Question::Consent } else { Question::CheckCode };
        return Err(Exit::Unanswered(Unanswered::new(question, Goal::SignIn)));
    }
    let wanted = Wanted {
        links: true,
        user: Some(&session.user_id),
        device_id: Some(&session.device_id),
        ways: &[begin.offer()],
        code: code.as_ref(),
        generation: flags.generation.map(Into::into),
        ..Wanted::default()
    };
    let left = unfinished(&store, &wanted).map_err(narthex_app::Error::from)?;
    let (slot, saved, begin) = match left.wanted {
        Some((slot, saved)) => (slot, saved, Intent::Continue),
        None => (Slot::new(), session.into(), begin),
    };
    let world = World {
        browser: interface.browser(!setup.global.no_browser),
        encryption: encryption::of(&store),
        slot: Some(slot),
        ..World::new(store)?
    };
    let mut handle = app.start(Some(saved), None, world)?;
    setup.awaits(&handle);
    at_hang_up(&handle);
    let result = converse(setup, begin, code, flags.yes, &mut interface, &mut handle).await;
    interface.rest();
    handle.end().await;
    let Some(linked) = result? else { return Err(Exit::Cancelled) };
    if let Screen::Linked { user_id, device_id, verified, .. } = &linked.screen {
        if setup.global.json {
            out::print(&Printed::Linked { user_id, device_id, verified: *verified });
        } else {
            setup
                .text
                .screen(&linked.screen, narthex_runtime::Clock::start().now())
                .iter()
                .for_each(|line| tell(line));
        }
        if !verified {
            return Err(Exit::Unverified);
        }
    }
    Ok(())
}

/// To the view of a device that was linked; `None` if that was given up.
#[expect(clippy::wildcard_enum_match_arm, reason = "the other screens only show something, or ask the user")]
async fn converse(
    setup: &Setup,
    begin: Intent,
    mut code: Option<ScannedCode>,
    yes: bool,
    interface: &mut Interface<'_>,
    handle: &mut Handle,
) -> Result<Option<View>, Exit> {
    let view = handle.until(narthex_app::is_settled).await;
    settled(&view)?;
    if !view.offers.contains(begin.offer()) {
        return Err(Exit::Failed(unable(&view)));
    }
    interface.answered(&view, &begin);
    handle.ask(begin).await;
    loop {
        let view = handle.view();
        while let Ok(notice) = handle.notices.try_recv() {
            interface.notice(notice, &view);
        }
        let answer = match &view.screen {
            Screen::Warning { .. } if yes => Some(Intent::Understood),
            Screen::Scanner { .. } => code.take().map(|payload| Intent::UseCode { payload }),
            _ => None,
        };
        setup.draw(&view)?;
        interface.show(&view, answer.is_some());
        if let Some(unread) = unread(&view) {
            give_up(handle).await;
            return Err(unread);
        }
        match &view.screen {
            Screen::Linked { .. } => {
                handle.ask(Intent::Continue).await;
                return Ok(Some(view));
            }
            Screen::Problem { failure, task: Task::AwaitDevice, .. } => {
                return Err(Exit::Failed(failure.clone()));
            }
            Screen::Scanner { problem: Some(failure), .. } if answer.is_none() && !interface.is_asked() => {
                return Err(Exit::Failed(failure.clone()));
            }
            Screen::SignedIn { task: None, .. } => {
                settled(&view)?;
                return Ok(None);
            }
            Screen::SessionEnded { .. } | Screen::SignedOut { .. } => {
                settled(&view)?;
                return Ok(None);
            }
            _ => {}
        }
        if let Some(intent) = answer {
            handle.ask(intent).await;
            continue;
        }
        match interface.next(&view, handle).await {
            Next::Say(input) => handle.say(input).await,
            Next::Changed => {}
            Next::Cancelled => {
                give_up(handle).await;
                return Ok(None);
            }
            Next::Nobody => match turn::turn(&view) {
                Turn::World => {
                    if !handle.changed().await {
                        return Err(Exit::System("the driver".to_owned()));
                    }
                }
                Turn::Mend(failure) => return Err(Exit::Failed(failure)),
                Turn::User(question) => {
                    give_up(handle).await;
                    return Err(Exit::Unanswered(Unanswered::new(question, Goal::SignIn)));
                }
            },
        }
    }
}

/// Whether another device waits for what is done here.
#[expect(clippy::wildcard_enum_match_arm, reason = "at all other screens nobody waits")]
pub(crate) const fn is_awaited(view: &View) -> bool {
    match &view.screen {
        Screen::QrCode { .. }
        | Screen::CheckCode { .. }
        | Screen::EnterCheckCode { .. }
        | Screen::ConfirmServer { .. }
        | Screen::Consent { .. }
        | Screen::ConfirmAccount { .. }
        | Screen::UserCode { role: Some(_), .. }
        | Screen::InBrowser { role: Some(_), .. } => true,
        Screen::Busy { task, .. } => matches!(
            task,
            Task::OpenRendezvous
                | Task::JoinRendezvous
                | Task::AwaitDevice
                | Task::TellDevice
                | Task::CheckDevice
        ),
        _ => false,
    }
}

/// Another device waits for what nobody here can read any more.
pub(crate) fn unread(view: &View) -> Option<Exit> {
    stdout::lost().filter(|_| is_awaited(view)).map(Exit::Output)
}

/// Gives up what another device waits for, where the command itself is not going on; whether there was something.
pub(crate) async fn interrupted(setup: &Setup) -> bool {
    #[cfg(feature = "encryption")]
    encryption::interrupted(setup).await;
    let Some((mut views, inbox)) = setup.running() else { return false };
    let view = views.borrow().clone();
    if !is_awaited(&view) || !view.offers.contains(Offer::Cancel) {
        return false;
    }
    inbox.send(Input::Intent(Intent::Cancel)).await.ok();
    let told = views.wait_for(|view| !is_awaited(view) && !matches!(view.screen, Screen::Busy { .. }));
    tokio::time::timeout(TELLS, told).await.ok();
    true
}

/// Where the terminal goes away, the other device is told as well.
pub(crate) fn at_hang_up(handle: &Handle) {
    let (views, inbox) = (handle.views.clone(), handle.inbox());
    ending::at_last(move |signal| {
        let is_told =
            || !is_awaited(&views.borrow()) && !matches!(views.borrow().screen, Screen::Busy { .. });
        if signal != Signal::HangUp || !is_awaited(&views.borrow()) {
            return;
        }
        let Some(inbox) = inbox.upgrade() else { return };
        inbox.blocking_send(Input::Intent(Intent::Cancel)).ok();
        let start = Instant::now();
        while start.elapsed() < TELLS && !is_told() {
            std::thread::sleep(Duration::from_millis(20));
        }
    });
}

/// Tells the other device, as far as that can be done.
pub(crate) async fn give_up(handle: &mut Handle) {
    if handle.view().offers.contains(Offer::Cancel) {
        handle.say(Input::Intent(Intent::Cancel)).await;
        handle.until(|view| !matches!(view.screen, Screen::Busy { task: Task::TellDevice, .. })).await;
    }
}

/// Why this session links no other device.
fn unable(view: &View) -> Failure {
    let is_signed_in = matches!(view.screen, Screen::SignedIn { .. });
    let can = is_signed_in && cfg!(feature = "encryption");
    missing(if can { Missing::DeviceGrant } else { Missing::Encryption })
}

const fn missing(missing: Missing) -> Failure {
    Failure { cause: Cause::Unsupported { missing }, evidence: None }
}
