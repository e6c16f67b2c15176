//! What programs say, in a few words.
#![expect(clippy::wildcard_enum_match_arm, reason = "what is no text is shown as it is")]

use serde_json::Value;

/// How both ended, and what is so at the server.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) new: String,
    pub(crate) existing: String,
    /// Is there a new device, is it signed as others see it, and is its session where it belongs?
    pub(crate) seen: String,
    pub(crate) seconds: u64,
}

impl Outcome {
    /// Verified, with backup, as both and a third account see it.
    pub(crate) fn is_whole(&self) -> bool {
        self.new == "verified" && self.existing == "linked" && self.seen == "signed"
    }
}

/// The port of an address, with its colon.
pub(crate) fn port(base: &str) -> &str {
    base.trim_end_matches('/').rfind(':').map_or("", |at| &base.trim_end_matches('/')[at..])
}

/// A field that is text.
pub(crate) fn word(line: &Value, field: &str) -> String {
    line[field].as_str().unwrap_or_default().to_owned()
}

/// What came of the encryption of a device that is signed in.
pub(crate) fn trust(trust: &Value) -> String {
    match trust["is"].as_str() {
        Some("verified") if trust["backup"] == true => "verified".to_owned(),
        Some("verified") => "verified, no backup".to_owned(),
        Some("cannot_verify") => {
            format!("signed in, cannot verify: {}", trust["why"].as_str().unwrap_or("?"))
        }
        Some(is) => format!("signed in, {}", is.replace('_', " ")),
        None => "signed in, trust not said".to_owned(),
    }
}

/// Why something did not go on.
pub(crate) fn failure(failure: &Value) -> String {
    let class = failure["class"].as_str().unwrap_or("?");
    let details = ["refusal", "what", "missing", "misbehaviour", "outage"];
    let detail = details.iter().map(|field| &failure[*field]).find(|value| !value.is_null());
    let detail = detail.map_or_else(String::new, |detail| match detail {
        Value::String(text) => text.replace('_', " "),
        detail => detail.to_string().replace(['"', '{', '}'], "").replace('_', " "),
    });
    let path = failure["evidence"]["path"].as_str().filter(|_| class == "unavailable");
    let path = path.map_or_else(String::new, |path| format!(" at {path}"));
    format!("{class}: {detail}{path}")
}

/// A last line that has no failure.
pub(crate) fn other(line: &Value) -> String {
    let class = line["class"].as_str().unwrap_or("?");
    match line["reason"].as_str() {
        Some(reason) => format!("{class}: {reason}"),
        None => class.to_owned(),
    }
}
