//! What must not be seen: redacted when printed, wiped when dropped, never serialised.

use std::fmt;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Deserializer};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroize;

/// A value that is never shown.
///
/// `Debug` prints only that something is there, dropping wipes the memory, comparison takes the same time
/// whatever differs, and there is deliberately no `Serialize`: code that writes a secret has to say
/// [`expose`](Self::expose).
#[derive(Clone)]
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
    /// Hides `value`.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for the one place that must send or write it.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// The value, to be filled in place.
    pub(crate) const fn expose_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl From<&str> for Secret<String> {
    fn from(value: &str) -> Self {
        Self(value.to_owned())
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// All secrets hash alike: a hash tells nothing of one.
impl<T: Zeroize> Hash for Secret<T> {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl<T: Zeroize + AsRef<[u8]>> PartialEq for Secret<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_ref().ct_eq(other.0.as_ref()).into()
    }
}

impl<T: Zeroize + AsRef<[u8]>> Eq for Secret<T> {}

impl<'de, T: Zeroize + Deserialize<'de>> Deserialize<'de> for Secret<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self)
    }
}

/// The one way to serialise a secret: by naming this module on the field.
pub(crate) mod exposed {
    use serde::{Deserialize as _, Deserializer, Serializer};

    use super::Secret;

    pub(crate) fn serialize<S: Serializer>(secret: &Secret<String>, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(secret.expose())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Secret<String>, D::Error> {
        Secret::deserialize(from)
    }
}

/// The same, for one that may be absent.
pub(crate) mod exposed_option {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    use super::Secret;

    pub(crate) fn serialize<S: Serializer>(
        secret: &Option<Secret<String>>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        secret.as_ref().map(Secret::expose).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Secret<String>>, D::Error> {
        Option::deserialize(from)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use super::*;

    #[test]
    fn a_secret_prints_nothing_of_itself() {
        assert_eq!(format!("{:?}", Secret::from("hunter2")), "[secret]");
        assert_eq!(format!("{:#?}", Some(Secret::new(b"hunter2".to_vec()))), "Some(\n    [secret],\n)");
    }

    /// Counts how often it was wiped.
    #[derive(Clone)]
    struct Wiped(Rc<Cell<u32>>);

    impl Zeroize for Wiped {
        fn zeroize(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }

    #[test]
    fn every_copy_of_a_secret_is_wiped_when_it_goes() {
        let wiped = Rc::new(Cell::new(0));
        let secret = Secret::new(Wiped(wiped.clone()));
        drop(secret.clone());
        assert_eq!(wiped.get(), 1);
        drop(secret);
        assert_eq!(wiped.get(), 2);
    }

    #[test]
    fn secrets_compare_by_value() {
        assert_eq!(Secret::from("a"), Secret::from("a"));
        assert_ne!(Secret::from("a"), Secret::from("b"));
        assert_ne!(Secret::from("a"), Secret::from("aa"));
    }
}
