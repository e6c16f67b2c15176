//! What does the user see in the browser when it comes back?

use narthex_runtime::Outcome;

/// The pages in one language: a title, and what it says below.
struct Texts {
    /// Its tag (RFC 5646).
    language: &'static str,
    taken: [&'static str; 2],
    stopped: [&'static str; 2],
    not_mine: [&'static str; 2],
    busy: [&'static str; 2],
    /// On the button of the page `busy`.
    again: &'static str,
}

/// Languages that the pages speak.
const TEXTS: &[Texts] = &[
    Texts {
        language: "en",
        taken: ["Done", "You can close this tab and go back to the app."],
        stopped: [
            "Not signed in",
            "The sign-in was cancelled or refused. You can close this tab and go back to the app.",
        ],
        not_mine: [
            "Nothing to do here",
            "This window does not belong to a sign-in that is waiting. You can close it. If you still want to sign in, \
             start again in the app.",
        ],
        busy: ["Not yet", "The app is busy and has not received your sign-in."],
        again: "Try again",
    },
    Texts {
        language: "de",
        taken: ["Fertig", "Sie können diesen Tab schließen und zur App zurückkehren."],
        stopped: [
            "Nicht angemeldet",
            "Die Anmeldung wurde abgebrochen oder abgelehnt. Sie können diesen Tab schließen und zur App zurückkehren.",
        ],
        not_mine: [
            "Hier ist nichts zu tun",
            "Dieses Fenster gehört zu keiner Anmeldung, die darauf wartet. Sie können es schließen. Wenn Sie sich noch \
             anmelden möchten, beginnen Sie in der App von vorn.",
        ],
        busy: ["Noch nicht", "Die App ist beschäftigt und hat Ihre Anmeldung nicht erhalten."],
        again: "Noch einmal versuchen",
    },
    Texts {
        language: "es",
        taken: ["Listo", "Puede cerrar esta pestaña y volver a la aplicación."],
        stopped: [
            "Sesión no iniciada",
            "El inicio de sesión se canceló o se rechazó. Puede cerrar esta pestaña y volver a la aplicación.",
        ],
        not_mine: [
            "Aquí no hay nada que hacer",
            "Esta ventana no pertenece a ningún inicio de sesión que esté en espera. Puede cerrarla. Si aún quiere iniciar \
             sesión, empiece de nuevo en la aplicación.",
        ],
        busy: ["Todavía no", "La aplicación está ocupada y no ha recibido su inicio de sesión."],
        again: "Intentar de nuevo",
    },
    Texts {
        language: "fr",
        taken: ["C’est fait", "Vous pouvez fermer cet onglet et revenir à l’application."],
        stopped: [
            "Non connecté",
            "La connexion a été annulée ou refusée. Vous pouvez fermer cet onglet et revenir à l’application.",
        ],
        not_mine: [
            "Rien à faire ici",
            "Cette fenêtre ne correspond à aucune connexion en attente. Vous pouvez la fermer. Si vous voulez toujours vous \
             connecter, recommencez dans l’application.",
        ],
        busy: ["Pas encore", "L’application est occupée et n’a pas reçu votre connexion."],
        again: "Réessayer",
    },
    Texts {
        language: "nl",
        taken: ["Klaar", "U kunt dit tabblad sluiten en teruggaan naar de app."],
        stopped: [
            "Niet ingelogd",
            "Het inloggen is geannuleerd of geweigerd. U kunt dit tabblad sluiten en teruggaan naar de app.",
        ],
        not_mine: [
            "Hier is niets te doen",
            "Dit venster hoort niet bij een aanmelding die wacht. U kunt het sluiten. Wilt u nog inloggen, begin dan opnieuw \
             in de app.",
        ],
        busy: ["Nog niet", "De app is bezig en heeft uw aanmelding niet ontvangen."],
        again: "Opnieuw proberen",
    },
    Texts {
        language: "zh",
        taken: ["完成", "您可以关闭这个标签页，回到应用。"],
        stopped: ["未登录", "登录被取消或拒绝。您可以关闭这个标签页，回到应用。"],
        not_mine: [
            "这里没有需要做的事",
            "这个窗口不属于任何正在等待的登录。您可以关闭它。如果仍想登录，请在应用中重新开始。",
        ],
        busy: ["还没有完成", "应用正忙，还没有收到您的登录。"],
        again: "重试",
    },
];

/// Takes the secret out of the address bar, and so out of the history. Not where it is needed once more.
const SCRIPT: &str = "history.replaceState(null,'','/done')";
const STYLE: &str = ":root{color-scheme:light dark}body{font:1.2rem/1.5 system-ui,sans-serif;max-width:30rem;\
    margin:20vh auto;padding:0 1rem;text-align:center}a{display:inline-block;padding:.5rem 1.5rem;border:1px solid;border-radius:.5rem;\
    color:inherit;text-decoration:none}";
/// What the page may do: that one style and that one script, which are named by their SHA-256.
pub(crate) const POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    style-src 'sha256-iFk+JFAbC03L+R+t5bp+CxXjZAsVwEWh9i8bWIbgMJQ='; \
    script-src 'sha256-OSlSk+Ff+azA9khlYm/0XQEUPB9sIEOZSQBQ59cax98='";

/// The page about an outcome, in the language that `accept_language` prefers. It loads nothing, and knows no more of what
/// came than that.
pub(crate) fn of(outcome: Outcome, accept_language: &str) -> String {
    let texts = chosen(accept_language);
    let hide = format!("<script>{SCRIPT}</script>");
    // An empty link leads to the address of the page, with its query.
    let again = format!("<p><a href=\"\">{}</a>", texts.again);
    let ([title, text], more) = match outcome {
        Outcome::Taken => (texts.taken, hide),
        Outcome::Stopped => (texts.stopped, hide),
        Outcome::NotMine => (texts.not_mine, hide),
        Outcome::Busy => (texts.busy, again),
    };
    format!(
        "<!doctype html><html lang=\"{}\"><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style>\
         <h1>{title}</h1><p>{text}</p>{more}</html>",
        texts.language,
    )
}

/// RFC 9110 §12.5.4, in the order of the weights.
fn chosen(accept_language: &str) -> &'static Texts {
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
    let known = |tag: &str| TEXTS.iter().find(|texts| texts.language.eq_ignore_ascii_case(tag));
    wanted.iter().find_map(|(_, tag)| known(tag)).unwrap_or(&TEXTS[0])
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
            assert!(of(Outcome::Taken, "en").contains(&format!("<{element}>{text}</{element}>")));
        }
    }

    #[test]
    fn the_page_speaks_the_persons_language() {
        for (header, language) in [
            ("de-AT,de;q=0.9,en;q=0.8", "de"),
            ("xx, fr;q=0.4, nl;q=0.6", "nl"),
            ("en;q=0, es;q=0.1", "es"),
            ("zh-CN,zh;q=0.9", "zh"),
            ("", "en"),
            (";;q=,,q=1", "en"),
        ] {
            assert_eq!(chosen(header).language, language, "{header}");
        }
    }

    /// `Found F5`.
    #[test]
    fn each_outcome_has_a_page_of_its_own_in_every_language() {
        let outcomes = [Outcome::Taken, Outcome::Stopped, Outcome::NotMine, Outcome::Busy];
        let pages = TEXTS.iter().flat_map(|texts| outcomes.map(|outcome| of(outcome, texts.language)));
        let pages: std::collections::BTreeSet<String> = pages.collect();
        assert_eq!(pages.len(), TEXTS.len() * outcomes.len());
    }

    #[test]
    fn only_the_page_that_is_needed_again_keeps_its_address() {
        for outcome in [Outcome::Taken, Outcome::Stopped, Outcome::NotMine] {
            assert!(of(outcome, "").contains(SCRIPT), "{outcome:?}");
        }
        let busy = of(Outcome::Busy, "");
        assert!(!busy.contains("<script") && busy.contains("<a href=\"\">Try again</a>"), "{busy}");
    }
}
