//! What a program may say, in one line.

use narthex::{Callback, Intent, Secret};
use serde::Deserialize;
use serde_json::Value;

/// What a program said.
#[derive(Debug)]
pub(crate) enum Said {
    Intent(Intent),
    Callback(Callback),
    Assess(Secret<String>),
    /// An empty line.
    Nothing,
    /// Not a line of ours, and why. The reason quotes nothing of it: it may hold a password.
    Invalid(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Came {
    // Programs that were written for 0.1 say `link`.
    #[serde(alias = "link")]
    callback: Callback,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Assess {
    assess_password: Secret<String>,
}

pub(crate) fn read(line: &str) -> Said {
    if line.trim().is_empty() {
        return Said::Nothing;
    }
    let Ok(value) = serde_json::from_str::<Value>(line) else {
        return Said::Invalid("not JSON".to_owned());
    };
    let Some(object) = value.as_object() else {
        return Said::Invalid("not an object".to_owned());
    };
    if object.contains_key("intent") {
        return from(line, Said::Intent);
    }
    if object.contains_key("callback") || object.contains_key("link") {
        return from(line, |Came { callback }| Said::Callback(callback));
    }
    if object.contains_key("assess_password") {
        return from(line, |Assess { assess_password }| Said::Assess(assess_password));
    }
    Said::Invalid("there is no \"intent\", \"callback\" or \"assess_password\"".to_owned())
}

fn from<'l, T: Deserialize<'l>>(line: &'l str, said: impl FnOnce(T) -> Said) -> Said {
    match serde_json::from_str(line) {
        Ok(value) => said(value),
        Err(error) => Said::Invalid(reason(&error.to_string())),
    }
}

/// What serde says, up to where it quotes a value.
pub(crate) fn reason(error: &str) -> String {
    let kinds = ["unknown variant", "unknown field", "missing field", "duplicate field"];
    match kinds.iter().find(|kind| error.starts_with(**kind)) {
        // These quote names, and only those that are expected are ours.
        Some(kind) => match error.split_once(", expected") {
            Some((_, expected)) => format!("{kind}, expected{}", without_place(expected)),
            None if *kind == "missing field" => without_place(error).to_owned(),
            None => (*kind).to_owned(),
        },
        None => "a value is not of the type that is expected".to_owned(),
    }
}

fn without_place(text: &str) -> &str {
    text.split_once(" at line ").map_or(text, |(text, _)| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invalid(line: &str) -> String {
        let Said::Invalid(reason) = read(line) else { panic!("{line} is read") };
        reason
    }

    #[test]
    fn a_wrong_line_says_why_and_quotes_no_secret() {
        assert_eq!(invalid("marker"), "not JSON");
        assert_eq!(invalid("[\"marker\"]"), "not an object");
        assert_eq!(invalid("{\"marker\":1}"), "there is no \"intent\", \"callback\" or \"assess_password\"");
        assert!(
            invalid(r#"{"intent":"marker"}"#).starts_with("unknown variant, expected one of `use_server`")
        );
        assert!(invalid(r#"{"intent":"use_token","marker":"marker"}"#).starts_with("unknown field"));
        assert_eq!(invalid(r#"{"intent":"use_token"}"#), "missing field `token`");
        assert!(!invalid(r#"{"intent":"sign_out","everywhere":"marker"}"#).contains("marker"));
        assert!(!invalid(r#"{"intent":{"marker":1}}"#).contains("marker"));
        assert!(!invalid(r#"{"callback":"a","marker":"b"}"#).contains("marker"));
        assert!(!invalid(r#"{"callback":"a","link":"marker"}"#).contains("marker"));
    }

    #[test]
    fn the_three_kinds_of_lines_are_read() {
        assert!(matches!(read(r#"{"intent":"cancel"}"#), Said::Intent(Intent::Cancel)));
        assert!(matches!(read(r#"{"callback":"http://127.0.0.1/"}"#), Said::Callback(_)));
        assert!(matches!(read(r#"{"link":"http://127.0.0.1/"}"#), Said::Callback(_)));
        assert!(matches!(read(r#"{"assess_password":"x"}"#), Said::Assess(_)));
        assert!(matches!(read(" "), Said::Nothing));
    }

    #[test]
    fn the_documented_lines_are_read_and_name_every_intent() {
        const DOCUMENT: &str = include_str!("../../../../docs/json.md");
        let said: Vec<&str> = DOCUMENT.lines().filter_map(|line| line.strip_prefix("> ")).collect();
        for line in &said {
            // The one that shows what is answered to it.
            assert_eq!(matches!(read(line), Said::Invalid(_)), line.contains("regster"), "{line}");
        }
        for offer in narthex::Offer::ALL {
            let name = serde_json::to_string(&offer).unwrap();
            assert!(said.iter().any(|line| line.contains(&format!("\"intent\":{name}"))), "{name}");
        }
        for line in DOCUMENT.lines().filter_map(|line| line.strip_prefix("< ")) {
            assert!(serde_json::from_str::<Value>(line).unwrap()["type"].is_string(), "{line}");
        }
    }
}
