//! What another account sees of somebody's devices, and whether it is signed: computed here, from what the server publishes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ed25519_dalek::{Signature, VerifyingKey};
use serde_json::{Value, json};

use crate::narthex::Home;
use crate::people::signed_in;
use crate::server::request;
use crate::servers::Servers;

/// Somebody else at the same server, who asks with a token of their own.
pub(crate) struct Stranger {
    home: Home,
    base: String,
}

impl Stranger {
    pub(crate) fn new(servers: &Servers) -> Self {
        Self { home: signed_in(servers).0, base: servers.base.clone() }
    }

    /// The answer about all keys of this user.
    pub(crate) fn keys_of(&self, user_id: &str) -> Value {
        let token = self.home.ok(&["token"], "");
        let url = format!("{}/_matrix/client/v3/keys/query", self.base.trim_end_matches('/'));
        let headers = format!("Authorization: Bearer {token}\r\nContent-Type: application/json\r\n");
        let body = json!({ "device_keys": { user_id: [] } }).to_string();
        let (status, _, answer) = request("POST", &url, &headers, &body);
        assert_eq!(status, 200, "{answer}");
        serde_json::from_str(&answer).unwrap()
    }
}

/// The devices whose keys the user has signed: by a self-signing key that the master key has signed.
pub(crate) fn devices_that_are_signed(keys: &Value, user_id: &str) -> Vec<String> {
    let Some(master) = public_key(&keys["master_keys"][user_id]) else { return Vec::new() };
    let self_signing = &keys["self_signing_keys"][user_id];
    let Some(signer) = public_key(self_signing).filter(|_| is_signed(self_signing, user_id, &master)) else {
        return Vec::new();
    };
    let Some(devices) = keys["device_keys"][user_id].as_object() else { return Vec::new() };
    devices
        .iter()
        .filter(|(id, device)| device["device_id"] == id.as_str() && is_signed(device, user_id, &signer))
        .map(|(id, _)| id.clone())
        .collect()
}

/// The one key of a cross-signing key.
fn public_key(key: &Value) -> Option<VerifyingKey> {
    let value = key["keys"].as_object()?.values().next()?.as_str()?;
    VerifyingKey::from_bytes(&STANDARD_NO_PAD.decode(value).ok()?.try_into().ok()?).ok()
}

/// Has this key of the user signed it?
fn is_signed(what: &Value, user_id: &str, key: &VerifyingKey) -> bool {
    let name = format!("ed25519:{}", STANDARD_NO_PAD.encode(key.as_bytes()));
    let signature = what["signatures"][user_id][name].as_str();
    let Some(signature) = signature.and_then(|text| STANDARD_NO_PAD.decode(text).ok()) else { return false };
    let Ok(signature) = Signature::from_slice(&signature) else { return false };
    let mut signed = what.clone();
    let fields = signed.as_object_mut().unwrap();
    fields.remove("signatures");
    fields.remove("unsigned");
    // The fields of an object are sorted here, as in canonical JSON.
    key.verify_strict(signed.to_string().as_bytes(), &signature).is_ok()
}

/// With keys of our own: what is not signed, or was changed since, is not taken for signed.
#[test]
fn a_signature_that_does_not_fit_is_none() {
    use ed25519_dalek::{Signer as _, SigningKey};

    let user = "@alice:localhost";
    let keys = [SigningKey::from_bytes(&[1; 32]), SigningKey::from_bytes(&[2; 32])];
    let public = |key: &SigningKey| STANDARD_NO_PAD.encode(key.verifying_key().as_bytes());
    let sign = |mut what: Value, by: &SigningKey| {
        let signature = STANDARD_NO_PAD.encode(by.sign(what.to_string().as_bytes()).to_bytes());
        what["signatures"] = json!({ user: { format!("ed25519:{}", public(by)): signature } });
        what
    };
    let cross = |key: &SigningKey| json!({ "user_id": user, "keys": { format!("ed25519:{}", public(key)): public(key) } });
    let device = |id: &str| json!({ "user_id": user, "device_id": id, "keys": { "curve25519:x": "y" } });
    let [master, signer] = &keys;
    let mut changed = sign(device("CHANGED"), signer);
    changed["keys"]["curve25519:x"] = json!("z");
    let answer = |self_signing: Value| {
        json!({
            "master_keys": { user: cross(master) },
            "self_signing_keys": { user: self_signing },
            "device_keys": { user: {
                "GOOD": sign(device("GOOD"), signer),
                "MOVED": sign(device("GOOD"), signer),
                "BARE": device("BARE"),
                "BYOTHER": sign(device("BYOTHER"), master),
                "CHANGED": changed,
            } },
        })
    };
    assert_eq!(devices_that_are_signed(&answer(sign(cross(signer), master)), user), ["GOOD"]);
    assert!(devices_that_are_signed(&answer(sign(cross(signer), signer)), user).is_empty());
    assert!(devices_that_are_signed(&answer(cross(signer)), user).is_empty());
}
