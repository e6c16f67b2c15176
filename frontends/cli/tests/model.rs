//! The whole program against a small model: sequences of real commands, with people who go elsewhere and do not come
//! back, kills, outages, and a server that ends sessions. After each step is what is stored, what is at the server,
//! the exit code and what was said as it has to be?
//!
//! `MODEL_CASES=5000` runs more sequences, `MODEL_STEPS=register,continue` only such steps, and `NARTHEX_BIN` is
//! another program to run them on. A sequence that fails is shrunk, and added to `proptest-regressions/model.txt`,
//! which is run each time.
#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test that panics has failed, as it should")]

#[path = "model/about.rs"]
mod about;
#[path = "model/elsewhere.rs"]
mod elsewhere;
#[path = "model/program.rs"]
mod program;
#[path = "model/run.rs"]
mod run;
#[path = "model/server.rs"]
mod server;
#[path = "model/state.rs"]
mod state;
#[path = "model/step.rs"]
mod step;

use std::fs::OpenOptions;
use std::io::Write as _;
use std::sync::atomic::Ordering;

use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};

use step::Sequence;

pub(crate) const PASSWORDS: [&str; 2] = ["correct horse battery staple", "another horse, another battery"];

const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../proptest-regressions/model.txt");
/// How many sequences, and how many of them at once.
const CASES: u32 = 200;
const THREADS: u32 = 2;

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

#[test]
fn the_program_is_as_the_model_says() {
    let cases = variable("MODEL_CASES").map_or(CASES, |text| text.parse().unwrap());
    let failed: Vec<String> = std::thread::scope(|scope| {
        let searches: Vec<_> =
            (0..THREADS).map(|_| scope.spawn(|| search(cases.div_ceil(THREADS)))).collect();
        searches.into_iter().filter_map(|search| search.join().unwrap()).collect()
    });
    let [commands, killed, met] =
        [&run::COMMANDS, &run::KILLED, &run::MET].map(|count| count.load(Ordering::Relaxed));
    println!("{commands} commands, {killed} killed, {met} met a server that was out of order");
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}

/// Random sequences; the first that fails, shrunk.
fn search(cases: u32) -> Option<String> {
    let only = variable("MODEL_STEPS").map(|steps| steps.split(',').map(str::to_owned).collect());
    // It is written down by us, as words.
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    let result = TestRunner::new(config)
        .run(&step::sequences(only), |sequence| run::run(&sequence).map_err(TestCaseError::fail));
    match result {
        Ok(()) => None,
        Err(TestError::Abort(reason)) => Some(reason.to_string()),
        Err(TestError::Fail(reason, sequence)) => {
            let written = serde_json::to_string(&sequence).unwrap();
            let mut kept = OpenOptions::new().append(true).create(true).open(KEPT).unwrap();
            writeln!(kept, "{written}").unwrap();
            Some(format!("{written}\n{reason}"))
        }
    }
}

/// Found A1-A5, A8 and B3.
#[test]
fn what_was_found_stays_right() {
    let kept = std::fs::read_to_string(KEPT).unwrap();
    let mut failed = Vec::new();
    for line in kept.lines().filter(|line| line.starts_with('{')) {
        let sequence: Sequence = serde_json::from_str(line).unwrap();
        if let Err(wrong) = run::run(&sequence) {
            failed.push(format!("{line}\n{wrong}"));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}
