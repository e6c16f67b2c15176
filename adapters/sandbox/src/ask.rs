//! What does a request ask for? Its path, query, bearer token, and its body as JSON or as a form.

use std::collections::BTreeMap;

use narthex::{Method, Request};
use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::answer::Refusal;

/// The largest request body that is read, in bytes.
pub(crate) const BODY_LIMIT: usize = 64 * 1024;

/// A JSON object.
pub(crate) type Object = Map<String, Value>;

/// One request, read lazily.
#[derive(Clone, Copy)]
pub(crate) struct Ask<'a> {
    pub(crate) request: &'a Request,
    /// Whether it has a `Content-Length`, which whatever sends a request adds, or does not.
    pub(crate) says_length: bool,
}

impl<'a> Ask<'a> {
    pub(crate) const fn method(self) -> Method {
        self.request.method
    }

    pub(crate) fn path(self) -> &'a str {
        self.request.url.path()
    }

    /// Whether this is the path of one thing below `prefix`, which has no slashes around it.
    pub(crate) fn is_below(self, prefix: &str) -> bool {
        let rest = self.path().trim_start_matches('/').strip_prefix(prefix);
        rest.is_some_and(|rest| rest.starts_with('/'))
    }

    /// What a UIA session is bound to: the method, the path and the query.
    pub(crate) fn operation(self) -> String {
        let query = self.request.url.query().map(|query| format!("?{query}")).unwrap_or_default();
        format!("{} {}{query}", self.method().as_str(), self.path())
    }

    pub(crate) fn query(self, name: &str) -> Option<String> {
        self.request.url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    pub(crate) fn required_query(self, name: &str) -> Result<String, Refusal> {
        self.query(name).ok_or_else(|| {
            Refusal::new(400, "M_MISSING_PARAM", format!("Missing string query parameter '{name}'"))
        })
    }

    pub(crate) fn header(self, name: &str) -> Option<&'a str> {
        let (_, value) = self.request.headers.iter().find(|(known, _)| *known == name)?;
        Some(value.expose())
    }

    pub(crate) fn bearer(self) -> Option<&'a str> {
        self.header("authorization")?.strip_prefix("Bearer ")
    }

    pub(crate) fn cookie(self, name: &str) -> Option<&'a str> {
        let mut pairs = self.header("cookie")?.split(';').filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    pub(crate) fn body(self) -> &'a [u8] {
        self.request.body.expose()
    }

    pub(crate) fn is_too_large(self) -> bool {
        self.request.body.expose().len() > BODY_LIMIT
    }

    pub(crate) fn json(self) -> Result<Object, Refusal> {
        match serde_json::from_slice(self.request.body.expose()) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) => Err(Refusal::new(400, "M_BAD_JSON", "Content must be a JSON object.")),
            Err(_) => Err(Refusal::new(400, "M_NOT_JSON", "Content not JSON.")),
        }
    }

    pub(crate) fn form(self) -> BTreeMap<String, String> {
        form_urlencoded::parse(self.request.body.expose()).into_owned().collect()
    }

    /// The form, if no field is there twice.
    pub(crate) fn form_once(self) -> Option<BTreeMap<String, String>> {
        once(self.request.body.expose())
    }

    /// The query, if no parameter is there twice.
    pub(crate) fn query_once(self) -> Option<BTreeMap<String, String>> {
        once(self.request.url.query().unwrap_or_default().as_bytes())
    }
}

/// RFC 6749 §3.1: parameters must not be included more than once.
fn once(query: &[u8]) -> Option<BTreeMap<String, String>> {
    let mut fields = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(query).into_owned() {
        if fields.insert(name, value).is_some() {
            return None;
        }
    }
    Some(fields)
}

/// A string field that must be there.
pub(crate) fn required<'a>(body: &'a Object, field: &str) -> Result<&'a str, Refusal> {
    match body.get(field) {
        None => Err(Refusal::missing(field)),
        Some(Value::String(value)) => Ok(value),
        Some(_) => Err(Refusal::new(400, "M_INVALID_PARAM", format!("Invalid param: {field}"))),
    }
}

/// Whether the client asks for a refresh token.
pub(crate) fn wants_refresh(body: &Object) -> Result<bool, Refusal> {
    match body.get("refresh_token") {
        None => Ok(false),
        Some(Value::Bool(wanted)) => Ok(*wanted),
        Some(_) => Err(Refusal::new(400, "M_UNKNOWN", "`refresh_token` should be true or false.")),
    }
}
