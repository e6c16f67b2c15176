//! Two devices at one cell, and everything that can go wrong between them.

mod law;
mod opening;
mod server;
mod side;

use std::time::Duration;

use serde_json::{Value, json};

use crate::failure::Cause;
use crate::io::Method;
use crate::qr::Generation;

use super::cell::Turn;
use super::{Happened, Order, Pace};
use server::{LIFE, Manners, http};
use side::{At, BOTH, START, Side, all_manners, met, run};

#[test]
fn messages_pass_in_turn_through_any_proxy_that_keeps_entity_tags() {
    // Edge cases 134 and 135.
    for generation in BOTH {
        for manners in all_manners() {
            let (mut server, mut shower, mut scanner) = met(generation, manners);
            for round in 0..3 {
                scanner.send(&format!("s{round}"));
                run(&mut server, &mut [&mut scanner, &mut shower], |sides| sides[1].heard.len() == round + 1);
                shower.send(&format!("g{round}"));
                run(&mut server, &mut [&mut scanner, &mut shower], |sides| sides[0].heard.len() == round + 1);
            }
            let said = |side: &Side| {
                side.heard.iter().map(|heard| (heard.data.to_string(), heard.order)).collect::<Vec<_>>()
            };
            let told = |who| (0..3).map(|round| (format!("{who}{round}"), Order::InTurn)).collect::<Vec<_>>();
            assert_eq!((said(&shower), said(&scanner)), (told('s'), told('g')), "{generation:?} {manners:?}");
        }
    }
}

#[test]
fn what_is_received_was_sealed_for_the_version_that_was_known() {
    let (mut server, mut shower, mut scanner) = met(Generation::V2025, Manners::default());
    let sealed_for = scanner.cell().version().clone();
    scanner.send("initiate");
    run(&mut server, &mut [&mut scanner, &mut shower], |sides| !sides[1].heard.is_empty());
    assert_eq!(shower.heard[0].sealed_for[0], sealed_for);
    let sealed_for = shower.cell().version().clone();
    shower.send("ok");
    run(&mut server, &mut [&mut scanner, &mut shower], |sides| !sides[0].heard.is_empty());
    assert_eq!(scanner.heard[0].sealed_for[0], sealed_for);
}

/// Edge cases 117 and 118: the same bytes again, at once; and it is there once.
#[test]
fn writing_whose_answer_is_lost_is_repeated_with_the_same_bytes() {
    for generation in BOTH {
        for manners in all_manners() {
            for arrives in [true, false] {
                let (mut server, mut shower, mut scanner) = met(generation, manners);
                scanner.send("hello");
                let (id, first) = scanner.asked();
                if arrives {
                    server.answer(&first, START);
                }
                scanner.lost(id);
                let (_, second) = scanner.asked();
                assert_eq!(first.body, second.body);
                run(&mut server, &mut [&mut scanner, &mut shower], |sides| !sides[1].heard.is_empty());
                run(&mut server, &mut [&mut scanner, &mut shower], |sides| sides[0].sent == 1);
                assert_eq!(server.cell.as_ref().unwrap().history, ["hello"], "{generation:?} {manners:?}");
            }
        }
    }
}

/// While the answer is overdue, the cell says that it arrived.
#[test]
fn writing_that_is_not_answered_is_seen_in_the_cell() {
    for generation in BOTH {
        let (mut server, _, mut scanner) = met(generation, Manners::default());
        scanner.send("hello");
        let (_, put) = scanner.asked();
        server.answer(&put, START);
        scanner.advance(START + Duration::from_millis(500));
        let (id, get) = scanner.open.last().cloned().unwrap();
        assert_eq!((scanner.open.len(), get.method), (2, Method::Get));
        let seen = server.answer(&get, scanner.now);
        scanner.reply(id, seen);
        assert_eq!((scanner.sent, scanner.open.len(), scanner.cell().turn), (1, 0, Turn::Theirs));
    }
}

