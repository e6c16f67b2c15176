//! How long does the engine take?
#![allow(clippy::print_stdout, reason = "its figures are read by cargo xtask bench")]

use narthex::fuzz::qr_handshake;
use narthex::{Generation, Input, Intent, Offer};
use narthex_bench::{Figure, Run, Server, Spread, busy, padded, sample};

const REGISTRATIONS: u64 = 10_000;

fn main() {
    let is_quick = std::env::args().any(|argument| argument == "--quick");
    let calls = if is_quick { 2_000 } else { 20_000 };
    ticks(calls);
    cancels(calls);
    answers(calls);
    handshakes(calls);
    for stages in [1, 4] {
        for shows in [false, true] {
            registrations(stages, shows, if is_quick { 3 } else { 9 });
        }
    }
}

fn show(name: &str, spread: Spread, target: &str, at_most: f64) {
    println!("{}", Figure::new(name, spread.to_string(), target, spread.median <= at_most));
}

/// At rest, and with most to look through.
fn ticks(calls: usize) {
    let mut server = Server::with_stages(1);
    let mut signed_in = Run::new(1, false);
    signed_in.sign_in(&mut server);
    let asking = asking_the_server();
    for (name, run) in [("tick, signed in", signed_in), ("tick, five answers awaited", asking)] {
        let (mut engine, now) = (run.engine, run.now);
        let spread = sample(calls, || (), |()| engine.handle(now, Input::Tick));
        show(name, spread, "≤ 200 ns", 200.0);
    }
}

fn cancels(calls: usize) {
    let mut form = Run::new(1, false);
    form.until(Offer::Register, &mut Server::with_stages(4));
    cancel("cancel, nothing awaited (form → choice)", &form, calls);
    cancel("cancel, five answers awaited (→ welcome)", &asking_the_server(), calls);
    let mut submitted = Run::new(1, false);
    submitted.until(Offer::Register, &mut Server::with_stages(1));
    if let Some(intent) = submitted.wish() {
        submitted.hear(Input::Intent(intent));
        cancel("cancel, an answer awaited (→ form)", &submitted, calls);
    }
}

fn cancel(name: &str, run: &Run, calls: usize) {
    let now = run.now;
    let fresh = || (run.engine.clone(), Some(Input::Intent(Intent::Cancel)));
    let spread = sample(calls, fresh, |(engine, input)| input.take().map(|input| engine.handle(now, input)));
    show(name, spread, "≤ 200 ns", 200.0);
}

fn answers(calls: usize) {
    for (name, path, stages) in [
        ("a 2 kB answer to GET /login", "/_matrix/client/v3/login", 4),
        ("a 2 kB 401 to the probe, the last of discovery", "/_matrix/client/v3/register", 4),
    ] {
        let mut server = Server::with_stages(stages);
        if let Some((run, input)) = Run::new(1, false).before(path, &mut server) {
            answer(name, &run, &input, calls);
        }
    }
    let mut server = Server::with_stages(4);
    let mut form = Run::new(1, false);
    // A token asked for, so that the next answer is a challenge and the next stage.
    form.until(Offer::UseToken, &mut server);
    if let Some((run, input)) = form.before("/_matrix/client/v3/register", &mut server) {
        answer("a 2 kB 401 to a stage", &run, &input, calls);
    }
}

fn answer(name: &str, run: &Run, input: &Input, calls: usize) {
    let (now, input) = (run.now, Run::altered(input, padded));
    let fresh = || (run.engine.clone(), Some(input.clone()));
    let spread = sample(calls, fresh, |(engine, input)| input.take().map(|input| engine.handle(now, input)));
    show(name, spread, "≤ 10 µs", 10_000.0);
}

/// Both sides of it, so twice what a device does.
fn handshakes(calls: usize) {
    for (name, generation) in [("2024", Generation::V2024), ("2025", Generation::V2025)] {
        let spread = sample(calls / 20, || (), |()| qr_handshake(generation));
        show(&format!("QR handshake of {name}, both sides"), spread, "≤ 600 µs", 600_000.0);
    }
}

/// From a typed name to signed in, one after the other. The server's and the person's time counts as well.
fn registrations(stages: usize, shows: bool, samples: usize) {
    let mut server = Server::with_stages(stages);
    let mut all_signed_in = true;
    let mut once = || {
        let spent = busy(|| {
            for seed in 0..REGISTRATIONS {
                server.forget();
                all_signed_in &= Run::new(seed, shows).sign_in(&mut server);
            }
        });
        spent.as_nanos() as f64
    };
    let spread = Spread::of((0..samples).map(|_| once()).collect());
    if all_signed_in {
        let how = if shows { ", saved and shown at each step" } else { "" };
        show(&format!("{REGISTRATIONS} registrations of {stages} stages{how}"), spread, "≤ 1000 ms", 1e9);
    }
}

/// An engine that waits for five answers.
fn asking_the_server() -> Run {
    let mut server = Server::with_stages(1);
    let mut run = Run::new(1, false);
    if let Some(intent) = run.wish() {
        run.hear(Input::Intent(intent));
    }
    if let Some(input) = run.next_reply(&mut server) {
        run.hear(input);
    }
    run
}
