//! Two devices, one of which signs the other in.

use narthex::{Cause, Generation, Outage, Role, Trust};
use narthex_sim::{Linked, PairLuck, pair, pair_story};

const CELLS: [(Role, Generation); 4] = [
    (Role::Existing, Generation::V2025),
    (Role::New, Generation::V2025),
    (Role::Existing, Generation::V2024),
    (Role::New, Generation::V2024),
];

#[test]
fn a_new_device_is_signed_in_and_verified_whoever_shows_the_code() {
    for (shows, generation) in CELLS {
        let Linked { signed_in, trust, linked, .. } = pair(1, shows, generation, PairLuck::default());
        let story = || pair_story(1, shows, generation, PairLuck::default());
        assert!(signed_in, "{}", story());
        assert_eq!(trust, Some(Trust::Verified { backup: true }), "{}", story());
        assert_eq!(linked, Some(true), "{}", story());
    }
}

/// The tokens may be there before the new device has heard that the other one lets it in.
#[test]
fn a_user_who_decides_at_once_gets_the_same() {
    let luck = PairLuck { decides_at_once: true, ..PairLuck::default() };
    assert_eq!(ends(20, luck), (80, 80));
}

/// Nobody is in a hurry: the two can talk for a minute.
#[test]
fn a_user_who_thinks_about_the_account_is_waited_for() {
    for (shows, generation) in CELLS {
        let luck = PairLuck { thinks: 40_000, ..PairLuck::default() };
        let Linked { trust, linked, .. } = pair(1, shows, generation, luck);
        let story = || pair_story(1, shows, generation, luck);
        assert_eq!(trust, Some(Trust::Verified { backup: true }), "{}", story());
        assert_eq!(linked, Some(true), "{}", story());
    }
}

/// The user has consented by then.
#[test]
fn keys_that_another_program_has_open_are_waited_for_while_the_two_can_talk() {
    let luck = PairLuck { held: 5, ..PairLuck::default() };
    assert_eq!(ends(5, luck), (20, 20));
    for (shows, generation) in CELLS {
        let luck = PairLuck { held: 1_000, ..PairLuck::default() };
        let Linked { linked, problems, .. } = pair(1, shows, generation, luck);
        let held = Cause::Unavailable { outage: Outage::EncryptionHeld(Some(1)), retry_at: None };
        assert_eq!((linked, problems[0].as_ref()), (None, Some(&held)));
    }
}

/// Of `of` seeds, how many end with the new device verified, or at least signed in, of all cells.
fn ends(of: u64, luck: PairLuck) -> (u64, u64) {
    let (mut verified, mut signed_in) = (0, 0);
    for seed in 0..of {
        for (shows, generation) in CELLS {
            let linked = pair(seed, shows, generation, luck);
            signed_in += u64::from(linked.signed_in);
            verified += u64::from(linked.trust == Some(Trust::Verified { backup: true }));
        }
    }
    (verified, signed_in)
}

/// What is lost, and whoever is killed: it ends, the keys go to the new device alone, and mostly all is well.
#[test]
fn bad_luck_rarely_parts_the_two() {
    for luck in [
        PairLuck { lost_answers: 10, ..PairLuck::default() },
        PairLuck { lost_requests: 10, ..PairLuck::default() },
        PairLuck { kills: 40, ..PairLuck::default() },
    ] {
        let (verified, signed_in) = ends(50, luck);
        assert!(verified >= 150 && signed_in >= 150, "{verified}, {signed_in} of 200: {luck:?}");
    }
}
