//! Which form has the estimate of a password's strength?

/// The form of [`narthex_strength::Strength`].
#[derive(schemars::JsonSchema)]
#[expect(dead_code, reason = "its form counts")]
pub(crate) struct StrengthSchema {
    /// From 0, guessed at once, to 4, out of reach of an attack on a stolen database.
    score: u8,
    /// The number of guesses that it takes, as a power of ten.
    guesses_log10: f64,
    /// What makes it weak.
    warning: Option<String>,
    /// What would make it better.
    suggestions: Vec<String>,
}
