//! Keys that an account publishes, made and signed by vodozemac, against every way in which they can be others.

mod identity;

use proptest::prelude::*;
use ruma::CanonicalJsonValue;
use ruma::api::IncomingRequestExt as _;
use ruma::api::client::keys::get_keys;
use ruma::exports::http;
use serde_json::{Value, json};
use vodozemac::{Curve25519PublicKey, Curve25519SecretKey, Ed25519SecretKey};

use super::{CrossSigningKey, MAX_ANSWER, Mismatch, adoptable, published_backup, published_keys};
use crate::qr::base64;
use crate::qr::key::tests::weak;
use crate::secret::Secret;
use crate::secrets::{BackupKey, SecretsBundle};

const ALICE: &str = "@alice:example.org";
const ALGORITHM: &str = "m.megolm_backup.v1.curve25519-aes-sha2";
const FIELDS: [(&str, &str); 3] =
    [("master_keys", "master"), ("self_signing_keys", "self_signing"), ("user_signing_keys", "user_signing")];
const KEYS: [CrossSigningKey; 3] =
    [CrossSigningKey::Master, CrossSigningKey::SelfSigning, CrossSigningKey::UserSigning];

fn theirs(seed: u8) -> Ed25519SecretKey {
    Ed25519SecretKey::from_slice(&[seed; 32])
}

fn bundle() -> SecretsBundle {
    SecretsBundle {
        master_key: Secret::new([1; 32]),
        self_signing_key: Secret::new([2; 32]),
        user_signing_key: Secret::new([3; 32]),
        backup: Some(BackupKey {
            algorithm: ALGORITHM.to_owned(),
            key: Secret::new(base64::encode(&[4; 32])),
            version: "2".to_owned(),
        }),
    }
}

fn without_backup() -> SecretsBundle {
    SecretsBundle { backup: None, ..bundle() }
}

/// A key as it is published, before it is signed.
fn key(usage: &str, key: &Ed25519SecretKey) -> Value {
    let public = key.public_key().to_base64();
    json!({ "user_id": ALICE, "usage": [usage], "keys": { format!("ed25519:{public}"): public } })
}

/// Signed by vodozemac over ruma's canonical JSON.
fn signed(mut object: Value, by: &Ed25519SecretKey) -> Value {
    let text = CanonicalJsonValue::try_from(object.clone()).expect("canonical").to_string();
    let name = format!("ed25519:{}", by.public_key().to_base64());
    object["signatures"] = json!({ ALICE: { name: by.sign(text.as_bytes()).to_base64() } });
    object["unsigned"] = json!({ "age": 1.5 });
    object
}

/// What the server answers about the keys of `bundle`.
fn published() -> Value {
    let [master, of_devices, of_users] = [theirs(1), theirs(2), theirs(3)];
    json!({
        "failures": {},
        "device_keys": { ALICE: {} },
        "master_keys": { ALICE: key("master", &master) },
        "self_signing_keys": { ALICE: signed(key("self_signing", &of_devices), &master) },
        "user_signing_keys": { ALICE: signed(key("user_signing", &of_users), &master) },
    })
}

fn backup() -> Value {
    let key = Curve25519SecretKey::from_slice(&[4; 32]);
    let public_key = Curve25519PublicKey::from(&key).to_base64();
    json!({
        "algorithm": ALGORITHM, "auth_data": { "public_key": public_key, "signatures": {} },
        "version": "2", "count": 3, "etag": "1",
    })
}

fn held(bundle: SecretsBundle, keys: &Value) -> Result<SecretsBundle, Mismatch> {
    let backup = backup().to_string();
    adoptable(bundle, ALICE, keys.to_string().as_bytes(), Some(backup.as_bytes()))
}

/// What of the bundle may be adopted, if that is the account's backup.
fn with_backup(key: BackupKey, answer: Option<&Value>) -> SecretsBundle {
    let (keys, answer) = (published().to_string(), answer.map(Value::to_string));
    let bundle = SecretsBundle { backup: Some(key), ..bundle() };
    adoptable(bundle, ALICE, keys.as_bytes(), answer.as_deref().map(str::as_bytes)).expect("its keys")
}

fn backup_key() -> BackupKey {
    bundle().backup.expect("one")
}

#[test]
fn the_keys_of_the_account_are_adopted() {
    assert_eq!(held(bundle(), &published()), Ok(bundle()));
    assert_eq!(held(without_backup(), &published()), Ok(without_backup()));
    // Fields that nobody knows yet are signed like the others.
    let mut keys = published();
    let mut newer = key("self_signing", &theirs(2));
    newer["org.example.\u{e9}"] = json!([{ "b": -1, "a": null }, "\u{7f}\n\"", 9_007_199_254_740_991_i64]);
    keys["self_signing_keys"][ALICE] = signed(newer, &theirs(1));
    assert_eq!(held(bundle(), &keys), Ok(bundle()));
    // The master key is signed by devices, which nobody here knows.
    keys["master_keys"][ALICE]["signatures"] = json!({ ALICE: { "ed25519:DEVICE": "AA" } });
    assert_eq!(held(bundle(), &keys), Ok(bundle()));
}

