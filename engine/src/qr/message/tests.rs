//! Every message of both generations, as others write it and as we do.

use proptest::prelude::*;
use serde_json::{Value, json};
use url::Url;

use super::{Message, MessageError, Protocol, Reason};
use crate::qr::base64;
use crate::qr::channel::MAX_MESSAGE;
use crate::qr::channel::tests::BOTH;
use crate::qr::payload::Generation;
use crate::qr::place::{BaseUrl, Homeserver};
use crate::secret::Secret;
use crate::secrets::{BackupKey, SecretsBundle};

const MASTER: &str = "rTtSv67XGS6k/rg6/yTG/m573cyFTPFRqluFhQY+hSw";
const SELF_SIGNING: &str = "4jbPt7jh5D2iyM4U+3IDa+WthgJB87IQN1ATdkau+xk";
const USER_SIGNING: &str = "YkFKtkjcsTxF6UAzIIG/l6Nog/G2RigCRfWj3cjNWeM";

fn read(json: &str, generation: Generation) -> Result<Message, MessageError> {
    Message::from_json(&Secret::new(json.as_bytes().to_vec()), generation)
}

fn both(json: &Value) -> Result<Message, MessageError> {
    let [one, other] = BOTH.map(|generation| read(&json.to_string(), generation));
    assert_eq!(one, other);
    one
}

/// What we write, as a value.
fn written(message: &Message, generation: Generation) -> Value {
    serde_json::from_slice(message.to_json(generation).expose()).expect("JSON")
}

fn address(text: &str) -> Homeserver {
    Homeserver::Address(BaseUrl::parse(text).expect("an address"))
}

fn page(text: &str) -> Url {
    Url::parse(text).expect("an address")
}

fn key(text: &str) -> Secret<[u8; 32]> {
    Secret::new(base64::decode(text).expect("base64").try_into().expect("32 bytes"))
}

fn secrets(backup: Option<BackupKey>) -> Message {
    let (master_key, self_signing_key, user_signing_key) =
        (key(MASTER), key(SELF_SIGNING), key(USER_SIGNING));
    Message::Secrets(SecretsBundle { master_key, self_signing_key, user_signing_key, backup })
}

