//! What a request carried that must not be read in what the server says about it.

use std::borrow::Cow;
use std::ops::Range;

use serde_json::Value;
use url::form_urlencoded;

use crate::io::Request;
use crate::secret::Secret;
use crate::text::{is_joiner, is_misleading, occurrences};

/// What stands in the place of a secret.
const HIDDEN: &str = "[…]";
/// Anything shorter is a part of too many words to be hidden inside of one, in bytes.
const SHORT: usize = 4;

/// The fields and parameters of our requests that anybody may see. Every other one is taken for a secret, so that
/// nobody has to remember to name a new one.
const PUBLIC: &[&str] = &[
    // Who, where, and as what.
    "username",
    "user",
    "medium",
    "address",
    "email",
    "country",
    "phone_number",
    "type",
    "device_id",
    "initial_device_display_name",
    "display_name",
    // OAuth 2.0.
    "client_id",
    "grant_type",
    "redirect_uri",
    "scope",
    "token_type_hint",
    // Client registration (RFC 7591).
    "application_type",
    "client_name",
    "client_uri",
    "grant_types",
    "logo_uri",
    "policy_uri",
    "redirect_uris",
    "response_types",
    "token_endpoint_auth_method",
    "tos_uri",
];

/// `text`, which came in an answer to `request`, without the secrets that the request carried, and without `others`.
///
/// What is not seen between the letters of a secret does not keep it from being found; then all of that is left out.
pub(crate) fn without_secrets<'t>(
    text: &'t str,
    request: &Request,
    others: &[Secret<String>],
) -> Cow<'t, str> {
    let mut secrets = secrets(request);
    secrets.extend_from_slice(others);
    let bare: String = text.chars().filter(|c| !is_misleading(*c) && !is_joiner(*c)).collect();
    let hidden = without_all(&bare, &mut secrets);
    if hidden == bare { Cow::Borrowed(text) } else { Cow::Owned(hidden) }
}

/// Whether `text`, which came in an answer to `request`, tells a secret that the request carried, or one of `others`. One
/// that is a part of what anybody may see in the request, such as the user's name, is none.
pub(crate) fn carries(text: &str, request: &Request, others: &[Secret<String>]) -> bool {
    let mut seen: Vec<_> = fields(request).into_iter().filter(|(name, _)| is_public(name)).collect();
    seen.push((String::new(), Secret::from(request.url.host_str().unwrap_or_default())));
    let mut secrets = secrets(request);
    secrets.extend_from_slice(others);
    secrets.retain(|secret| !seen.iter().any(|(_, seen)| without(seen.expose(), secret.expose()).is_some()));
    let bare: String = text.chars().filter(|c| !is_misleading(*c) && !is_joiner(*c)).collect();
    without_all(&bare, &mut secrets) != bare
}

fn without_all(text: &str, secrets: &mut [Secret<String>]) -> String {
    let mut text = text.to_owned();
    // The longest first: another may be a part of it.
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.expose().len()));
    for secret in &*secrets {
        for form in forms(secret.expose()) {
            if let Some(hidden) = without(&text, form.expose()) {
                text = hidden;
            }
        }
    }
    text
}

/// Everything secret in a request: the token in its header, and the values of its query and its body.
fn secrets(request: &Request) -> Vec<Secret<String>> {
    let mut found = Vec::new();
    for (name, value) in &request.headers {
        if *name == "authorization" {
            let value = value.expose();
            found.push(Secret::from(value.strip_prefix("Bearer ").unwrap_or(value)));
        }
    }
    found.extend(fields(request).into_iter().filter(|(name, _)| !is_public(name)).map(|(_, value)| value));
    found
}

/// The values of its query and its body, by the names of their fields.
fn fields(request: &Request) -> Vec<(String, Secret<String>)> {
    let mut found = Vec::new();
    let body = request.body.expose();
    let pairs = form_urlencoded::parse(request.url.query().unwrap_or_default().as_bytes());
    match serde_json::from_slice::<Value>(body) {
        Ok(json) => {
            pairs.for_each(|(name, value)| of_field(&name, &value, &mut found));
            of_value("", json, &mut found);
        }
        Err(_) => pairs
            .chain(form_urlencoded::parse(body))
            .for_each(|(name, value)| of_field(&name, &value, &mut found)),
    }
    found
}

/// By its name, which may be one of several languages, such as `client_name#fr`.
fn is_public(name: &str) -> bool {
    PUBLIC.contains(&name.split('#').next().unwrap_or(name))
}

fn of_field(name: &str, value: &str, found: &mut Vec<(String, Secret<String>)>) {
    if !value.is_empty() {
        found.push((name.to_owned(), Secret::from(value)));
    }
}

