//! Twenty thousand lives, each from its seed. `SEEDS=n` lives n of them; `SEED=n` tells the story of one.
#![expect(clippy::print_stdout, reason = "the figures are worth reading")]

use std::collections::BTreeMap;

use narthex_sim::{Ending, Leases, Luck, Setup};

fn env(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

const LUCKS: [Luck; 3] = [Luck::AWFUL, Luck::POOR, Luck::GOOD];

#[test]
fn everyone_who_may_get_in_gets_in_once_luck_turns() {
    if let Some(seed) = env("SEED") {
        for luck in LUCKS {
            println!("{}", narthex_sim::story(seed, luck));
        }
    }
    let lives = env("SEEDS").unwrap_or(20_000);
    let (mut steps, mut exchanges, mut hours, mut kills, mut refreshes) = (0, 0, 0, 0, 0);
    let mut seen = BTreeMap::new();
    for seed in 0..lives {
        let summary = narthex_sim::life(seed, LUCKS[(seed % 3) as usize]);
        steps += u64::from(summary.steps);
        exchanges += u64::from(summary.exchanges);
        kills += u64::from(summary.kills);
        refreshes += u64::from(summary.refreshes);
        hours += summary.lived.as_secs() / 3600;
        *seen.entry((summary.setup, summary.goal, summary.ending)).or_insert(0_u64) += 1;
    }
    println!(
        "{lives} lives, {steps} steps, {exchanges} exchanges, {kills} kills, {refreshes} renewals, {hours} virtual hours"
    );
    for ((setup, goal, ending), times) in &seen {
        println!("{times:>6} {setup:?} by {goal:?}: {ending:?}");
    }
    if lives >= 2_000 {
        for setup in Setup::ALL {
            let ended = |wanted| seen.keys().any(|(s, _, ending)| *s == setup && *ending == wanted);
            assert_eq!(
                ended(Ending::TurnedAway),
                matches!(setup, Setup::OAuthClosed | Setup::Disabled),
                "{setup:?}"
            );
            assert!(ended(Ending::SignedOut), "{setup:?}");
            assert!(ended(Ending::Ended), "{setup:?}");
        }
        assert!(kills > lives / 4 && refreshes > lives / 4);
    }
}

#[test]
fn processes_that_share_a_session_do_not_lose_it() {
    let houses = env("SEEDS").unwrap_or(20_000) / 40;
    let (mut runs, mut kills, mut tokens, mut refreshes, mut waits, mut ended) = (0, 0, 0, 0, 0, 0);
    for seed in 0..houses {
        let luck = LUCKS[(seed % 3) as usize];
        let shared = narthex_sim::shared(seed, luck, Leases::One);
        let shared = shared.unwrap_or_else(|broken| panic!("seed {seed}, {luck:?}: {broken}"));
        runs += u64::from(shared.runs);
        kills += u64::from(shared.kills);
        tokens += u64::from(shared.tokens);
        refreshes += u64::from(shared.refreshes);
        waits += u64::from(shared.waits);
        ended += u64::from(shared.ended);
    }
    println!(
        "{houses} sessions, {runs} processes, {kills} kills, {tokens} tokens, {refreshes} refreshes, {waits} waits, \
         {ended} ended by strict servers"
    );
    assert!(houses < 100 || (kills > houses && refreshes > houses && waits > houses && ended > 0));
}

/// What the lease is for: the laws can fail.
#[test]
fn where_everybody_gets_the_lease_the_session_is_lost() {
    let lost = (0..100).filter(|seed| narthex_sim::shared(*seed, Luck::GOOD, Leases::All).is_err()).count();
    assert!(lost > 0, "nobody ever had to wait");
}
