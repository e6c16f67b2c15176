//! Long random walks through the same world, shrunk to a path of names when a law fails.

use narthex_world::World;
use narthex_world::fuzz::choose;
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
            world = world.step(&choose(&world, kind, which.index(usize::MAX)));
        }
    }
}
