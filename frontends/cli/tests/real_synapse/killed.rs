//! Killed without a word at every step, and started again: nobody loses an account or ends up with two.

use crate::narthex::Home;
use crate::registration::{answer, answer_everything};
use crate::server::{devices, fresh_name, owner, server};

/// Registers, killed as soon as it has shown `after` views; whether it got that far.
fn killed_after(after: usize, profile: &str, base: &str) -> bool {
    let (home, name) = (Home::new(), fresh_name("kill"));
    let mut run = home.json(&["register", base]);
    let mut reached = true;
    for _ in 0..after {
        let line = run.next();
        if line["type"] != "view" {
            reached = false;
            break;
        }
        answer(&mut run, &line, profile, &name);
    }
    run.kill();
    let listed = home.ok(&["accounts"], "");
    if !listed.contains(&name) {
        let mut again = home.json(&["register", base]);
        let end = answer_everything(&mut again, profile, &name);
        assert_eq!(end["type"], "signed_in", "killed after {after}: {end}");
    }
    let token = home.ok(&["token"], "");
    assert!(owner(base, &token).unwrap().0.starts_with(&format!("@{name}:")), "killed after {after}");
    assert_eq!(devices(base, &token), 1, "killed after {after}");
    reached
}

#[test]
fn whoever_is_killed_while_registering_goes_on_where_they_were() {
    for profile in ["OPEN", "EVERYTHING"] {
        let Some(base) = server(profile) else { return };
        let mut after = 1;
        while killed_after(after, profile, &base) {
            after += 1;
            assert!(after < 60, "it never ended");
        }
        println!("{profile}: killed after each of {} views", after - 1);
    }
}
