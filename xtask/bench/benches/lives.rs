//! Does everyone get in and lose nothing, in very many simulated lives? `--lives N`.
#![allow(clippy::print_stdout, reason = "its figures are read by cargo xtask bench")]

use std::collections::BTreeMap;
use std::panic::{catch_unwind, set_hook};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{available_parallelism, scope};
use std::time::Instant;

use narthex_bench::Figure;
use narthex_sim::{Luck, life};

const LUCKS: [Luck; 3] = [Luck::AWFUL, Luck::POOR, Luck::GOOD];
/// So many lives a thread takes at once.
const SHARE: u64 = 100;

/// What was seen in all lives.
#[derive(Debug, Default)]
struct Seen {
    lives: u64,
    exchanges: u64,
    kills: u64,
    /// By the law that was broken: how often, and the first story's beginning.
    broken: BTreeMap<String, (u64, String)>,
}

fn main() {
    let lives = lives_wanted();
    // Every broken law is counted below.
    set_hook(Box::new(|_| {}));
    let (next, seen) = (AtomicU64::new(0), Mutex::new(Seen::default()));
    let threads = available_parallelism().map_or(1, usize::from);
    let since = Instant::now();
    scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| live(lives, &next, &seen));
        }
    });
    let seconds = since.elapsed().as_secs_f64();
    let seen = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
    tell(&seen, lives, seconds, threads);
}

fn lives_wanted() -> u64 {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--lives").skip(1);
    arguments.next().and_then(|count| count.parse().ok()).unwrap_or(1_000)
}

fn live(lives: u64, next: &AtomicU64, seen: &Mutex<Seen>) {
    loop {
        let first = next.fetch_add(SHARE, Ordering::Relaxed);
        if first >= lives {
            return;
        }
        let mut mine = Seen::default();
        for seed in first..lives.min(first + SHARE) {
            mine.lives += 1;
            let luck = LUCKS[(seed % 3) as usize];
            match catch_unwind(|| life(seed, luck)) {
                Ok(summary) => {
                    mine.exchanges += u64::from(summary.exchanges);
                    mine.kills += u64::from(summary.kills);
                }
                Err(panic) => {
                    let said = panic.downcast_ref::<String>().map_or("no words", String::as_str);
                    let line = said.lines().next().unwrap_or_default().to_owned();
                    mine.broken.entry(law(&line)).or_insert((0, line)).0 += 1;
                }
            }
        }
        seen.lock().unwrap_or_else(PoisonError::into_inner).add(mine);
    }
}

/// `seed 7, Luck { … }: AccountLost: alice`
fn law(line: &str) -> String {
    let after = line.split_once("}: ").map_or(line, |(_, after)| after);
    after.split(':').next().unwrap_or(after).to_owned()
}

impl Seen {
    fn add(&mut self, other: Self) {
        self.lives += other.lives;
        self.exchanges += other.exchanges;
        self.kills += other.kills;
        for (law, (times, line)) in other.broken {
            self.broken.entry(law).or_insert((0, line)).0 += times;
        }
    }

    fn broken(&self, laws: &[&str]) -> u64 {
        let hit = self.broken.iter().filter(|(law, _)| laws.contains(&law.as_str()));
        hit.map(|(_, (times, _))| times).sum()
    }
}

fn tell(seen: &Seen, lives: u64, seconds: f64, threads: usize) {
    for (law, (times, line)) in &seen.broken {
        println!("{law}, {times} times, first in {line}");
    }
    let measured = format!(
        "{} ({:.0} a second on {threads} threads; {} exchanges, {} kills)",
        seen.lives,
        seen.lives as f64 / seconds,
        seen.exchanges,
        seen.kills
    );
    println!("{}", Figure::new("simulated lives", measured, lives.to_string(), seen.lives == lives));
    let accounts = ["AccountLost", "AccountTwice", "WrongAccount"];
    let devices = ["DeviceOrphaned", "WrongDevice"];
    let sessions = ["SessionLost", "NotStored", "SpentTwice"];
    let mut named = 0;
    for (name, laws) in [("accounts", &accounts[..]), ("devices", &devices), ("sessions", &sessions)] {
        let lost = seen.broken(laws);
        named += lost;
        println!("{}", Figure::new(format!("lives with lost {name}"), lost.to_string(), "0", lost == 0));
    }
    let all: u64 = seen.broken.values().map(|(times, _)| times).sum();
    let others = all - named;
    println!("{}", Figure::new("lives with any other law broken", others.to_string(), "0", others == 0));
}
