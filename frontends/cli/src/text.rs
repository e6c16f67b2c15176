//! What the command line says besides what every frontend says, and in which language.

use narthex_text::Locale;

/// The messages that are only its own.
pub(crate) const LOCALES: &[Locale] = &[
    ("en", &[include_str!("../locales/en/cli.ftl")]),
    ("de", &[include_str!("../locales/de/cli.ftl")]),
    ("fr", &[include_str!("../locales/fr/cli.ftl")]),
    ("zh-Hans", &[include_str!("../locales/zh-Hans/cli.ftl")]),
];

/// The user's languages, best first.
pub(crate) fn languages() -> Vec<String> {
    let mut languages: Vec<String> =
        sys_locale::get_locales().filter(|tag| tag != "C" && tag != "POSIX").collect();
    if languages.is_empty() {
        languages.push("en".to_owned());
    }
    languages
}

#[cfg(test)]
mod tests {
    use narthex_text::Text;

    use super::*;
    use crate::exit::Asked;
    use crate::input::Unusable;
    use crate::question::Question;

    #[test]
    fn every_language_says_everything_with_the_same_values() {
        assert_eq!(narthex_text::differences(LOCALES), Vec::<String>::new());
    }

    #[test]
    fn every_question_has_its_words_in_each_language() {
        for (tag, _) in LOCALES {
            let text = Text::in_language(&[(*tag).to_owned()], LOCALES);
            for question in Question::ALL {
                let id = format!("question-{}", question.id());
                assert_ne!(text.say(&id, &[]), id, "{tag}");
            }
            let asked = Asked::ALL.map(|what| format!("asked-{}", what.name().replace('_', "-")));
            let bad = Unusable::ALL.map(|why| format!("bad-line-{}", why.name().replace('_', "-")));
            for id in asked.iter().chain(&bad) {
                assert_ne!(text.say(id, &[("what", "".into())]), *id, "{tag}");
            }
        }
    }

    #[test]
    fn every_remedy_is_of_a_failure_that_there_is() {
        for (tag, files) in LOCALES {
            let text = Text::in_language(&[(*tag).to_owned()], LOCALES);
            let lines = files.iter().flat_map(|file| file.lines());
            let remedies =
                lines.filter_map(|line| line.strip_prefix("do-")?.split_once(" =")).map(|(id, _)| id);
            assert!(remedies.clone().count() > 5);
            for id in remedies {
                assert!(text.part(id, "do", &[]).is_some(), "{tag}: {id}");
            }
        }
    }
}
