//! Two devices, and somebody who wants the keys of the account.
//!
//! `SEEDS=n` lives n lives; `SEED=n` tells those of one seed.
#![expect(clippy::print_stdout, reason = "the figures are worth reading")]

use std::collections::BTreeMap;

use narthex::{Cause, Generation, Misbehaviour, Refusal, Role, Trust};
use narthex_sim::{Lie, Linked, PairLaw, PairLuck, Stranger, pair, pair_story, try_pair};

const CELLS: [(Role, Generation); 4] = [
    (Role::Existing, Generation::V2025),
    (Role::New, Generation::V2025),
    (Role::Existing, Generation::V2024),
    (Role::New, Generation::V2024),
];

fn env(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// What befalls the lives, and what it is called.
fn lucks() -> Vec<(String, PairLuck)> {
    let plain = PairLuck::default();
    let mut lucks = vec![
        ("nothing".to_owned(), plain),
        ("a slip".to_owned(), PairLuck { slips: true, ..plain }),
        ("a decline".to_owned(), PairLuck { declines: true, ..plain }),
        ("a quick user".to_owned(), PairLuck { decides_at_once: true, ..plain }),
        ("a quick user and kills".to_owned(), PairLuck { decides_at_once: true, kills: 40, ..plain }),
        ("a quick user and loss".to_owned(), PairLuck { decides_at_once: true, lost_answers: 8, ..plain }),
        ("cancels".to_owned(), PairLuck { cancels: 6, ..plain }),
        ("loss".to_owned(), PairLuck { lost_requests: 12, lost_answers: 12, ..plain }),
        ("kills".to_owned(), PairLuck { kills: 40, ..plain }),
        (
            "kills, loss and cancels".to_owned(),
            PairLuck { kills: 60, lost_requests: 20, lost_answers: 20, cancels: 30, ..plain },
        ),
        ("an attacker, rarely".to_owned(), PairLuck { attacks: 40, ..plain }),
        ("an attacker".to_owned(), PairLuck { attacks: 15, ..plain }),
        ("an attacker all the time".to_owned(), PairLuck { attacks: 3, ..plain }),
        ("an attacker and kills".to_owned(), PairLuck { attacks: 25, kills: 60, lost_answers: 25, ..plain }),
    ];
    for stranger in [Stranger::Scans, Stranger::Shows, Stranger::Leaves] {
        lucks.push((format!("a stranger {stranger:?}"), PairLuck { stranger: Some(stranger), ..plain }));
        let attacks = PairLuck { stranger: Some(stranger), attacks: 25, ..plain };
        lucks.push((format!("a stranger {stranger:?} and an attacker"), attacks));
        let kills = PairLuck { stranger: Some(stranger), kills: 25, ..plain };
        lucks.push((format!("a stranger {stranger:?} and kills"), kills));
    }
    for lie in Lie::ALL {
        lucks.push((format!("a lie: {lie:?}"), PairLuck { lie: Some(lie), ..plain }));
    }
    lucks
}

/// Edge cases 115, 121, 122, 123, 131, 157, 161, 162.
#[test]
fn nobody_else_gets_the_keys_and_nobody_loses_a_session() {
    let lucks = &lucks();
    if let Some(seed) = env("SEED") {
        for (shows, generation) in CELLS {
            for (name, luck) in lucks {
                println!(
                    "{name}, {shows:?} shows {generation:?}\n{}",
                    pair_story(seed, shows, generation, *luck)
                );
            }
        }
        return;
    }
    let lives = env("SEEDS").unwrap_or(16_000);
    let half = |first| move || lived(lucks, (first..lives).step_by(2));
    let mut seen: BTreeMap<&str, [u64; 4]> = BTreeMap::new();
    std::thread::scope(|scope| {
        for half in [0, 1].map(|first| scope.spawn(half(first))) {
            for (name, figures) in half.join().expect("a half is lived") {
                let all = seen.entry(name).or_default();
                *all = std::array::from_fn(|i| all[i] + figures[i]);
            }
        }
    });
    for (name, [all, signed_in, verified, shared]) in &seen {
        println!(
            "{all:>6} with {name}: {signed_in} signed in, {verified} verified, keys left {shared} times"
        );
    }
    if lives < 4_000 {
        return;
    }
    for (name, [all, _, verified, shared]) in seen {
        match name {
            "nothing" | "a quick user" | "a lie: AnotherBackup" => assert_eq!(verified, all, "{name}"),
            "a slip" | "a decline" => assert_eq!(shared, 0, "{name}"),
            // Else it may go either way, and does.
            _ if !name.starts_with("a lie: ") && !name.starts_with("a stranger") => {
                assert!(0 < verified && verified < all, "{name}: {verified} of {all}");
            }
            _ if name.starts_with("a stranger Scans") => assert!(0 < verified && verified < all, "{name}"),
            _ => assert_eq!(verified, 0, "{name}"),
        }
    }
}

/// Of each kind of luck: how many lives there were, how many new devices are signed in, and verified, and how often the keys
/// left.
fn lived(lucks: &[(String, PairLuck)], lives: impl Iterator<Item = u64>) -> BTreeMap<&str, [u64; 4]> {
    let mut seen: BTreeMap<&str, [u64; 4]> = BTreeMap::new();
    for life in lives {
        let (shows, generation) = CELLS[(life % 4) as usize];
        let (name, luck) = &lucks[(life / 4) as usize % lucks.len()];
        let linked = pair(life, shows, generation, *luck);
        let [all, signed_in, verified, shared] = seen.entry(name).or_default();
        *all += 1;
        *signed_in += u64::from(linked.signed_in);
        *verified += u64::from(matches!(linked.trust, Some(Trust::Verified { .. })));
        *shared += u64::from(linked.shared);
    }
    seen
}

fn each(luck: PairLuck, expect: impl Fn(Role, &Linked) -> bool) {
    for (shows, generation) in CELLS {
        for seed in 0..5 {
            let linked = pair(seed, shows, generation, luck);
            let story = || pair_story(seed, shows, generation, luck);
            assert!(expect(shows, &linked), "{shows:?} shows {generation:?}: {linked:?}\n{}", story());
        }
    }
}

fn refused(refusal: Refusal) -> Option<Cause> {
    Some(Cause::Refused { refusal })
}

/// Edge case 141.
#[test]
fn a_wrong_check_code_ends_both_within_seconds() {
    each(PairLuck { slips: true, ..PairLuck::default() }, |shows, linked| {
        let typed = usize::from(shows == Role::New);
        linked.problems[typed] == refused(Refusal::CheckCodeWrong)
            && matches!(linked.problems[1 - typed], Some(Cause::Expired { .. }))
            && !linked.shared
    });
}

/// Edge case 159.
#[test]
fn whoever_is_declined_is_told_so_on_both_sides() {
    each(PairLuck { declines: true, ..PairLuck::default() }, |_, linked| {
        linked.problems == [refused(Refusal::Declined), refused(Refusal::Declined)] && !linked.shared
    });
}

fn lie(lie: Lie) -> PairLuck {
    PairLuck { lie: Some(lie), ..PairLuck::default() }
}

/// Edge case 156.
#[test]
fn a_device_that_exists_before_consent_is_not_let_in() {
    each(lie(Lie::DeviceExists), |_, linked| {
        let exists = refused(Refusal::OtherDevice("device_already_exists".to_owned()));
        linked.problems == [exists.clone(), exists] && !linked.shared && !linked.signed_in
    });
}

/// Edge case 157.
#[test]
fn a_device_that_does_not_appear_gets_no_keys() {
    each(lie(Lie::DeviceAbsent), |_, linked| {
        let absent = refused(Refusal::OtherDevice("device_not_found".to_owned()));
        linked.problems == [refused(Refusal::NewDeviceAbsent), absent] && linked.signed_in && !linked.shared
    });
}

/// Edge case 155.
#[test]
fn what_a_server_does_not_say_of_a_device_is_no_consent() {
    for told in [Lie::AnotherDevice, Lie::DeviceUnclear] {
        each(lie(told), |_, linked| !linked.shared && !linked.signed_in);
    }
}

/// Edge case 162.
#[test]
fn keys_that_the_account_does_not_publish_are_not_taken() {
    for told in [Lie::AnotherIdentity, Lie::NoIdentity, Lie::AnotherSecrets] {
        each(lie(told), |_, linked| {
            let misbehaviour = Misbehaviour::SecretsDoNotMatch;
            linked.signed_in && linked.problems[1] == Some(Cause::Misbehaved { misbehaviour })
        });
    }
}

/// Edge case 163.
#[test]
fn a_backup_that_the_account_has_not_is_left_out() {
    let without = Some(Trust::Verified { backup: false });
    each(lie(Lie::AnotherBackup), |_, linked| linked.signed_in && linked.trust == without);
}

/// Edge case 161.
#[test]
fn a_session_of_somebody_elses_account_is_given_back() {
    each(lie(Lie::AnotherAccount), |_, linked| !linked.signed_in && !linked.shared);
    for stranger in [Stranger::Shows, Stranger::Leaves] {
        let luck = PairLuck { stranger: Some(stranger), ..PairLuck::default() };
        each(luck, |_, linked| !linked.signed_in && !linked.shared);
    }
}

/// Edge case 161: also while the session's tokens are renewed.
#[test]
fn a_session_that_is_not_wanted_is_given_back_whatever_it_is_doing() {
    for thinks in (238_000..242_000).step_by(20) {
        let luck = PairLuck { stranger: Some(Stranger::Leaves), thinks, ..PairLuck::default() };
        let linked = pair(thinks, Role::Existing, Generation::V2025, luck);
        assert!(!linked.signed_in, "{}", pair_story(thinks, Role::Existing, Generation::V2025, luck));
    }
}

/// Edge case 115.
#[test]
fn whoever_is_not_the_first_to_scan_sees_no_check_code() {
    let scans = PairLuck { stranger: Some(Stranger::Scans), ..PairLuck::default() };
    each(scans, |_, linked| linked.shared == (linked.trust == Some(Trust::Verified { backup: true })));
}

/// The law is no empty one: a process that forgets what it has said says it anew, by the same counters.
#[test]
fn a_disk_that_goes_back_in_time_seals_twice() {
    let luck = PairLuck { kills: 8, forgets: 2, ..PairLuck::default() };
    let broken = |seed| CELLS.map(|(shows, generation)| try_pair(seed, shows, generation, luck).err());
    let mut laws = (0..200).flat_map(broken).flatten().map(|broken| broken.law);
    assert!(laws.any(|law| law == PairLaw::SealedTwice));
}
