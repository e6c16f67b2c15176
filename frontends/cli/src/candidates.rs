//! What could a shell complete an account or a profile to?

use std::path::PathBuf;

use clap_complete::CompletionCandidate;
use narthex_app::name_among;
use narthex_storage::Store;

use crate::application::{DEFAULT_PROFILE, FOLDER};

/// The names of the profiles.
pub(crate) fn profiles() -> Vec<CompletionCandidate> {
    data_dir().iter().flat_map(|dir| Store::profiles(dir)).map(CompletionCandidate::new).collect()
}

/// The accounts of the profile, with the device where a user has several.
pub(crate) fn accounts() -> Vec<CompletionCandidate> {
    let profile = std::env::var("NARTHEX_PROFILE").unwrap_or_else(|_| DEFAULT_PROFILE.to_owned());
    let accounts = data_dir().map(|dir| Store::listed(&dir, &profile)).unwrap_or_default();
    let is_only = |user_id: &str| accounts.iter().filter(|account| account.user_id == user_id).count() == 1;
    let named = accounts.iter().map(|account| {
        let user_id = &account.user_id;
        let name = if is_only(user_id) { user_id.clone() } else { name_among(&accounts, account) };
        CompletionCandidate::new(name).help(Some(account.homeserver.clone().into()))
    });
    named.collect()
}

/// What is on the line so far is not known here.
fn data_dir() -> Option<PathBuf> {
    let set = std::env::var_os("NARTHEX_DATA_DIR").map(PathBuf::from);
    set.or_else(|| narthex_app::data_dir(FOLDER))
}
