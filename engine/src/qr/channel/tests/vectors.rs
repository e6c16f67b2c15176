//! The bytes of both channels, as an implementation in another language made them.
//!
//! That implementation is apart from this project, was held against vodozemac, and gives the vectors of RFC 9180 A.2.1.

use super::{BOTH, hex, message};
use crate::qr::channel::{ANSWER, ChannelError, Established, Scanning, Showing, frame};
use crate::qr::check_code::TypedCode;
use crate::qr::dialect::{BoundUrl, Dialect, ResponseLabel, bound};
use crate::qr::key::PublicKey;
use crate::qr::payload::{Form, Generation, QrPayload, Role};
use crate::qr::place::{BaseUrl, CellId, CellUrl};
use crate::qr::{base64, ecies, hpke};
use crate::secret::Secret;

const SHOWN: &str = "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20";
const SCANNED: &str = "2122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f40";
const NONCE: &str = "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f";
/// With its ephemeral key given.
const GREETING_OF_2025: &str =
    "WGmv9FBUlzLLqu1eXfmzCm2jHLDldCutWtShp2jxpnt1pqPTY0caQCo70Yd8dDv3+EQZXoryGa/3neRjseeaGHYjc5lVK4Q9wFedu48";
const SUCCESS: &str = r#"{"type":"m.login.success"}"#;
const ACCEPTED: &str = r#"{"type":"m.login.protocol_accepted"}"#;

fn key(text: &str) -> Secret<[u8; 32]> {
    Secret::new(hex(text).try_into().expect("32 bytes"))
}

fn form(generation: Generation) -> Form {
    match generation {
        Generation::V2024 => {
            Form::V2024 { cell: CellUrl::parse("https://a.b/c").expect("an address"), homeserver: None }
        }
        Generation::V2025 => Form::V2025 {
            shown_by: Role::Existing,
            base_url: BaseUrl::parse("https://matrix-client.matrix.org").expect("an address"),
            cell: CellId::new("01HX9K00Q1H6KPD47EG4G1T3XG").expect("an id"),
            stable: true,
        },
    }
}

fn showing(generation: Generation) -> Showing {
    Showing::new(key(SHOWN), key(NONCE), form(generation)).expect("short enough")
}

fn is_code(channel: &Established, code: &str) {
    assert_eq!(channel.check_code().shown(), code);
    assert!(channel.check_code().matches(&TypedCode::parse(code).expect("digits")));
}

#[test]
fn what_is_bound_are_the_address_the_cell_and_its_version() {
    for version in 1..=3 {
        let expected = format!(
            "002068747470733a2f2f6d61747269782d636c69656e742e6d61747269782e6f7267\
             1a30314858394b3030513148364b504434374547344731543358470453455 13{version}"
        );
        let bound = bound(&form(Generation::V2025), BoundUrl::Written, &format!("SEQ{version}"));
        assert_eq!(bound, Some(hex(&expected.replace(' ', ""))));
    }
    assert_eq!(bound(&form(Generation::V2024), BoundUrl::Written, ""), Some(Vec::new()));
}

/// The answer of a device that shows the code, to a greeting whose ephemeral key is given.
#[test]
fn the_transcript_of_2025_as_the_device_that_shows() {
    let mut channel =
        showing(Generation::V2025).answer(GREETING_OF_2025, "SEQ1", "SEQ2").expect("a greeting");
    assert_eq!(
        channel.last_frame(),
        "gIGCg4SFhoeIiYqLjI2Oj5CRkpOUlZaXmJmam5ydnp/DKZ+BCekQhrMe3PJjn/XQmb/AVeM19Nd5Ol2ISG+cggvNzLpwliA"
    );
    is_code(&channel, "92");
    let expected = Dialect { bound_url: BoundUrl::Written, response_label: ResponseLabel::Deployed };
    assert_eq!(channel.dialect, expected);
    let frame = "to2/++GfACv4R+ZQvdvQCkGgxqsnt+oOf4JMp8PWc5D+t1FFbE3rhsem";
    assert_eq!(channel.open(frame, "SEQ3"), Ok(message(SUCCESS)));
    assert_eq!(
        channel.seal(&message(ACCEPTED), "SEQ4"),
        Ok("BkHvGFjOLQu48yn7WqLt1PVNe6sXZJ6YLNHVR02XMmPhzdfUSrb5BSg5udtNLpPOfCEHTw")
    );
}

/// What is bound may be the address as it is written, or as a parser writes it: the greeting shows it.
#[test]
fn the_device_that_shows_finds_out_how_the_address_is_bound() {
    let greeting = "WGmv9FBUlzLLqu1eXfmzCm2jHLDldCutWtShp2jxpnt1pqPTY0caQCo70Yd8dDv3+EQZXoryGa/3neRjsbrZygUNSj6gHJRRpFLJTaY";
    let channel = showing(Generation::V2025).answer(greeting, "SEQ1", "SEQ2").expect("a greeting");
    assert_eq!(channel.dialect, Dialect::default());
    is_code(&channel, "92");
}