/// The answers that the fuzzer starts with: made by Python's JSON, and signed by OpenSSL.
#[test]
fn what_openssl_signed_is_adopted() {
    const TWO: &str = include_str!("../../../../fuzz/corpus/qr_bundle/hand-published-backup");
    let (keys, backup) = TWO.split_once('\n').expect("two answers");
    assert_eq!(adoptable(bundle(), ALICE, keys.as_bytes(), Some(backup.as_bytes())), Ok(bundle()));
}

/// Edge case 162.
#[test]
fn the_keys_of_another_account_are_refused_all_together() {
    for which in KEYS {
        let mut bundle = bundle();
        let seed = match which {
            CrossSigningKey::Master => &mut bundle.master_key,
            CrossSigningKey::SelfSigning => &mut bundle.self_signing_key,
            CrossSigningKey::UserSigning => &mut bundle.user_signing_key,
        };
        *seed = Secret::new([9; 32]);
        assert_eq!(held(bundle, &published()), Err(Mismatch::Differs(which)));
    }
}

/// It is no first device: whoever hands keys over has some that nobody published.
#[test]
fn an_account_that_publishes_no_keys_has_none_to_adopt() {
    for (at, (field, _)) in FIELDS.into_iter().enumerate() {
        for absent in [json!({}), Value::Null, json!({ ALICE: null }), json!({ "@bob:example.org": {} })] {
            let mut keys = published();
            keys[field] = absent;
            assert_eq!(held(bundle(), &keys), Err(Mismatch::Missing(KEYS[at])));
        }
        let mut keys = published();
        keys.as_object_mut().expect("an object").remove(field);
        assert_eq!(held(bundle(), &keys), Err(Mismatch::Missing(KEYS[at])));
    }
}

#[test]
fn a_key_for_another_use_or_of_another_user_or_under_another_name_is_none() {
    for (field, usage) in FIELDS {
        let right = published()[field][ALICE].clone();
        let text = right["keys"].as_object().and_then(|keys| keys.values().next()).expect("a key");
        let another = theirs(9).public_key().to_base64();
        let wrong: [(&str, Value); 14] = [
            ("usage", json!([])),
            ("usage", json!(usage)),
            ("usage", json!([usage, usage])),
            ("usage", json!(["master", "self_signing", "user_signing"])),
            ("usage", json!([if usage == "master" { "self_signing" } else { "master" }])),
            ("user_id", json!("@mallory:example.org")),
            ("user_id", json!("@Alice:example.org")),
            ("user_id", Value::Null),
            ("keys", json!({})),
            ("keys", json!([text])),
            ("keys", json!({ "ed25519:A": text })),
            ("keys", json!({ format!("curve25519:{text}"): text })),
            ("keys", json!({ format!("ed25519:{text}"): another })),
            ("keys", json!({ format!("ed25519:{text}"): text, format!("ed25519:{another}"): another })),
        ];
        for (name, value) in wrong {
            let mut keys = published();
            let mut object = right.clone();
            object
                .as_object_mut()
                .expect("a key")
                .retain(|name, _| name != "signatures" && name != "unsigned");
            object[name] = value;
            // Its signature holds, so that it is not what is refused.
            keys[field][ALICE] = signed(object, &theirs(1));
            assert_eq!(held(bundle(), &keys), Err(Mismatch::Malformed), "{field} {name}");
        }
        for object in [json!([]), json!("key"), json!({})] {
            let mut keys = published();
            keys[field][ALICE] = object;
            assert_eq!(held(bundle(), &keys), Err(Mismatch::Malformed));
        }
    }
}

