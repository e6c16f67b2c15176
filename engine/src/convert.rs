//! Requests and responses as those of the crate `http`, and back.

use crate::io::{Method, Request, Response};
use crate::secret::Secret;

impl From<Method> for ::http::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::Get => Self::GET,
            Method::Post => Self::POST,
            Method::Put => Self::PUT,
            Method::Delete => Self::DELETE,
            Method::Options => Self::OPTIONS,
        }
    }
}

/// The same request. Its headers are marked as sensitive; its body leaves the guard that wipes it. The limit and the
/// patience are no part of HTTP: read them before.
///
/// Fails when a header is none, or when the address is longer than the crate `http` takes.
impl TryFrom<Request> for ::http::Request<Vec<u8>> {
    type Error = ::http::Error;

    fn try_from(request: Request) -> Result<Self, Self::Error> {
        let mut built = Self::new(request.body.expose().clone());
        *built.method_mut() = request.method.into();
        *built.uri_mut() = request.url.as_str().parse::<::http::Uri>()?;
        for (name, value) in &request.headers {
            let mut value = ::http::HeaderValue::from_str(value.expose())?;
            value.set_sensitive(true);
            built.headers_mut().append(::http::HeaderName::from_bytes(name.as_bytes())?, value);
        }
        Ok(built)
    }
}

/// The same answer, but for headers that are no text, which the engine does not read. Keep to the request's limit
/// before.
impl From<::http::Response<Vec<u8>>> for Response {
    fn from(response: ::http::Response<Vec<u8>>) -> Self {
        let (parts, body) = response.into_parts();
        let text = |(name, value): (&::http::HeaderName, &::http::HeaderValue)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        };
        let headers = parts.headers.iter().filter_map(text).collect();
        Self { status: parts.status.as_u16(), headers, body: Secret::new(body) }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_request_is_the_same_in_the_types_of_http() {
        let request = Request {
            method: Method::Put,
            url: "https://a.b/c?d=e".parse().unwrap(),
            headers: vec![("authorization", "Bearer x".into())],
            body: Secret::new(b"{}".to_vec()),
            limit: 1,
            patience: Duration::from_secs(1),
            shown_path: None,
        };
        let built = ::http::Request::try_from(request.clone()).unwrap();
        assert_eq!(
            (built.method().as_str(), built.uri().to_string()),
            ("PUT", "https://a.b/c?d=e".to_owned())
        );
        assert!(built.headers()["authorization"].is_sensitive());
        assert_eq!(built.body(), b"{}");
        let broken = Request { headers: vec![("authorization", "a\nb".into())], ..request };
        assert!(::http::Request::try_from(broken).is_err());
    }

    #[test]
    fn an_answer_is_taken_over_without_what_is_no_text() {
        let built = ::http::Response::builder().status(418).header("Retry-After", "7");
        let built = built.header("x", &b"\xff"[..]).body(b"hi".to_vec()).unwrap();
        let response = Response::from(built);
        assert_eq!((response.status, response.headers.len()), (418, 1));
        assert_eq!(
            (response.header("retry-after"), response.body.expose().as_slice()),
            (Some("7"), &b"hi"[..])
        );
    }
}
