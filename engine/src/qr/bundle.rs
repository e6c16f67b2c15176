//! Are these the private keys of the account that they are said to be of?
//!
//! What imports such keys does not look: matrix-rust-sdk makes a public identity of whatever it is given, and calls it
//! verified. So they are held here against what the account publishes, before anybody uses them. Client-server
//! specification, "Cross-signing" and "Server-side key backups".

mod canonical;
#[cfg(test)]
mod tests;

use std::hash::{Hash, Hasher};

use ed25519_dalek::{Signature, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use url::Url;

use super::key::PublicKey;
use super::{base64, json};
use crate::address;
use crate::secret::Secret;
use crate::secrets::{BackupKey, SecretsBundle};

/// The longest answer that is read, in bytes: no request takes a longer one.
const MAX_ANSWER: usize = 512 * 1024;
/// The one way to back up message keys whose key can be compared: its public half is published.
const COMPARABLE: &str = "m.megolm_backup.v1.curve25519-aes-sha2";

/// A key of a user, by what it signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum CrossSigningKey {
    /// The other two.
    Master,
    /// The user's devices.
    SelfSigning,
    /// The master keys of other users.
    UserSigning,
}

impl CrossSigningKey {
    /// The field of an answer, and the use of a key in it.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Master => ("master_keys", "master"),
            Self::SelfSigning => ("self_signing_keys", "self_signing"),
            Self::UserSigning => ("user_signing_keys", "user_signing"),
        }
    }
}

/// Why keys are not adopted. Of these, none is ever used in part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Mismatch {
    /// The account does not publish this one.
    Missing(CrossSigningKey),
    /// The account publishes another one.
    Differs(CrossSigningKey),
    /// The master key has not signed it.
    NotSigned(CrossSigningKey),
    /// What the server says is no answer, or no key: for another use, of another user, under a name that is not its
    /// own, more than one; or two fields have the same name.
    Malformed,
}

/// What asks for the keys that a user publishes: an address, and what is posted there.
///
/// Of the user's devices only this one is asked about, so that the answer is short however many there are.
pub(crate) fn published_keys(homeserver: &Url, user_id: &str, device_id: &str) -> (Url, Value) {
    let url = address::endpoint(homeserver, "_matrix/client/v3/keys/query");
    (url, json!({ "device_keys": { user_id: [device_id] } }))
}

/// What asks for the user's backup: an address to get. 404 with `M_NOT_FOUND`: there is none.
pub(crate) fn published_backup(homeserver: &Url) -> Url {
    address::endpoint(homeserver, "_matrix/client/v3/room_keys/version")
}

/// What may be adopted of `bundle`: all of it, or all but the key of a backup that is not the account's current one.
///
/// `keys` and `backup` are the bodies of the answers to [`published_keys`] and [`published_backup`]; no `backup` where
/// there is none, or where it is not known.
///
/// # Errors
///
/// Why none of it may be.
pub(crate) fn adoptable(
    bundle: SecretsBundle,
    user_id: &str,
    keys: &[u8],
    backup: Option<&[u8]>,
) -> Result<SecretsBundle, Mismatch> {
    let answer = json::unambiguous(keys, MAX_ANSWER).ok_or(Mismatch::Malformed)?;
    let Identity { master, self_signing } = Identity::of(&bundle);
    let others = [
        (CrossSigningKey::SelfSigning, self_signing),
        (CrossSigningKey::UserSigning, public(&bundle.user_signing_key)),
    ];
    is_published(CrossSigningKey::Master, &master, user_id, &answer)?;
    for (which, key) in others {
        let published = is_published(which, &key, user_id, &answer)?;
        is_signed(published, user_id, &master).ok_or(Mismatch::NotSigned(which))?;
    }
    let backup = bundle.backup.filter(|key| backup.is_some_and(|answer| opens(key, answer).is_some()));
    Ok(SecretsBundle { backup, ..bundle })
}

/// By whom the devices of an account are signed: the public halves of two of its keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    #[serde(with = "as_text")]
    master: VerifyingKey,
    #[serde(with = "as_text")]
    self_signing: VerifyingKey,
}

impl Hash for Identity {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.master.as_bytes().hash(state);
        self.self_signing.as_bytes().hash(state);
    }
}

impl Identity {
    pub(crate) fn of(bundle: &SecretsBundle) -> Self {
        Self { master: public(&bundle.master_key), self_signing: public(&bundle.self_signing_key) }
    }

