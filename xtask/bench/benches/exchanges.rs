//! How many HTTP exchanges does a person wait for?
#![allow(clippy::print_stdout, reason = "its figures are read by cargo xtask bench")]

use narthex::{Input, Offer};
use narthex_bench::{Figure, Run, Server};

fn main() {
    let (mut run, mut server) = (Run::new(1, false), Server::with_stages(1));
    let Some(intent) = run.wish() else { return };
    run.hear(Input::Intent(intent));
    let rounds = run.settle_in_rounds(&mut server);
    if run.engine.offers().contains(Offer::CreateAccount) {
        let measured = format!("{rounds} ({} exchanges)", run.exchanges);
        println!("{}", Figure::new("discovery from a typed name, depth", measured, "2", rounds <= 2));
    }
    for stages in 1..=4 {
        let (mut run, mut server) = (Run::new(1, false), Server::with_stages(stages));
        if run.sign_in(&mut server) {
            let name = format!("registration of {stages} stages, requests to /register");
            let measured = format!("{} (of {} exchanges)", run.registers, run.exchanges);
            let target = stages + 1;
            println!("{}", Figure::new(name, measured, target.to_string(), run.registers <= target));
        }
    }
}