/// The same as the device that scanned, whose ephemeral key is derived as the crate does it.
#[test]
fn the_transcript_of_2025_as_the_device_that_scanned() {
    let ikm = "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f";
    let payload = showing(Generation::V2025).payload().clone();
    let mut scanning = Scanning::new(key(ikm), payload, BoundUrl::Written, "SEQ1").expect("a greeting");
    assert_eq!(
        scanning.greeting(),
        "sln27pLcugERhQsTs/bczIJ3JvmwgjWrYpIraz8/KhnpW+2qmmDfXdDD9XTDyqalbCKZgiOY3xHDAB8UvRoR7PPdf4tJRS770/mjh34"
    );
    let answer =
        "gIGCg4SFhoeIiYqLjI2Oj5CRkpOUlZaXmJmam5ydnp+PN79FaheMGMcslLQGRIwN0ydP7O6CLv5hldsvYNuqjIz+kVuqhKM";
    let mut channel = scanning.establish(answer, "SEQ2").expect("an answer");
    is_code(&channel, "35");
    assert_eq!(channel.dialect.response_label, ResponseLabel::Deployed);
    assert_eq!(
        channel.seal(&message(SUCCESS), "SEQ3"),
        Ok("P0y1Z9/LQxqZKyIYG42CBrBUdxPE/ISjs9W+EFUEB+bx/wbpOCjyNugR")
    );
}

/// Edge case 170.
#[test]
fn the_device_that_scanned_finds_out_the_label_of_the_answer() {
    let showing = showing(Generation::V2025);
    let bound = |version| bound(&form(Generation::V2025), BoundUrl::Written, version).expect("a version");
    let answer = |greeting: &str, label| {
        let (theirs, sealed) = frame::read_greeting(Generation::V2025, greeting).expect("a greeting");
        let mut greeted = hpke::Greeted::new(&key(SHOWN), theirs).expect("a key");
        assert!(greeted.open(&sealed, &bound("SEQ1")).is_some());
        let mut ends = greeted.established(key(NONCE).expose(), label);
        let nonce = key(NONCE);
        frame::answer(Generation::V2025, nonce.expose(), &ends.seal(ANSWER, &bound("SEQ2")))
    };
    assert_eq!(
        answer(GREETING_OF_2025, ResponseLabel::Written),
        "gIGCg4SFhoeIiYqLjI2Oj5CRkpOUlZaXmJmam5ydnp8m7yxn0+xLwAe84A72Xzu9+KhLlR5CPqypeY0fwtuaegmoNKxUHDY"
    );
    for label in ResponseLabel::ALL {
        let payload = showing.payload().clone();
        let mut scanning =
            Scanning::new(key(SCANNED), payload, BoundUrl::Written, "SEQ1").expect("a greeting");
        let answer = answer(scanning.greeting(), label);
        let channel = scanning.establish(&answer, "SEQ2").expect("an answer");
        assert_eq!(channel.dialect, Dialect { bound_url: BoundUrl::Written, response_label: label });
    }
}

/// What an older release and a reading of the text would give.
#[test]
fn other_derivations_are_refused() {
    let showing = showing(Generation::V2025);
    // A greeting whose secret is the bare result of X25519.
    let bare = "WGmv9FBUlzLLqu1eXfmzCm2jHLDldCutWtShp2jxpnvB+gIz9ZuTL9MnsERqkz8qPWsQDuWN0qWTrLsyiSJIuelmaAmPqEL/0ZUmO3c";
    assert_eq!(showing.answer(bare, "SEQ1", "SEQ2").err(), Some(ChannelError::Unopened));
    // The check code of vodozemac 0.11.0 and before.
    let channel = showing.answer(GREETING_OF_2025, "SEQ1", "SEQ2").expect("a greeting");
    let old = TypedCode::parse("71").expect("digits");
    assert!(!channel.check_code().matches(&old));
}

#[test]
fn the_transcript_of_2024_from_both_devices() {
    let showing = showing(Generation::V2024);
    let payload = showing.payload().clone();
    let mut scanning = Scanning::new(key(SCANNED), payload, BoundUrl::default(), "").expect("a greeting");
    assert_eq!(
        scanning.greeting(),
        "+BbcTQsnCWbiMso6mq0QYrpgg559b33ECN1uniaNzn8oj9Fvgd/yF34ROn9t|WGmv9FBUlzLLqu1eXfmzCm2jHLDldCutWtShp2jxpns"
    );
    let mut shown = showing.answer(scanning.greeting(), "", "").expect("a greeting");
    assert_eq!(shown.last_frame(), "IbQIONcpJ71bB8xEgB5mQqsxeTLkcJXfma7FXuKXuyqBmlaRBf3Z");
    let mut scanned = scanning.establish(shown.last_frame(), "").expect("an answer");
    let success = "IcNIysYGHM4IgiLG+opD7Xx01Lpyy4voNKnU3vWo/cx1nky4QBPMC9qZ";
    assert_eq!(scanned.seal(&message(SUCCESS), ""), Ok(success));
    assert_eq!(shown.open(success, ""), Ok(message(SUCCESS)));
    let accepted = "oDloqB3AhzvOl8tQCn11IyMnB2A7F8uq9TIm2a5oHmqTYPZ0Z2l/VcFOqNAQtWHS2/nDpg";
    assert_eq!(shown.seal(&message(ACCEPTED), ""), Ok(accepted));
    assert_eq!(scanned.open(accepted, ""), Ok(message(ACCEPTED)));
    for channel in [&shown, &scanned] {
        is_code(channel, "44");
    }
}

