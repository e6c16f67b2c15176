//! One callback over one connection: how is it said, and what became of it?
//!
//! Version 2: the mark `FF02`, the length of the address in two bytes, highest first, and its bytes; the answer is one
//! byte. Version 1 had no mark, and its answer only said whether there was room. Both are understood, and a process
//! that knows version 1 alone refuses version 2, because no address is as long as the mark says.

use std::time::Duration;

use narthex::Callback;
use narthex_runtime::{Arrival, Outcome};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::address;
use crate::limit::Hurry;
use crate::question;

/// How long a handover may take, both ways. A process on the same machine takes a fraction of it.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

const VERSION_2: u16 = 0xFF02;
const _: () = assert!(VERSION_2 as usize > address::MAX_ADDRESS);

/// What became of a handover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Handover {
    /// The other process has said so, or has not said anything in time.
    Answered(Outcome),
    /// It is of an older version, or gone.
    Refused,
}

/// The version 2 answer of one byte. Zero and one were the answers of version 1.
const ANSWERS: [(u8, Outcome); 4] =
    [(2, Outcome::Taken), (3, Outcome::Stopped), (4, Outcome::NotMine), (5, Outcome::Busy)];

pub(super) fn code(outcome: Outcome) -> u8 {
    let known = ANSWERS.iter().find(|(_, known)| *known == outcome);
    known.expect("each outcome has a code").0
}

pub(crate) fn decoded(code: u8) -> Handover {
    let known = ANSWERS.iter().find(|(known, _)| *known == code);
    known.map_or(Handover::Refused, |(_, outcome)| Handover::Answered(*outcome))
}

/// The answer of version 1.
const fn is_taken(outcome: Outcome) -> bool {
    match outcome {
        Outcome::Taken | Outcome::Stopped => true,
        Outcome::NotMine | Outcome::Busy => false,
    }
}

/// Takes one callback, and says what becomes of it. Whoever still owes some of it when it has to hurry, or when nobody
/// listens any more, is sent away.
pub(super) async fn take<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    queue: mpsc::Sender<Arrival>,
    mut hurry: Hurry,
) {
    let said = tokio::select! {
        said = timeout(PATIENCE, read(&mut stream)) => said.ok().flatten(),
        _ = &mut hurry => return,
    };
    let answer = match said {
        Some((version, callback)) => {
            let outcome = question::ask(callback, &queue, &mut hurry).await;
            if version == 2 { code(outcome) } else { u8::from(is_taken(outcome)) }
        }
        None => 0,
    };
    let _ = timeout(PATIENCE, async { stream.write_all(&[answer]).await.and(stream.shutdown().await) }).await;
}

pub(crate) async fn read<S: AsyncRead + Unpin>(stream: &mut S) -> Option<(u8, Callback)> {
    let (version, length) = match stream.read_u16().await.ok()? {
        VERSION_2 => (2, stream.read_u16().await.ok()?),
        length => (1, length),
    };
    let length = usize::from(length);
    if length > address::MAX_ADDRESS {
        return None;
    }
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes).await.ok()?;
    Some((version, address::parse(bytes)?))
}

/// Hands one callback over.
pub(super) async fn give<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, callback: &Callback) -> Handover {
    match timeout(PATIENCE, said(&mut stream, &[VERSION_2], callback)).await {
        Ok(Some(code)) => decoded(code),
        Ok(None) => Handover::Refused,
        Err(_elapsed) => Handover::Answered(Outcome::Busy),
    }
}

/// Hands one over to a process that knows version 1 alone; whether it has room for it, which is all that it says.
pub(super) async fn give_version_1<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    callback: &Callback,
) -> bool {
    timeout(PATIENCE, said(&mut stream, &[], callback)).await == Ok(Some(1))
}

