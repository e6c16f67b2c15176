//! One session, an application that stays and programs that come and go, for as long as is wanted.

use anyhow::Result;

use crate::command::{cargo, run};

/// How long.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// For so many seconds
    #[arg(long, default_value_t = 600)]
    seconds: u32,
}

impl Options {
    pub(crate) fn run(self) -> Result<()> {
        run(&mut cargo(["build", "--package=narthex-cli", "--bin=narthex"]))?;
        let example = ["run", "--package=narthex-app", "--example=soak", "--", "--seconds"];
        run(cargo(example).arg(self.seconds.to_string())).map(drop)
    }
}
