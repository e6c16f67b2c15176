//! What a channel does and refuses, whichever its generation.

mod oracle;
mod vectors;

use proptest::prelude::*;
use url::Url;

use super::frame::ChannelError;
use super::{Established, MAX_MESSAGE, MAX_MESSAGES, Scanning, Showing};
use crate::qr::base64;
use crate::qr::check_code::TypedCode;
use crate::qr::dialect::BoundUrl;
use crate::qr::key::tests::weak;
use crate::qr::payload::{Form, Generation, QrPayload, Role};
use crate::qr::place::{BaseUrl, CellId, CellUrl};
use crate::secret::Secret;

pub(crate) const BOTH: [Generation; 2] = [Generation::V2024, Generation::V2025];

pub(crate) fn hex(text: &str) -> Vec<u8> {
    assert!(text.len().is_multiple_of(2), "{text}");
    let digits = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal");
    (0..text.len()).step_by(2).map(digits).collect()
}

pub(crate) fn form(generation: Generation) -> Form {
    match generation {
        Generation::V2024 => Form::V2024 {
            cell: CellUrl::parse("https://example.org/_synapse/client/rendezvous/01H").expect("an address"),
            homeserver: None,
        },
        Generation::V2025 => Form::V2025 {
            shown_by: Role::New,
            base_url: BaseUrl::write(&Url::parse("https://matrix-client.matrix.org").expect("one"))
                .expect("usable"),
            cell: CellId::new("01HX9K00Q1H6KPD47EG4G1T3XG").expect("an id"),
            stable: false,
        },
    }
}

pub(crate) fn secret(byte: u8) -> Secret<[u8; 32]> {
    Secret::new([byte; 32])
}

pub(crate) fn showing(generation: Generation) -> Showing {
    Showing::new(secret(1), secret(2), form(generation)).expect("short enough")
}

pub(crate) fn message(text: &str) -> Secret<Vec<u8>> {
    Secret::new(text.as_bytes().to_vec())
}

fn scanning(showing: &Showing) -> Scanning {
    Scanning::new(secret(3), showing.payload().clone(), BoundUrl::default(), "v0").expect("a greeting")
}

/// The ends of the device that shows, and of that which scanned.
fn pair(generation: Generation) -> (Established, Established) {
    let showing = showing(generation);
    let mut scanning = scanning(&showing);
    let shown = showing.answer(scanning.greeting(), "v0", "v1").expect("our greeting");
    let scanned = scanning.establish(shown.last_frame(), "v1").expect("our answer");
    (shown, scanned)
}

#[test]
fn both_ends_read_each_other_and_nobody_twice() {
    for generation in BOTH {
        let (mut shown, mut scanned) = pair(generation);
        for (version, text) in ["one", "", "three"].iter().enumerate() {
            let version = format!("v{}", 2 + version);
            let frame = scanned.seal(&message(text), &version).expect("sealed").to_owned();
            assert_eq!(scanned.last_frame(), frame);
            assert_eq!(shown.open(&frame, &version), Ok(message(text)));
            // Edge case 122: an older frame is not the next one.
            assert_eq!(shown.open(&frame, &version), Err(ChannelError::Unopened));
            // Edge case 121: what we have sent ourselves is from nobody else.
            assert_eq!(scanned.open(&frame, &version), Err(ChannelError::Unopened));
            let frame = shown.seal(&message(text), &version).expect("sealed").to_owned();
            assert_eq!(scanned.open(&frame, &version), Ok(message(text)));
        }
    }
}

#[test]
fn both_ends_have_one_check_code() {
    for generation in BOTH {
        let (shown, scanned) = pair(generation);
        let digits = scanned.check_code().shown();
        let typed = TypedCode::parse(&digits).expect("digits");
        assert!(shown.check_code().matches(&typed));
        assert_eq!(shown.payload(), scanned.payload());
    }
}

#[test]
fn what_does_not_open_changes_nothing() {
    for generation in BOTH {
        let (mut shown, mut scanned) = pair(generation);
        let frame = scanned.seal(&message("text"), "v2").expect("sealed").to_owned();
        let before = shown.clone();
        for at in 0..frame.len() {
            let mut other = frame.clone().into_bytes();
            other[at] = if other[at] == b'A' { b'B' } else { b'A' };
            let other = String::from_utf8(other).expect("letters");
            assert!(shown.open(&other, "v2").is_err(), "{at}");
            assert_eq!(shown, before);
        }
        assert_eq!(shown.open(&frame, "v2"), Ok(message("text")));
    }
}

