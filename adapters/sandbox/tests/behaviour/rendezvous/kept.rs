//! How long cells are kept, and how many.

use std::time::Duration;

use narthex_sandbox::RendezvousConfig;

use super::{both, code, etag, world};
use crate::world::{World, text};

/// Whether the cells there are, of each generation.
fn alive(world: &mut World, url: &str, path: &str) -> (bool, bool) {
    let answers = (world.get_2024(url, "\"other\"").status, world.get_2025(path).0);
    let (of_2024, of_2025) = answers;
    assert!(matches!(answers, (200 | 404, 200 | 404)), "{answers:?}");
    (of_2024 == 200, of_2025 == 200)
}

/// Edge case 131.
#[test]
fn a_cell_of_synapse_has_one_life_and_a_write_renews_it_at_tuwunel() {
    let manners = [((60, 120), false), ((600, 600), true)];
    for (mut world, (lives, renewed)) in both().into_iter().zip(manners) {
        let (url, tag) = world.cell_2024("");
        let (path, token) = world.cell_2025("");
        world.wait(lives.0 - 1);
        assert_eq!(alive(&mut world, &url, &path), (true, true));
        let written = world.put_2024(&url, &tag, "x");
        assert_eq!(written.status, 202);
        assert_eq!(world.put_2025(&path, &token, "x").0, 200);
        world.wait(1);
        assert_eq!(alive(&mut world, &url, &path), (renewed, true));
        assert_eq!(world.put_2024(&url, &etag(&written), "y").status, if renewed { 202 } else { 404 });
        world.wait(lives.1 - lives.0);
        assert_eq!(alive(&mut world, &url, &path), (renewed, renewed));
        world.wait(lives.1);
        assert_eq!(alive(&mut world, &url, &path), (false, false));
    }
}

#[test]
fn how_long_there_is_left_is_told() {
    for (mut world, life) in both().into_iter().zip([120_000_u64, 600_000]) {
        let (path, token) = world.cell_2025("");
        assert_eq!(world.get_2025(&path).1["expires_in_ms"], life);
        world.wait(10);
        assert_eq!(world.get_2025(&path).1["expires_in_ms"], life - 10_000);
        world.put_2025(&path, &token, "x");
        let left = if life == 600_000 { life } else { life - 10_000 };
        assert_eq!(world.get_2025(&path).1["expires_in_ms"], left);
    }
}

#[test]
fn no_cell_lives_for_ever_whatever_is_configured() {
    let (lifetime_2024, lifetime_2025) = (Duration::MAX, Duration::MAX);
    let mut world = world(RendezvousConfig { lifetime_2024, lifetime_2025, ..RendezvousConfig::synapse() });
    let (url, _) = world.cell_2024("");
    let (path, _) = world.cell_2025("");
    let day = 24 * 60 * 60;
    assert_eq!(world.get_2025(&path).1["expires_in_ms"], day * 1000);
    world.wait(day);
    assert_eq!(alive(&mut world, &url, &path), (false, false));
}

/// Edge case 137: Synapse counts once a minute, and at twice its capacity.
#[test]
fn synapse_forgets_the_oldest_cells_before_their_time() {
    let mut world = world(RendezvousConfig { capacity: 10, ..RendezvousConfig::synapse() });
    let cells: Vec<(String, String)> = (0..20)
        .map(|_| {
            let (url, _) = world.cell_2024("");
            (url, world.cell_2025("").0)
        })
        .collect();
    assert_eq!(world.server.rendezvous_cells(world.now), 40, "nobody has counted yet");
    world.cell_2024("");
    assert_eq!(world.server.rendezvous_cells(world.now), 11 + 20);
    assert_eq!(alive(&mut world, &cells[9].0, &cells[9].1), (false, true));
    assert_eq!(alive(&mut world, &cells[10].0, &cells[10].1), (true, true));
    // Of 2025, which live longer than a minute.
    world.wait(60);
    assert_eq!(code(&world.get_2025(&cells[9].1)), (404, "M_NOT_FOUND"));
    assert_eq!(world.get_2025(&cells[10].1).0, 200);
    assert_eq!(world.server.rendezvous_cells(world.now), 10);
}

#[test]
fn at_tuwunel_the_oldest_cell_makes_room_for_a_new_one() {
    for (capacity, kept) in [(3, 3), (0, 1)] {
        let mut world = world(RendezvousConfig { capacity, ..RendezvousConfig::tuwunel() });
        let cells: Vec<String> = (0..5).map(|_| world.cell_2025("").0).collect();
        let there: Vec<bool> = cells.iter().map(|path| world.get_2025(path).0 == 200).collect();
        let expected: Vec<bool> = (0..5).map(|number| number >= 5 - kept).collect();
        assert_eq!(there, expected);
    }
}

#[test]
fn cells_have_nothing_to_do_with_each_other() {
    for mut world in both() {
        let mut cells: Vec<(String, String)> = (0..7).map(|_| world.cell_2025("same")).collect();
        for turn in 0..5 {
            for (number, (path, token)) in cells.iter_mut().enumerate() {
                world.now = world.now + Duration::from_millis(1);
                let (status, written) = world.put_2025(path, token, &format!("{number} {turn}"));
                assert_eq!(status, 200);
                *token = text(&written, "sequence_token");
            }
        }
        for (number, (path, token)) in cells.iter().enumerate() {
            let seen = world.get_2025(path).1;
            assert_eq!(seen["data"], format!("{number} 4"));
            assert_eq!(seen["sequence_token"], *token);
        }
        let (path, token) = &cells[0];
        let other = &cells[1].0;
        assert_eq!(world.put_2025(other, token, "x").0, 409, "a token is good for one cell: {path}");
    }
}
