//! Is the session that was signed in to still there at the end?

use narthex::{Cause, Failure, Refusal, Screen, View};
use narthex_storage::{Account, Store};

use crate::exit::Exit;

/// Another program may have signed out of the session while the user was asked here.
pub(super) fn is_there(store: &Store, view: &View) -> Result<(), Exit> {
    let Screen::SignedIn { user_id, device_id, homeserver, .. } = &view.screen else { return Ok(()) };
    let account = Account::at(homeserver, user_id, device_id);
    if !matches!(store.session(&account), Ok(None)) {
        return Ok(());
    }
    // What was made for it since goes as well.
    store.erase(&account).map_err(narthex_app::Error::from)?;
    let cause = Cause::Refused { refusal: Refusal::SignedOutElsewhere };
    Err(Exit::of_session(user_id.clone(), Failure { cause, evidence: None }))
}
