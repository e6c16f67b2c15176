//! Who has signed a device.

use serde_json::{Value, json};

use super::super::Identity;
use super::{ALICE, bundle, key, published, signed, theirs};
use crate::qr::base64;

/// What the server answers about a device of the account that is signed so.
fn with_device(device: Value) -> Value {
    let mut keys = published();
    keys["device_keys"][ALICE] = json!({ "NEW": device });
    keys
}

fn device() -> Value {
    json!({ "user_id": ALICE, "device_id": "NEW", "algorithms": [], "keys": { "ed25519:NEW": "AAAA" } })
}

#[test]
fn a_device_is_verified_only_by_a_signature_of_the_account_that_holds() {
    let identity = Identity::of(&bundle());
    let has_signed = |keys: &Value| identity.has_signed(ALICE, "NEW", keys.to_string().as_bytes());
    let good = with_device(signed(device(), &theirs(2)));
    assert!(has_signed(&good));
    assert!(!identity.has_signed(ALICE, "OTHER", good.to_string().as_bytes()));
    // No signature, one that is none under the right name, and those of others.
    assert!(!has_signed(&published()));
    assert!(!has_signed(&with_device(device())));
    let name = format!("ed25519:{}", theirs(2).public_key().to_base64());
    for text in ["", "AAAA", &base64::encode(&[0; 64])] {
        let mut forged = device();
        forged["signatures"] = json!({ ALICE: { &name: text } });
        assert!(!has_signed(&with_device(forged)), "{text}");
    }
    assert!(!has_signed(&with_device(signed(device(), &theirs(1)))));
    assert!(!has_signed(&with_device(signed(device(), &theirs(9)))));
    // Signed, and then changed; or about another device.
    let mut changed = good.clone();
    changed["device_keys"][ALICE]["NEW"]["keys"]["ed25519:NEW"] = json!("BBBB");
    assert!(!has_signed(&changed));
    let mut other = device();
    other["device_id"] = json!("OLD");
    assert!(!has_signed(&with_device(signed(other, &theirs(2)))));
    // Another identity, all of whose signatures hold.
    let mut another = with_device(signed(device(), &theirs(8)));
    another["master_keys"][ALICE] = key("master", &theirs(7));
    another["self_signing_keys"][ALICE] = signed(key("self_signing", &theirs(8)), &theirs(7));
    assert!(!has_signed(&another));
    // What the account publishes is another identity, whoever signed the device.
    let mut replaced = good;
    replaced["master_keys"][ALICE] = key("master", &theirs(7));
    assert!(!has_signed(&replaced));
}

#[test]
fn an_identity_is_kept_as_text() {
    let identity = Identity::of(&bundle());
    let text = serde_json::to_string(&identity).unwrap();
    assert_eq!(serde_json::from_str::<Identity>(&text).unwrap(), identity);
    assert!(serde_json::from_str::<Identity>(r#"{"master":"","self_signing":"AA"}"#).is_err());
}
