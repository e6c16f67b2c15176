//! Each end of both channels against vodozemac, which the deployed programs use. It draws its own randomness.

use vodozemac::Curve25519PublicKey;
use vodozemac::ecies::{self, Ecies};
use vodozemac::hpke::{self, DigitMode, EstablishedHpkeChannel, HpkeRecipientChannel, HpkeSenderChannel};

use super::{message, secret, showing};
use crate::qr::channel::{ANSWER, Established, GREETING, Scanning};
use crate::qr::check_code::TypedCode;
use crate::qr::dialect::{BoundUrl, bound};
use crate::qr::key::PublicKey;
use crate::qr::payload::{Form, Generation, QrPayload};

/// So often, because each exchange has other keys.
const ROUNDS: u8 = 20;

fn their_key(bytes: &[u8; 32]) -> Curve25519PublicKey {
    Curve25519PublicKey::from_bytes(*bytes)
}

/// What vodozemac's device shows.
fn shown(key: Curve25519PublicKey, form: &Form) -> QrPayload {
    let key = PublicKey::new(key.to_bytes()).expect("not of low order");
    QrPayload::new(key, form.clone()).expect("short enough")
}

fn has_code(ours: &Established, digits: u8) {
    assert_eq!(ours.check_code().shown(), format!("{digits:02}"));
    let typed = TypedCode::parse(&format!("{digits:02}")).expect("digits");
    assert!(ours.check_code().matches(&typed));
}

/// Three messages each way, and the saved channel goes on.
fn talk_2024(mut ours: Established, mut theirs: ecies::EstablishedEcies) {
    has_code(&ours, theirs.check_code().to_digit(DigitMode::AllowLeadingZero));
    for text in ["one", "", "three"] {
        let frame = ours.seal(&message(text), "").expect("sealed");
        let frame = ecies::Message::decode(frame).expect("a frame");
        assert_eq!(theirs.decrypt(&frame).expect("it opens"), text.as_bytes());
        let frame = theirs.encrypt(text.as_bytes()).encode();
        assert_eq!(ours.open(&frame, ""), Ok(message(text)));
        ours = ours.clone();
    }
}

fn talk_2025(mut ours: Established, mut theirs: EstablishedHpkeChannel, bound: &dyn Fn(&str) -> Vec<u8>) {
    has_code(&ours, theirs.check_code().to_digit(DigitMode::NoLeadingZero));
    for (text, version) in [("one", "v2"), ("", "v3"), ("three", "v4")] {
        let frame = ours.seal(&message(text), version).expect("sealed");
        let frame = hpke::Message::decode(frame).expect("a frame");
        assert_eq!(theirs.open(&frame, &bound(version)).expect("it opens"), text.as_bytes());
        let frame = theirs.seal(text.as_bytes(), &bound(version)).encode();
        assert_eq!(ours.open(&frame, version), Ok(message(text)));
        ours = ours.clone();
    }
}

#[test]
fn we_show_a_code_of_2024_and_vodozemac_scans_it() {
    for _ in 0..ROUNDS {
        let showing = showing(Generation::V2024);
        let key = their_key(showing.payload().key().as_bytes());
        let greeted = Ecies::new().establish_outbound_channel(key, GREETING).expect("a channel");
        let ours = showing.answer(&greeted.message.encode(), "", "").expect("a greeting");
        let mut theirs = greeted.ecies;
        let answer = ecies::Message::decode(ours.last_frame()).expect("a frame");
        assert_eq!(theirs.decrypt(&answer).expect("it opens"), ANSWER);
        talk_2024(ours, theirs);
    }
}

#[test]
fn vodozemac_shows_a_code_of_2024_and_we_scan_it() {
    for round in 0..ROUNDS {
        let theirs = Ecies::new();
        let payload = shown(theirs.public_key(), showing(Generation::V2024).payload().form());
        let mut scanning =
            Scanning::new(secret(round), payload, BoundUrl::default(), "").expect("a greeting");
        let greeting = ecies::InitialMessage::decode(scanning.greeting()).expect("a greeting");
        let greeted = theirs.establish_inbound_channel(&greeting).expect("it opens");
        assert_eq!(greeted.message, GREETING);
        let mut theirs = greeted.ecies;
        let answer = theirs.encrypt(ANSWER).encode();
        talk_2024(scanning.establish(&answer, "").expect("an answer"), theirs);
    }
}

#[test]
fn we_show_a_code_of_2025_and_vodozemac_scans_it() {
    for url in BoundUrl::ALL {
        for _ in 0..ROUNDS {
            let showing = showing(Generation::V2025);
            let bound = |version: &str| bound(showing.payload().form(), url, version).expect("a version");
            let key = their_key(showing.payload().key().as_bytes());
            let greeted = HpkeSenderChannel::new().establish_channel(key, GREETING, &bound("v0"));
            let greeted = greeted.expect("a channel");
            let ours = showing.answer(&greeted.message.encode(), "v0", "v1").expect("a greeting");
            assert_eq!(ours.dialect.bound_url, url);
            let answer = hpke::InitialResponse::decode(ours.last_frame()).expect("a frame");
            let theirs = greeted.channel.establish_bidirectional_channel(&answer, &bound("v1"));
            let theirs = theirs.expect("it opens");
            assert_eq!(theirs.message, ANSWER);
            talk_2025(ours, theirs.channel, &bound);
        }
    }
}

#[test]
fn vodozemac_shows_a_code_of_2025_and_we_scan_it() {
    for url in BoundUrl::ALL {
        for round in 0..ROUNDS {
            let theirs = HpkeRecipientChannel::new();
            let payload = shown(theirs.public_key(), showing(Generation::V2025).payload().form());
            let bound = |version: &str| bound(payload.form(), url, version).expect("a version");
            let mut scanning = Scanning::new(secret(round), payload.clone(), url, "v0").expect("a greeting");
            let greeting = hpke::InitialMessage::decode(scanning.greeting()).expect("a greeting");
            let greeted = theirs.establish_channel(&greeting, &bound("v0")).expect("it opens");
            assert_eq!(greeted.message, GREETING);
            let theirs = greeted.channel.establish_bidirectional_channel(ANSWER, &bound("v1"));
            let ours = scanning.establish(&theirs.message.encode(), "v1").expect("an answer");
            talk_2025(ours, theirs.channel, &bound);
        }
    }
}
