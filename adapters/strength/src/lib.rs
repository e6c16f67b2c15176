//! Password strength with reasons, for Narthex frontends.
//!
//! An estimate by zxcvbn. It is advice for the person; what a server accepts, only the server knows. This is no part of
//! the engine because zxcvbn reads the clock (it knows the current year to be a bad password).
#![warn(missing_docs)]

use narthex::Secret;
use serde::Serialize;
use zxcvbn::feedback;

/// How strong a password is, and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Strength {
    /// From 0, guessed at once, to 4, out of reach of an attack on a stolen database.
    pub score: u8,
    /// The number of guesses that it takes, as a power of ten.
    pub guesses_log10: f64,
    /// What makes it weak.
    pub warning: Option<Warning>,
    /// What would make it better.
    pub suggestions: Vec<Suggestion>,
}

macro_rules! reasons {
    ($(#[$doc:meta])* $name:ident from $theirs:ident { $($(#[$reason:meta])* $variant:ident <- $from:ident,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$reason])* $variant,)* }

        impl $name {
            /// Every one there is.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];
        }

        impl From<feedback::$theirs> for $name {
            fn from(reason: feedback::$theirs) -> Self {
                match reason { $(feedback::$theirs::$from => Self::$variant,)* }
            }
        }
    };
}

reasons! {
    /// What makes a password weak.
    Warning from Warning {
        /// Straight rows of keys.
        KeyboardRow <- StraightRowsOfKeysAreEasyToGuess,
        /// A short pattern on the keyboard.
        KeyboardPattern <- ShortKeyboardPatternsAreEasyToGuess,
        /// One character, repeated.
        RepeatedCharacter <- RepeatsLikeAaaAreEasyToGuess,
        /// A few characters, repeated.
        RepeatedPart <- RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess,
        /// One of the ten that are used most.
        Top10 <- ThisIsATop10Password,
        /// One of the hundred that are used most.
        Top100 <- ThisIsATop100Password,
        /// Used by many.
        Common <- ThisIsACommonPassword,
        /// Nearly one that is used by many.
        NearlyCommon <- ThisIsSimilarToACommonlyUsedPassword,
        /// Like `abc` or `6543`.
        Sequence <- SequencesLikeAbcAreEasyToGuess,
        /// A recent year.
        RecentYear <- RecentYearsAreEasyToGuess,
        /// One word.
        SingleWord <- AWordByItselfIsEasyToGuess,
        /// A date.
        Date <- DatesAreOftenEasyToGuess,
        /// One name.
        SingleName <- NamesAndSurnamesByThemselvesAreEasyToGuess,
        /// A common name.
        CommonName <- CommonNamesAndSurnamesAreEasyToGuess,
    }
}

reasons! {
    /// What would make a password better.
    Suggestion from Suggestion {
        /// A few words that do not belong together.
        UseAFewWords <- UseAFewWordsAvoidCommonPhrases,
        /// It needs no symbols, digits or capitals.
        NoNeedForSymbols <- NoNeedForSymbolsDigitsOrUppercaseLetters,
        /// One more word or two.
        AddAnotherWord <- AddAnotherWordOrTwo,
        /// A capital letter helps little.
        CapitalsHelpLittle <- CapitalizationDoesntHelpVeryMuch,
        /// All capitals help little.
        AllCapitalsHelpLittle <- AllUppercaseIsAlmostAsEasyToGuessAsAllLowercase,
        /// A reversed word helps little.
        ReversedWordsHelpLittle <- ReversedWordsArentMuchHarderToGuess,
        /// `@` for `a` helps little.
        SubstitutionsHelpLittle <- PredictableSubstitutionsDontHelpVeryMuch,
        /// A longer pattern with more turns.
        LongerKeyboardPattern <- UseALongerKeyboardPatternWithMoreTurns,
        /// No repetitions.
        AvoidRepeats <- AvoidRepeatedWordsAndCharacters,
        /// No sequences.
        AvoidSequences <- AvoidSequences,
        /// No recent years.
        AvoidRecentYears <- AvoidRecentYears,
        /// No years of one's own.
        AvoidOwnYears <- AvoidYearsThatAreAssociatedWithYou,
        /// No dates of one's own.
        AvoidOwnDates <- AvoidDatesAndYearsThatAreAssociatedWithYou,
    }
}

/// Estimates `password`, of which the first 100 characters count.
///
/// `hints` are what somebody who attacks this person would try first: the username, the server.
#[must_use]
pub fn assess(password: &Secret<String>, hints: &[&str]) -> Strength {
    let estimate = zxcvbn::zxcvbn(password.expose(), hints);
    let feedback = estimate.feedback();
    Strength {
        score: u8::from(estimate.score()),
        guesses_log10: estimate.guesses_log10().max(0.0),
        warning: feedback.and_then(feedback::Feedback::warning).map(Warning::from),
        suggestions: feedback
            .map(feedback::Feedback::suggestions)
            .unwrap_or_default()
            .iter()
            .map(|s| (*s).into())
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_that_everybody_uses_is_worth_nothing() {
        let strength = assess(&"password".into(), &[]);
        assert_eq!((strength.score, strength.warning), (0, Some(Warning::Top10)));
        assert!(!strength.suggestions.is_empty());
    }

    #[test]
    fn a_few_words_that_do_not_belong_together_are_strong() {
        let strength = assess(&"correct horse battery staple".into(), &[]);
        assert_eq!((strength.score, strength.warning), (4, None));
    }

    #[test]
    fn what_an_attacker_knows_is_weak() {
        let name = "zvertikhlebov";
        assert!(assess(&name.into(), &[name]).score < assess(&name.into(), &[]).score);
    }

    #[test]
    fn nothing_at_all_and_far_too_much_are_estimated_too() {
        assert_eq!(assess(&"".into(), &[]).score, 0);
        assert_eq!(
            assess(&Secret::new("ab".repeat(100_000)), &[]).guesses_log10,
            assess(&Secret::new("ab".repeat(50)), &[]).guesses_log10
        );
    }

    #[test]
    fn the_reasons_are_words_that_a_frontend_can_translate() {
        let json = serde_json::to_value(assess(&"qwertyuiop".into(), &[])).unwrap();
        assert_eq!(json["warning"], "top100");
    }
}