fn of_value(name: &str, value: Value, found: &mut Vec<(String, Secret<String>)>) {
    match value {
        Value::String(text) => {
            of_field(name, &text, found);
            drop(Secret::new(text));
        }
        Value::Array(all) => all.into_iter().for_each(|value| of_value(name, value, found)),
        Value::Object(fields) => fields.into_iter().for_each(|(name, value)| of_value(&name, value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// How a server may write it: as it is, as in a query, as in JSON, or as in HTML.
fn forms(secret: &str) -> Vec<Secret<String>> {
    let percent: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let json = Value::from(secret).to_string();
    let json = json.trim_start_matches('"').strip_suffix('"').unwrap_or_default().to_owned();
    let ascii = json.chars().fold(String::new(), |mut text, c| {
        if c.is_ascii() {
            text.push(c);
        } else {
            text.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        }
        text
    });
    let quoted = secret.replace('\\', "\\\\").replace('\'', "\\'");
    let html = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let all = [
        secret.to_owned(),
        secret.trim().to_owned(),
        percent.replace('+', "%20"),
        percent,
        json,
        ascii,
        quoted,
        html,
    ];
    let mut forms: Vec<String> = Vec::new();
    for form in all {
        if !form.is_empty() && !forms.contains(&form) {
            forms.push(form);
        }
    }
    forms.into_iter().map(Secret::new).collect()
}

/// `text` without `secret`, in capital letters or small ones; `None` if it is not in it.
fn without(text: &str, secret: &str) -> Option<String> {
    let beside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let is_word = |at: &Range<usize>| {
        let (before, after) = (text.get(..at.start), text.get(at.end..));
        !beside(before.and_then(|s| s.chars().next_back())) && !beside(after.and_then(|s| s.chars().next()))
    };
    let (mut clean, mut from) = (String::new(), 0);
    for at in occurrences(text, secret) {
        if secret.len() >= SHORT || is_word(&at) {
            clean += text.get(from..at.start)?;
            clean += HIDDEN;
            from = at.end;
        }
    }
    (from > 0).then(|| clean + text.get(from..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use url::Url;

    use super::*;
    use crate::io::Method;

    fn request(query: &str, body: &str) -> Request {
        Request {
            method: Method::Post,
            url: Url::parse(&format!("https://a.b/x{query}")).unwrap(),
            headers: vec![
                ("accept", "application/json".into()),
                ("authorization", Secret::from("Bearer mat_bearer")),
            ],
            body: Secret::new(body.as_bytes().to_vec()),
            limit: 1,
            patience: Duration::ZERO,
            shown_path: None,
        }
    }

    /// Found D9.
    #[test]
    fn what_a_request_carried_is_hidden_however_it_is_written() {
        let body = r#"{"username":"alice","password":"pä \"ss'&w","auth":{"type":"m.login.registration_token",
            "token":"Tok-1","session":"uia99"},"nested":[{"client_secret":"deep0"}]}"#;
        let sent = request("?token=query%2Fone&username=alice", body);
        for echo in [
            "pä \"ss'&w",
            r#"p\u00e4 \"ss'&w"#,
            r#"pä \"ss'&w"#,
            "p%C3%A4+%22ss%27%26w",
            "p%c3%a4%20%22ss%27%26w",
            "pä &quot;ss'&amp;w",
            "pä \"ss\\'&w",
            "Tok-1",
            "TOK-1",
            "PÄ \"SS'&W",
            "uia99",
            "deep0",
            "query/one",
            "query%2Fone",
            "mat_bearer",
            "Tok\u{200b}-1",
            "ui\u{200d}a\u{2060}99",
        ] {
            let said = format!("No: {echo}!");
            assert_eq!(without_secrets(&said, &sent, &[]), "No: […]!", "{echo}");
        }
        let said = "alice is taken, and m.login.registration_token failed";
        assert_eq!(without_secrets(said, &sent, &[]), said, "what is no secret stays");
    }

    /// Found D9: of the same session.
    #[test]
    fn what_the_request_did_not_carry_is_hidden_as_well() {
        let (sent, others) = (request("", ""), ["syr_refresh".into(), "other".into()]);
        assert_eq!(
            without_secrets("no syr_\u{200b}refresh for mat_bearer", &sent, &others),
            "no […] for […]"
        );
        let joined = "می\u{200c}خواهم";
        assert_eq!(without_secrets(joined, &sent, &others), joined, "a joiner is a part of the word");
    }

    #[test]
    fn what_anybody_sees_in_a_request_is_no_secret_of_it() {
        let of = |body: &str| request("", body);
        let sent = of(r#"{"username":"alice","password":"Sesame"}"#);
        for told in ["SESAME", "@sesame:a.b", "@alice:sesame.org", "se\u{200b}same", "DEVICE-sesame"] {
            assert!(carries(told, &sent, &[]), "{told}");
        }
        assert!(!carries("@alice:a.b", &sent, &[]));
        assert!(carries("@x-syt_other:a.b", &sent, &["syt_other".into()]), "of the same session");
        let same = of(r#"{"username":"alice","password":"ALICE"}"#);
        assert!(!carries("@alice:a.b", &same, &[]), "whoever has such a password can still sign in");
        let host = of(r#"{"username":"bob","password":"a.b"}"#);
        assert!(!carries("@bob:a.b", &host, &[]));
    }

    #[test]
    fn a_form_is_read_as_one() {
        let sent =
            request("", "grant_type=authorization_code&code=c0de%2B1&code_verifier=ver1fy&client_id=us");
        let said = "authorization_code c0de+1 (c0de%2B1) of us does not fit ver1fy";
        assert_eq!(without_secrets(said, &sent, &[]), "authorization_code […] ([…]) of us does not fit […]");
    }

    #[test]
    fn a_short_secret_is_hidden_where_it_stands_alone() {
        let sent = request("", r#"{"password":"a"}"#);
        assert_eq!(without_secrets("a bad password: 'A'", &sent, &[]), "[…] bad password: '[…]'");
    }
}
