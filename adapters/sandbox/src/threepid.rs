//! Does this address belong to the person? Mails with links, text messages with codes.

use std::collections::BTreeMap;

use narthex::{Response, Time};
use serde_json::{Value, json};
use url::Url;

use crate::answer::{self, Refusal, ok};
use crate::ask::{Ask, Object, required};
use crate::limit::Limited;
use crate::route::{EMAIL_LINK, MSISDN_SUBMIT};
use crate::sandbox::Sandbox;
use crate::settings::EmailPolicy;

/// The most mails, text messages and confirmations remembered each; beyond that, one gives way.
const MOST_REMEMBERED: usize = 10_000;

/// A mail that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// To whom.
    pub to: String,
    /// The link in it.
    pub link: Url,
}

/// A text message that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// To which number: digits only, with the country code.
    pub to: String,
    /// The code in it.
    pub code: String,
}

/// All confirmations under way, and what was sent for them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Threepids {
    confirmations: BTreeMap<String, Confirmation>,
    mail: Vec<Mail>,
    texts: Vec<Text>,
}

#[derive(Clone, Debug)]
struct Confirmation {
    medium: &'static str,
    address: String,
    client_secret: String,
    last_attempt: i64,
    confirmed: bool,
    /// What each message told: its token or code, where the link leads then, and when it ends.
    proofs: Vec<(String, Option<Url>, Time)>,
}

/// What the client asks to be confirmed.
struct Wanted {
    client_secret: String,
    attempt: i64,
    next_link: Option<Url>,
}

impl Threepids {
    pub(crate) fn mail(&self) -> &[Mail] {
        &self.mail
    }

    pub(crate) fn texts(&self) -> &[Text] {
        &self.texts
    }

    /// The address that was confirmed. It can be had once.
    pub(crate) fn take_confirmed(&mut self, medium: &str, sid: &str, client_secret: &str) -> Option<String> {
        let confirmation = self.confirmations.get(sid)?;
        let fits = confirmation.confirmed
            && confirmation.medium == medium
            && confirmation.client_secret == client_secret;
        fits.then(|| self.confirmations.remove(sid)).flatten().map(|confirmation| confirmation.address)
    }

    fn find(&mut self, sid: &str, client_secret: &str) -> Option<&mut Confirmation> {
        self.confirmations.get_mut(sid).filter(|confirmation| confirmation.client_secret == client_secret)
    }

    /// The unconfirmed one for this address, or a new one under `fresh`; whether a message is due.
    fn open(
        &mut self,
        medium: &'static str,
        address: &str,
        wanted: &Wanted,
        fresh: String,
    ) -> (String, bool) {
        let known = self.confirmations.iter_mut().find(|(_, known)| {
            !known.confirmed
                && (known.medium, known.address.as_str(), known.client_secret.as_str())
                    == (medium, address, wanted.client_secret.as_str())
        });
        if let Some((sid, known)) = known {
            let due = wanted.attempt > known.last_attempt;
            known.last_attempt = known.last_attempt.max(wanted.attempt);
            return (sid.clone(), due);
        }
        if self.confirmations.len() >= MOST_REMEMBERED {
            self.confirmations.pop_first();
        }
        let confirmation = Confirmation {
            medium,
            address: address.to_owned(),
            client_secret: wanted.client_secret.clone(),
            last_attempt: wanted.attempt,
            confirmed: false,
            proofs: Vec::new(),
        };
        self.confirmations.insert(fresh.clone(), confirmation);
        (fresh, true)
    }

    fn prove(&mut self, sid: &str, proof: (String, Option<Url>, Time)) {
        if let Some(confirmation) = self.confirmations.get_mut(sid) {
            confirmation.proofs.push(proof);
        }
    }
}

