//! What raw bytes are to the parsers of sign-in by QR code: from a picture, from a cell, out of a channel, from a disk.

use crate::qr::QrPayload;
use crate::qr::bundle::adoptable;
use crate::qr::channel::{Established, Scanning, Showing};
use crate::qr::dialect::BoundUrl;
use crate::qr::message::Message;
use crate::qr::payload::{Form, Generation, Role};
use crate::qr::place::{BaseUrl, CellId, CellUrl};
use crate::secret::Secret;
use crate::secrets::{BackupKey, SecretsBundle};

/// What is done with raw bytes.
pub type Target = fn(&[u8]);

/// Every target by name, for the replay of their corpora.
pub const TARGETS: [(&str, Target); 7] = [
    ("qr_payload", qr_payload),
    ("qr_greeting", qr_greeting),
    ("qr_answer", qr_answer),
    ("qr_frame", qr_frame),
    ("qr_message", qr_message),
    ("qr_saved", qr_saved),
    ("qr_bundle", qr_bundle),
];

const BOTH: [Generation; 2] = [Generation::V2024, Generation::V2025];

/// The content of a code, also as base64: what is read is written as what is read again.
///
/// # Panics
///
/// When it is not.
pub fn qr_payload(data: &[u8]) {
    let of_text = std::str::from_utf8(data).ok().map(QrPayload::from_base64);
    for payload in [QrPayload::from_bytes(data)].into_iter().chain(of_text).flatten() {
        let bytes = payload.to_bytes();
        assert!(bytes.len() <= 1024, "{payload:?}");
        assert_eq!(QrPayload::from_bytes(&bytes).as_ref(), Ok(&payload));
        assert_eq!(QrPayload::from_base64(&payload.to_base64()).as_ref(), Ok(&payload));
    }
}

/// The first frame, to a device that shows a code: nobody greets it by chance.
///
/// # Panics
///
/// When somebody does.
pub fn qr_greeting(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for generation in BOTH {
        let answer = showing(generation).answer(text, "v0", "v1");
        is_only(answer.is_ok(), text, scanning(&showing(generation)).greeting());
    }
}

/// The second frame, to a device that has scanned one.
///
/// # Panics
///
/// When it is taken for an answer, and is none.
pub fn qr_answer(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for generation in BOTH {
        let mut scanning = scanning(&showing(generation));
        let answered = scanning.establish(text, "v1");
        is_only(answered.is_ok(), text, shown(generation).last_frame());
    }
}

/// Any frame after them: what does not open changes nothing.
///
/// # Panics
///
/// When it does.
pub fn qr_frame(data: &[u8]) {
    thread_local!(static SHOWN: [(Established, String); 2] = BOTH.map(|generation| {
        let (channel, mut scanning) = (shown(generation), scanning(&showing(generation)));
        let mut other = scanning.establish(channel.last_frame(), "v1").expect("our answer");
        let frame = other.seal(&Secret::new(b"{}".to_vec()), "v2").expect("sealed").to_owned();
        (channel, frame)
    }));
    let Ok(text) = std::str::from_utf8(data) else { return };
    SHOWN.with(|both| {
        for (before, next) in both {
            let mut channel = before.clone();
            let opened = channel.open(text, "v2");
            is_only(opened.is_ok(), text, next);
            assert_eq!(opened.is_err(), channel == *before);
        }
    });
}

/// What a channel opened: what is read is written as what is read again.
///
/// # Panics
///
/// When it is not.
pub fn qr_message(data: &[u8]) {
    for generation in BOTH {
        let bytes = Secret::new(data.to_vec());
        if let Ok(message) = Message::from_json(&bytes, generation) {
            let json = message.to_json(generation);
            assert_eq!(Message::from_json(&json, generation).as_ref(), Ok(&message));
        }
    }
}