/// Edge case 119.
#[test]
fn what_somebody_else_wrote_is_read_and_never_overwritten() {
    for generation in BOTH {
        let (mut server, mut shower, mut scanner) = met(generation, Manners::default());
        server.cell.as_mut().unwrap().write("stranger".to_owned());
        scanner.send("hello");
        run(&mut server, &mut [&mut scanner], |sides| !sides[0].heard.is_empty());
        assert_eq!((&*scanner.heard[0].data, scanner.heard[0].order), ("stranger", Order::Unclear));
        assert_eq!(server.cell.as_ref().unwrap().history, ["stranger"]);
        // And where it was not our turn.
        run(&mut server, &mut [&mut shower], |sides| !sides[0].heard.is_empty());
        server.cell.as_mut().unwrap().write("last word".to_owned());
        run(&mut server, &mut [&mut shower], |sides| sides[0].heard.len() == 2);
        let last = &shower.heard[1];
        assert_eq!((&*last.data, last.order, last.sealed_for.len()), ("last word", Order::OutOfTurn, 2));
    }
}

/// Edge case 123.
#[test]
fn the_same_version_with_other_data_is_no_message() {
    let (mut server, mut shower, _) = met(Generation::V2025, Manners::default());
    server.cell.as_mut().unwrap().data = "forged".to_owned();
    for _ in 0..10 {
        let now = shower.deadline().unwrap();
        shower.advance(now);
        for (id, request) in shower.open.clone() {
            let read = server.answer(&request, now);
            shower.reply(id, read);
        }
    }
    assert!(shower.heard.is_empty() && shower.over.is_none());
}

/// Edge cases 120, 127 and 137: 404 is the end of the cell, and nothing else is.
#[test]
fn a_cell_is_over_by_404_and_by_its_time_alone() {
    for generation in BOTH {
        let (mut server, mut shower, _) = met(generation, Manners::default());
        let until = shower.cell().until();
        assert!(until.0.abs_diff((START + LIFE).0) < 1000, "{until:?}");
        let outages = [
            http(500, &[], ""),
            http(502, &[("content-type", "text/html")], "<html>"),
            http(404, &[], "<html>"),
        ];
        for outage in outages.into_iter().chain([http(429, &[("retry-after", "2")], "{}")]) {
            let now = shower.deadline().unwrap();
            shower.advance(now);
            let (id, _) = shower.asked();
            shower.reply(id, outage);
            assert!(shower.over.is_none());
        }
        assert!(shower.deadline().unwrap() >= shower.now + Duration::from_secs(2), "429 is obeyed");
        server.cell = None;
        let now = shower.deadline().unwrap();
        shower.advance(now);
        let (id, request) = shower.asked();
        let gone = server.answer(&request, now);
        shower.reply(id, gone);
        assert!(matches!(shower.over, Some(Happened::Gone)));

        let (_, mut shower, _) = met(generation, Manners::default());
        shower.advance(until + Duration::from_secs(1));
        assert!(matches!(shower.over, Some(Happened::Gone)), "{:?}", shower.over);
    }
}

/// Edge case 120: whoever wants patience for longer than the cell lives is told of, at once, and not its time.
#[test]
fn a_limit_that_outlives_the_cell_is_the_end() {
    for generation in BOTH {
        for sends in [true, false] {
            let (_, mut shower, mut scanner) = met(generation, Manners::default());
            let side = if sends { &mut scanner } else { &mut shower };
            if sends {
                side.send("hello");
            } else {
                let now = side.deadline().unwrap();
                side.advance(now);
            }
            let (id, _) = side.asked();
            side.reply(id, http(429, &[("retry-after", "99999999")], "{}"));
            let failed = matches!(&side.over, Some(Happened::Failed(failure))
                if matches!(failure.cause, Cause::Unavailable { retry_at: Some(_), .. }));
            assert!(failed, "{generation:?} {sends}: {:?}", side.over);
        }
    }
}

