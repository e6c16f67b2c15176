//! Is this an authorization request, and which page does the person get for it? RFC 6749 §4.1.1.

use narthex::{Response, Time};
use url::Url;

use crate::answer::{escape, page, see_other};
use crate::ask::Ask;
use crate::sandbox::Sandbox;

use super::clients::Client;
use super::grants::{Callback, Grant, ResponseMode, Stage};
use super::pkce::Challenge;
use super::redirect_uri::is_meant;
use super::refused::error_page;
use super::token::{AUTHORIZATION_CODE, Fields};

/// The longest authorization request, in bytes of its address.
const LONGEST: usize = 16 * 1024;

impl Sandbox {
    /// What is wrong with the client or its address is told to the person alone, and nothing to the address.
    pub(crate) fn authorize(&mut self, now: Time, ask: Ask<'_>) -> Result<Response, Response> {
        let malformed = || error_page(400, "invalid request");
        if ask.request.url.as_str().len() > LONGEST {
            return Err(malformed());
        }
        let fields = ask.query_once().ok_or_else(malformed)?;
        let field = |name: &str| fields.get(name).map(String::as_str);
        let client_id = field("client_id").ok_or_else(malformed)?;
        let found = self.oauth.clients.find(client_id);
        let client = found.ok_or_else(|| error_page(400, "could not find client"))?;
        let response_type = field("response_type").ok_or_else(malformed)?;
        let callback = Callback {
            redirect_uri: redirect_uri(client, field("redirect_uri"))?,
            mode: response_mode(field("response_mode")).ok_or_else(malformed)?,
            state: fields.get("state").cloned(),
            issuer: self.issuer(),
        };
        let scope = field("scope").ok_or_else(malformed)?.to_owned();
        let challenge = match (field("code_challenge"), field("code_challenge_method")) {
            (None, None) => None,
            (None, Some(_)) => return Err(malformed()),
            (Some(challenge), method) => Some(Challenge::read(challenge, method).ok_or_else(malformed)?),
        };
        match response_type {
            "code" => {}
            "id_token" | "code id_token" => {
                let description = "The authorization server does not support this response type.";
                return Ok(refuse(&callback, "unsupported_response_type", description));
            }
            _ => return Err(malformed()),
        }
        if let Some((error, description)) = self.refusal(client, &fields, challenge.as_ref()) {
            return Ok(refuse(&callback, error, description));
        }
        let creates = field("prompt").is_some_and(|prompt| prompt.split(' ').any(|one| one == "create"));
        let login_hint = fields.get("login_hint").cloned();
        let client_id = client_id.to_owned();
        let stage = Stage::Pending;
        let grant = Grant { client_id, callback, scope, challenge, login_hint, stage };
        let id = self.oauth.grants.add(now, &mut self.chance, grant);
        // Whoever is signed in goes straight on, whatever `prompt` says.
        let path = match self.visitor(ask) {
            Some(_) => format!("consent/{id}"),
            None if creates => format!("register?kind=continue_authorization_grant&id={id}"),
            None => format!("login?kind=continue_authorization_grant&id={id}"),
        };
        Ok(see_other(&self.config.oauth_address(&path)))
    }

    /// What the application is told at once: the code and its description.
    fn refusal(
        &self,
        client: &Client,
        fields: &Fields,
        challenge: Option<&Challenge>,
    ) -> Option<(&'static str, &'static str)> {
        let has = |name: &str| fields.contains_key(name);
        let needs_pkce = self.config.oauth.as_ref().is_some_and(|oauth| oauth.pkce_required);
        if has("request") {
            Some(("request_not_supported", "The request parameter is not supported."))
        } else if has("request_uri") {
            Some(("request_uri_not_supported", "The request_uri parameter is not supported."))
        } else if has("registration") {
            Some(("registration_not_supported", "The registration parameter is not supported."))
        } else if !client.may_use(AUTHORIZATION_CODE) {
            Some(("unauthorized_client", "The client is not authorized to use this method."))
        } else if fields.get("prompt").is_some_and(|prompt| prompt == "none") {
            Some(("login_required", "The Authorization Server requires End-User authentication."))
        } else if needs_pkce && !matches!(challenge, Some(Challenge::S256(_))) {
            Some(("invalid_request", "A code_challenge of method S256 is required."))
        } else {
            None
        }
    }

    /// The issuer, if callbacks carry it.
    fn issuer(&self) -> Option<String> {
        let sends = self.config.oauth.as_ref().is_some_and(|oauth| oauth.iss);
        sends.then(|| self.config.oauth_address(""))
    }
}

/// The address asked for, if it is the client's own.
fn redirect_uri(client: &Client, asked: Option<&str>) -> Result<Url, Response> {
    let invalid = |why: &str| error_page(400, &format!("invalid redirect uri: {why}"));
    match (asked, client.redirect_uris.as_slice()) {
        (None, [only]) => Ok(only.clone()),
        (None, _) => Err(invalid("multiple redirect_uris registered for this client")),
        (Some(asked), registered) => {
            let asked = Url::parse(asked).map_err(|_| invalid("redirect_uri is not an address"))?;
            if registered.iter().any(|registered| is_meant(&asked, registered)) {
                Ok(asked)
            } else {
                Err(invalid("redirect_uri is not allowed for this client"))
            }
        }
    }
}

fn response_mode(mode: Option<&str>) -> Option<ResponseMode> {
    match mode {
        None | Some("query") => Some(ResponseMode::Query),
        Some("fragment") => Some(ResponseMode::Fragment),
        Some("form_post") => Some(ResponseMode::FormPost),
        Some(_) => None,
    }
}

fn refuse(callback: &Callback, error: &str, description: &str) -> Response {
    call_back(callback, &[("error", error), ("error_description", description)])
}

/// Sends the browser home with these parameters.
pub(crate) fn call_back(callback: &Callback, own: &[(&str, &str)]) -> Response {
    let parameters = callback.parameters(own);
    match callback.mode {
        ResponseMode::Query | ResponseMode::Fragment => see_other(&callback.address(&parameters, true)),
        ResponseMode::FormPost => {
            let fields: String = parameters
                .iter()
                .map(|(name, value)| {
                    format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escape(value))
                })
                .collect();
            let to = escape(callback.redirect_uri.as_str());
            let body =
                format!("<form method=\"post\" action=\"{to}\">{fields}<button>Continue</button></form>");
            page(200, "Back to the application", &body)
        }
    }
}
