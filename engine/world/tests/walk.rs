//! Long random walks through the same world, shrunk to a path of names when a law fails.

use std::collections::BTreeMap;

use narthex_world::{Kind, World};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, FileFailurePersistence};

const FAILURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../proptest-regressions/walk.txt");

proptest! {
    #![proptest_config(Config {
        cases: 1_000,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(FAILURES))),
        ..Config::default()
    })]

    #[test]
    fn no_walk_breaks_a_law(choices in vec((any::<u8>(), any::<Index>()), 0..150)) {
        let mut world = World::default();
        for (kind, which) in choices {
            // As many kinds as there are have the same chance, however many steps there are of each: most of a
            // menu is what must not move anything.
            let mut kinds: BTreeMap<Kind, Vec<_>> = BTreeMap::new();
            for step in world.menu() {
                kinds.entry(step.kind).or_default().push(step);
            }
            let likely = [Kind::Wish, Kind::Answer, Kind::Wish, Kind::Answer, Kind::Answer];
            let all = likely.into_iter().chain(kinds.keys().copied()).filter(|kind| kinds.contains_key(kind));
            let all: Vec<Kind> = all.collect();
            let steps = &kinds[&all[usize::from(kind) % all.len()]];
            world = world.step(which.get(steps));
        }
    }
}
