//! Everything that is said to a person, from the Fluent files, in their language.

mod failure;
mod lines;
mod named;

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

pub(crate) use lines::{columns, columns_of, head, plain, tail, width, wrapped};

/// The languages there are; the first is the fallback.
const LOCALES: [(&str, &[&str]); 1] = [(
    "en",
    &[
        include_str!("../locales/en/dialogue.ftl"),
        include_str!("../locales/en/failure.ftl"),
        include_str!("../locales/en/doctor.ftl"),
    ],
)];

/// The messages in one language.
pub(crate) struct Text(FluentBundle<FluentResource>);

/// Values to put into a message.
pub(crate) type Values<'a> = &'a [(&'a str, FluentValue<'a>)];

impl Text {
    /// In the best language that there is for these.
    pub(crate) fn in_language(wanted: &[String]) -> Self {
        let wanted = wanted.iter().filter_map(|tag| tag.parse::<LanguageIdentifier>().ok());
        let known = |id: LanguageIdentifier| LOCALES.iter().find(|(tag, _)| *tag == id.language.as_str());
        let (tag, files) = wanted.filter_map(known).next().unwrap_or(&LOCALES[0]);
        let mut bundle = FluentBundle::new(tag.parse().into_iter().collect());
        // Terminals show the marks for bidirectional text as boxes.
        bundle.set_use_isolating(false);
        for file in *files {
            let resource = match FluentResource::try_new((*file).to_owned()) {
                // What can be read of it is better than nothing; a test reads all of them.
                Ok(resource) | Err((resource, _)) => resource,
            };
            bundle.add_resource_overriding(resource);
        }
        Self(bundle)
    }

    /// The message of this name.
    pub(crate) fn say(&self, id: &str, values: Values<'_>) -> String {
        self.find(id, None, values).unwrap_or_else(|| id.to_owned())
    }

    /// An attribute of the message, if it has it.
    pub(crate) fn part(&self, id: &str, attribute: &str, values: Values<'_>) -> Option<String> {
        self.find(id, Some(attribute), values)
    }

    fn find(&self, id: &str, attribute: Option<&str>, values: Values<'_>) -> Option<String> {
        let message = self.0.get_message(id)?;
        let pattern = match attribute {
            Some(attribute) => message.get_attribute(attribute)?.value(),
            None => message.value()?,
        };
        let mut args = FluentArgs::new();
        for (name, value) in values {
            args.set(*name, value.clone());
        }
        Some(self.0.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned())
    }
}

/// The person's languages, best first.
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
    use super::*;

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
    fn an_unknown_language_falls_back() {
        let text = Text::in_language(&["xx".to_owned(), "not a tag".to_owned()]);
        assert_eq!(text.say("cancelled", &[]), "Cancelled.");
    }
}
