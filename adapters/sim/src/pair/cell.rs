//! What is in a request for a cell and in its answer, in either generation?

use narthex::{Method, Request, Response, Secret};
use serde_json::Value;

/// Whether this is about the rendezvous.
pub(super) fn is_of_rendezvous(request: &Request) -> bool {
    request.url.path().contains("rendezvous")
}

/// The cell that a request is about; `None` for one that creates one.
pub(super) fn cell(request: &Request) -> Option<&str> {
    let is_about_one = is_of_rendezvous(request) && request.method != Method::Post;
    is_about_one.then(|| request.url.path().rsplit('/').next()).flatten()
}

/// What is written to a cell.
pub(super) fn written(request: &Request) -> Option<String> {
    (request.method == Method::Put).then(|| text(request.body.expose()))
}

/// What a cell holds, by an answer.
pub(super) fn held(response: &Response) -> Option<String> {
    let told = response.status == 200 && !response.body.expose().is_empty();
    told.then(|| text(response.body.expose())).filter(|data| !data.is_empty())
}

/// The answer, with something else in the cell; and as another version, if there is one.
pub(super) fn tell(response: &Response, data: &str, version: Option<&str>) -> Response {
    let mut response = response.clone();
    let body = response.body.expose();
    if let Ok(Value::Object(mut body)) = serde_json::from_slice(body) {
        body.insert("data".to_owned(), data.into());
        if let Some(version) = version {
            body.insert("sequence_token".to_owned(), version.into());
        }
        response.body = Secret::new(Value::Object(body).to_string().into_bytes());
    } else {
        response.body = Secret::new(data.as_bytes().to_vec());
        for (name, value) in &mut response.headers {
            if let ("etag", Some(version)) = (name.as_str(), version) {
                *value = format!("\"{version}\"");
            }
        }
    }
    response
}

/// The answer, with another life of the cell (2025 alone).
pub(super) fn age(response: &Response, life: Value) -> Response {
    let mut response = response.clone();
    if let Ok(Value::Object(mut body)) = serde_json::from_slice(response.body.expose()) {
        body.insert("expires_in_ms".to_owned(), life);
        response.body = Secret::new(Value::Object(body).to_string().into_bytes());
    }
    response
}

/// The body itself, or what is in its JSON.
fn text(body: &[u8]) -> String {
    let json: Option<Value> = serde_json::from_slice(body).ok();
    match json.as_ref().and_then(|json| json.get("data")).and_then(Value::as_str) {
        Some(data) => data.to_owned(),
        None => String::from_utf8_lossy(body).into_owned(),
    }
}
