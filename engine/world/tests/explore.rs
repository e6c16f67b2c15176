//! Every reachable state, breadth-first, on the real engine; and the map of them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use narthex_world::{Kind, World, area, node};

type Map = BTreeMap<(String, String), BTreeSet<String>>;

#[test]
#[expect(clippy::print_stdout, reason = "the counts")]
fn every_reachable_state_is_sound() {
    let mut maps: BTreeMap<&str, Map> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut queue = VecDeque::from([World::default()]);
    seen.extend(queue[0].keys());
    let mut problems: BTreeMap<String, String> = BTreeMap::new();
    let (mut states, mut steps, mut deepest) = (0, 0, 0);
    while let Some(world) = queue.pop_front() {
        states += 1;
        deepest = deepest.max(world.path.len());
        let screen = world.engine.view().screen;
        for step in world.menu() {
            let next = match std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| world.step(&step))) {
                Ok(n) => n,
                Err(e) => {
                    let m = e.downcast_ref::<String>().cloned().unwrap_or_default();
                    let k = m.split("start").next().unwrap().chars().take(60).collect::<String>();
                    let k = format!("{k} {}", step.name);
                    let _ = problems.entry(k).or_insert(m);
                    continue;
                }
            };
            steps += 1;
            let (from, to) = (node(&screen), node(&next.engine.view().screen));
            if from != to && step.kind != Kind::Kill {
                maps.entry(area(&screen)).or_default().entry((from, to)).or_default().insert(step.name);
            }
            let keys = next.keys();
            if keys.into_iter().fold(false, |new, key| seen.insert(key) || new) {
                queue.push_back(next);
            }
        }
    }
    for (k, m) in &problems {
        println!("@@@ {k}\n    {}", m.chars().take(1500).collect::<String>());
    }
    println!("{states} states, {steps} steps, {deepest} deep");
    for (name, map) in &maps {
        println!("{name}: {} edges", map.len());
    }
}
