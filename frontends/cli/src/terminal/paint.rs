//! Which colours and marks does a terminal get?

use std::env::var_os;

/// How text is set off, where there are colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Normal,
    Dim,
    Strong,
    Bad,
    /// With a mark in front, where there are colours.
    Good,
}

/// A terminal's colours, if it gets any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Paint(bool);

impl Paint {
    /// For what is, or is not, a terminal. <https://no-color.org>, <https://bixense.com/clicolors>.
    pub(crate) fn of(is_terminal: bool) -> Self {
        Self::from(is_terminal && !is_dumb(), |name| var_os(name)?.into_string().ok())
    }

    fn from(has_colors: bool, variable: impl Fn(&str) -> Option<String>) -> Self {
        let is_set = |name| variable(name).is_some_and(|value| !value.is_empty());
        let is_forced = is_set("CLICOLOR_FORCE") && variable("CLICOLOR_FORCE").as_deref() != Some("0");
        let is_off = is_set("NO_COLOR") || (variable("CLICOLOR").as_deref() == Some("0") && !is_forced);
        Self((has_colors || is_forced) && !is_off)
    }

    /// Whether there are colours.
    pub(crate) const fn is_on(self) -> bool {
        self.0
    }

    pub(crate) fn toned(self, text: &str, tone: Tone) -> String {
        let (code, mark) = match tone {
            Tone::Dim => ("2", ""),
            Tone::Strong => ("1", ""),
            Tone::Bad => ("1;31", ""),
            Tone::Good => ("1;32", "\u{2713} "),
            Tone::Normal => return text.to_owned(),
        };
        if self.0 { format!("\x1b[{code}m{mark}{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// Whether the terminal understands no escape sequences.
pub(crate) fn is_dumb() -> bool {
    var_os("TERM").is_none_or(|term| term == "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_has_colours_unless_somebody_does_not_want_them() {
        let with = |has_colors, set: &'static [(&str, &str)]| {
            let value = |name: &str| set.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
            Paint::from(has_colors, value).0
        };
        assert!(with(true, &[]) && with(true, &[("NO_COLOR", "")]) && with(true, &[("CLICOLOR", "1")]));
        assert!(!with(true, &[("NO_COLOR", "1")]) && !with(true, &[("CLICOLOR", "0")]));
        assert!(!with(false, &[]) && !with(false, &[("CLICOLOR", "1")]));
        assert!(with(false, &[("CLICOLOR_FORCE", "1")]) && !with(false, &[("CLICOLOR_FORCE", "0")]));
        assert!(!with(true, &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]));
    }

    #[test]
    fn without_colours_there_is_no_mark() {
        assert_eq!(Paint(false).toned("x", Tone::Good), "x");
        assert_eq!(Paint(true).toned("x", Tone::Good), "\u{1b}[1;32m\u{2713} x\u{1b}[0m");
    }
}
