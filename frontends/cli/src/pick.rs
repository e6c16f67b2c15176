//! Which session does a command mean? Where that is a question and somebody is at a terminal, it is asked.

use std::io::IsTerminal as _;

use narthex_app::{Goal, name, several};
use narthex_storage::{Account, Store};

use crate::args::SignIn;
use crate::exit::Exit;
use crate::interactive::Interactive;
use crate::question::{Question, Unanswered};
use crate::setup::Setup;
use crate::terminal::Terminal;

/// The one that is meant: by its name, by default, by the answer to a question, or the newest.
pub(crate) async fn one(setup: &Setup, store: &Store) -> Result<Account, Exit> {
    let meant = narthex_app::meant(store, setup.account())?;
    let account = match asked(setup, store, "which-account", &meant).await? {
        Some(account) => account,
        None => narthex_app::chosen(store, setup.account())?,
    };
    about(setup, store, account)
}

/// The same for what is only for whoever owns the account.
pub(crate) async fn confirmed(setup: &Setup, store: &Store) -> Result<Account, Exit> {
    let account = one(setup, store).await?;
    if narthex_app::unconfirmed(store).contains(&account) {
        let Account { user_id, homeserver, .. } = account;
        return Err(Exit::Unconfirmed { user_id, homeserver });
    }
    Ok(account)
}

/// The answer to a question; where nobody can be asked, the only one.
pub(crate) async fn asked_for(setup: &Setup, store: &Store, question: &str) -> Result<Account, Exit> {
    let is_open = setup.account().is_none()
        && store.accounts().map_err(narthex_app::Error::from)?.len() > 1
        && !can_ask(setup);
    if is_open {
        return Err(Exit::Unanswered(Unanswered::new(Question::Account, Goal::SignIn)));
    }
    named(setup, store, question).await
}

/// Whether somebody sits here who reads what is printed.
fn can_ask(setup: &Setup) -> bool {
    !setup.global.json && std::io::stdout().is_terminal() && Terminal::open().is_some()
}

/// The same for what cannot be undone, or is about several: nobody is guessed at.
pub(crate) async fn named(setup: &Setup, store: &Store, question: &str) -> Result<Account, Exit> {
    let meant = narthex_app::meant(store, setup.account())?;
    if let Some(wanted) = setup.account() {
        // One name may be that of several sessions of a user.
        let called = narthex_app::called(store, wanted)?;
        if let Some(account) = asked(setup, store, question, &called).await? {
            return about(setup, store, account);
        }
    } else {
        let mut all = store.accounts().map_err(narthex_app::Error::from)?;
        all.reverse();
        // The default is the first choice.
        all.sort_by_key(|account| *account != meant[0]);
        if let Some(account) = asked(setup, store, question, &all).await? {
            return about(setup, store, account);
        }
    }
    about(setup, store, only(store, meant)?)
}

/// The same without a question.
pub(crate) fn sure(setup: &Setup, store: &Store) -> Result<Account, Exit> {
    about(setup, store, only(store, narthex_app::meant(store, setup.account())?)?)
}

/// What is said from now on is about that session.
fn about(setup: &Setup, store: &Store, account: Account) -> Result<Account, Exit> {
    setup.speaks_of(&setup.app()?.profile, Some((store, &account)));
    Ok(account)
}

fn only(store: &Store, mut meant: Vec<Account>) -> Result<Account, Exit> {
    if meant.len() > 1 {
        return Err(several(store, &meant).into());
    }
    Ok(meant.swap_remove(0))
}

/// `None` where there is no choice, or nobody to choose.
async fn asked(
    setup: &Setup,
    store: &Store,
    question: &str,
    accounts: &[Account],
) -> Result<Option<Account>, Exit> {
    // What somebody reads through a pipe is not for whoever sits here.
    if accounts.len() < 2 || setup.global.json || !std::io::stdout().is_terminal() {
        return Ok(None);
    }
    let Some(terminal) = Terminal::open() else { return Ok(None) };
    let mut interactive = Interactive::new(setup, Goal::SignIn, terminal, &SignIn::default());
    let names: Vec<String> = accounts.iter().map(|account| narthex_text::id(&name(store, account))).collect();
    let chosen = interactive.pick(&setup.text.say(question, &[]), &names).await;
    interactive.rest();
    match chosen.and_then(|n| accounts.get(n)) {
        Some(account) => Ok(Some(account.clone())),
        None => Err(Exit::Cancelled),
    }
}