/// Edge case 139: whoever has the code can seal anything.
#[test]
fn a_greeting_or_an_answer_with_another_text_is_the_end() {
    let (generation, other) = (Generation::V2025, b"MATRIX_QR_CODE_LOGIN_INITIATED".as_slice());
    let showing = showing(generation);
    let bound = |version| bound(&form(generation), BoundUrl::Written, version).expect("a version");
    let mut greeting = hpke::Greeting::new(&key(SCANNED), showing.payload().key()).expect("a key");
    let sealed = greeting.seal(other, &bound("v0"));
    let text = frame::greeting(generation, greeting.own(), &sealed);
    assert_eq!(showing.answer(&text, "v0", "v1").err(), Some(ChannelError::WrongGreeting));

    let payload = showing.payload().clone();
    let mut scanning = Scanning::new(key(SCANNED), payload, BoundUrl::Written, "v0").expect("a greeting");
    let mut greeted = hpke::Greeted::new(&key(SHOWN), *greeting.own()).expect("a key");
    let (_, sealed) = frame::read_greeting(generation, scanning.greeting()).expect("a greeting");
    assert!(greeted.open(&sealed, &bound("v0")).is_some());
    let mut ends = greeted.established(key(NONCE).expose(), ResponseLabel::Deployed);
    let text = frame::answer(generation, key(NONCE).expose(), &ends.seal(other, &bound("v1")));
    assert_eq!(scanning.establish(&text, "v1").err(), Some(ChannelError::WrongGreeting));

    let generation = Generation::V2024;
    let showing = self::showing(generation);
    let own = PublicKey::of(&key(SCANNED));
    let keys = ecies::Keys { shown: showing.payload().key(), scanned: &own };
    let (mut ends, _) = ecies::Ends::scanning(&key(SCANNED), keys);
    let text = frame::greeting(generation, &own, &ends.seal(other));
    assert_eq!(showing.answer(&text, "", "").err(), Some(ChannelError::WrongGreeting));
    let (mut ends, _) = ecies::Ends::showing(&key(SHOWN), keys);
    let payload = showing.payload().clone();
    let mut scanning = Scanning::new(key(SCANNED), payload, BoundUrl::Written, "").expect("a greeting");
    let text = frame::answer(generation, &[0; 32], &ends.seal(other));
    assert_eq!(scanning.establish(&text, "").err(), Some(ChannelError::WrongGreeting));
}

/// The forms of frames in vodozemac's own tests, which no key opens.
#[test]
fn the_frames_of_vodozemacs_tests_are_read() {
    let key = base64::decode("9yA/CX8pJKF02Prd75ZyBQHg3fGTVVGDNl86q1z17Us").expect("base64");
    let initial =
        "9yA/CX8pJKF02Prd75ZyBQHg3fGTVVGDNl86q1z17Uvc6ftAUnItAwASu5r0r/Ig5wkAu+4xhrHUBbSJaB/rgDC1IxlfAADTXZA";
    let (read, sealed) = frame::read_greeting(Generation::V2025, initial).expect("a greeting");
    assert_eq!(read.as_bytes().as_slice(), key);
    let initial = "3On7QFJyLQMAErua9K/yIOcJALvuMYax1AW0iWgf64AwtSMZXwAA012Q|9yA/CX8pJKF02Prd75ZyBQHg3fGTVVGDNl86q1z17Us";
    let (read, sealed_2024) = frame::read_greeting(Generation::V2024, initial).expect("a greeting");
    assert_eq!(read.as_bytes().as_slice(), key);
    assert_eq!(sealed, sealed_2024);
    let response =
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAADc6ftAUnItAwASu5r0r/Ig5wkAu+4xhrHUBbSJaB/rgDC1IxlfAADTXZA";
    assert_eq!(frame::read_answer(Generation::V2025, response).expect("an answer").0, [0; 32]);
    let message = "ZmtSLdzMcyjC5eV6L8xBI6amsq7gDNbCjz1W5OjX4Z8W";
    assert_eq!(frame::message(&frame::read(message).expect("a frame")), message);
}

/// The code itself, as the vectors have its key.
#[test]
fn the_key_of_the_vectors_is_in_the_code() {
    let public = "07a37cbc142093c8b755dc1b10e86cb426374ad16aa853ed0bdfc0b2b86d1c7c";
    for generation in BOTH {
        let payload = showing(generation).payload().clone();
        assert_eq!(payload.key().as_bytes().as_slice(), hex(public));
        assert_eq!(QrPayload::from_bytes(&payload.to_bytes()), Ok(payload));
    }
}
