//! Is this a JSON object of a sane shape?

use std::collections::BTreeSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Nothing that is specified has more than six.
const MAX_DEPTH: usize = 32;

/// An object of at most `max` bytes, and of at most 32 levels. Of two fields of one name the last counts.
pub(super) fn object(bytes: &[u8], max: usize) -> Option<Map<String, Value>> {
    let is_readable = bytes.len() <= max && depth(bytes) <= MAX_DEPTH;
    match is_readable.then(|| serde_json::from_slice(bytes).ok())?? {
        Value::Object(object) => Some(object),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => None,
    }
}

/// The same, if no two fields of one object have the same name: two readers may not understand it differently.
pub(super) fn unambiguous(bytes: &[u8], max: usize) -> Option<Map<String, Value>> {
    let object = object(bytes, max)?;
    serde_json::from_slice::<Unambiguous>(bytes).ok().map(|Unambiguous| object)
}

/// How deep objects and lists are within each other.
fn depth(json: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_text, mut escaped) = (false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => depth += 1,
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// Reads anything, and keeps nothing. It is apart from the reading of values, which may have their own idea of numbers
/// (serde_json's feature `arbitrary_precision`, if an embedder has it).
struct Unambiguous;

impl<'de> Deserialize<'de> for Unambiguous {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Names)
    }
}

struct Names;

impl<'de> Visitor<'de> for Names {
    type Value = Unambiguous;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON whose names are unique")
    }

    fn visit_unit<E: Error>(self) -> Result<Unambiguous, E> {
        Ok(Unambiguous)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Unambiguous, E> {
        Ok(Unambiguous)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Unambiguous, E> {
        Ok(Unambiguous)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Unambiguous, E> {
        Ok(Unambiguous)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Unambiguous, E> {
        Ok(Unambiguous)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Unambiguous, E> {
        Ok(Unambiguous)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Unambiguous, A::Error> {
        while list.next_element::<Unambiguous>()?.is_some() {}
        Ok(Unambiguous)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Unambiguous, A::Error> {
        let mut names = BTreeSet::new();
        while let Some(name) = object.next_key::<String>()? {
            if !names.insert(name) {
                return Err(A::Error::custom("a name that is there twice"));
            }
            object.next_value::<Unambiguous>()?;
        }
        Ok(Unambiguous)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_there_twice_is_found_wherever_it_is() {
        let all = r#"{"a": {"a": [null, true, -1, 1, 1.5, "a\"", {"b": 1, "c": {"b": 2}}]}, "b": {}}"#;
        assert_eq!(unambiguous(all.as_bytes(), 100), object(all.as_bytes(), 100));
        assert!(unambiguous(all.as_bytes(), 100).is_some());
        for twice in [r#"{"a":1,"a":1}"#, r#"{"a":{"b":1,"\u0062":2}}"#, r#"{"a":[[{"b":1,"c":2,"b":1}]]}"#] {
            assert!(object(twice.as_bytes(), 100).is_some() && unambiguous(twice.as_bytes(), 100).is_none());
        }
    }

    #[test]
    fn what_is_no_object_or_too_long_or_too_deep_is_none() {
        let nested = |depth: usize| format!("{}{}", r#"{"a":"#.repeat(depth - 1), "{}").into_bytes();
        let closed = |depth: usize| [nested(depth), vec![b'}'; depth - 1]].concat();
        assert!(object(&closed(32), 1000).is_some() && object(&closed(33), 1000).is_none());
        assert!(object(br#"{"[[[":"\"{{"}"#, 14).is_some() && object(br#"{"[[[":"\"{{"}"#, 13).is_none());
        for other in [&b"[]"[..], b"null", b"\"{}\"", b"1", b"", b"{", b"{} {}", b"{\"a\":\"\xff\"}"] {
            assert!(object(other, 1000).is_none(), "{other:?}");
        }
    }
}