impl Sandbox {
    pub(crate) fn request_email(&mut self, now: Time, ask: Ask<'_>) -> Result<Response, Refusal> {
        let policy: EmailPolicy = self.config.email.clone().ok_or_else(|| {
            Refusal::new(400, "M_UNKNOWN", "Email-based registration has been disabled on this server")
        })?;
        let body = ask.json()?;
        let wanted = wanted(&body, &["client_secret", "email", "send_attempt"])?;
        let email = canonical_email(required(&body, "email")?)
            .ok_or_else(|| Refusal::new(400, "M_UNKNOWN", "Unable to parse email address"))?;
        let (_, domain) = email.rsplit_once('@').unwrap_or_default();
        if policy.denied_domains.iter().any(|denied| denied == domain) {
            let error = "Your email domain is not authorized to register on this server";
            return Err(Refusal::new(403, "M_THREEPID_DENIED", error));
        }
        self.buckets.take(&self.config.limits, now, Limited::ThreepidRequest, "email")?;
        let fresh = self.chance.letters(16);
        if self.accounts.of_address("email", &email).is_some() {
            return if policy.tells_in_use {
                Err(Refusal::new(400, "M_THREEPID_IN_USE", "Email is already in use"))
            } else {
                Ok(ok(&json!({ "sid": fresh })))
            };
        }
        let (sid, due) = self.threepids.open("email", &email, &wanted, fresh);
        if due {
            let token = self.chance.letters(32);
            let link = self.email_link(&token, &wanted.client_secret, &sid)?;
            let next = wanted.next_link.map(|mut next| {
                next.query_pairs_mut().append_pair("sid", &sid);
                next
            });
            self.threepids.prove(&sid, (token, next, now + policy.link_lifetime));
            remember(&mut self.threepids.mail, Mail { to: email, link });
        }
        Ok(ok(&json!({ "sid": sid })))
    }

    fn email_link(&self, token: &str, client_secret: &str, sid: &str) -> Result<Url, Refusal> {
        Url::parse_with_params(
            &self.config.address(EMAIL_LINK),
            [("token", token), ("client_secret", client_secret), ("sid", sid)],
        )
        .map_err(|_| Refusal::new(500, "M_UNKNOWN", "Internal server error"))
    }

    /// The person clicked the link in a mail.
    pub(crate) fn follow_email_link(&mut self, now: Time, ask: Ask<'_>) -> Result<Response, Refusal> {
        if self.config.email.is_none() {
            let error = "Email-based registration is disabled on this server";
            return Err(Refusal::new(400, "M_UNKNOWN", error));
        }
        let sid = ask.required_query("sid")?;
        let client_secret = ask.required_query("client_secret")?;
        let token = ask.required_query("token")?;
        let wrong = |reason: &str| {
            answer::page(
                400,
                "Not confirmed",
                &format!("<p>Your address could not be confirmed: {reason}.</p>"),
            )
        };
        let Some(confirmation) = self.threepids.find(&sid, &client_secret) else {
            return Ok(wrong("the link is not known"));
        };
        let Some((_, next, ends)) = confirmation.proofs.iter().find(|(told, _, _)| *told == token) else {
            return Ok(wrong("the link is not right"));
        };
        if *ends <= now {
            return Ok(wrong("the link is too old"));
        }
        confirmation.confirmed = true;
        Ok(next.as_ref().map_or_else(
            || {
                let told = "<p>Your e-mail address is confirmed. You may close this page.</p>";
                answer::page(200, "Confirmed", told)
            },
            answer::redirect,
        ))
    }

    pub(crate) fn request_msisdn(&mut self, now: Time, ask: Ask<'_>) -> Result<Response, Refusal> {
        let body = ask.json()?;
        let wanted = wanted(&body, &["client_secret", "country", "phone_number", "send_attempt"])?;
        let number = msisdn(required(&body, "country")?, required(&body, "phone_number")?)
            .ok_or_else(|| Refusal::new(400, "M_INVALID_PARAM", "Unable to parse phone number"))?;
        self.buckets.take(&self.config.limits, now, Limited::ThreepidRequest, "msisdn")?;
        if self.accounts.of_address("msisdn", &number).is_some() {
            return Err(Refusal::new(400, "M_THREEPID_IN_USE", "Phone number is already in use"));
        }
        if !self.config.msisdn {
            let error = "Registration by phone number is not supported on this homeserver";
            return Err(Refusal::new(400, "M_UNKNOWN", error));
        }
        let fresh = self.chance.letters(16);
        let (sid, due) = self.threepids.open("msisdn", &number, &wanted, fresh);
        if due {
            let code = self.chance.digits(6);
            self.threepids.prove(&sid, (code.clone(), None, Time(u64::MAX)));
            remember(&mut self.threepids.texts, Text { to: number, code });
        }
        Ok(ok(&json!({ "sid": sid, "submit_url": self.config.address(MSISDN_SUBMIT) })))
    }