#[test]
fn a_frame_of_2025_opens_for_its_version_alone() {
    let (mut shown, mut scanned) = pair(Generation::V2025);
    let frame = scanned.seal(&message("text"), "v2").expect("sealed").to_owned();
    for version in ["v3", "v", "v22"] {
        assert_eq!(shown.open(&frame, version), Err(ChannelError::Unopened));
    }
    assert_eq!(shown.open(&frame, "v2"), Ok(message("text")));
    let (mut shown, mut scanned) = pair(Generation::V2024);
    let frame = scanned.seal(&message("text"), "v2").expect("sealed").to_owned();
    assert_eq!(shown.open(&frame, ""), Ok(message("text")));
}

/// Edge cases 124 and 125.
#[test]
fn a_version_that_cannot_be_bound_seals_and_opens_nothing() {
    let (mut shown, mut scanned) = pair(Generation::V2025);
    for version in ["", &"v".repeat(256)] {
        let before = (shown.clone(), scanned.clone());
        assert_eq!(shown.seal(&message("text"), version), Err(ChannelError::WrongVersion));
        assert_eq!(scanned.open("AAAAAAAAAAAAAAAAAAAAAAAA", version), Err(ChannelError::WrongVersion));
        assert_eq!((&shown, &scanned), (&before.0, &before.1));
        let (showing, payload) = (showing(Generation::V2025), shown.payload().clone());
        let again = Scanning::new(secret(3), payload, BoundUrl::default(), version);
        assert_eq!(again.err(), Some(ChannelError::WrongVersion));
        let greeting = scanning(&showing).greeting().to_owned();
        assert_eq!(showing.answer(&greeting, version, "v1").err(), Some(ChannelError::WrongVersion));
        assert_eq!(showing.answer(&greeting, "v0", version).err(), Some(ChannelError::WrongVersion));
        let answer = shown.last_frame();
        assert_eq!(scanning(&showing).establish(answer, version).err(), Some(ChannelError::WrongVersion));
    }
    for version in ["a=", &"v".repeat(255)] {
        let frame = shown.seal(&message("text"), version).expect("sealed").to_owned();
        assert_eq!(scanned.open(&frame, version), Ok(message("text")));
    }
}

/// Edge case 130.
#[test]
fn a_frame_fits_into_a_cell() {
    for generation in BOTH {
        let (mut shown, mut scanned) = pair(generation);
        let most = Secret::new(vec![b'x'; MAX_MESSAGE]);
        let frame = shown.seal(&most, "v2").expect("sealed").to_owned();
        assert_eq!(frame.len(), 4096);
        assert_eq!(scanned.open(&frame, "v2"), Ok(most));
        let more = Secret::new(vec![b'x'; MAX_MESSAGE + 1]);
        assert_eq!(shown.seal(&more, "v3"), Err(ChannelError::TooLong));
        // Refused for its length, and not for what is in it.
        assert_eq!(scanned.open(&format!("{frame}AAAA"), "v2"), Err(ChannelError::Malformed));
        for frame in ["", "AAAA", "AAAAAAAAAAAAAAAAAAAA", "ä", "AAAAAAAAAAAAAAAAAAAAA\n", "\u{0}"] {
            assert_eq!(scanned.open(frame, "v2"), Err(ChannelError::Malformed), "{frame:?}");
        }
        assert_eq!(scanned.open("AAAAAAAAAAAAAAAAAAAAAA==", "v2"), Err(ChannelError::Unopened));
    }
}

/// Edge case 169.
#[test]
fn no_more_messages_than_a_sign_in_has() {
    for generation in BOTH {
        let (mut shown, mut scanned) = pair(generation);
        for _ in 0..MAX_MESSAGES {
            let frame = shown.seal(&message("text"), "v2").expect("sealed").to_owned();
            assert_eq!(scanned.open(&frame, "v2"), Ok(message("text")));
        }
        let last = shown.last_frame().to_owned();
        assert_eq!(shown.seal(&message("text"), "v2"), Err(ChannelError::TooMany));
        assert_eq!(shown.last_frame(), last);
        assert_eq!(scanned.open(&last, "v2"), Err(ChannelError::TooMany));
    }
}