    /// Whether the account publishes this identity, and a device that is signed with it. `keys` is the body of the answer
    /// to [`published_keys`] about that device.
    pub(crate) fn has_signed(&self, user_id: &str, device_id: &str, keys: &[u8]) -> bool {
        let Some(answer) = json::unambiguous(keys, MAX_ANSWER) else { return false };
        let device =
            answer.get("device_keys").and_then(|users| users.get(user_id)?.get(device_id)?.as_object());
        let is_about = |device: &Map<String, Value>| {
            device.get("user_id") == Some(&json!(user_id))
                && device.get("device_id") == Some(&json!(device_id))
        };
        let Some(device) = device.filter(|device| is_about(device)) else { return false };
        let is_account = is_published(CrossSigningKey::Master, &self.master, user_id, &answer)
            .and_then(|_| is_published(CrossSigningKey::SelfSigning, &self.self_signing, user_id, &answer))
            .is_ok_and(|key| is_signed(key, user_id, &self.master).is_some());
        is_account && is_signed(device, user_id, &self.self_signing).is_some()
    }
}

/// A public key is kept as text.
mod as_text {
    use ed25519_dalek::VerifyingKey;
    use serde::de::{Deserialize as _, Deserializer, Error as _};
    use serde::ser::Serializer;

    use crate::qr::base64;

    pub(super) fn serialize<S: Serializer>(key: &VerifyingKey, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&base64::encode(key.as_bytes()))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<VerifyingKey, D::Error> {
        let bytes = base64::decode(&String::deserialize(from)?).and_then(|bytes| bytes.try_into().ok());
        let key = bytes.and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok());
        key.ok_or_else(|| D::Error::custom("no public key"))
    }
}

fn public(seed: &Secret<[u8; 32]>) -> VerifyingKey {
    SigningKey::from_bytes(seed.expose()).verifying_key()
}

/// The key as it is published, if it is `key`.
fn is_published<'a>(
    which: CrossSigningKey,
    key: &VerifyingKey,
    user_id: &str,
    answer: &'a Map<String, Value>,
) -> Result<&'a Map<String, Value>, Mismatch> {
    let (field, usage) = which.names();
    let published = answer.get(field).and_then(|users| users.get(user_id)).filter(|key| !key.is_null());
    let published = published.ok_or(Mismatch::Missing(which))?.as_object().ok_or(Mismatch::Malformed)?;
    let is_ours = |name: &str, value: &str| published.get(name).is_some_and(|field| *field == json!(value));
    if !is_ours("user_id", user_id) || published.get("usage") != Some(&json!([usage])) {
        return Err(Mismatch::Malformed);
    }
    // There is exactly one, whose name says it again.
    let keys = published.get("keys").and_then(Value::as_object).filter(|keys| keys.len() == 1);
    let (name, value) = keys.and_then(|keys| keys.iter().next()).ok_or(Mismatch::Malformed)?;
    let value = value.as_str().filter(|value| *name == format!("ed25519:{value}"));
    // A key is compared as text, so one that is written in another way, or that is weak, is another one.
    let is_same = value.ok_or(Mismatch::Malformed)? == base64::encode(key.as_bytes());
    is_same.then_some(published).ok_or(Mismatch::Differs(which))
}

fn is_signed(object: &Map<String, Value>, user_id: &str, by: &VerifyingKey) -> Option<()> {
    let name = format!("ed25519:{}", base64::encode(by.as_bytes()));
    let signature = object.get("signatures")?.get(user_id)?.get(&name)?.as_str()?;
    let signature = Signature::from_slice(&base64::decode(signature)?).ok()?;
    by.verify_strict(canonical::signed(object)?.as_bytes(), &signature).ok()
}

/// Does the key open the account's current backup?
fn opens(key: &BackupKey, answer: &[u8]) -> Option<()> {
    let answer = json::unambiguous(answer, MAX_ANSWER)?;
    let is_this = |field: &str, value: &str| answer.get(field).is_some_and(|found| *found == json!(value));
    let seed = Secret::new(base64::decode(key.key.expose())?);
    let seed = Secret::new(seed.expose().as_slice().try_into().ok()?);
    let public = base64::decode(answer.get("auth_data")?.get("public_key")?.as_str()?)?;
    let is_it = is_this("version", &key.version) && is_this("algorithm", &key.algorithm);
    let is_half = key.algorithm == COMPARABLE && public == PublicKey::of(&seed).as_bytes();
    (is_it && is_half).then_some(())
}
