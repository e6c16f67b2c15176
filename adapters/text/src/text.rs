//! In which language is something said, and where do its words come from?

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// A language tag, and the content of its Fluent files.
pub type Locale = (&'static str, &'static [&'static str]);

/// The languages there are; the first is the fallback.
const LOCALES: [Locale; 1] = [(
    "en",
    &[
        include_str!("../locales/en/screens.ftl"),
        include_str!("../locales/en/failure.ftl"),
        include_str!("../locales/en/server.ftl"),
    ],
)];

/// The messages in one language. May be shared between threads.
pub struct Text(FluentBundle<FluentResource>);

/// Values to put into a message.
pub type Values<'a> = &'a [(&'a str, FluentValue<'a>)];

impl Text {
    /// In the best language that there is for these (BCP 47 tags, best first), with the messages that are the
    /// frontend's `own`. Of those, the first is the fallback.
    #[must_use]
    pub fn in_language(wanted: &[String], own: &[Locale]) -> Self {
        let wanted = wanted.iter().filter_map(|tag| tag.parse::<LanguageIdentifier>().ok());
        let known = |id: LanguageIdentifier| LOCALES.iter().find(|(tag, _)| *tag == id.language.as_str());
        let (tag, files) = wanted.filter_map(known).next().unwrap_or(&LOCALES[0]);
        let own = own.iter().find(|(own, _)| own == tag).or(own.first());
        let own = own.map(|(_, files)| *files).unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(tag.parse().into_iter().collect());
        // Terminals show the marks for bidirectional text as boxes.
        bundle.set_use_isolating(false);
        for file in files.iter().chain(own) {
            let resource = match FluentResource::try_new((*file).to_owned()) {
                // What can be read of it is better than nothing; a test reads all of them.
                Ok(resource) | Err((resource, _)) => resource,
            };
            bundle.add_resource_overriding(resource);
        }
        Self(bundle)
    }

    /// The message of this name; the name itself where there is none.
    #[must_use]
    pub fn say(&self, id: &str, values: Values<'_>) -> String {
        self.find(id, None, values).unwrap_or_else(|| id.to_owned())
    }

    /// An attribute of the message, if it has it.
    #[must_use]
    pub fn part(&self, id: &str, attribute: &str, values: Values<'_>) -> Option<String> {
        self.find(id, Some(attribute), values)
    }

    pub(crate) fn find(&self, id: &str, attribute: Option<&str>, values: Values<'_>) -> Option<String> {
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

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Text").field(&self.0.locales).finish()
    }
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
        let text = Text::in_language(&["xx".to_owned(), "not a tag".to_owned()], &[]);
        assert_eq!(text.say("cancelled", &[]), "Canceled.");
    }

    #[test]
    fn what_every_frontend_says_names_no_flag_and_no_command() {
        for (tag, files) in LOCALES {
            for line in files.iter().flat_map(|file| file.lines()).filter(|line| !line.starts_with('#')) {
                assert!(!line.contains("--") && !line.contains("“narthex"), "{tag}: {line}");
            }
        }
    }

    #[test]
    fn a_frontend_adds_and_replaces_messages() {
        const OWN: &[Locale] = &[("en", &["cancelled = Closed.\ntitle = Sign in"])];
        let text = Text::in_language(&[], OWN);
        assert_eq!(
            (text.say("cancelled", &[]), text.say("title", &[])),
            ("Closed.".into(), "Sign in".into())
        );
    }
}
