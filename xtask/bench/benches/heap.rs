//! What does the engine allocate, and keep?
#![allow(clippy::print_stdout, reason = "its figures are read by cargo xtask bench")]

use allocation_counter::measure;
use narthex::{Engine, Input, Intent, Offer};
use narthex_bench::{Figure, Run, Server, padded};

fn main() {
    let (signed_in, form) = (reached(Offer::SignOut), reached(Offer::Register));
    let cancel = || Input::Intent(Intent::Cancel);
    allocations("tick, signed in", &signed_in, Input::Tick, Some(0));
    allocations("cancel, nothing awaited (form → choice)", &form, cancel(), Some(0));
    let mut submitted = Run::new(1, false);
    submitted.until(Offer::Register, &mut Server::with_stages(1));
    if let Some(intent) = submitted.wish() {
        submitted.hear(Input::Intent(intent));
    }
    allocations("cancel, an answer awaited (→ form)", &submitted, cancel(), None);
    let probe = Run::new(1, false).before("/_matrix/client/v3/register", &mut Server::with_stages(4));
    if let Some((run, input)) = probe {
        let input = Run::altered(&input, padded);
        allocations("a 2 kB 401 to the probe", &run, input, None);
    }
    idle("new", Offer::UseServer);
    idle("at the choice", Offer::CreateAccount);
    idle("at the registration form", Offer::Register);
    idle("signed in", Offer::SignOut);
    println!("{}", Figure::free("size_of::<Engine>()", format!("{} bytes", size_of::<Engine>())));
}

/// A registration of four stages until this is offered.
fn reached(offer: Offer) -> Run {
    let mut run = Run::new(1, false);
    run.until(offer, &mut Server::with_stages(4));
    run
}

fn allocations(name: &str, run: &Run, input: Input, at_most: Option<u64>) {
    let (mut engine, now) = (run.engine.clone(), run.now);
    let mut input = Some(input);
    let mut effects = Vec::new();
    let counted =
        measure(|| effects = input.take().map_or(effects.split_off(0), |input| engine.handle(now, input)));
    let measured =
        format!("{} ({} bytes; {} effects)", counted.count_total, counted.bytes_total, effects.len());
    let name = format!("allocations: {name}");
    println!(
        "{}",
        match at_most {
            Some(most) => Figure::new(name, measured, most.to_string(), counted.count_total <= most),
            None => Figure::free(name, measured),
        }
    );
}

/// What an engine holds, with what its strings and lists have room for.
fn idle(name: &str, offer: Offer) {
    let mut kept = None;
    let counted = measure(|| kept = Some(reached(offer).engine));
    let heap = counted.bytes_current;
    let all = heap + size_of::<Engine>() as i64;
    let measured = format!("{all} bytes ({heap} on the heap)");
    println!("{}", Figure::new(format!("idle engine: {name}"), measured, "≤ 2048 bytes", all <= 2048));
    drop(kept);
}
