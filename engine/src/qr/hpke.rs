//! How is the channel of 2025 sealed?
//!
//! HPKE (RFC 9180) in base mode, and an answer as in RFC 9458 §4.4: MSC4388, "Secure channel", as vodozemac 0.11.1 has
//! it. A context can neither be copied nor be set to a counter.

use std::convert::Infallible;

use ::hpke::aead::{AeadCtxR, AeadCtxS, ChaCha20Poly1305};
use ::hpke::danger::streaming_enc::{
    AeadKey, AeadNonce, ExporterSecret, create_receiver_context, create_sender_context,
};
use ::hpke::kdf::HkdfSha256;
use ::hpke::kem::X25519HkdfSha256;
use ::hpke::{
    Deserializable as _, Kem, OpModeR, OpModeS, Serializable as _, setup_receiver, setup_sender_with_rng,
};
use chacha20::rand_core::{TryCryptoRng, TryRng};
use hkdf::Hkdf;
use sha2::Sha256;

use super::dialect::ResponseLabel;
use super::key::PublicKey;
use crate::secret::Secret;

const INFO: &[u8] = b"MATRIX_QR_CODE_LOGIN";
const CHECK_CODE: &[u8] = b"MATRIX_QR_CODE_LOGIN_CHECKCODE";

type Sender = AeadCtxS<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>;
type Receiver = AeadCtxR<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>;
type Key = <X25519HkdfSha256 as Kem>::PublicKey;
type Encapped = <X25519HkdfSha256 as Kem>::EncappedKey;
type Private = <X25519HkdfSha256 as Kem>::PrivateKey;

/// One end of a channel that both sides have opened.
pub(super) struct Ends {
    send: Sender,
    receive: Receiver,
}

impl Ends {
    pub(super) fn seal(&mut self, plaintext: &[u8], bound: &[u8]) -> Vec<u8> {
        seal(&mut self.send, plaintext, bound)
    }

    /// Counts a message that was sealed before. What is sealed here instead leaves this function in no form.
    pub(super) fn skip(&mut self) {
        seal(&mut self.send, &[], &[]);
    }

    /// `None` if it does not open; then nothing is counted.
    pub(super) fn open(&mut self, sealed: &[u8], bound: &[u8]) -> Option<Secret<Vec<u8>>> {
        self.receive.open(sealed, bound).ok().map(Secret::new)
    }
}

/// The device that scanned, before it has the answer.
pub(super) struct Greeting {
    send: Sender,
    own: PublicKey,
}

impl Greeting {
    /// To the owner of the key in the code. The ephemeral key is derived from `own` (RFC 9180 §7.1.3). `None` if one of
    /// the keys is of low order.
    pub(super) fn new(own: &Secret<[u8; 32]>, theirs: &PublicKey) -> Option<Self> {
        let theirs = Key::from_bytes(theirs.as_bytes()).ok()?;
        let (own, send) = setup_sender_with_rng(&OpModeS::Base, &theirs, INFO, &mut Given(own)).ok()?;
        Some(Self { send, own: PublicKey::derived(own.to_bytes().into()) })
    }

    /// Our public key, which goes with the greeting.
    pub(super) const fn own(&self) -> &PublicKey {
        &self.own
    }

    pub(super) fn seal(&mut self, plaintext: &[u8], bound: &[u8]) -> Vec<u8> {
        seal(&mut self.send, plaintext, bound)
    }

    /// The direction in which the answer comes, if it is derived under `label` with the nonce that came before it.
    pub(super) fn answer(&self, nonce: &[u8; 32], label: ResponseLabel) -> Answer {
        let mut exported = Secret::new([0; 32]);
        self.send.export(label.as_bytes(), exported.expose_mut()).expect("HKDF gives so many bytes");
        let (key, base_nonce) = response(&exported, &self.own, nonce);
        Answer(create_receiver_context(&key, base_nonce, ExporterSecret::default()))
    }

    pub(super) fn check_code(&self, shown: &PublicKey) -> [u8; 2] {
        let mut bytes = [0; 2];
        let context = check_code_of(shown, &self.own);
        self.send.export(&context, &mut bytes).expect("HKDF gives so many bytes");
        bytes
    }

    pub(super) fn established(self, answer: Answer) -> Ends {
        Ends { send: self.send, receive: answer.0 }
    }
}

/// The direction from the device that shows the code to the one that scanned it.
pub(super) struct Answer(Receiver);

impl Answer {
    pub(super) fn open(&mut self, sealed: &[u8], bound: &[u8]) -> Option<Secret<Vec<u8>>> {
        self.0.open(sealed, bound).ok().map(Secret::new)
    }
}

/// The device that shows the code, once it has a greeting.
pub(super) struct Greeted {
    receive: Receiver,
    theirs: PublicKey,
}

impl Greeted {
    /// By the owner of the key `theirs`.
    pub(super) fn new(own: &Secret<[u8; 32]>, theirs: PublicKey) -> Option<Self> {
        let own = Private::from_bytes(own.expose()).ok()?;
        let key = Encapped::from_bytes(theirs.as_bytes()).ok()?;
        Some(Self { receive: setup_receiver(&OpModeR::Base, &own, &key, INFO).ok()?, theirs })
    }

