//! What does the engine allocate, and keep?
#![allow(clippy::print_stdout, reason = "its figures are read by cargo xtask bench")]

use allocation_counter::measure;
use narthex::{Engine, Input, Intent, Offer};
use narthex_bench::{Figure, Run, Server, padded};

fn main() {
    let mut server = Server::with_stages(4);
    let mut signed_in = Run::new(1, false);
    signed_in.sign_in(&mut server);
    let mut form = Run::new(1, false);
    form.until(Offer::Register, &mut server);
    let cancel = || Input::Intent(Intent::Cancel);
    allocations("tick, signed in", &signed_in, Input::Tick, Some(0));
    allocations("cancel, nothing awaited (form → choice)", &form, cancel(), Some(0));
    let mut submitted = form;
    if let Some(intent) = submitted.wish() {
        submitted.hear(Input::Intent(intent));
    }
    allocations("cancel, an answer awaited (→ form)", &submitted, cancel(), None);
    server.forget();
    if let Some((run, input)) = Run::new(1, false).before("/_matrix/client/v3/register", &mut server) {
        let input = Run::altered(&input, padded);
        allocations("a 2 kB 401 to the probe", &run, input, None);
    }
    idle("new", |_| Run::new(1, false));
    idle("at the choice", |server| reached(Offer::CreateAccount, server));
    idle("at the registration form", |server| reached(Offer::Register, server));
    idle("signed in", |server| reached(Offer::SignOut, server));
    println!("{}", Figure::free("size_of::<Engine>()", format!("{} bytes", size_of::<Engine>())));
}

fn reached(offer: Offer, server: &mut Server) -> Run {
    let mut run = Run::new(1, false);
    run.until(offer, server);
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
fn idle(name: &str, reach: impl Fn(&mut Server) -> Run) {
    let mut kept = None;
    let counted = measure(|| {
        let mut server = Server::with_stages(1);
        kept = Some(reach(&mut server).engine);
    });
    let heap = counted.bytes_current;
    let all = heap + size_of::<Engine>() as i64;
    let measured = format!("{all} bytes ({heap} on the heap)");
    println!("{}", Figure::new(format!("idle engine: {name}"), measured, "≤ 2048 bytes", all <= 2048));
    drop(kept);
}