/// Edge case 131.
#[test]
fn how_long_a_cell_lives_is_believed_as_far_as_it_can_be() {
    let life = |ms: Value| {
        let mut shower = Side::opening(Generation::V2025);
        let (id, _) = shower.asked();
        let body = json!({ "id": "a", "sequence_token": "t", "expires_in_ms": ms });
        shower.reply(id, http(200, &[], &body.to_string()));
        match &shower.at {
            At::Open(open) => Some(START.until(open.until())),
            At::Opening(_) | At::Joining(_) | At::Nowhere(_) => None,
        }
    };
    assert_eq!(life(json!(120_000)), Some(LIFE));
    assert_eq!(life(json!(-1)), Some(Duration::ZERO));
    assert_eq!(life(json!(1e18)), Some(Duration::from_secs(3600)));
    assert_eq!(life(Value::Null), None);
}

/// Edge case 136: and the last word can be read before.
#[test]
fn whoever_leaves_says_why_and_deletes_the_cell() {
    for generation in BOTH {
        for fails in [false, true] {
            let (mut server, mut shower, mut scanner) = met(generation, Manners::default());
            scanner.with(|at, cx| {
                let At::Open(open) = at else { panic!() };
                open.leave(Some("cancelled"), cx);
                None
            });
            run(&mut server, &mut [&mut scanner, &mut shower], |sides| !sides[1].heard.is_empty());
            assert_eq!(&*shower.heard[0].data, "cancelled");
            while scanner.over.is_none() {
                let now = scanner.deadline().unwrap();
                match scanner.open.first().cloned() {
                    Some((id, _)) if fails => scanner.lost(id),
                    Some((id, request)) => {
                        let deleted = server.answer(&request, now);
                        scanner.reply(id, deleted);
                    }
                    None => scanner.advance(now),
                }
            }
            assert!(matches!(scanner.over, Some(Happened::Left)));
            assert_eq!(server.cell.is_none(), !fails);
        }
    }
}

/// The pauses between the looks at a cell where nothing happens for `wait`.
fn pauses(pace: Pace, wait: Duration) -> Vec<Duration> {
    let (mut server, mut shower, _) = met(Generation::V2025, Manners::default());
    shower.with(|at, cx| {
        let At::Open(open) = at else { panic!() };
        open.pace(pace, cx);
        None
    });
    let (mut pauses, mut last) = (Vec::new(), START);
    while shower.now < START + wait {
        let now = shower.deadline().unwrap();
        shower.advance(now);
        for (id, request) in shower.open.clone() {
            pauses.push(last.until(now));
            last = now;
            let read = server.answer(&request, now);
            shower.reply(id, read);
        }
    }
    pauses
}

#[test]
fn while_a_machine_is_next_it_is_looked_quickly_and_less_and_less() {
    let pauses = pauses(Pace::Machine, Duration::from_secs(20));
    assert!(pauses.is_sorted() && pauses[1] < Duration::from_millis(100), "{pauses:?}");
    assert_eq!(pauses.last(), Some(&Duration::from_secs(1)));
    assert!(pauses.len() < 36, "{pauses:?}");
}

#[test]
fn while_a_person_is_next_it_is_looked_once_a_second_and_at_a_page_less_and_less() {
    let person = pauses(Pace::Person, Duration::from_secs(20));
    assert!(person[1..].iter().all(|pause| *pause == Duration::from_secs(1)), "{person:?}");
    let page = pauses(Pace::Page, Duration::from_secs(60));
    assert!(page[1..].is_sorted() && page[1] >= Duration::from_secs(1), "{page:?}");
    assert_eq!(page.last(), Some(&Duration::from_secs(3)));
}

#[test]
fn a_cell_is_printed_nowhere() {
    for generation in BOTH {
        let (_, mut shower, mut scanner) = met(generation, Manners::default());
        scanner.send("hello");
        let saved = scanner.cell().save();
        let printed = format!("{:?} {:?} {saved:?}", shower.cell(), scanner.cell());
        assert!(!printed.contains("MARKER"), "{printed}");
    }
}
