//! The authorization code of the browser, exchanged for tokens.
//!
//! RFC 6749 §4.1.3; RFC 7636 §4.5.

use crate::cx::{Cx, Event, Wait};
use crate::exchange::Exchange;
use crate::failure::{Cause, Expiring, Failure, Outage, Refusal};
use crate::http::{Answer, Call};
use crate::io::Time;
use crate::metadata::Metadata;
use crate::secret::Secret;
use crate::token::Tokens;

use super::request::AuthorizationRequest;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct CodeExchange {
    request: AuthorizationRequest,
    code: Secret<String>,
    exchange: Exchange,
    /// An answer was lost: the code may be used up.
    again: bool,
}

impl CodeExchange {
    pub(super) fn start(
        request: AuthorizationRequest,
        code: Secret<String>,
        metadata: &Metadata,
        cx: &mut Cx<'_>,
    ) -> Self {
        let exchange = Exchange::new(send(&request, &code, metadata, cx));
        Self { request, code, exchange, again: false }
    }

    pub(super) const fn request(&self) -> &AuthorizationRequest {
        &self.request
    }

    pub(super) const fn code(&self) -> &Secret<String> {
        &self.code
    }

    pub(super) const fn wait(&self) -> Wait {
        self.exchange.wait()
    }

    /// The request that is on its way. Its answer may be tokens.
    pub(super) const fn asking(&self) -> Option<&Call> {
        self.exchange.call()
    }

    pub(super) const fn limited(&self) -> Option<(Time, &Failure)> {
        self.exchange.limited()
    }

    /// Takes in a reply or a timeout. Gives the tokens, or why there are none.
    pub(super) fn handle(
        &mut self,
        event: &Event<'_>,
        metadata: &Metadata,
        cx: &mut Cx<'_>,
    ) -> Option<Result<Tokens, Failure>> {
        let Self { request, code, exchange, again } = self;
        let tokens = exchange.handle(event, cx, |cx| send(request, code, metadata, cx), read)?;
        match &tokens {
            // At once the code may still be good; later a server may end the session that it was exchanged for.
            Err(Failure { cause: Cause::Unavailable { outage, .. }, .. })
                if !*again && *outage != Outage::RateLimited =>
            {
                *again = true;
                exchange.repeat(send(request, code, metadata, cx));
                None
            }
            Ok(_) | Err(_) => Some(tokens),
        }
    }
}

fn send(request: &AuthorizationRequest, code: &Secret<String>, metadata: &Metadata, cx: &mut Cx<'_>) -> Call {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.expose()),
        ("redirect_uri", request.redirect_uri.as_str()),
        ("client_id", &request.client.client_id),
        ("code_verifier", request.verifier.expose()),
    ];
    Call::form(metadata.token_endpoint.clone(), &fields, cx)
}

fn read(answer: &Answer<'_>, call: &Call) -> Result<Tokens, Failure> {
    let refused = |refusal| Err(answer.failure(Cause::Refused { refusal }));
    match (answer.status(), answer.oauth_error()) {
        (200..=299, _) => Tokens::read(answer, call),
        (_, "invalid_client") => refused(Refusal::ClientRefused),
        (_, "invalid_grant") => Err(answer.failure(Cause::Expired { what: Expiring::AuthorizationCode })),
        (400..=499, error) if !error.is_empty() => refused(Refusal::Other),
        _ => Err(answer.unexpected()),
    }
}
