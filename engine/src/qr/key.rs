//! Which keys may a channel be made of?

use x25519_dalek::{PublicKey as Point, SharedSecret, StaticSecret};

use crate::secret::Secret;

/// A public key (X25519, RFC 7748) with which a secret can be agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct PublicKey([u8; 32]);

impl PublicKey {
    /// `None` for a key of low order: whatever is agreed on with it, everybody knows (RFC 9180 §7.1.4).
    pub(crate) fn new(bytes: [u8; 32]) -> Option<Self> {
        // Any secret key shows it: all of them are multiples of the cofactor.
        let shared = StaticSecret::from([1; 32]).diffie_hellman(&Point::from(bytes));
        shared.was_contributory().then_some(Self(bytes))
    }

    /// One that was derived from a secret key of ours: it is never of low order, so nothing is computed again.
    pub(super) const fn derived(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// That of a secret key.
    pub(crate) fn of(secret: &Secret<[u8; 32]>) -> Self {
        Self(Point::from(&StaticSecret::from(*secret.expose())).to_bytes())
    }

    pub(crate) const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// What the owners of both keys have in common.
pub(crate) fn agree(secret: &Secret<[u8; 32]>, public: &PublicKey) -> SharedSecret {
    StaticSecret::from(*secret.expose()).diffie_hellman(&Point::from(public.0))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    use crate::qr::channel::tests::hex;

    /// RFC 7748 §6.1.
    #[test]
    fn both_agree() {
        let key = |text: &str| -> [u8; 32] { hex(text).try_into().expect("32 bytes") };
        let alice = Secret::new(key("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"));
        let bob = Secret::new(key("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"));
        let public = PublicKey::of(&alice);
        assert_eq!(
            public.as_bytes(),
            &key("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
        );
        let shared = key("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
        assert_eq!(agree(&alice, &PublicKey::of(&bob)).as_bytes(), &shared);
        assert_eq!(agree(&bob, &public).as_bytes(), &shared);
    }

    /// The points of small order, in each of their ways to be written but for the highest bit, which is not looked at.
    pub(crate) fn weak() -> Vec<[u8; 32]> {
        let small = |first: u8| std::array::from_fn(|at| if at == 0 { first } else { 0 });
        let large = |first: u8| match [first, 0xff, 0x7f] {
            [first, middle, last] => std::array::from_fn(|at| match at {
                0 => first,
                31 => last,
                _ => middle,
            }),
        };
        let of_order_8 = [
            "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
            "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        ];
        let of_order_8 = of_order_8.map(|text| hex(text).try_into().expect("32 bytes"));
        [small(0), small(1), large(0xec), large(0xed), large(0xee)].into_iter().chain(of_order_8).collect()
    }

    #[test]
    fn a_key_of_low_order_is_none() {
        for mut bytes in weak() {
            assert_eq!(PublicKey::new(bytes), None, "{bytes:?}");
            bytes[31] |= 0x80;
            assert_eq!(PublicKey::new(bytes), None, "{bytes:?}");
        }
        assert!(PublicKey::new([9; 32]).is_some());
    }
}
