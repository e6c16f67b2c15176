//! What has to follow a command that is printed, so that it means the profile and the session that are spoken of?

use std::env::var_os;
use std::ffi::OsStr;

use narthex_app::{Profile, is_meant, short_name};
use narthex_storage::{Account, Store};
use narthex_text::{id, plain};

use crate::application::{DEFAULT_PROFILE, FOLDER};
use crate::args::Global;

/// The flags of a command in this profile, and about this session if there is one: those without which it would mean
/// another. Each with a space before it.
pub(crate) fn flags(global: &Global, profile: &Profile, about: Option<(&Store, &Account)>) -> String {
    let mut flags = String::new();
    let mut add = |flag: &str, value: &str| flags.push_str(&format!(" {flag} {}", quoted(value)));
    if let Some((store, account)) = about
        && (var_os("NARTHEX_TOKEN").is_some() || !is_meant(store, account))
    {
        add("--account", &id(&short_name(store, account)));
    }
    let usual = var_os("NARTHEX_PROFILE").unwrap_or_else(|| DEFAULT_PROFILE.into());
    if usual != profile.name.as_str() {
        add("--profile", &profile.name);
    }
    let is_usual = |folder: &OsStr| match var_os("NARTHEX_DATA_DIR") {
        Some(usual) => usual == folder,
        None => narthex_app::data_dir(FOLDER).is_some_and(|usual| usual == folder),
    };
    if let Some(folder) = global.data_dir.as_ref().filter(|folder| !is_usual(folder.as_os_str())) {
        add("--data-dir", &folder.display().to_string());
    }
    let is_usual = |file: &OsStr| var_os("NARTHEX_PASSPHRASE_FILE").is_some_and(|usual| usual == file);
    if let Some(file) = global.passphrase_file.as_ref().filter(|file| !is_usual(file.as_os_str())) {
        add("--passphrase-file", &file.display().to_string());
    }
    flags
}

/// One word for a shell, and harmless to look at.
pub(crate) fn quoted(word: &str) -> String {
    let word = plain(word);
    let is_safe = |b: u8| b.is_ascii_alphanumeric() || b"@%+=:,./_-".contains(&b);
    if !word.is_empty() && word.bytes().all(is_safe) {
        return word;
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stays_one_in_a_shell() {
        assert_eq!(quoted("@a.b:example.org/DEV"), "@a.b:example.org/DEV");
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("my files; rm -r $HOME"), "'my files; rm -r $HOME'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