fn backup() -> BackupKey {
    BackupKey {
        algorithm: "m.megolm_backup.v1.curve25519-aes-sha2".to_owned(),
        key: Secret::from("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
        version: "2".to_owned(),
    }
}

fn cross_signing() -> Value {
    json!({"master_key": MASTER, "self_signing_key": SELF_SIGNING, "user_signing_key": USER_SIGNING})
}

fn grant(complete: Option<&str>) -> Message {
    Message::Protocol(Protocol::DeviceGrant {
        device_id: "wjLpTLRqbqBzLs63aYaEv2Boi6cFEbbM/sSRQ2oAKk4".to_owned(),
        verification_uri: page("https://id.matrix.org/device"),
        verification_uri_complete: complete.map(page),
    })
}

#[test]
fn the_messages_of_matrix_rust_sdk_are_read() {
    let uris = |complete: Value| {
        json!({
            "type": "m.login.protocol", "protocol": "device_authorization_grant",
            "device_id": "wjLpTLRqbqBzLs63aYaEv2Boi6cFEbbM/sSRQ2oAKk4",
            "device_authorization_grant": {
                "verification_uri": "https://id.matrix.org/device", "verification_uri_complete": complete,
            },
        })
    };
    let complete = "https://id.matrix.org/device/abcde";
    assert_eq!(both(&uris(json!(complete))), Ok(grant(Some(complete))));
    // Edge case 153.
    for none in [Value::Null, json!("")] {
        assert_eq!(both(&uris(none)), Ok(grant(None)));
    }
    assert_eq!(both(&json!({"type": "m.login.protocol_accepted"})), Ok(Message::ProtocolAccepted));
    assert_eq!(both(&json!({"type": "m.login.success"})), Ok(Message::Success));
    assert_eq!(both(&json!({"type": "m.login.declined"})), Ok(Message::Declined));
    let bundle = |backup: Value| {
        both(&json!({"type": "m.login.secrets", "cross_signing": cross_signing(), "backup": backup}))
    };
    let of_backup = json!({
        "algorithm": "m.megolm_backup.v1.curve25519-aes-sha2",
        "key": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "backup_version": "2",
    });
    assert_eq!(bundle(of_backup), Ok(secrets(Some(backup()))));
    assert_eq!(bundle(Value::Null), Ok(secrets(None)));
}

#[test]
fn where_the_account_is_has_a_name_for_each_generation() {
    let of = |field: &str, value: &str| {
        json!({"type": "m.login.protocols", "protocols": ["device_authorization_grant"], field: value})
            .to_string()
    };
    let at = |homeserver| Message::Protocols { device_grant: true, homeserver };
    let url = of("base_url", "https://matrix-client.matrix.org");
    let expected = at(address("https://matrix-client.matrix.org"));
    assert_eq!(read(&url, Generation::V2025), Ok(expected));
    assert_eq!(read(&url, Generation::V2024), Err(MessageError::InvalidField("homeserver")));
    // matrix-rust-sdk has an address there, matrix-js-sdk the name.
    let (url, name) = (of("homeserver", "https://synapse.example/"), of("homeserver", "matrix.org"));
    assert_eq!(read(&url, Generation::V2024), Ok(at(address("https://synapse.example/"))));
    assert_eq!(read(&name, Generation::V2024), Ok(at(Homeserver::Name("matrix.org".to_owned()))));
    assert_eq!(read(&name, Generation::V2025), Err(MessageError::InvalidField("base_url")));
    let (name, plain) = (of("base_url", "matrix.org"), of("base_url", "http://matrix.org"));
    assert_eq!(read(&name, Generation::V2025), Err(MessageError::InvalidField("base_url")));
    assert_eq!(read(&plain, Generation::V2025), Err(MessageError::InvalidField("base_url")));
}

#[test]
fn a_way_to_sign_in_that_we_do_not_know_is_none() {
    for protocols in [json!([]), json!(["other"]), json!([1, null, {}])] {
        let json = json!({"type": "m.login.protocols", "protocols": protocols, "base_url": "https://a.b"});
        let expected = Message::Protocols { device_grant: false, homeserver: address("https://a.b") };
        assert_eq!(read(&json.to_string(), Generation::V2025), Ok(expected));
    }
    for protocols in [Value::Null, json!("device_authorization_grant"), json!({})] {
        let json = json!({"type": "m.login.protocols", "protocols": protocols, "base_url": "https://a.b"});
        let expected = Err(MessageError::InvalidField("protocols"));
        assert_eq!(read(&json.to_string(), Generation::V2025), expected);
    }
    let other = json!({"type": "m.login.protocol", "protocol": "magic"});
    assert_eq!(both(&other), Ok(Message::Protocol(Protocol::Other("magic".to_owned()))));
}

/// Edge case 152.
#[test]
fn a_grant_without_a_page_or_a_device_is_refused() {
    let whole = json!({
        "type": "m.login.protocol", "protocol": "device_authorization_grant", "device_id": "ABC",
        "device_authorization_grant": {"verification_uri": "https://a.b/"},
    });
    assert!(both(&whole).is_ok());
    let with = |path: &str, value: Value| {
        let mut json = whole.clone();
        *json.pointer_mut(path).expect("a field") = value;
        both(&json).err()
    };
    for uri in [json!(null), json!(""), json!(1), json!("a.b"), json!("javascript:x"), json!("https://u@a.b")]
    {
        let refused = with("/device_authorization_grant/verification_uri", uri);
        assert_eq!(refused, Some(MessageError::InvalidField("verification_uri")));
    }
    for id in [json!(null), json!(""), json!(1), json!("a\nb"), json!("x".repeat(256))] {
        assert_eq!(with("/device_id", id), Some(MessageError::InvalidField("device_id")));
    }
    for grant in [json!(null), json!([]), json!("x")] {
        let expected = Some(MessageError::InvalidField("device_authorization_grant"));
        assert_eq!(with("/device_authorization_grant", grant), expected);
    }
    for protocol in [json!(null), json!(1)] {
        assert_eq!(with("/protocol", protocol), Some(MessageError::InvalidField("protocol")));
    }
}

/// Edge case 147.
#[test]
fn a_failure_is_read_whatever_else_is_in_it() {
    for reason in Reason::KNOWN {
        for homeserver in
            [json!(null), json!("matrix.org"), json!("https://a.b/"), json!(1), json!({"a": []})]
        {
            let json =
                json!({"type": "m.login.failure", "reason": reason.as_str(), "homeserver": homeserver});
            assert_eq!(both(&json), Ok(Message::Failure(reason.clone())));
        }
    }
    let other = |reason: &str| both(&json!({"type": "m.login.failure", "reason": reason}));
    assert_eq!(other("of_next_year"), Ok(Message::Failure(Reason::Other("of_next_year".to_owned()))));
    let long = format!("a\u{1b}[2Jb\n{}", "x".repeat(500));
    let Ok(Message::Failure(Reason::Other(code))) = other(&long) else { panic!() };
    assert!(code.len() == 64 && !code.contains(char::is_control), "{code:?}");
    for reason in [json!(null), json!(1), json!([])] {
        let expected = Err(MessageError::InvalidField("reason"));
        assert_eq!(both(&json!({"type": "m.login.failure", "reason": reason})), expected);
    }
}

#[test]
fn keys_that_are_none_are_refused() {
    let whole = json!({
        "type": "m.login.secrets", "cross_signing": cross_signing(),
        "backup": {"algorithm": "a", "key": "k", "backup_version": "1"},
    });
    assert!(both(&whole).is_ok());
    let with = |path: &str, value: &Value| {
        let mut json = whole.clone();
        *json.pointer_mut(path).expect("a field") = value.clone();
        both(&json).err()
    };
    for field in ["master_key", "self_signing_key", "user_signing_key"] {
        let (short, long) = (base64::encode(&[1; 31]), base64::encode(&[1; 33]));
        for key in [json!(null), json!(""), json!("?"), json!(1), json!(short), json!(long)] {
            let refused = with(&format!("/cross_signing/{field}"), &key);
            assert_eq!(refused, Some(MessageError::InvalidField(field)));
        }
    }
    for field in ["algorithm", "key", "backup_version"] {
        for text in [json!(null), json!(""), json!(1), json!("x".repeat(256))] {
            let refused = with(&format!("/backup/{field}"), &text);
            assert_eq!(refused, Some(MessageError::InvalidField(field)));
        }
    }
    for other in [json!(1), json!([]), json!("x")] {
        assert_eq!(with("/backup", &other), Some(MessageError::InvalidField("backup")));
        assert_eq!(with("/cross_signing", &other), Some(MessageError::InvalidField("cross_signing")));
    }
    assert_eq!(with("/cross_signing", &Value::Null), Some(MessageError::InvalidField("cross_signing")));
}

#[test]
fn what_is_no_message_is_told_as_what_it_is() {
    for text in [
        "",
        "x",
        "[]",
        "1",
        "{}",
        r#"{"type":null}"#,
        r#"{"type":1}"#,
        "{\"type\":\"m.login.success\"",
        "\u{0}",
    ] {
        assert_eq!(read(text, Generation::V2024), Err(MessageError::Malformed), "{text}");
    }
    let bytes = Secret::new(b"{\"type\":\"m.login.success\",\"x\":\"\xff\"}".to_vec());
    assert_eq!(Message::from_json(&bytes, Generation::V2025), Err(MessageError::Malformed));
    let unknown = |kind: &str| both(&json!({"type": kind})).err();
    assert_eq!(unknown("m.login.new"), Some(MessageError::UnknownType("m.login.new".to_owned())));
    assert_eq!(unknown(""), Some(MessageError::UnknownType(String::new())));
    let long = unknown(&"\u{202e}x".repeat(500));
    assert_eq!(long, Some(MessageError::UnknownType("x".repeat(64))));
}

/// Edge case 148.
#[test]
fn what_is_odd_in_a_message_is_bounded() {
    let nested = |depth: usize| {
        let (open, close) = ("[".repeat(depth - 1), "]".repeat(depth - 1));
        read(&format!(r#"{{"type":"m.login.success","x":{open}{close}}}"#), Generation::V2025)
    };
    assert_eq!(nested(32), Ok(Message::Success));
    assert_eq!(nested(33), Err(MessageError::Malformed));
    assert_eq!(nested(1500), Err(MessageError::Malformed));
    // Brackets in a text are none.
    let text = "[{\\\"[".repeat(60);
    let json = format!(r#"{{"type":"m.login.success","x":"{text}"}}"#);
    assert_eq!(read(&json, Generation::V2025), Ok(Message::Success));
    // The last of two counts, as for most parsers.
    let twice = r#"{"type":"m.login.success","type":"m.login.declined"}"#;
    assert_eq!(read(twice, Generation::V2025), Ok(Message::Declined));
    let sized = |length: usize| {
        let text = "x".repeat(length - 33);
        let json = format!(r#"{{"type":"m.login.success","x":"{text}"}}"#);
        assert_eq!(json.len(), length);
        read(&json, Generation::V2025)
    };
    assert_eq!(sized(MAX_MESSAGE), Ok(Message::Success));
    assert_eq!(sized(MAX_MESSAGE + 1), Err(MessageError::Malformed));
}

#[test]
fn messages_are_written_as_they_are_specified() {
    let protocols = |homeserver| Message::Protocols { device_grant: true, homeserver };
    let url = "https://matrix-client.matrix.org";
    assert_eq!(
        written(&protocols(address(url)), Generation::V2025),
        json!({"type": "m.login.protocols", "protocols": ["device_authorization_grant"], "base_url": url})
    );
    let name = Homeserver::Name("matrix.org".to_owned());
    assert_eq!(
        written(&protocols(name), Generation::V2024),
        json!({
            "type": "m.login.protocols", "protocols": ["device_authorization_grant"], "homeserver": "matrix.org",
        })
    );
    let none = Message::Protocols { device_grant: false, homeserver: address(url) };
    assert_eq!(written(&none, Generation::V2025)["protocols"], json!([]));
    let id = "wjLpTLRqbqBzLs63aYaEv2Boi6cFEbbM/sSRQ2oAKk4";
    assert_eq!(
        written(&grant(None), Generation::V2025),
        json!({
            "type": "m.login.protocol", "protocol": "device_authorization_grant", "device_id": id,
            "device_authorization_grant": {"verification_uri": "https://id.matrix.org/device"},
        })
    );
    let complete = written(&grant(Some("https://id.matrix.org/device/abcde")), Generation::V2024);
    assert_eq!(
        complete["device_authorization_grant"]["verification_uri_complete"],
        json!("https://id.matrix.org/device/abcde")
    );
    assert_eq!(
        written(&Message::Failure(Reason::UserCancelled), Generation::V2024),
        json!({"type": "m.login.failure", "reason": "user_cancelled"})
    );
    assert_eq!(
        written(&secrets(Some(backup())), Generation::V2025),
        json!({
            "type": "m.login.secrets", "cross_signing": cross_signing(),
            "backup": {
                "algorithm": "m.megolm_backup.v1.curve25519-aes-sha2",
                "key": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "backup_version": "2",
            },
        })
    );
    assert_eq!(written(&secrets(None), Generation::V2024).get("backup"), None);
}

#[test]
fn every_message_is_read_as_it_was_written() {
    let bare = [Message::ProtocolAccepted, Message::Success, Message::Declined];
    let failures = Reason::KNOWN.into_iter().chain([Reason::Other("x".to_owned())]).map(Message::Failure);
    let others = [
        Message::Protocols { device_grant: true, homeserver: address("https://a.b") },
        Message::Protocols { device_grant: false, homeserver: address("https://a.b/") },
        grant(None),
        grant(Some("https://a.b/?user_code=1")),
        secrets(None),
        secrets(Some(backup())),
    ];
    for message in bare.into_iter().chain(failures).chain(others) {
        for generation in BOTH {
            let json = message.to_json(generation);
            assert!(json.expose().len() <= MAX_MESSAGE);
            assert_eq!(Message::from_json(&json, generation).as_ref(), Ok(&message));
        }
    }
}

#[test]
fn a_message_prints_no_key() {
    let printed = format!("{:?}", secrets(Some(backup())));
    for secret in [MASTER, SELF_SIGNING, USER_SIGNING, "AAAAAAAA", "173, 59"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

#[test]
fn the_page_with_the_code_in_it_is_opened() {
    let of = |message| {
        let Message::Protocol(protocol) = message else { panic!() };
        protocol.page().map(Url::to_string)
    };
    assert_eq!(of(grant(None)).as_deref(), Some("https://id.matrix.org/device"));
    assert_eq!(of(grant(Some("https://a.b/?c"))).as_deref(), Some("https://a.b/?c"));
    assert_eq!(of(Message::Protocol(Protocol::Other(String::new()))), None);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(
        start in prop_oneof![Just(""), Just("{\"type\":\"m.login.secrets\","), Just("{\"type\":\"m.login.protocol\",")],
        rest in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let bytes = Secret::new([start.as_bytes(), &rest].concat());
        for generation in BOTH {
            if let Ok(message) = Message::from_json(&bytes, generation) {
                let json = message.to_json(generation);
                prop_assert_eq!(Message::from_json(&json, generation), Ok(message));
            }
        }
    }
}
