//! How does the authorization server refuse: the error codes, and what Matrix Authentication Service says with them?

use narthex::Response;
use serde_json::json;

use crate::answer::{alert, json, page};

/// An error answer of RFC 6749 §5.2 and the documents built on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    status: u16,
    error: &'static str,
    description: String,
}

impl Refused {
    pub(crate) fn new(status: u16, error: &'static str, description: impl Into<String>) -> Self {
        Self { status, error, description: description.into() }
    }

    pub(crate) fn request() -> Self {
        let description = "The request is missing a required parameter, includes an invalid parameter value, \
                           includes a parameter more than once, or is otherwise malformed.";
        Self::new(400, "invalid_request", description)
    }

    pub(crate) fn grant() -> Self {
        Self::new(400, "invalid_grant", "The provided access grant is invalid, expired, or revoked.")
    }

    pub(crate) fn client() -> Self {
        Self::new(401, "invalid_client", "Client authentication failed.")
    }

    pub(crate) fn unauthorized_client() -> Self {
        let description = "The client is not authorized to request an access token using this method.";
        Self::new(401, "unauthorized_client", description)
    }

    pub(crate) fn into_response(self) -> Response {
        json(self.status, &json!({ "error": self.error, "error_description": self.description }))
    }
}

/// The page for what cannot be sent back to the application.
pub(crate) fn error_page(status: u16, what: &str) -> Response {
    page(status, "Unexpected error", &alert(Some(what)))
}