    pub(super) fn open(&mut self, sealed: &[u8], bound: &[u8]) -> Option<Secret<Vec<u8>>> {
        self.receive.open(sealed, bound).ok().map(Secret::new)
    }

    pub(super) fn check_code(&self, shown: &PublicKey) -> [u8; 2] {
        let mut bytes = [0; 2];
        let context = check_code_of(shown, &self.theirs);
        self.receive.export(&context, &mut bytes).expect("HKDF gives so many bytes");
        bytes
    }

    /// Both directions. The nonce goes before the answer, and is used for nothing else.
    pub(super) fn established(self, nonce: &[u8; 32], label: ResponseLabel) -> Ends {
        let mut exported = Secret::new([0; 32]);
        self.receive.export(label.as_bytes(), exported.expose_mut()).expect("HKDF gives so many bytes");
        let (key, base_nonce) = response(&exported, &self.theirs, nonce);
        let send = create_sender_context(&key, base_nonce, ExporterSecret::default());
        Ends { send, receive: self.receive }
    }
}

fn seal(context: &mut Sender, plaintext: &[u8], bound: &[u8]) -> Vec<u8> {
    context.seal(plaintext, bound).expect("few messages, each much smaller than the cipher allows")
}

/// What the answer is sealed with: plain HKDF, and not the labelled one of HPKE.
fn response(
    exported: &Secret<[u8; 32]>,
    scanned: &PublicKey,
    nonce: &[u8; 32],
) -> (AeadKey<ChaCha20Poly1305>, AeadNonce<ChaCha20Poly1305>) {
    let salt = [scanned.as_bytes().as_slice(), nonce].concat();
    let derive = Hkdf::<Sha256>::new(Some(&salt), exported.expose());
    let (mut key, mut base_nonce) = (AeadKey::default(), AeadNonce::default());
    derive.expand(b"key", &mut key.0).expect("HKDF gives so many bytes");
    derive.expand(b"nonce", &mut base_nonce.0).expect("HKDF gives so many bytes");
    (key, base_nonce)
}

/// The keys as they are, one after the other: vodozemac 0.11.0 and before had them as text.
fn check_code_of(shown: &PublicKey, scanned: &PublicKey) -> Vec<u8> {
    [CHECK_CODE, shown.as_bytes(), scanned.as_bytes()].concat()
}

/// Randomness that was drawn before: the 32 bytes that a key pair is derived from.
struct Given<'a>(&'a Secret<[u8; 32]>);

impl TryRng for Given<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        unreachable!("a key pair is derived from bytes")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        unreachable!("a key pair is derived from bytes")
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.copy_from_slice(self.0.expose());
        Ok(())
    }
}

impl TryCryptoRng for Given<'_> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::qr::channel::tests::hex;

    /// RFC 9180, appendix A.2.1.
    #[test]
    fn the_vectors_of_the_rfc() {
        let bytes = |text: &str| -> [u8; 32] { hex(text).try_into().expect("32 bytes") };
        let info = hex("4f6465206f6e2061204772656369616e2055726e");
        let secret = bytes("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb");
        let public = bytes("4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a");
        let ikm = bytes("909a9b35d3dc4713a5e72a4da274b55d3d3821a37e5d099e74a647db583a904b");
        let enc = bytes("1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a");

        let (theirs, ikm) = (Key::from_bytes(&public).expect("a key"), Secret::new(ikm));
        let setup = setup_sender_with_rng(&OpModeS::Base, &theirs, &info, &mut Given(&ikm));
        let (encapped, mut send): (Encapped, Sender) = setup.expect("a context");
        assert_eq!(encapped.to_bytes().as_slice(), enc);
        let own = Private::from_bytes(&secret).expect("a key");
        let setup = setup_receiver(&OpModeR::Base, &own, &encapped, &info);
        let mut receive: Receiver = setup.expect("a context");

        let text = hex("4265617574792069732074727574682c20747275746820626561757479");
        for (aad, sealed) in [
            (
                "436f756e742d30",
                "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28",
            ),
            (
                "436f756e742d31",
                "6b53c051e4199c518de79594e1c4ab18b96f081549d45ce015be002090bb119e85285337cc95ba5f59992dc98c",
            ),
        ] {
            assert_eq!(seal(&mut send, &text, &hex(aad)), hex(sealed));
            assert_eq!(receive.open(&hex(sealed), &hex(aad)).expect("it opens"), text);
        }
        for (context, value) in [
            ("", "4bbd6243b8bb54cec311fac9df81841b6fd61f56538a775e7c80a9f40160606e"),
            ("00", "8c1df14732580e5501b00f82b10a1647b40713191b7c1240ac80e2b68808ba69"),
        ] {
            let (mut one, mut other) = ([0; 32], [0; 32]);
            send.export(&hex(context), &mut one).expect("32 bytes");
            receive.export(&hex(context), &mut other).expect("32 bytes");
            assert_eq!((one, other), (bytes(value), bytes(value)));
        }
    }
}