#[test]
fn a_key_that_the_master_key_has_not_signed_is_refused() {
    let master = format!("ed25519:{}", theirs(1).public_key().to_base64());
    for (at, (field, usage)) in FIELDS.into_iter().enumerate().skip(1) {
        let unsigned = key(usage, &theirs(u8::try_from(at + 1).expect("a seed")));
        let by_another = signed(unsigned.clone(), &theirs(9));
        let by_itself = signed(unsigned.clone(), &theirs(2));
        let mut renamed = by_another.clone();
        let signature = renamed["signatures"][ALICE].as_object().expect("one").values().next().cloned();
        renamed["signatures"][ALICE] = json!({ master.as_str(): signature });
        let mut of_another = signed(unsigned.clone(), &theirs(1));
        of_another["signatures"] = json!({ "@bob:example.org": of_another["signatures"][ALICE] });
        let mut changed = signed(unsigned.clone(), &theirs(1));
        changed["more"] = json!(1);
        let mut odd = signed(unsigned.clone(), &theirs(1));
        odd["more"] = json!(1.5);
        let wrong = [unsigned.clone(), by_another, by_itself, renamed, of_another, changed, odd];
        let malformed = ["", "AA", "!", &base64::encode(&[0; 64]), &base64::encode(&[0xff; 64])];
        let malformed = malformed.map(|signature| {
            let mut object = unsigned.clone();
            object["signatures"] = json!({ ALICE: { master.as_str(): signature } });
            object
        });
        for object in wrong.into_iter().chain(malformed) {
            let mut keys = published();
            keys[field][ALICE] = object;
            assert_eq!(held(bundle(), &keys), Err(Mismatch::NotSigned(KEYS[at])), "{keys}");
        }
    }
}

/// A key of low order, for which a signature can be made that holds for anything; the same in its other ways to be
/// written; and a right key, written otherwise.
#[test]
fn a_key_that_is_weak_or_written_otherwise_is_another_one() {
    // The points of small order, and those that are not reduced.
    let weak = [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ];
    let weak = weak.map(|text| base64::encode(&crate::qr::channel::tests::hex(text)));
    for (at, (field, usage)) in FIELDS.into_iter().enumerate() {
        let right = theirs(u8::try_from(at + 1).expect("a seed")).public_key().to_base64();
        let otherwise = ["{}=", "{}\n", " {}", ""].map(|form| form.replace("{}", &right));
        for public in weak.iter().chain(&otherwise).filter(|public| **public != right) {
            let mut keys = published();
            let object = json!({
                "user_id": ALICE, "usage": [usage], "keys": { format!("ed25519:{public}"): public },
            });
            keys[field][ALICE] = signed(object, &theirs(1));
            assert_eq!(held(bundle(), &keys), Err(Mismatch::Differs(KEYS[at])), "{public:?}");
        }
    }
    for public in weak_backups() {
        let mut answer = backup();
        answer["auth_data"]["public_key"] = json!(public);
        assert_eq!(with_backup(backup_key(), Some(&answer)), without_backup());
    }
}

/// Keys of low order, and the right one with a bit that nobody looks at when they use it.
fn weak_backups() -> Vec<String> {
    let answer = backup();
    let public = answer["auth_data"]["public_key"].as_str().expect("a key");
    let mut otherwise: [u8; 32] = base64::decode(public).expect("base64").try_into().expect("32 bytes");
    otherwise[31] |= 0x80;
    weak().into_iter().chain([otherwise]).map(|key| base64::encode(&key)).collect()
}

