//! What could a shell complete an account or a profile to?

use std::ffi::OsString;
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
    let profile = of_flag("--profile").or_else(|| std::env::var("NARTHEX_PROFILE").ok());
    let profile = profile.unwrap_or_else(|| DEFAULT_PROFILE.to_owned());
    let accounts = data_dir().map(|dir| Store::listed(&dir, &profile)).unwrap_or_default();
    let is_only = |user_id: &str| accounts.iter().filter(|account| account.user_id == user_id).count() == 1;
    let named = accounts.iter().map(|account| {
        let user_id = &account.user_id;
        let name = if is_only(user_id) { user_id.clone() } else { name_among(&accounts, account) };
        CompletionCandidate::new(name).help(Some(account.homeserver.clone().into()))
    });
    named.collect()
}

fn data_dir() -> Option<PathBuf> {
    let given = of_flag("--data-dir").map(|dir| match dir.strip_prefix("~/") {
        // The shell has not read the line yet.
        Some(rest) => std::env::home_dir().unwrap_or_default().join(rest),
        None => dir.into(),
    });
    let set = given.or_else(|| std::env::var_os("NARTHEX_DATA_DIR").map(PathBuf::from));
    set.or_else(|| narthex_app::data_dir(FOLDER))
}

/// The value of a flag on the line that is completed: what follows our own name, which follows two hyphens.
fn of_flag(flag: &str) -> Option<String> {
    let words = std::env::args_os().skip_while(|word| word != "--").skip(2);
    value(&words.filter_map(|word| OsString::into_string(word).ok()).collect::<Vec<_>>(), flag)
}

/// Some shells split a word at an equals sign, and leave quotation marks.
fn value(words: &[String], flag: &str) -> Option<String> {
    let of = |word: &str| {
        let rest = word.strip_prefix(flag)?;
        if rest.is_empty() { Some(None) } else { rest.strip_prefix('=').map(|value| Some(value.to_owned())) }
    };
    let (at, joined) = words.iter().enumerate().rev().find_map(|(n, word)| Some((n, of(word)?)))?;
    let joined = joined.filter(|value| !value.is_empty());
    let value = joined.or_else(|| words[at + 1..].iter().find(|word| *word != "=").cloned())?;
    Some(value.trim_matches(['"', '\'']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_is_found_as_shells_pass_it() {
        let of = |line: &str| {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            value(&words, "--profile")
        };
        for line in [
            "token --profile work --account ",
            "--profile=work token --account ",
            "token --profile = work --account ",
            "token --profile= work --account ",
            "token --profile 'work' --account ",
            "token --profile other --profile \"work\" --account ",
        ] {
            assert_eq!(of(line).as_deref(), Some("work"), "{line}");
        }
        assert_eq!(of("token --profiles work --account "), None);
        assert_eq!(of("token --profile"), None);
    }
}
