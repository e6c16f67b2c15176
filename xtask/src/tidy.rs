//! Does the tree keep what the architecture and the style promise, where no compiler looks?

mod circles;
mod cited;
mod files;
mod graph;
mod imports;
pub(crate) mod included;
mod profiles;
mod source;

use anyhow::{Result, bail};

/// Every check, all of them even if one fails.
pub(crate) fn run() -> Result<()> {
    let sources = source::all()?;
    let mut problems = graph::problems()?;
    problems.extend(files::problems(&sources));
    problems.extend(circles::problems(&sources)?);
    problems.extend(included::problems()?);
    problems.extend(cited::problems(&sources)?);
    problems.extend(profiles::problems()?);
    for problem in &problems {
        println!("{problem}");
    }
    match problems.len() {
        0 => Ok(()),
        1 => bail!("1 thing to tidy"),
        count => bail!("{count} things to tidy"),
    }
}
