//! In which language is something said, and where do its words come from?

use std::collections::BTreeMap;
use std::sync::{OnceLock, PoisonError, RwLock};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::pseudo;

/// A language tag, and the content of its Fluent files.
pub type Locale = (&'static str, &'static [&'static str]);

/// The languages there are; the first is the fallback.
pub(crate) const LOCALES: [Locale; 4] = [
    (
        "en",
        &[
            include_str!("../locales/en/screens.ftl"),
            include_str!("../locales/en/failure.ftl"),
            include_str!("../locales/en/server.ftl"),
            include_str!("../locales/en/devices.ftl"),
        ],
    ),
    (
        "de",
        &[
            include_str!("../locales/de/screens.ftl"),
            include_str!("../locales/de/failure.ftl"),
            include_str!("../locales/de/server.ftl"),
            include_str!("../locales/de/devices.ftl"),
        ],
    ),
    (
        "fr",
        &[
            include_str!("../locales/fr/screens.ftl"),
            include_str!("../locales/fr/failure.ftl"),
            include_str!("../locales/fr/server.ftl"),
            include_str!("../locales/fr/devices.ftl"),
        ],
    ),
    (
        "zh-Hans",
        &[
            include_str!("../locales/zh-Hans/screens.ftl"),
            include_str!("../locales/zh-Hans/failure.ftl"),
            include_str!("../locales/zh-Hans/server.ftl"),
            include_str!("../locales/zh-Hans/devices.ftl"),
        ],
    ),
];

type Bundle = FluentBundle<FluentResource>;

/// The messages in one language. May be shared between threads.
pub struct Text {
    bundle: Bundle,
    /// For a message that the language lacks. Made when there is one.
    fallback: OnceLock<Bundle>,
    /// The frontend's own messages in the fallback's language.
    own: &'static [&'static str],
    /// The values that every message may have.
    common: RwLock<BTreeMap<&'static str, String>>,
}

/// Values to put into a message.
pub type Values<'a> = &'a [(&'a str, FluentValue<'a>)];

impl Text {
    /// In the best language that there is for these (BCP 47 tags, best first), with the messages that are the
    /// frontend's `own`. Of those, the first is the fallback, as `en` is of all.
    ///
    /// `en-XA` is English in other letters: whatever is not in them has not gone through here.
    #[must_use]
    pub fn in_language(wanted: &[String], own: &[Locale]) -> Self {
        let wanted = wanted.iter().filter_map(|tag| tag.parse::<LanguageIdentifier>().ok());
        let (tag, is_pseudo) = wanted.filter_map(known).next().unwrap_or((LOCALES[0].0, false));
        let fallback = own.first().map(|(_, files)| *files).unwrap_or_default();
        let own = own.iter().find(|(own, _)| *own == tag).map_or(fallback, |(_, files)| *files);
        let mut bundle = bundle(tag, own);
        if is_pseudo {
            bundle.set_transform(Some(pseudo::letters));
        }
        Self { bundle, fallback: OnceLock::new(), own: fallback, common: RwLock::default() }
    }

    /// A value that every message may have from now on, unless it is said with another one.
    pub fn set(&self, name: &'static str, value: String) {
        self.common.write().unwrap_or_else(PoisonError::into_inner).insert(name, value);
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
        let mut args = FluentArgs::new();
        let common = self.common.read().unwrap_or_else(PoisonError::into_inner);
        for (name, value) in &*common {
            args.set(*name, value.as_str());
        }
        for (name, value) in values {
            args.set(*name, value.clone());
        }
        found(&self.bundle, id, attribute, &args).or_else(|| {
            let fallback = self.fallback.get_or_init(|| bundle(LOCALES[0].0, self.own));
            found(fallback, id, attribute, &args)
        })
    }
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Text").field(&self.bundle.locales).finish()
    }
}

/// The tag of the language that there is for this one, and whether it is the pseudo-locale.
fn known(id: LanguageIdentifier) -> Option<(&'static str, bool)> {
    let (language, region) = (id.language.as_str(), id.region.map(|region| region.as_str().to_owned()));
    let region = region.unwrap_or_default();
    // Who reads the traditional characters has not asked for the simplified ones.
    let is_traditional = match id.script {
        Some(script) => script.as_str() == "Hant",
        None => matches!(region.as_str(), "TW" | "HK" | "MO"),
    };
    if language == "zh" && is_traditional {
        return None;
    }
    let (tag, _) = LOCALES.iter().find(|(tag, _)| tag.split('-').next() == Some(language))?;
    Some((tag, language == "en" && region == "XA"))
}

fn bundle(tag: &str, own: &[&'static str]) -> Bundle {
    let files = LOCALES.iter().find(|(known, _)| *known == tag).map(|(_, files)| *files);
    let mut bundle = FluentBundle::new_concurrent(tag.parse().into_iter().collect());
    // Terminals show the marks for bidirectional text as boxes.
    bundle.set_use_isolating(false);
    for file in files.unwrap_or_default().iter().chain(own) {
        let resource = match FluentResource::try_new((*file).to_owned()) {
            // What can be read of it is better than nothing; a test reads all of them.
            Ok(resource) | Err((resource, _)) => resource,
        };
        bundle.add_resource_overriding(resource);
    }
    bundle
}

fn found(bundle: &Bundle, id: &str, attribute: Option<&str>, args: &FluentArgs<'_>) -> Option<String> {
    let message = bundle.get_message(id)?;
    let pattern = match attribute {
        Some(attribute) => message.get_attribute(attribute)?.value(),
        None => message.value()?,
    };
    Some(bundle.format_pattern(pattern, Some(args), &mut Vec::new()).into_owned())
}

#[cfg(test)]
mod tests;