#[test]
fn two_fields_of_one_name_make_an_answer_that_is_none() {
    let keys = published().to_string();
    let twice = |name: &str| {
        let start = format!("{{\"{name}\":");
        assert!(keys.contains(&start), "{start} in {keys}");
        keys.replacen(&start, &format!("{start}null,\"{name}\":"), 1)
    };
    // In the order in which they are written: by their names.
    for name in ["device_keys", ALICE, "keys", "age"] {
        let twice = twice(name);
        assert_eq!(adoptable(bundle(), ALICE, twice.as_bytes(), None), Err(Mismatch::Malformed), "{twice}");
    }
    let answer = backup().to_string().replacen('{', r#"{"version":"2","#, 1);
    let adopted = adoptable(bundle(), ALICE, keys.as_bytes(), Some(answer.as_bytes()));
    assert_eq!(adopted, Ok(without_backup()));
}

#[test]
fn hostile_answers_are_refused() {
    let deep = format!("{}{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
    let mut large = published();
    large["device_keys"] = json!("a".repeat(MAX_ANSWER));
    let wrong = ["", "[]", "null", "{", "<html>", "\u{feff}{}", &deep, &large.to_string()];
    for keys in wrong {
        assert_eq!(adoptable(bundle(), ALICE, keys.as_bytes(), None), Err(Mismatch::Malformed));
        let right = published().to_string();
        let adopted = adoptable(bundle(), ALICE, right.as_bytes(), Some(keys.as_bytes()));
        assert_eq!(adopted, Ok(without_backup()));
    }
}

/// Edge case 163.
#[test]
fn only_the_current_backup_is_taken_up() {
    assert_eq!(with_backup(backup_key(), Some(&backup())), bundle());
    assert_eq!(with_backup(backup_key(), None), without_backup());
    let padded = Secret::new(format!("{}=", base64::encode(&[4; 32])));
    let padded = BackupKey { key: padded, ..backup_key() };
    assert_eq!(with_backup(padded.clone(), Some(&backup())).backup, Some(padded));
    let keys = [
        BackupKey { version: "1".to_owned(), ..backup_key() },
        BackupKey { algorithm: "m.megolm_backup.v2".to_owned(), ..backup_key() },
        BackupKey { key: Secret::new(base64::encode(&[5; 32])), ..backup_key() },
        BackupKey { key: Secret::new(base64::encode(&[4; 31])), ..backup_key() },
        BackupKey { key: Secret::from("!"), ..backup_key() },
    ];
    for key in keys {
        assert_eq!(with_backup(key.clone(), Some(&backup())), without_backup(), "{key:?}");
    }
    let other = base64::encode(&[9; 32]);
    let answers = [("version", json!("1")), ("version", json!(2)), ("algorithm", json!("other"))];
    let data = [json!({}), json!(null), json!({ "public_key": 1 }), json!({ "public_key": other })];
    for (field, value) in answers.into_iter().chain(data.map(|data| ("auth_data", data))) {
        let mut answer = backup();
        answer[field] = value;
        assert_eq!(with_backup(backup_key(), Some(&answer)), without_backup(), "{answer}");
    }
    // Both agree on a way of which we cannot tell whose key it is.
    let mut answer = backup();
    answer["algorithm"] = json!("m.other");
    let key = BackupKey { algorithm: "m.other".to_owned(), ..backup_key() };
    assert_eq!(with_backup(key, Some(&answer)), without_backup());
}

/// Any changed bit: of a private key, of a published one, of a signature, of what is signed.
#[test]
fn one_changed_bit_is_enough() {
    for bit in 0..256 {
        let change = |seed: &Secret<[u8; 32]>| {
            let mut bytes = *seed.expose();
            bytes[bit / 8] ^= 1 << (bit % 8);
            Secret::new(bytes)
        };
        let master_key = change(&bundle().master_key);
        let self_signing_key = change(&bundle().self_signing_key);
        let user_signing_key = change(&bundle().user_signing_key);
        let changed = [
            SecretsBundle { master_key, ..bundle() },
            SecretsBundle { self_signing_key, ..bundle() },
            SecretsBundle { user_signing_key, ..bundle() },
        ];
        for (bundle, which) in changed.into_iter().zip(KEYS) {
            assert_eq!(held(bundle, &published()), Err(Mismatch::Differs(which)));
        }
        let changed = Secret::new(base64::encode(change(&Secret::new([4; 32])).expose()));
        let changed = BackupKey { key: changed, ..backup_key() };
        // X25519 sets or clears these five of any private key (RFC 7748 §5): it is the same key.
        let is_same = [0, 1, 2, 254, 255].contains(&bit);
        let left = with_backup(changed, Some(&backup())).backup;
        assert_eq!(left.is_some(), is_same, "bit {bit}");
    }
}

proptest! {
    #[test]
    fn a_changed_answer_is_another_answer(at in any::<prop::sample::Index>(), bit in 0..7_u8) {
        let right = published();
        let mut keys = right.to_string().into_bytes();
        let at = at.index(keys.len());
        keys[at] ^= 1 << bit;
        if let Ok(adopted) = adoptable(bundle(), ALICE, &keys, None) {
            // It was none of what counts: all of it is there.
            let now: Value = serde_json::from_slice(&keys).expect("JSON");
            for (field, _) in FIELDS {
                let (mut now, mut right) = (now[field][ALICE].clone(), right[field][ALICE].clone());
                for key in [&mut now, &mut right] {
                    key.as_object_mut().expect("a key").remove("unsigned");
                    if field == "master_keys" {
                        key.as_object_mut().expect("a key").remove("signatures");
                    }
                }
                prop_assert_eq!(now, right);
            }
            prop_assert_eq!(adopted, without_backup());
        }
    }
}

#[test]
fn the_requests_are_those_of_the_specification() {
    let homeserver = "https://matrix.example.org/base/".parse().expect("an address");
    let (url, body) = published_keys(&homeserver, ALICE, "ab/c+d");
    assert_eq!(url.as_str(), "https://matrix.example.org/base/_matrix/client/v3/keys/query");
    let body = body.to_string();
    let request = http::Request::post(url.as_str()).body(body.as_bytes()).expect("a request");
    let no_path: &[&str] = &[];
    let request = get_keys::v3::Request::try_from_http_request(request, no_path).expect("ruma reads it");
    let asked: Vec<_> = request.device_keys.iter().collect();
    assert_eq!((asked.len(), asked[0].0.as_str(), asked[0].1[0].as_str()), (1, ALICE, "ab/c+d"));
    let backup = published_backup(&homeserver);
    assert_eq!(backup.as_str(), "https://matrix.example.org/base/_matrix/client/v3/room_keys/version");
}
