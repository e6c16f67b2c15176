//! An answer or a link on its way into a trace, and out of it again.

use narthex::HEADERS_READ;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap as _, SerializeSeq as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Number;
use url::Url;

use super::line::Body;
use super::standin::StandIns;

/// The longest stand-in for a body that was no JSON.
const LONGEST_OPAQUE: usize = 4 << 20;

/// JSON with its order and its repetitions kept, because a reader may depend on them.
enum Node {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Self>),
    Map(Vec<(String, Self)>),
}

pub(crate) fn body(bytes: &[u8], known: &mut StandIns) -> Body {
    match serde_json::from_slice::<Node>(bytes) {
        Ok(mut node) => {
            node.hide(known);
            // A tree of strings, numbers and truths always serialises.
            serde_json::to_string(&node).map_or(Body::Opaque { first: None, bytes: 0 }, Body::Json)
        }
        Err(_) => Body::Opaque {
            first: bytes.first().map(|b| char::from(*b)).filter(char::is_ascii_graphic),
            bytes: bytes.len(),
        },
    }
}

/// Bytes that an engine treats as it treated those that `body` was made of.
pub(crate) fn bytes(body: Body, own: &StandIns) -> Vec<u8> {
    match body {
        Body::Json(text) => own.restore(&text).into_bytes(),
        Body::Opaque { first, bytes } => {
            let mut filler = vec![b'~'; bytes.min(LONGEST_OPAQUE)];
            if let (Some(start), Some(first)) = (filler.first_mut(), first) {
                *start = u8::try_from(first).unwrap_or(b'~');
            }
            filler
        }
    }
}

pub(crate) fn headers(headers: &[(String, String)], known: &mut StandIns) -> Vec<(String, String)> {
    let read = headers.iter().filter(|(name, _)| HEADERS_READ.contains(&name.as_str()));
    read.map(|(name, value)| {
        (name.clone(), if name == "location" { address(value, known) } else { known.scrub(value) })
    })
    .collect()
}

/// An address without the secrets in its path and its query. What is no address is not written down at all.
pub(crate) fn address(text: &str, known: &mut StandIns) -> String {
    let Ok(mut url) = Url::parse(text) else { return "?".to_owned() };
    url.set_fragment(None);
    url.set_username("").ok();
    url.set_password(None).ok();
    let path = known.scrub(url.path());
    url.set_path(&path);
    // A server may put what it was told anywhere.
    let host = url.host_str().map(str::to_owned).unwrap_or_default();
    if known.scrub(&host) != host && url.set_host(Some("hidden.invalid")).is_err() {
        return "?".to_owned();
    }
    let query: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    if !query.is_empty() {
        let hide = |(key, value): (String, String)| {
            let value = if StandIns::is_secret(&key) { known.of(&key, &value) } else { known.scrub(&value) };
            (known.scrub(&key), value)
        };
        let query: Vec<(String, String)> = query.into_iter().map(hide).collect();
        url.query_pairs_mut().clear().extend_pairs(query);
    }
    url.into()
}

impl Node {
    fn hide(&mut self, known: &mut StandIns) {
        match self {
            Self::Null | Self::Bool(_) | Self::Number(_) => {}
            Self::Text(text) => *text = known.scrub(text),
            Self::List(list) => list.iter_mut().for_each(|node| node.hide(known)),
            Self::Map(map) => {
                for (key, node) in map {
                    match node {
                        Self::Text(text) if StandIns::is_secret(key) => *text = known.of(key, text),
                        // Where a single sign-on that was saved is listened for.
                        Self::Text(text) if key == "path" => *text = known.path(text),
                        Self::Null
                        | Self::Bool(_)
                        | Self::Number(_)
                        | Self::Text(_)
                        | Self::List(_)
                        | Self::Map(_) => node.hide(known),
                    }
                    *key = known.scrub(key);
                }
            }
        }
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => to.serialize_unit(),
            Self::Bool(b) => to.serialize_bool(*b),
            Self::Number(n) => n.serialize(to),
            Self::Text(text) => to.serialize_str(text),
            Self::List(list) => {
                let mut seq = to.serialize_seq(Some(list.len()))?;
                list.iter().try_for_each(|node| seq.serialize_element(node))?;
                seq.end()
            }
            Self::Map(entries) => {
                let mut map = to.serialize_map(Some(entries.len()))?;
                entries.iter().try_for_each(|(key, node)| map.serialize_entry(key, node))?;
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(AnyJson)
    }
}

struct AnyJson;

impl<'de> Visitor<'de> for AnyJson {
    type Value = Node;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, b: bool) -> Result<Node, E> {
        Ok(Node::Bool(b))
    }

    fn visit_u64<E>(self, n: u64) -> Result<Node, E> {
        Ok(Node::Number(n.into()))
    }

    fn visit_i64<E>(self, n: i64) -> Result<Node, E> {
        Ok(Node::Number(n.into()))
    }

    fn visit_f64<E>(self, n: f64) -> Result<Node, E> {
        Ok(Number::from_f64(n).map_or(Node::Null, Node::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(node) = seq.next_element()? {
            list.push(node);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Node::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(json: &str) -> String {
        match body(json.as_bytes(), &mut StandIns::default()) {
            Body::Json(text) => text,
            Body::Opaque { .. } => panic!("{json} is JSON"),
        }
    }

    #[test]
    fn an_answer_keeps_its_order_and_loses_its_secrets() {
        assert_eq!(
            written(
                r#"{"z":1,"access_token":"syt_marker","a":{"session":"S"},"z":[true,null,1.5,-2],"e":"no syt_marker"}"#
            ),
            r#"{"z":1,"access_token":"secret.accesstoken.1","a":{"session":"secret.session.2"},"z":[true,null,1.5,-2],"e":"no secret.accesstoken.1"}"#
        );
    }

    #[test]
    fn what_is_no_json_is_replaced_by_what_is_none() {
        for text in ["", "<html>", "{\"access_token\":\"cut", "[1,", "\u{0}\u{1}"] {
            let opaque = body(text.as_bytes(), &mut StandIns::default());
            assert!(matches!(opaque, Body::Opaque { .. }));
            let again = bytes(opaque, &StandIns::default());
            assert_eq!(again.len(), text.len());
            assert!(serde_json::from_slice::<serde::de::IgnoredAny>(&again).is_err());
        }
    }

    #[test]
    fn an_address_keeps_its_path_and_loses_its_secrets() {
        let mut known = StandIns::default();
        assert_eq!(
            address("http://127.0.0.1:80/cb/x?loginToken=marker&a=b#marker", &mut known),
            "http://127.0.0.1/cb/x?loginToken=secret.loginToken.1&a=b"
        );
        assert_eq!(address("marker", &mut known), "?");
    }
}