#[test]
fn a_greeting_that_is_none_is_refused_for_what_it_is() {
    for generation in BOTH {
        let showing = showing(generation);
        let greeting = scanning(&showing).greeting().to_owned();
        let answer = |text: &str| showing.answer(text, "v0", "v1").err();
        for text in ["", "|", "A|A", "AAAA|AAAA", "ä|ä", &"A".repeat(5000), &greeting[..40]] {
            assert_eq!(answer(text), Some(ChannelError::Malformed), "{text:.80}");
        }
        let long = format!("{greeting}{}", "A".repeat(4096));
        assert_eq!(answer(&long), Some(ChannelError::Malformed));
        for mut key in weak() {
            for high in [0, 0x80] {
                key[31] |= high;
                let sealed = [7; 45];
                let text = match generation {
                    Generation::V2024 => format!("{}|{}", base64::encode(&sealed), base64::encode(&key)),
                    Generation::V2025 => base64::encode(&[&key[..], &sealed].concat()),
                };
                assert_eq!(answer(&text), Some(ChannelError::WeakKey));
            }
        }
        // Another device's code was scanned.
        let other = Showing::new(secret(9), secret(2), form(generation)).expect("short enough");
        assert_eq!(answer(scanning(&other).greeting()), Some(ChannelError::Unopened));
        assert!(showing.answer(&greeting, "v0", "v1").is_ok());
    }
}

/// Edge case 140.
#[test]
fn an_answer_that_is_none_is_refused_for_what_it_is() {
    for generation in BOTH {
        let showing = showing(generation);
        let (mut one, other) = (scanning(&showing), |byte| {
            Scanning::new(secret(byte), showing.payload().clone(), BoundUrl::default(), "v0").expect("one")
        });
        let mut second = other(4);
        let shown = showing.answer(second.greeting(), "v0", "v1").expect("a greeting");
        // To the one that was faster.
        assert_eq!(one.establish(shown.last_frame(), "v1").err(), Some(ChannelError::Unopened));
        assert!(second.establish(shown.last_frame(), "v1").is_ok());
        let least = if generation == Generation::V2024 { 16 } else { 48 };
        let short = base64::encode(&vec![7; least - 1]);
        assert_eq!(one.establish(&short, "v1").err(), Some(ChannelError::Malformed));
        let whole = base64::encode(&vec![7; least]);
        assert_eq!(one.establish(&whole, "v1").err(), Some(ChannelError::Unopened));
        // Our own greeting comes back.
        let own = one.greeting().to_owned();
        let echoed = one.establish(&own, "v1").err();
        let expected = [Some(ChannelError::Unopened), Some(ChannelError::Malformed)];
        assert!(expected.contains(&echoed), "{echoed:?}");
        // What came before has changed nothing.
        let shown = showing.answer(one.greeting(), "v0", "v1").expect("a greeting");
        let again = one.clone().establish(shown.last_frame(), "v1").expect("an answer");
        assert_eq!(one.establish(shown.last_frame(), "v1").expect("an answer"), again);
    }
}

#[test]
fn what_is_saved_is_built_again() {
    for generation in BOTH {
        let (mut shown, mut scanned) = pair(generation);
        let again = |end: &Established| {
            let json = serde_json::to_string(end).expect("saved");
            serde_json::from_str::<Established>(&json).expect("read")
        };
        for round in 0..5 {
            let version = format!("v{}", round + 2);
            let text = message(&format!("message {round}"));
            let (mut shown_again, mut scanned_again) = (again(&shown), again(&scanned));
            assert_eq!((&shown_again, &scanned_again), (&shown, &scanned));
            assert_eq!(shown_again.dialect, shown.dialect);
            assert_eq!(shown_again.check_code(), shown.check_code());
            let frame = scanned.seal(&text, &version).expect("sealed").to_owned();
            assert_eq!(scanned_again.seal(&text, &version), Ok(frame.as_str()));
            assert_eq!(shown_again.open(&frame, &version), Ok(text.clone()));
            assert_eq!(shown.open(&frame, &version), Ok(text.clone()));
            let frame = shown.seal(&text, &version).expect("sealed").to_owned();
            assert_eq!(shown_again.seal(&text, &version), Ok(frame.as_str()));
            assert_eq!(again(&shown).last_frame(), frame);
            assert_eq!(scanned.open(&frame, &version), Ok(text));
        }
    }
}

#[test]
fn what_is_saved_of_a_beginning_begins_alike() {
    for generation in BOTH {
        let showing = showing(generation);
        let json = serde_json::to_string(&showing).expect("saved");
        let again: Showing = serde_json::from_str(&json).expect("read");
        assert_eq!(again, showing);
        let mut scanning = scanning(&again);
        let json = serde_json::to_string(&scanning).expect("saved");
        let mut scanning_again: Scanning = serde_json::from_str(&json).expect("read");
        assert_eq!(scanning_again.greeting(), scanning.greeting());
        let shown = showing.answer(scanning.greeting(), "v0", "v1").expect("a greeting");
        assert_eq!(again.answer(scanning.greeting(), "v0", "v1").expect("a greeting"), shown);
        assert_eq!(
            scanning_again.establish(shown.last_frame(), "v1").expect("an answer"),
            scanning.establish(shown.last_frame(), "v1").expect("an answer")
        );
    }
}

