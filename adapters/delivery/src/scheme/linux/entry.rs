//! What does a desktop entry say, and what is its command? (Desktop Entry Specification 1.5)

use super::super::registration::{Registration, SchemeProblem};

/// The entry for a registration.
pub(crate) fn written(registration: &Registration) -> Result<String, SchemeProblem> {
    let program = registration.program();
    // The specification allows the first in no name of a program, and desktops do not start one with the second: they
    // look for the program before they read `%%` as one.
    if program.contains(['=', '%']) {
        return Err(SchemeProblem::Unfit("program"));
    }
    let words: String = registration.arguments.iter().map(|word| format!("{word} ")).collect();
    Ok(format!(
        "[Desktop Entry]\nType=Application\nVersion=1.0\nName={}\nExec={} {words}%u\nTryExec={}\n\
         MimeType=x-scheme-handler/{};\nNoDisplay=true\nTerminal=false\nStartupNotify=false\n",
        escaped(&registration.name),
        escaped(&quoted(program)),
        escaped(program),
        registration.scheme.as_str(),
    ))
}

/// One word of a command. Quotes only where there is no way without: the launcher in xdg-utils before 1.2 runs what is
/// in quotes with them.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '+' | '-');
    if word.chars().all(is_plain) {
        return word.to_owned();
    }
    let escape = |c: char| matches!(c, '"' | '`' | '$' | '\\').then_some('\\').into_iter().chain([c]);
    format!("\"{}\"", word.chars().flat_map(escape).collect::<String>())
}

/// Of any value; what else could be escaped is a control character, which is in none of ours.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\")
}

/// Which program an entry starts; `None` if it is not given an address.
pub(crate) fn program(entry: &str) -> Option<String> {
    let mut lines = entry.lines().skip_while(|line| line.trim() != "[Desktop Entry]").skip(1);
    let command = lines
        .by_ref()
        .take_while(|line| !line.starts_with('['))
        .find_map(|line| line.strip_prefix("Exec")?.trim_start().strip_prefix('='))?
        .trim()
        .replace("\\\\", "\\");
    let mut rest = command.chars();
    let mut word = String::new();
    if command.starts_with('"') {
        rest.next();
        loop {
            match rest.next()? {
                '"' => break,
                '\\' => word.push(rest.next()?),
                other => word.push(other),
            }
        }
    } else {
        word.extend(rest.by_ref().take_while(|c| !c.is_whitespace()));
    }
    let takes_address = rest.as_str().split_whitespace().any(|word| matches!(word, "%u" | "%U"));
    takes_address.then(|| word.replace("%%", "%"))
}

#[cfg(test)]
mod tests {
    use super::super::super::recorded::registration;
    use super::*;

    #[test]
    fn an_entry_says_everything_that_a_desktop_asks_for() {
        assert_eq!(
            written(&registration("/opt/narthex")).unwrap(),
            "[Desktop Entry]\nType=Application\nVersion=1.0\nName=Example\nExec=/opt/narthex deliver %u\n\
             TryExec=/opt/narthex\nMimeType=x-scheme-handler/io.example.app;\nNoDisplay=true\nTerminal=false\n\
             StartupNotify=false\n"
        );
    }

    #[test]
    fn a_path_is_quoted_only_if_it_has_to_be_and_read_as_it_was() {
        for (path, exec) in [
            ("/opt/a+b_c-1.2/narthex", "/opt/a+b_c-1.2/narthex"),
            ("/home/a b/narthex", "\"/home/a b/narthex\""),
            ("/x/$HOME`id`\"q\"/n", r#""/x/\\$HOME\\`id\\`\\"q\\"/n""#),
            (r"/x/a\b/n", r#""/x/a\\\\b/n""#),
            ("/x/ü;rm -rf/n", "\"/x/ü;rm -rf/n\""),
        ] {
            let entry = written(&registration(path)).unwrap();
            assert!(entry.contains(&format!("\nExec={exec} deliver %u\n")), "{entry}");
            assert_eq!(program(&entry).as_deref(), Some(path));
        }
        for path in ["/a=b/n", "/100%u/n"] {
            assert!(matches!(written(&registration(path)), Err(SchemeProblem::Unfit("program"))), "{path}");
        }
    }

    #[test]
    fn an_entry_that_takes_no_address_or_is_none_opens_nothing() {
        for entry in [
            "[Desktop Entry]\nExec=app\n",
            "[Desktop Entry]\nExec=\"app %u\n",
            "[Desktop Action x]\nExec=app %u\n",
            "[Desktop Entry]\nName=x\n[Desktop Action x]\nExec=app %u\n",
            "Exec=app %u\n",
            "",
        ] {
            assert_eq!(program(entry), None, "{entry}");
        }
        assert_eq!(program("# x\n[Desktop Entry]\nExec = app %U\n").as_deref(), Some("app"));
    }
}
