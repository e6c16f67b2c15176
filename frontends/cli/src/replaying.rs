//! `narthex replay`: does a trace still happen the same way?

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use crate::exit::Exit;
use narthex_runtime::Stopped;

use crate::json::out::{self, Printed};
use crate::plain::tell;
use crate::report;
use crate::setup::Setup;

pub(crate) fn run(path: &Path, setup: &Setup) -> Result<(), Exit> {
    let path = path.to_owned();
    let replayed = setup.within_timeout(move || {
        let begun = File::open(&path).map(BufReader::new).and_then(|mut trace| {
            skip_head(&mut trace)?;
            Ok(trace)
        });
        let trace = begun.map_err(|error| Exit::File { path: path.display().to_string(), error })?;
        narthex_runtime::replay(trace).map_err(Exit::Replay)
    })??;
    for (input, view) in &replayed.views {
        if setup.global.json {
            out::print(&Printed::ReplayedView { input: *input, view });
        } else {
            tell(&format!("{input:>4} {}", brief(view)));
        }
    }
    let (inputs, views) = (replayed.inputs, replayed.views.len());
    if setup.global.json {
        out::print(&Printed::Replayed { inputs, views, cut: replayed.stopped.is_some() });
        return Ok(());
    }
    tell(&setup.text.say("replayed", &[("inputs", inputs.into()), ("views", views.into())]));
    match replayed.stopped {
        Some(Stopped::Hidden) => tell(&setup.text.say("replayed-hidden", &[])),
        Some(_) => tell(&setup.text.say("replayed-cut", &[])),
        None => {}
    }
    Ok(())
}

/// The trace of a report comes after its first line.
fn skip_head(from: &mut impl BufRead) -> io::Result<()> {
    if from.fill_buf()?.starts_with(report::BEGINS.as_bytes()) {
        from.skip_until(b'\n')?;
    }
    Ok(())
}

/// The screen, and what tells views of the same screen apart.
fn brief(view: &serde_json::Value) -> String {
    let parts = ["screen", "task", "problem", "failure"].iter().filter_map(|key| {
        let value = &view[*key];
        value.as_str().or_else(|| value["class"].as_str()).map(str::to_owned)
    });
    parts.collect::<Vec<_>>().join(" ")
}
