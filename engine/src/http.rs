//! One HTTP exchange: how a request is made, and what any answer means before a flow reads it.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};
use url::{Url, form_urlencoded};

use crate::address::{self, Purpose, Unfit};
use crate::carried::{carries, without_secrets};
use crate::cx::{Cx, PATIENCE, Wait};
use crate::failure::{Bug, Cause, Evidence, Failure, Misbehaviour, Outage};
use crate::io::{CONTENT_TYPE, Effect, Lost, Method, RETRY_AFTER, Reply, Request, Response, Time};
use crate::secret::Secret;
use crate::session::Session;
use crate::text::{is_error_code, one_line};

/// No answer that is specified comes near to this, in bytes.
const MAX_BODY: usize = 512 * 1024;
/// The longest patience that a server can ask for; whoever says more means "never". Nobody waits for so long.
const MAX_RETRY: Duration = Duration::from_secs(365 * 24 * 3600);
/// The longest address of a page that is taken, in bytes.
const MAX_ADDRESS: usize = 2048;
/// How long we wait when it does not say.
const DEFAULT_RETRY: Duration = Duration::from_secs(10);

/// A request that was sent, and what may be told about it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) wait: Wait,
    pub(crate) sent: Time,
    request: Arc<Request>,
    /// What else the server knows, and no text of its may show.
    hidden: Arc<[Secret<String>]>,
}

impl Hash for Call {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (self.wait, self.sent, self.request.method, &self.request.url).hash(hasher);
    }
}

impl Call {
    pub(crate) fn get(url: Url, cx: &mut Cx<'_>) -> Self {
        Self::send(Method::Get, url, None, Vec::new(), cx)
    }

    pub(crate) fn get_as(url: Url, token: &Secret<String>, cx: &mut Cx<'_>) -> Self {
        Self::send(Method::Get, url, Some(token), Vec::new(), cx)
    }

    pub(crate) fn post(url: Url, body: &Value, cx: &mut Cx<'_>) -> Self {
        Self::send(Method::Post, url, None, body.to_string().into_bytes(), cx)
    }

    pub(crate) fn post_as(url: Url, token: &Secret<String>, body: &Value, cx: &mut Cx<'_>) -> Self {
        Self::send(Method::Post, url, Some(token), body.to_string().into_bytes(), cx)
    }

    pub(crate) fn put_as(url: Url, token: &Secret<String>, body: &Value, cx: &mut Cx<'_>) -> Self {
        Self::send(Method::Put, url, Some(token), body.to_string().into_bytes(), cx)
    }

    /// As RFC 6749 wants it: `application/x-www-form-urlencoded`.
    pub(crate) fn form(url: Url, fields: &[(&str, &str)], cx: &mut Cx<'_>) -> Self {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let headers = vec![
            ("accept", Secret::from("application/json")),
            ("content-type", Secret::from("application/x-www-form-urlencoded")),
        ];
        Self::ask(Method::Post, url, headers, form.into_bytes(), cx)
    }

    fn send(
        method: Method,
        url: Url,
        token: Option<&Secret<String>>,
        body: Vec<u8>,
        cx: &mut Cx<'_>,
    ) -> Self {
        let mut headers = vec![("accept", Secret::from("application/json"))];
        if !body.is_empty() {
            headers.push(("content-type", Secret::from("application/json")));
        }
        if let Some(token) = token {
            headers.push(("authorization", Secret::new(format!("Bearer {}", token.expose()))));
        }
        Self::ask(method, url, headers, body, cx)
    }

    fn ask(
        method: Method,
        url: Url,
        headers: Vec<(&'static str, Secret<String>)>,
        body: Vec<u8>,
        cx: &mut Cx<'_>,
    ) -> Self {
        let (body, limit) = (Secret::new(body), MAX_BODY);
        let request = Request { method, url, headers, body, limit, patience: PATIENCE, shown_path: None };
        Self::of(request, cx)
    }

    pub(crate) fn of(request: Request, cx: &mut Cx<'_>) -> Self {
        let wait = cx.http(request.clone());
        Self { wait, sent: cx.now, request: Arc::new(request), hidden: Arc::default() }
    }

    /// The same about `session`, whose tokens the answer may not show.
    pub(crate) fn about(mut self, session: &Session) -> Self {
        let tokens = [Some(&session.access_token), session.refresh_token.as_ref()];
        self.hidden = tokens.into_iter().flatten().cloned().collect();
        self
    }

    /// The same, given up after `patience` already.
    pub(crate) fn within(mut self, patience: Duration, cx: &mut Cx<'_>) -> Self {
        self.wait.until = self.wait.until.min(self.sent + patience);
        if let Some(Effect::Http { id, request }) = cx.effects.last_mut()
            && *id == self.wait.id
        {
            request.patience = request.patience.min(patience);
        }
        self
    }

    /// The answer, unless it is one that no flow can use.
    pub(crate) fn answer<'r>(&self, reply: &'r Reply, now: Time) -> Result<Answer<'r>, Failure> {
        let Reply::Http(result) = reply else {
            return Err(self.failure(Cause::Broken { bug: Bug::ReplyOfAnotherKind }, now));
        };
        let response = match result {
            Ok(response) => response,
            Err(Lost::TooLarge) => {
                let cause = Cause::Misbehaved { misbehaviour: Misbehaviour::BodyTooLarge };
                return Err(self.failure(cause, now));
            }
            Err(lost) => {
                let cause = Cause::Unavailable { outage: Outage::Network(*lost), retry_at: None };
                return Err(self.failure(cause, now));
            }
        };
        let error = MatrixError::read(response);
        let (evidence, request, hidden) = (self.evidence(now), self.request.clone(), self.hidden.clone());
        let answer = Answer { response, error, evidence, request, hidden }.with_evidence();
        let limit_exceeded = answer.error.errcode.as_deref() == Some("M_LIMIT_EXCEEDED");
        match response.status {
            _ if response.body.expose().len() > self.request.limit => {
                Err(answer.misbehaved(Misbehaviour::BodyTooLarge))
            }
            429 => Err(answer.unavailable(Outage::RateLimited, Some(answer.retry_at(now)))),
            400..=499 if limit_exceeded => {
                Err(answer.unavailable(Outage::RateLimited, Some(answer.retry_at(now))))
            }
            408 => Err(answer.unavailable(Outage::TimedOut, None)),
            status @ 500.. => Err(answer.unavailable(Outage::ServerError(status), None)),
            _ => Ok(answer),
        }
    }

    /// No answer came before the deadline.
    pub(crate) fn timed_out(&self, now: Time) -> Failure {
        self.failure(Cause::Unavailable { outage: Outage::TimedOut, retry_at: None }, now)
    }

    pub(crate) fn url(&self) -> &Url {
        &self.request.url
    }

    pub(crate) fn evidence(&self, at: Time) -> Evidence {
        let path = self.request.shown_path().to_owned();
        Evidence { path, ..evidence(self.request.method, &self.request.url, at) }
    }

    fn failure(&self, cause: Cause, now: Time) -> Failure {
        Failure { cause, evidence: Some(Box::new(self.evidence(now))) }
    }
}

