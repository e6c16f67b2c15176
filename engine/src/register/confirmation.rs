//! An e-mail address or phone number to be confirmed.
//!
//! Client-server specification, `POST /register/{email,msisdn}/requestToken`; the submission of a code is that of
//! the identity service, at the address that the homeserver names.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

use crate::address::{self, Purpose};
use crate::cx::Cx;
use crate::failure::{Cause, Expiring, Failure, Misbehaviour, Refusal};
use crate::http::{Answer, Call};
use crate::intent::Intent;
use crate::secret::Secret;
use crate::secret::exposed;
use crate::stage::Medium;

use super::refused;

/// What is to be confirmed, and how often we asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Confirmation {
    pub(crate) medium: Medium,
    pub(crate) address: String,
    /// For a phone: the country in which the number is dialled.
    country: String,
    /// Ties the confirmation to us. One for each address.
    #[serde(with = "exposed")]
    client_secret: Secret<String>,
    /// The server sends again only for a higher number, so a repeated request keeps its own.
    pub(crate) attempt: u32,
    /// The server's name for it; empty until it answered.
    sid: String,
    /// Where a code goes; without it the user opens a link.
    pub(crate) submit_url: Option<Url>,
}

impl Confirmation {
    /// To the address that `intent` names; `None` if it names none.
    pub(crate) fn asked_for(intent: &Intent, cx: &mut Cx<'_>) -> Option<Result<Self, Refusal>> {
        if let Intent::UseEmail { address } = intent {
            Some(Self::email(address, cx))
        } else if let Intent::UsePhone { country, number } = intent {
            Some(Self::phone(country, number, cx))
        } else {
            None
        }
    }

    fn email(address: &str, cx: &mut Cx<'_>) -> Result<Self, Refusal> {
        let address = address.trim();
        let parts =
            address.rsplit_once('@').filter(|(local, domain)| !local.is_empty() && !domain.is_empty());
        let plain = !address.chars().any(|c| c.is_whitespace() || c.is_control());
        if parts.is_none() || !plain || address.len() > 254 {
            return Err(Refusal::AddressInvalid(Medium::Email));
        }
        Ok(Self::fresh(Medium::Email, address.to_owned(), String::new(), cx))
    }

    fn phone(country: &str, number: &str, cx: &mut Cx<'_>) -> Result<Self, Refusal> {
        let (country, number) = (country.trim().to_ascii_uppercase(), number.trim());
        let dialled = number.chars().all(|c| c.is_ascii_digit() || "+ -()./".contains(c));
        let digits = number.chars().filter(char::is_ascii_digit).count();
        let two_letters = country.len() == 2 && country.chars().all(|c| c.is_ascii_uppercase());
        if !dialled || !(3..=20).contains(&digits) || number.len() > 40 || !two_letters {
            return Err(Refusal::AddressInvalid(Medium::Phone));
        }
        Ok(Self::fresh(Medium::Phone, number.to_owned(), country, cx))
    }

    fn fresh(medium: Medium, address: String, country: String, cx: &mut Cx<'_>) -> Self {
        let client_secret = cx.secret_hex::<16>();
        Self { medium, address, country, client_secret, attempt: 1, sid: String::new(), submit_url: None }
    }

    /// Whether the server has said that it sent it.
    pub(crate) const fn was_sent(&self) -> bool {
        !self.sid.is_empty()
    }

    /// The same address, to be sent once more.
    pub(crate) fn again(&self) -> Self {
        Self { attempt: self.attempt.saturating_add(1), ..self.clone() }
    }

    pub(crate) fn request(&self, base: &Url, cx: &mut Cx<'_>) -> Call {
        let (client_secret, send_attempt) = (self.client_secret.expose(), self.attempt);
        let (path, body) = match self.medium {
            Medium::Email => (
                "_matrix/client/v3/register/email/requestToken",
                json!({ "client_secret": client_secret, "send_attempt": send_attempt, "email": self.address }),
            ),
            Medium::Phone => (
                "_matrix/client/v3/register/msisdn/requestToken",
                json!({ "client_secret": client_secret, "send_attempt": send_attempt,
                        "country": self.country, "phone_number": self.address }),
            ),
        };
        Call::post(address::endpoint(base, path), &body, cx)
    }

    /// What the server says to the request.
    pub(crate) fn requested(&self, answer: &Answer<'_>) -> Result<Self, Failure> {
        #[derive(Deserialize)]
        struct Body {
            sid: String,
            submit_url: Option<String>,
        }
        if answer.status() != 200 {
            return Err(refused::address_of(answer, self.medium).unwrap_or_else(|| {
                let refusal = match (answer.status(), answer.errcode()) {
                    (403, "M_FORBIDDEN") | (_, "M_REGISTRATION_DISABLED") => Refusal::RegistrationClosed,
                    (400..=499, errcode) if !errcode.is_empty() => Refusal::Other,
                    _ => return answer.unexpected(),
                };
                answer.failure(Cause::Refused { refusal })
            }));
        }
        let Body { sid, submit_url } = answer.json()?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || b".=_-".contains(&b);
        if !(1..=255).contains(&sid.len()) || !sid.bytes().all(plain) {
            return Err(answer.misbehaved(Misbehaviour::InvalidField("sid")));
        }
        let submit_url = match submit_url.filter(|url| !url.is_empty()) {
            None => None,
            Some(url) => match answer.named(&url, Purpose::Endpoint) {
                Ok(url) => Some(url),
                Err(_) => return Err(answer.misbehaved(Misbehaviour::InsecureAddress("submit_url"))),
            },
        };
        Ok(Self { sid, submit_url, ..self.clone() })
    }

    /// Passes on a code, as it was typed.
    pub(crate) fn submit(&self, code: &Secret<String>, cx: &mut Cx<'_>) -> Option<Call> {
        let body =
            json!({ "sid": self.sid, "client_secret": self.client_secret.expose(), "token": code.expose() });
        self.submit_url.clone().map(|url| Call::post(url, &body, cx))
    }

    /// What is said to the code.
    pub(crate) fn submitted(answer: &Answer<'_>) -> Result<(), Failure> {
        #[derive(Deserialize)]
        struct Body {
            success: bool,
        }
        let wrong = || answer.failure(Cause::Refused { refusal: Refusal::CodeWrong });
        match (answer.status(), answer.errcode()) {
            (200, _) if answer.json::<Body>()?.success => Ok(()),
            (200, _) => Err(wrong()),
            (_, "M_SESSION_EXPIRED") => Err(answer.failure(Cause::Expired { what: Expiring::Confirmation })),
            (400..=499, errcode) if !errcode.is_empty() => Err(wrong()),
            _ => Err(answer.unexpected()),
        }
    }

    /// The proof for the stage.
    pub(crate) fn credentials(&self) -> Value {
        json!({ "sid": self.sid, "client_secret": self.client_secret.expose() })
    }
}
