//! Is everything said in each language, and in the best one?

use super::*;
use crate::compare::differences;

#[test]
fn every_language_says_everything_with_the_same_values() {
    assert_eq!(differences(&LOCALES), Vec::<String>::new());
}

#[test]
fn every_file_reads_without_an_error() {
    for (tag, files) in LOCALES {
        for file in files {
            let resource = FluentResource::try_new((*file).to_owned());
            assert!(resource.is_ok(), "{tag}: {:?}", resource.err().map(|(_, errors)| errors));
        }
    }
}

#[test]
fn the_best_language_that_there_is_is_taken() {
    let says = |tags: &[&str]| {
        let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
        Text::in_language(&tags, &[]).say("cancelled", &[])
    };
    assert_eq!(says(&["xx", "not a tag"]), "Canceled.");
    assert_eq!(says(&["en-GB", "de"]), says(&["en"]));
    for (tag, _) in LOCALES {
        assert_eq!(says(&["xx", &format!("{}-DE", &tag[..2])]), says(&[tag]));
        assert_eq!(says(&["zh-TW", "zh-Hant-CN", tag]), says(&[tag]));
    }
}

#[test]
fn a_message_that_a_language_lacks_is_said_in_the_fallback() {
    const OWN: &[Locale] = &[("en", &["title = Sign in\nother = Other"]), ("de", &["title = Anmelden"])];
    let text = Text::in_language(&["de-AT".to_owned()], OWN);
    assert_eq!((text.say("title", &[]), text.say("other", &[])), ("Anmelden".into(), "Other".into()));
    assert_eq!(text.say("nowhere", &[]), "nowhere");
}

#[test]
fn the_pseudo_locale_changes_the_words_and_not_the_values() {
    let text = Text::in_language(&["en-XA".to_owned()], &[]);
    let said = text.say("screen-signed-out", &[("user", "@alice:hs".into())]);
    assert!(said.ends_with("@alice:hs.") && said.starts_with("Ş"), "{said}");
    assert!(!said.replace("@alice:hs", "").contains(|c: char| c.is_ascii_alphabetic()), "{said}");
}

#[test]
fn what_every_frontend_says_names_no_flag_and_no_command() {
    for (tag, files) in LOCALES {
        for line in files.iter().flat_map(|file| file.lines()).filter(|line| !line.starts_with('#')) {
            let names_a_command = ["“narthex", "„narthex", "«\u{a0}narthex", "「narthex"];
            assert!(
                !line.contains("--") && !names_a_command.iter().any(|c| line.contains(c)),
                "{tag}: {line}"
            );
        }
    }
}

#[test]
fn a_frontend_adds_and_replaces_messages() {
    const OWN: &[Locale] = &[("en", &["cancelled = Closed.\ntitle = Sign in"])];
    let text = Text::in_language(&[], OWN);
    assert_eq!((text.say("cancelled", &[]), text.say("title", &[])), ("Closed.".into(), "Sign in".into()));
}