/// A channel that was saved, damaged or forged: what is read goes on, and is written as what is read again.
///
/// # Panics
///
/// When it is not.
pub fn qr_saved(data: &[u8]) {
    fn again<T: serde::Serialize + serde::de::DeserializeOwned + PartialEq>(value: &T) {
        let json = serde_json::to_vec(value).expect("written");
        assert!(serde_json::from_slice::<T>(&json).is_ok_and(|again| again == *value), "another one");
    }
    if let Ok(showing) = serde_json::from_slice::<Showing>(data) {
        again(&showing);
        let _ = showing.answer("", "", "");
    }
    if let Ok(mut scanning) = serde_json::from_slice::<Scanning>(data) {
        again(&scanning);
        let _ = scanning.establish("", "");
    }
    if let Ok(mut channel) = serde_json::from_slice::<Established>(data) {
        again(&channel);
        let _ = (channel.check_code().shown(), channel.last_frame().len());
        let _ = channel.seal(&Secret::new(b"{}".to_vec()), "v");
    }
}

/// What an account publishes, and after a line its backup: keys are adopted only where all of them are there as text.
///
/// # Panics
///
/// When others are.
pub fn qr_bundle(data: &[u8]) {
    const PUBLIC: [&str; 3] = [
        "iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w",
        "gTl3Dqh9F19Wo1Rmw0x+zMuNipG07jeiXfYPW4/Js5Q",
        "7UkoxijRwsbq6QM4kFmVYSlZJzpcY/k2NsFGFKyHN9E",
    ];
    let (keys, backup) = match data.iter().position(|byte| *byte == b'\n') {
        Some(at) => (&data[..at], Some(&data[at + 1..])),
        None => (data, None),
    };
    let bundle = SecretsBundle {
        master_key: Secret::new([1; 32]),
        self_signing_key: Secret::new([2; 32]),
        user_signing_key: Secret::new([3; 32]),
        backup: Some(BackupKey {
            algorithm: "m.megolm_backup.v1.curve25519-aes-sha2".to_owned(),
            key: Secret::from("BAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ"),
            version: "2".to_owned(),
        }),
    };
    if let Ok(adopted) = adoptable(bundle.clone(), "@alice:example.org", keys, backup) {
        let answer: serde_json::Value = serde_json::from_slice(keys).expect("JSON");
        let fields = ["master_keys", "self_signing_keys", "user_signing_keys"];
        for (field, public) in fields.into_iter().zip(PUBLIC) {
            let keys = &answer[field]["@alice:example.org"]["keys"];
            assert_eq!(keys, &serde_json::json!({ format!("ed25519:{public}"): public }));
        }
        assert!(adopted == bundle || adopted == SecretsBundle { backup: None, ..bundle }, "another one");
    }
}

/// A whole handshake, both sides of it: for whoever measures it.
///
/// # Panics
///
/// When it fails.
pub fn qr_handshake(generation: Generation) {
    let showing = showing(generation);
    let mut scanning = scanning(&showing);
    let shown = showing.answer(scanning.greeting(), "v0", "v1").expect("our greeting");
    let scanned = scanning.establish(shown.last_frame(), "v1").expect("our answer");
    assert_eq!(shown.check_code().shown(), scanned.check_code().shown());
}

/// One frame opens, padded or not, and no other.
fn is_only(opened: bool, text: &str, frame: &str) {
    assert!(opened || text != frame, "does not open: {text}");
    assert!(!opened || text.replace('=', "") == frame, "opens: {text}");
}

fn showing(generation: Generation) -> Showing {
    let address = "https://example.org";
    let form = match generation {
        Generation::V2024 => {
            Form::V2024 { cell: CellUrl::parse(address).expect("an address"), homeserver: None }
        }
        Generation::V2025 => Form::V2025 {
            shown_by: Role::New,
            base_url: BaseUrl::parse(address).expect("an address"),
            cell: CellId::new("01H").expect("an id"),
            stable: false,
        },
    };
    Showing::new(Secret::new([1; 32]), Secret::new([2; 32]), form).expect("a short code")
}

fn scanning(showing: &Showing) -> Scanning {
    let payload = showing.payload().clone();
    Scanning::new(Secret::new([3; 32]), payload, BoundUrl::default(), "v0").expect("a greeting")
}

fn shown(generation: Generation) -> Established {
    let showing = showing(generation);
    showing.answer(scanning(&showing).greeting(), "v0", "v1").expect("our greeting")
}