#[test]
fn what_is_saved_and_does_not_fit_together_is_refused() {
    for generation in BOTH {
        let (mut shown, mut scanned) = pair(generation);
        let frame = scanned.seal(&message("text"), "v2").expect("sealed").to_owned();
        let _ = shown.open(&frame, "v2").expect("opened");
        let json = serde_json::to_value(&shown).expect("saved");
        let refused = |change: fn(&mut serde_json::Value)| {
            let mut json = json.clone();
            change(&mut json);
            assert!(serde_json::from_value::<Established>(json.clone()).is_err(), "{json}");
        };
        refused(|json| json["sealed"] = 17.into());
        refused(|json| json["sealed"] = (-1).into());
        refused(|json| json["opened"][0]["frame"] = "AAAA".into());
        refused(|json| json["origin"]["shown"]["shown"]["key"] = base64::encode(&[9; 32]).into());
        refused(|json| json["origin"]["shown"]["shown"]["key"] = "AAAA".into());
        refused(|json| json["origin"]["shown"]["greeting"]["frame"] = "".into());
        let other = Showing::new(secret(9), secret(2), form(generation)).expect("short enough");
        let mut json = serde_json::to_value(other).expect("saved");
        json["payload"] = showing(generation).payload().to_base64().into();
        assert!(serde_json::from_value::<Showing>(json).is_err());
    }
}

#[test]
fn a_channel_prints_nothing_of_itself() {
    let (shown, scanned) = pair(Generation::V2025);
    let printed = format!("{shown:?} {scanned:?} {:?} {:?}", showing(Generation::V2025), shown.check_code());
    assert_eq!(printed, "Established[channel] Established[channel] Showing[channel] [check code]");
    assert_eq!(format!("{:?}", shown.payload()), "QrPayload { generation: V2025, shown_by: New, .. }");
}

#[test]
fn a_code_that_would_be_too_long_is_not_shown() {
    let cell = |length: usize| Form::V2024 {
        cell: CellUrl::parse(&format!("https://a.b/{}", "x".repeat(length - 12))).expect("an address"),
        homeserver: None,
    };
    // The prefix, two bytes, the key, and the length of the address.
    assert!(Showing::new(secret(1), secret(2), cell(1024 - 42)).is_some());
    assert!(Showing::new(secret(1), secret(2), cell(1024 - 41)).is_none());
}

fn generation() -> impl Strategy<Value = Generation> {
    prop_oneof![Just(Generation::V2024), Just(Generation::V2025)]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn any_frame_is_refused_and_changes_nothing(
        generation in generation(),
        text in prop_oneof!["[A-Za-z0-9+/]{0,200}", "[A-Za-z0-9+/|=]{0,200}", ".{0,100}"],
    ) {
        let showing = showing(generation);
        prop_assert!(showing.answer(&text, "v0", "v1").is_err());
        prop_assert!(scanning(&showing).establish(&text, "v1").is_err());
        let (mut shown, _) = pair(generation);
        let before = shown.clone();
        prop_assert!(shown.open(&text, "v2").is_err());
        prop_assert_eq!(shown, before);
    }

    #[test]
    fn any_keys_agree(
        generation in generation(),
        keys: [[u8; 32]; 3],
        text in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let [key, nonce, other] = keys.map(Secret::new);
        let showing = Showing::new(key, nonce, form(generation)).expect("short enough");
        let payload = QrPayload::from_bytes(&showing.payload().to_bytes()).expect("a code");
        let mut scanning = Scanning::new(other, payload, BoundUrl::default(), "v0").expect("a greeting");
        let mut shown = showing.answer(scanning.greeting(), "v0", "v1").expect("a greeting");
        let mut scanned = scanning.establish(shown.last_frame(), "v1").expect("an answer");
        prop_assert_eq!(shown.check_code(), scanned.check_code());
        let text = Secret::new(text);
        let frame = scanned.seal(&text, "v2").expect("sealed").to_owned();
        prop_assert_eq!(shown.open(&frame, "v2"), Ok(text.clone()));
        let frame = shown.clone().seal(&text, "v3").expect("sealed").to_owned();
        prop_assert_eq!(shown.seal(&text, "v3"), Ok(frame.as_str()));
        prop_assert_eq!(scanned.open(&frame, "v3"), Ok(text));
    }
}
