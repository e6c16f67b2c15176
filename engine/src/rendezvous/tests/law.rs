//! The law of a cell, whatever luck does.

use std::collections::VecDeque;

use proptest::prelude::*;

use crate::io::{EffectId, Request};
use crate::qr::Generation;

use super::super::Rendezvous;
use super::server::http;
use super::side::{At, Side, all_manners, met};

/// What happens next.
#[derive(Clone, Copy, Debug)]
enum Luck {
    Fine,
    /// The request does not arrive.
    Lost,
    /// It arrives, and the answer does not.
    Unheard,
    /// Neither a request nor an answer for now: time passes.
    Late,
    Limited,
    /// The process is killed, and goes on from what it saved.
    Killed,
}

fn luck() -> impl Strategy<Value = Luck> {
    prop_oneof![
        6 => Just(Luck::Fine),
        1 => Just(Luck::Lost),
        2 => Just(Luck::Unheard),
        1 => Just(Luck::Late),
        1 => Just(Luck::Limited),
        1 => Just(Luck::Killed),
    ]
}

impl Side {
    fn killed(&mut self) {
        let At::Open(open) = &self.at else { return };
        let json = serde_json::to_string(&open.save()).unwrap();
        let saved = serde_json::from_str(&json).unwrap();
        self.open.clear();
        self.with(|at, cx| {
            *at = At::Open(Rendezvous::resume(saved, cx));
            None
        });
    }
}

proptest! {
    /// The law: whatever is lost, late or killed, each message arrives once, in order, as it was sent, and none is
    /// overwritten before it was read.
    #[test]
    fn messages_arrive_once_and_in_order(
        is_2024 in any::<bool>(),
        manners in 0..16_usize,
        mut lucks in prop::collection::vec(luck(), 0..120),
    ) {
        let generation = if is_2024 { Generation::V2024 } else { Generation::V2025 };
        let (mut server, mut shower, mut scanner) = met(generation, all_manners()[manners]);
        let mut lucks: VecDeque<Luck> = lucks.drain(..).collect();
        const MESSAGES: usize = 6;
        let mut said = 0;
        scanner.send("0");
        loop {
            let is_scanners = said % 2 == 0;
            let (speaker, listener) = if is_scanners { (&mut scanner, &mut shower) } else { (&mut shower, &mut scanner) };
            // Whoever has heard what was said last answers, also where the other does not know yet that it arrived.
            if listener.heard.len() > said / 2 {
                said += 1;
                let expected = (said - 1).to_string();
                prop_assert_eq!(&*listener.heard.last().unwrap().data, expected.as_str());
                if said == MESSAGES {
                    break;
                }
                listener.send(&said.to_string());
                continue;
            }
            prop_assert!(speaker.over.is_none() && listener.over.is_none(), "{:?} {:?}", speaker.over, listener.over);
            let now = [&*speaker, &*listener].iter().filter_map(|side| side.deadline()).min().unwrap();
            let open: Vec<(bool, EffectId, Request)> = [(true, &*speaker), (false, &*listener)]
                .iter()
                .flat_map(|(is, side)| side.open.iter().map(move |(id, request)| (*is, *id, request.clone())))
                .collect();
            if open.is_empty() {
                speaker.advance(now);
                listener.advance(now);
            }
            for (is_speaker, id, request) in open {
                let side = if is_speaker { &mut *speaker } else { &mut *listener };
                match lucks.pop_front().unwrap_or(Luck::Fine) {
                    Luck::Fine => {
                        let response = server.answer(&request, now);
                        side.reply(id, response);
                    }
                    Luck::Lost => side.lost(id),
                    Luck::Unheard => {
                        server.answer(&request, now);
                        side.lost(id);
                    }
                    Luck::Late => side.advance(now),
                    Luck::Limited => side.reply(id, http(429, &[("retry-after", "1")], "{}")),
                    Luck::Killed => side.killed(),
                }
            }
        }
        let history = &server.cell.as_ref().unwrap().history;
        prop_assert_eq!(history, &(0..MESSAGES).map(|n| n.to_string()).collect::<Vec<_>>());
    }
}
