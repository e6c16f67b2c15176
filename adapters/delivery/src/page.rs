//! What the person sees in the browser when they are done there.

/// Languages that the page speaks: the tag, its title, and what it says.
const TEXTS: &[(&str, &str, &str)] = &[
    ("en", "Done", "You can close this tab and go back to the app."),
    ("de", "Fertig", "Sie können diesen Tab schließen und zur App zurückkehren."),
    ("es", "Listo", "Puede cerrar esta pestaña y volver a la aplicación."),
    ("fr", "C’est fait", "Vous pouvez fermer cet onglet et revenir à l’application."),
    ("nl", "Klaar", "U kunt dit tabblad sluiten en teruggaan naar de app."),
];

/// Takes the secret out of the address bar, and so out of the history.
const SCRIPT: &str = "history.replaceState(null,'','/done')";
const STYLE: &str = ":root{color-scheme:light dark}body{font:1.2rem/1.5 system-ui,sans-serif;max-width:30rem;\
    margin:20vh auto;padding:0 1rem;text-align:center}";
/// What the page may do: that one style and that one script, which are named by their SHA-256.
pub(crate) const POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    style-src 'sha256-Cq9ZIaFOiBxZ5Q2jkv0d6+IPIa44Ory11pSEDuOIuPE='; \
    script-src 'sha256-OSlSk+Ff+azA9khlYm/0XQEUPB9sIEOZSQBQ59cax98='";

/// The page, in the language that `accept_language` prefers. It loads nothing.
pub(crate) fn done(accept_language: &str) -> String {
    let (language, title, text) = chosen(accept_language);
    format!(
        "<!doctype html><html lang=\"{language}\"><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style>\
         <h1>{title}</h1><p>{text}</p><script>{SCRIPT}</script></html>"
    )
}

/// RFC 9110 §12.5.4, in the order of the weights.
fn chosen(accept_language: &str) -> (&'static str, &'static str, &'static str) {
    let mut wanted: Vec<(u16, &str)> = accept_language
        .split(',')
        .take(20)
        .map(|range| {
            let (tag, weight) = range.split_once(";q=").unwrap_or((range, "1"));
            let weight = weight.trim().parse::<f32>().unwrap_or(0.0).clamp(0.0, 1.0);
            ((weight * 1000.0) as u16, tag.trim().split('-').next().unwrap_or_default())
        })
        .filter(|(weight, _)| *weight > 0)
        .collect();
    wanted.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    let known = |tag: &str| TEXTS.iter().find(|(language, ..)| language.eq_ignore_ascii_case(tag));
    *wanted.iter().find_map(|(_, tag)| known(tag)).unwrap_or(&TEXTS[0])
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use sha2::Digest as _;

    use super::*;

    #[test]
    fn the_policy_allows_the_one_script_and_style_that_are_in_the_page() {
        for (directive, text, element) in [("script-src", SCRIPT, "script"), ("style-src", STYLE, "style")] {
            let hash = base64::prelude::BASE64_STANDARD.encode(sha2::Sha256::digest(text));
            assert!(POLICY.contains(&format!("{directive} 'sha256-{hash}'")), "{hash}");
            assert!(done("en").contains(&format!("<{element}>{text}</{element}>")));
        }
    }

    #[test]
    fn the_page_speaks_the_persons_language() {
        for (header, language) in [
            ("de-AT,de;q=0.9,en;q=0.8", "de"),
            ("xx, fr;q=0.4, nl;q=0.6", "nl"),
            ("en;q=0, es;q=0.1", "es"),
            ("", "en"),
            (";;q=,,q=1", "en"),
        ] {
            assert_eq!(chosen(header).0, language, "{header}");
        }
    }
}