    /// The person typed the code of a text message.
    pub(crate) fn submit_msisdn(&mut self, ask: Ask<'_>) -> Result<Response, Refusal> {
        let body = ask.json()?;
        let (sid, secret) = (required(&body, "sid")?, required(&body, "client_secret")?);
        let code = required(&body, "token")?;
        let confirmation = self.threepids.find(sid, secret).ok_or_else(|| {
            Refusal::new(404, "M_NO_VALID_SESSION", "No session could be found with this sid")
        })?;
        if !confirmation.proofs.iter().any(|(told, _, _)| told == code) {
            return Err(Refusal::new(400, "M_TOKEN_INCORRECT", "Incorrect token").with("success", false));
        }
        confirmation.confirmed = true;
        Ok(ok(&json!({ "success": true })))
    }
}

fn remember<T>(kept: &mut Vec<T>, new: T) {
    if kept.len() >= MOST_REMEMBERED {
        kept.remove(0);
    }
    kept.push(new);
}

fn wanted(body: &Object, fields: &[&str]) -> Result<Wanted, Refusal> {
    let missing: Vec<&str> = fields.iter().copied().filter(|field| !body.contains_key(*field)).collect();
    if !missing.is_empty() {
        let error = format!("Missing params: ['{}']", missing.join("', '"));
        return Err(Refusal::new(400, "M_MISSING_PARAM", error));
    }
    let client_secret = required(body, "client_secret")?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".=_-".contains(&byte);
    if client_secret.is_empty() || client_secret.len() > 255 || !client_secret.bytes().all(allowed) {
        return Err(Refusal::new(400, "M_INVALID_PARAM", "Invalid client_secret parameter"));
    }
    let attempt = body.get("send_attempt").and_then(Value::as_i64);
    let attempt =
        attempt.ok_or_else(|| Refusal::new(400, "M_INVALID_PARAM", "Invalid param: send_attempt"))?;
    let next_link = match body.get("next_link").and_then(Value::as_str) {
        None => None,
        Some(link) => {
            let link = Url::parse(link).ok().filter(|link| matches!(link.scheme(), "http" | "https"));
            let invalid = || Refusal::new(400, "M_INVALID_PARAM", "Invalid next_link");
            Some(link.ok_or_else(invalid)?)
        }
    };
    Ok(Wanted { client_secret: client_secret.to_owned(), attempt, next_link })
}

/// In lower case, if it has the shape of an address.
pub(crate) fn canonical_email(email: &str) -> Option<String> {
    let (local, domain) = email.split_once('@')?;
    let odd = |part: &str| part.is_empty() || part.contains(|c: char| c == '@' || c.is_whitespace());
    (!odd(local) && !odd(domain)).then(|| email.to_lowercase())
}

/// The digits with the country code, for the countries that the sandbox has heard of.
pub(crate) fn msisdn(country: &str, number: &str) -> Option<String> {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let well_formed = (4..=15).contains(&digits.len())
        && number.chars().all(|c| c.is_ascii_digit() || " -()+./".contains(c));
    if !well_formed {
        return None;
    }
    if number.starts_with('+') {
        return Some(digits);
    }
    let code = match country {
        "DE" => "49",
        "FR" => "33",
        "GB" => "44",
        "US" => "1",
        _ => return None,
    };
    Some(format!("{code}{}", digits.trim_start_matches('0')))
}
