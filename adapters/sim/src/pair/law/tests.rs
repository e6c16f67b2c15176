//! Each law can fail.

use narthex::{Generation, Secret, SecretsBundle, Trust};

use super::*;

const E: usize = 0;
const N: usize = 1;
const STRANGER: usize = 2;

fn law(result: Result<(), PairBroken>) -> Option<PairLaw> {
    result.err().map(|broken| broken.law)
}

/// The new device has scanned the code of the existing one, and both have made sure of each other.
fn met(scans: usize) -> Books {
    let mut books = Books::default();
    books.writes(scans, "cell", Generation::V2024, "greeting").unwrap();
    books.hears(E, "cell", "greeting".to_owned());
    books.writes(E, "cell", Generation::V2024, "answer").unwrap();
    books.hears(scans, "cell", "answer".to_owned());
    books.shows_check_code(scans, E).unwrap();
    books
}

fn ready(steps: [bool; 4]) -> Books {
    let mut books = met(N);
    let [code, absent, consent, present] = steps;
    if code {
        books.enters(E);
    }
    if absent {
        books.told(E, "NEW", false);
    }
    if consent {
        books.consents(E, "NEW");
    }
    if present {
        books.told(E, "NEW", true);
    }
    books
}

#[test]
fn keys_leave_after_all_of_it_and_after_nothing_less() {
    assert_eq!(law(ready([true; 4]).shares(E, N)), None);
    for missing in 0..4 {
        let mut steps = [true; 4];
        steps[missing] = false;
        assert_eq!(law(ready(steps).shares(E, N)), Some(PairLaw::TooEarly), "{steps:?}");
    }
    // What is of another device does not count.
    let mut books = ready([true, true, true, false]);
    books.told(E, "ANOTHER", true);
    assert_eq!(law(books.shares(E, N)), Some(PairLaw::TooEarly));
}

#[test]
fn keys_leave_for_no_other_device() {
    let mut books = met(STRANGER);
    books.enters(E);
    assert_eq!(law(books.shares(E, N)), Some(PairLaw::TheWrongOne));
    assert_eq!(law(Books::default().shares(E, N)), Some(PairLaw::TheWrongOne));
}

#[test]
fn other_keys_are_not_adopted() {
    let bundle = |seed| SecretsBundle {
        master_key: Secret::new([seed; 32]),
        self_signing_key: Secret::new([2; 32]),
        user_signing_key: Secret::new([3; 32]),
        backup: None,
    };
    assert_eq!(law(Books::adopts(N, &bundle(1), &bundle(1))), None);
    assert_eq!(law(Books::adopts(N, &bundle(9), &bundle(1))), Some(PairLaw::TheWrongOne));
}

#[test]
fn a_check_code_is_shown_after_the_answer_to_ones_own_greeting() {
    // To a stranger's.
    let mut books = met(STRANGER);
    books.writes(N, "cell", Generation::V2024, "greeting of N").unwrap();
    books.hears(N, "cell", "answer".to_owned());
    assert_eq!(law(books.shows_check_code(N, E)), Some(PairLaw::NotSecure));
    // By a stranger.
    let mut books = Books::default();
    books.writes(N, "cell", Generation::V2024, "greeting").unwrap();
    books.hears(STRANGER, "cell", "greeting".to_owned());
    books.writes(STRANGER, "cell", Generation::V2024, "answer").unwrap();
    books.hears(N, "cell", "answer".to_owned());
    assert_eq!(law(books.shows_check_code(N, E)), Some(PairLaw::NotSecure));
    // Before any answer, and to its own greeting.
    let mut books = Books::default();
    books.writes(N, "cell", Generation::V2024, "greeting").unwrap();
    books.hears(N, "cell", "greeting".to_owned());
    assert_eq!(law(books.shows_check_code(N, E)), Some(PairLaw::NotSecure));
}

/// What `text` is under a stream of the cipher, as a frame.
fn sealed(text: &[u8], stream: u8) -> String {
    let bytes: Vec<u8> = text.iter().enumerate().map(|(i, byte)| byte ^ stream ^ i as u8).collect();
    BASE64_STANDARD_NO_PAD.encode(bytes)
}

#[test]
fn no_counter_is_used_twice() {
    let message = |end: &str| format!("{{\"type\":\"m.login.{end}\"}}");
    let frame = |end: &str, stream| sealed(message(end).as_bytes(), stream);
    let writes = |books: &mut Books, frame: &str| law(books.writes(N, "cell", Generation::V2024, frame));
    let mut books = Books::default();
    assert_eq!(writes(&mut books, &sealed(b"MATRIX_QR_CODE_LOGIN_OK", 1)), None);
    assert_eq!(writes(&mut books, &frame("success", 2)), None);
    // The same bytes again are the same message.
    assert_eq!(writes(&mut books, &frame("success", 2)), None);
    assert_eq!(writes(&mut books, &frame("declined", 3)), None);
    assert_eq!(writes(&mut books, &frame("secrets", 2)), Some(PairLaw::SealedTwice));
    // By the counter of the greeting or the answer.
    assert_eq!(writes(&mut books, &frame("failure", 1)), Some(PairLaw::SealedTwice));
    // In another cell there is another key.
    let elsewhere = law(books.writes(N, "another", Generation::V2024, &frame("secrets", 2)));
    assert_eq!(elsewhere, None);
}

#[test]
fn what_has_to_end_does_within_seconds() {
    for end in [PairLaw::WrongCode, PairLaw::CancelUnheard] {
        let mut books = Books::default();
        assert_eq!(law(books.is_over(SECONDS * 9, false)), None);
        books.ends(1, end);
        assert_eq!(law(books.is_over(1 + SECONDS, false)), None);
        assert_eq!(law(books.is_over(2 + SECONDS, true)), None);
        assert_eq!(law(books.is_over(2 + SECONDS, false)), Some(end));
    }
}

#[test]
fn a_session_that_was_granted_is_there_and_no_other() {
    assert_eq!(law(Books::sessions(true, true, 1, false)), None);
    assert_eq!(law(Books::sessions(false, false, 0, false)), None);
    assert_eq!(law(Books::sessions(false, true, 1, false)), Some(PairLaw::SessionLost));
    assert_eq!(law(Books::sessions(true, true, 0, true)), Some(PairLaw::SessionLost));
    assert_eq!(law(Books::sessions(false, false, 1, false)), Some(PairLaw::SessionLost));
    assert_eq!(law(Books::sessions(false, false, 1, true)), None);
}

#[test]
fn whoever_says_that_it_is_verified_is() {
    let verified = Trust::Verified { backup: false };
    assert_eq!(law(Books::verified(Some(&verified), None, true)), None);
    assert_eq!(law(Books::verified(Some(&verified), None, false)), Some(PairLaw::NotVerified));
    assert_eq!(law(Books::verified(None, Some(true), false)), Some(PairLaw::NotVerified));
    assert_eq!(law(Books::verified(Some(&Trust::NoIdentity), Some(false), false)), None);
}
