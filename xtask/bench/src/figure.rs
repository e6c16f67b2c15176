//! How does a figure get into the table of `cargo xtask bench`?

use std::fmt;

/// Whether a figure is as good as it has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Met {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// Nothing was asked of it.
    Free,
}

impl From<bool> for Met {
    fn from(is_met: bool) -> Self {
        if is_met { Self::Yes } else { Self::No }
    }
}

/// A row of the table. Shown as one line of four columns with tabs between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// What was measured.
    pub name: String,
    /// What came out.
    pub measured: String,
    /// What was asked for.
    pub target: String,
    /// Whether it is so.
    pub met: Met,
}

impl Figure {
    /// A figure with a target.
    pub fn new(
        name: impl Into<String>,
        measured: impl Into<String>,
        target: impl Into<String>,
        is_met: bool,
    ) -> Self {
        let (name, measured, target) = (name.into(), measured.into(), target.into());
        Self { name, measured, target, met: is_met.into() }
    }

    /// A figure that is only good to know.
    pub fn free(name: impl Into<String>, measured: impl Into<String>) -> Self {
        Self { name: name.into(), measured: measured.into(), target: String::new(), met: Met::Free }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let met = match self.met {
            Met::Yes => "yes",
            Met::No => "NO",
            Met::Free => "",
        };
        write!(f, "{}\t{}\t{}\t{met}", self.name, self.measured, self.target)
    }
}
