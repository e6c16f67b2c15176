//! What exactly is signed of a JSON object?

use serde_json::{Map, Value};

/// No greater number can be signed.
const MAX: i64 = (1 << 53) - 1;

/// What signatures of `object` are over: canonical JSON of everything but the signatures themselves, and what the
/// server has added (client-server specification, appendices, "Canonical JSON" and "Signing JSON"). `None` where that
/// has a number which canonical JSON cannot have.
///
/// The order is made here: a map of serde_json is in no order if its feature `preserve_order` is on, and any crate of
/// a program that embeds us may turn it on. How strings are written is the specification's own way.
pub(super) fn signed(object: &Map<String, Value>) -> Option<String> {
    let fields = object.iter().filter(|(name, _)| *name != "signatures" && *name != "unsigned");
    let mut text = String::new();
    write_object(fields, &mut text).then_some(text)
}

fn write(value: &Value, to: &mut String) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::String(_) => to.push_str(&value.to_string()),
        Value::Number(number) => match number.as_i64().filter(|number| (-MAX..=MAX).contains(number)) {
            Some(number) => to.push_str(&number.to_string()),
            None => return false,
        },
        Value::Array(list) => {
            to.push('[');
            for (at, value) in list.iter().enumerate() {
                to.push_str(if at == 0 { "" } else { "," });
                if !write(value, to) {
                    return false;
                }
            }
            to.push(']');
        }
        Value::Object(object) => return write_object(object, to),
    }
    true
}

/// Sorted by the bytes of UTF-8, which is the order of the code points.
fn write_object<'a>(fields: impl IntoIterator<Item = (&'a String, &'a Value)>, to: &mut String) -> bool {
    let mut fields: Vec<_> = fields.into_iter().collect();
    fields.sort_unstable_by_key(|(name, _)| *name);
    to.push('{');
    for (at, (name, value)) in fields.into_iter().enumerate() {
        to.push_str(if at == 0 { "" } else { "," });
        to.push_str(&Value::from(name.as_str()).to_string());
        to.push(':');
        if !write(value, to) {
            return false;
        }
    }
    to.push('}');
    true
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ruma::CanonicalJsonValue;

    use super::*;

    fn object(json: &str) -> Map<String, Value> {
        serde_json::from_str(json).expect("an object")
    }

    /// The examples of the specification ("Canonical JSON").
    #[test]
    fn the_examples_of_the_specification() {
        let examples = [
            ("{}", "{}"),
            (r#"{"one": 1, "two": "Two"}"#, r#"{"one":1,"two":"Two"}"#),
            (r#"{"b": "2", "a": "1"}"#, r#"{"a":"1","b":"2"}"#),
            (
                r#"{"auth": {"success": true, "mxid": "@john.doe:example.com", "profile": {
                    "display_name": "John Doe", "three_pids": [
                        {"medium": "email", "address": "john.doe@example.org"},
                        {"medium": "msisdn", "address": "123456789"}
                    ]}}}"#,
                concat!(
                    r#"{"auth":{"mxid":"@john.doe:example.com","profile":{"display_name":"John Doe","#,
                    r#""three_pids":[{"address":"john.doe@example.org","medium":"email"},"#,
                    r#"{"address":"123456789","medium":"msisdn"}]},"success":true}}"#
                ),
            ),
            (r#"{"a": "日本語"}"#, r#"{"a":"日本語"}"#),
            (r#"{"本": 2, "日": 1}"#, r#"{"日":1,"本":2}"#),
            (r#"{"a": "\u65E5"}"#, r#"{"a":"日"}"#),
            (r#"{"a": null}"#, r#"{"a":null}"#),
        ];
        for (json, canonical) in examples {
            assert_eq!(signed(&object(json)).as_deref(), Some(canonical));
        }
    }

    #[test]
    fn signatures_are_not_signed_and_neither_is_what_the_server_adds() {
        let json = r#"{"unsigned": {}, "signatures": {"a": {}}, "a": {"unsigned": 1, "signatures": 2}}"#;
        assert_eq!(signed(&object(json)).as_deref(), Some(r#"{"a":{"signatures":2,"unsigned":1}}"#));
    }

    #[test]
    fn some_numbers_cannot_be_signed() {
        for number in ["1.5", "1.0", "1e3", "9007199254740992", "-9007199254740992", "1e400"] {
            let Ok(object) = serde_json::from_str(&format!(r#"{{"a":[{number}]}}"#)) else { continue };
            assert_eq!(signed(&object), None, "{number}");
        }
        let most = r#"{"a":[9007199254740991,-9007199254740991]}"#;
        assert_eq!(signed(&object(most)).as_deref(), Some(most));
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-MAX..=MAX).prop_map(Value::from),
            any::<String>().prop_map(Value::from),
            // What has an escape, or is near one that has.
            "[\\x00-\\x20\"\\\\/\\x7f-\\xa0\u{2028}\u{ffff}\u{10000}]{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::vec((any::<String>(), inner), 0..6)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn ruma_writes_the_same(fields in prop::collection::vec(("[a-b\u{e9}\u{ffff}\u{10000}]{0,2}", value()), 0..6)) {
            let object: Map<String, Value> = fields.into_iter().collect();
            let theirs = CanonicalJsonValue::try_from(Value::Object(object.clone())).expect("canonical");
            prop_assert_eq!(signed(&object), Some(theirs.to_string()));
        }
    }
}