async fn said<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    mark: &[u16],
    callback: &Callback,
) -> Option<u8> {
    let address = callback.address().expose();
    for number in mark.iter().copied().chain(u16::try_from(address.len())) {
        stream.write_u16(number).await.ok()?;
    }
    stream.write_all(address.as_bytes()).await.ok()?;
    stream.flush().await.ok()?;
    stream.read_u8().await.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_has_a_code_that_is_read_again() {
        for (_, outcome) in ANSWERS {
            assert_eq!(decoded(code(outcome)), Handover::Answered(outcome));
        }
        for other in [0, 1, 6, 255] {
            assert_eq!(decoded(other), Handover::Refused);
        }
    }

    /// What this program's first version wrote and read.
    async fn version_1(callback: &[u8], outcome: Outcome) -> u8 {
        let (mut theirs, ours) = tokio::io::duplex(64);
        let (queue, mut arrivals) = mpsc::channel(1);
        let (_hurry, hurried) = tokio::sync::oneshot::channel();
        tokio::spawn(take(ours, queue, hurried));
        tokio::spawn(async move { arrivals.recv().await.expect("it arrives").answer(outcome) });
        theirs.write_u16(u16::try_from(callback.len()).unwrap()).await.unwrap();
        theirs.write_all(callback).await.unwrap();
        theirs.read_u8().await.unwrap()
    }

    #[tokio::test]
    async fn an_older_process_may_bring_a_callback() {
        for (outcome, answer) in
            [(Outcome::Taken, 1), (Outcome::Stopped, 1), (Outcome::NotMine, 0), (Outcome::Busy, 0)]
        {
            assert_eq!(version_1(b"a:/b?c", outcome).await, answer);
        }
    }

    #[tokio::test]
    async fn an_older_process_refuses_what_it_does_not_know_and_takes_what_it_does() {
        let older = |mut stream: tokio::io::DuplexStream| async move {
            let length = usize::from(stream.read_u16().await.unwrap());
            if length > address::MAX_ADDRESS {
                stream.write_all(&[0]).await.unwrap();
                return None;
            }
            let mut bytes = vec![0; length];
            stream.read_exact(&mut bytes).await.unwrap();
            stream.write_all(&[1]).await.unwrap();
            Some(bytes)
        };
        let callback = Callback::from("a:/b?c");
        let (ours, theirs) = tokio::io::duplex(64);
        let heard = tokio::spawn(older(theirs));
        assert_eq!(give(ours, &callback).await, Handover::Refused);
        assert_eq!(heard.await.unwrap(), None);
        let (ours, theirs) = tokio::io::duplex(64);
        let heard = tokio::spawn(older(theirs));
        assert!(give_version_1(ours, &callback).await);
        assert_eq!(heard.await.unwrap(), Some(b"a:/b?c".to_vec()));
    }

    /// The clock stands still while anything happens, and jumps to the deadline when nothing does.
    #[tokio::test(start_paused = true)]
    async fn a_process_that_stands_still_or_dies_half_way_costs_seconds_at_the_most() {
        let callback = Callback::from("a:/b?c");
        let (ours, _theirs) = tokio::io::duplex(64);
        let start = tokio::time::Instant::now();
        assert_eq!(give(ours, &callback).await, Handover::Answered(Outcome::Busy));
        assert!(start.elapsed() <= PATIENCE + Duration::from_millis(10));
        let (ours, theirs) = tokio::io::duplex(64);
        drop(theirs);
        assert_eq!(give(ours, &callback).await, Handover::Refused);

        // And the other way round: an engine that does not answer, and one that is gone.
        let (queue, mut arrivals) = mpsc::channel(1);
        for (answered, expected) in [(false, Outcome::Busy), (true, Outcome::NotMine)] {
            let (ours, theirs) = tokio::io::duplex(64);
            let (_hurry, hurried) = tokio::sync::oneshot::channel();
            let taking = tokio::spawn(take(theirs, queue.clone(), hurried));
            let given = tokio::spawn(async move { give(ours, &Callback::from("a:/b?c")).await });
            let arrival = arrivals.recv().await.unwrap();
            if answered {
                drop(arrival);
                assert_eq!(given.await.unwrap(), Handover::Answered(expected));
            } else {
                assert_eq!(given.await.unwrap(), Handover::Answered(expected));
                assert!(arrival.is_given_up());
            }
            taking.await.unwrap();
        }
    }
}