/// Which exchange it was, and nothing of its answer.
pub(crate) fn evidence(method: Method, url: &Url, at: Time) -> Evidence {
    let host = url.host_str().unwrap_or_default();
    let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    Evidence { method, host, path: url.path().to_owned(), status: None, errcode: None, message: None, at }
}

impl fmt::Debug for Call {
    /// Without the query, which may hold a registration token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {} {}", self.wait, self.request.method.as_str(), self.request.shown_path())
    }
}

/// The address of a web page for the user. Its query guards a flow, so it is not printed.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Page(pub(crate) Url);

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.0.origin().ascii_serialization(), self.0.path())
    }
}

/// An answer that a flow may read: below 500, not rate-limited, of a sane size.
#[derive(Debug)]
pub(crate) struct Answer<'r> {
    pub(crate) response: &'r Response,
    pub(crate) error: MatrixError,
    evidence: Evidence,
    /// What it answers.
    request: Arc<Request>,
    hidden: Arc<[Secret<String>]>,
}

impl Answer<'_> {
    fn with_evidence(mut self) -> Self {
        self.evidence.status = Some(self.response.status);
        let code = self.error.errcode.as_ref().or(self.error.oauth.as_ref());
        self.evidence.errcode = code.and_then(|code| self.shown(code, 128));
        self.evidence.message = self.error.message.as_ref().and_then(|message| self.shown(message, 200));
        self
    }

    /// The server's text as one line of at most so many characters, without the request's secrets; `None` if none is left.
    pub(crate) fn shown(&self, text: &str, most: usize) -> Option<String> {
        let text = one_line(&without_secrets(text, &self.request, &self.hidden), most);
        Some(text).filter(|text| !text.is_empty())
    }

    /// Whether `id`, which is shown as it is, tells a secret that the request carried.
    pub(crate) fn carries(&self, id: &str) -> bool {
        carries(id, &self.request, &self.hidden)
    }

    /// Whether the server's words have `word` in them, for the few that have no code for what they mean.
    pub(crate) fn says(&self, word: &str) -> bool {
        self.error.message.as_ref().is_some_and(|message| message.to_ascii_lowercase().contains(word))
    }

    /// Whom to ask, if the server is full: an address of its admin.
    pub(crate) fn contact(&self) -> Option<String> {
        self.error.contact.as_ref().and_then(|contact| self.shown(contact, 200))
    }

    pub(crate) fn status(&self) -> u16 {
        self.response.status
    }

    pub(crate) fn errcode(&self) -> &str {
        self.error.errcode.as_deref().unwrap_or_default()
    }

    /// The error code of an authorization server (RFC 6749 §5.2); empty if there is none.
    pub(crate) fn oauth_error(&self) -> &str {
        self.error.oauth.as_deref().unwrap_or_default()
    }

    pub(crate) fn evidence(&self) -> Evidence {
        self.evidence.clone()
    }

    /// Where the server wants something accepted first, if it says so.
    pub(crate) fn consent_uri(&self) -> Option<Url> {
        self.named(self.error.consent_uri.as_deref()?, Purpose::Page).ok()
    }

    /// The body as `T`, whatever the status.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_slice(text_of(self.response)).map_err(|_| {
            if self.is_web_page() {
                self.unavailable(Outage::NotTheServer, None)
            } else {
                self.misbehaved(Misbehaviour::MalformedBody)
            }
        })
    }

    /// Where it was asked for.
    pub(crate) fn from(&self) -> &Url {
        &self.request.url
    }

    /// The address that this answer names for `purpose`.
    pub(crate) fn named(&self, text: &str, purpose: Purpose) -> Result<Url, Unfit> {
        address::named(text, purpose, self.from())
    }

    /// The endpoint does not exist.
    pub(crate) fn is_unrecognized(&self) -> bool {
        matches!(self.status(), 404 | 405) || self.errcode() == "M_UNRECOGNIZED"
    }

    pub(crate) fn is_web_page(&self) -> bool {
        let body = text_of(self.response);
        let html = self.response.header(CONTENT_TYPE).is_some_and(|t| t.starts_with("text/html"));
        html || body.trim_ascii_start().first() == Some(&b'<')
    }

    pub(crate) fn failure(&self, cause: Cause) -> Failure {
        Failure { cause, evidence: Some(Box::new(self.evidence())) }
    }

    pub(crate) fn misbehaved(&self, misbehaviour: Misbehaviour) -> Failure {
        self.failure(Cause::Misbehaved { misbehaviour })
    }

    /// For a status that the endpoint does not have: nothing is concluded from a stranger's web page.
    pub(crate) fn unexpected(&self) -> Failure {
        if self.is_web_page() {
            self.unavailable(Outage::NotTheServer, None)
        } else {
            self.misbehaved(Misbehaviour::UnexpectedStatus(self.status()))
        }
    }

    fn unavailable(&self, outage: Outage, retry_at: Option<Time>) -> Failure {
        self.failure(Cause::Unavailable { outage, retry_at })
    }

    /// When to try again: `Retry-After` (RFC 9110 §10.2.3, seconds or a date), else `retry_after_ms`.
    fn retry_at(&self, now: Time) -> Time {
        let header = self.response.header(RETRY_AFTER).map(str::trim).and_then(|value| {
            let seconds = value.parse::<f64>().ok().filter(|s| s.is_finite());
            let date = || httpdate::parse_http_date(value).ok()?.duration_since(std::time::UNIX_EPOCH).ok();
            let wait = seconds.map(|s| Duration::from_secs_f64(s.clamp(0.0, MAX_RETRY.as_secs_f64())));
            wait.or_else(|| Some(now.until(Time(0) + date()?)))
        });
        let body = || {
            let ms = self.error.retry_after_ms.as_ref()?.as_f64()?;
            Some(Duration::from_millis(ms.clamp(0.0, MAX_RETRY.as_millis() as f64) as u64))
        };
        now + header.or_else(body).unwrap_or(DEFAULT_RETRY).clamp(Duration::from_millis(500), MAX_RETRY)
    }
}

/// The body, without the byte order mark that some servers and proxies put before it, as RFC 8259 §8.1 permits.
pub(crate) fn text_of(response: &Response) -> &[u8] {
    let body = response.body.expose().as_slice();
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// The "standard error response" of a homeserver, or that of an authorization server (RFC 6749 §5.2), read leniently.
#[derive(Debug, Default)]
pub(crate) struct MatrixError {
    pub(crate) errcode: Option<String>,
    oauth: Option<String>,
    pub(crate) soft_logout: bool,
    contact: Option<String>,
    consent_uri: Option<String>,
    message: Option<String>,
    retry_after_ms: Option<Number>,
}

impl MatrixError {
    fn read(response: &Response) -> Self {
        #[derive(Deserialize)]
        struct Body {
            #[serde(default)]
            errcode: Value,
            #[serde(default)]
            error: Value,
            #[serde(default)]
            error_description: Value,
            #[serde(default)]
            retry_after_ms: Value,
            #[serde(default)]
            soft_logout: Value,
            #[serde(default)]
            admin_contact: Value,
            #[serde(default)]
            info_uri: Value,
            #[serde(default)]
            consent_uri: Value,
        }
        if !(400..600).contains(&response.status) || response.body.expose().len() > MAX_BODY {
            return Self::default();
        }
        let Ok(body) = serde_json::from_slice::<Body>(text_of(response)) else { return Self::default() };
        let code = |value: &Value| value.as_str().map(|s| one_line(s, 128)).filter(|s| !s.is_empty());
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let oauth = code(&body.error).filter(|code| body.errcode.is_null() && is_error_code(code));
        let message = if oauth.is_some() { &body.error_description } else { &body.error };
        Self {
            errcode: code(&body.errcode),
            soft_logout: body.soft_logout == Value::Bool(true),
            contact: text(&body.admin_contact).or_else(|| text(&body.info_uri)),
            consent_uri: text(&body.consent_uri).filter(|uri| uri.len() <= MAX_ADDRESS),
            message: text(message),
            oauth,
            retry_after_ms: body.retry_after_ms.as_number().cloned(),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
