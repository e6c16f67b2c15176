//! No line escapes translation: in the pseudo-locale, whatever is still in plain letters is data, or a mistake.

use std::process::Command;

use narthex_sandbox::Config;
use narthex_text::{Locale, Text};

use crate::homeserver::Homeserver;
use crate::narthex::{Home, said};
use crate::oauth::server_with;
use crate::tty::Tty;
use crate::{PASSWORD, TOKEN};

const OWN: &[Locale] = &[("en", &[include_str!("../../locales/en/cli.ftl")])];

fn pseudo(home: &Home, args: &[&str]) -> Command {
    let mut command = home.command(args);
    command.env("LC_ALL", "en_XA.UTF-8").env("LANG", "en_XA.UTF-8").env_remove("LANGUAGE");
    command
}

/// Words that are the same in every language: names, addresses, codes, what a server says, what was typed.
fn is_data(word: &str, typed: &[&str]) -> bool {
    let word = word.trim_matches(|c: char| c.is_ascii_punctuation() && c != '@' && c != '/' && c != '-');
    let is_marked = ["://", "@", "/", "--", "\\", "="].iter().any(|mark| word.contains(mark));
    let is_code =
        !word.contains(|c: char| c.is_ascii_lowercase()) || word.contains(|c: char| c.is_ascii_digit());
    // `m.login.password`, `hs.test`.
    let is_name = word.contains('.');
    // A ticked box.
    is_marked || is_code || is_name || word == "x" || typed.iter().any(|typed| typed.starts_with(word))
}

/// The words of a text that did not go through the messages.
fn escaped(text: &str, typed: &[&str]) -> Vec<String> {
    let mut shown = String::new();
    let mut rest = text;
    // How the terminal is to draw it is no text.
    while let Some((before, sequence)) = rest.split_once('\u{1b}') {
        shown.push_str(before);
        shown.push('\n');
        let end = if sequence.starts_with(']') { '\u{7}' } else { 'm' };
        let end = sequence.find(|c: char| if end == 'm' { c.is_ascii_alphabetic() } else { c == end });
        rest = &sequence[end.map_or(sequence.len(), |end| end + 1)..];
    }
    shown.push_str(rest);
    // What a server or the system says is between quotes, in its own language.
    let mut quoted = false;
    shown.retain(|c| {
        quoted = (quoted || c == '“') && c != '\n';
        let keep = !quoted;
        quoted &= c != '”';
        keep
    });
    shown.split_whitespace().filter(|word| !is_data(word, typed)).map(str::to_owned).collect()
}

fn all_is_translated(home: &Home, args: &[&str], input: &str) {
    use std::io::Write as _;
    let mut child = pseudo(home, args).stdin(std::process::Stdio::piped()).spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = said(&output);
    assert_eq!(
        escaped(&text, &["alice", "bob", "Narthex", "on", "Linux"]),
        Vec::<String>::new(),
        "{args:?}: {text}"
    );
}

#[test]
fn no_line_of_a_command_escapes_translation() {
    let (server, home) = (Homeserver::start(Config::token), Home::new());
    let url = server.url();
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    let none: &[&[&str]] = &[
        &["accounts"],
        &["whoami"],
        &["token"],
        &["devices"],
        &["logout"],
        &["manage"],
        &["doctor", url],
        &["doctor", "not a server"],
        &["doctor", "http://127.0.0.1:1"],
        &["register"],
        &["register", url],
        &["register", url, "--username=alice"],
        &["login", url],
        &["login", url, "--username=alice"],
        &["login", url, "--browser"],
        &["login", url, "--device"],
        &["login", url, "--sso=nobody"],
        &["login", "--again"],
        &["whoami", "--account=@nobody:hs.test"],
        &["handler", "status"],
        &["replay", "/nowhere/missing"],
        &["replay", "/dev/null"],
        &["deliver", "nonsense"],
        &["deliver", "example.narthex:/callback?state=1&code=2"],
    ];
    for args in none {
        all_is_translated(&home, args, "");
    }
    for token in ["wrong", TOKEN] {
        let args = ["register", url, "--username=bob", "--password-stdin", "--registration-token", token];
        all_is_translated(&home, &args, PASSWORD);
    }
    all_is_translated(&home, &["register", url, "--username=alice", "--password-stdin"], PASSWORD);
    all_is_translated(&home, &["login", url, "--username=alice", "--password-stdin"], "wrong");
    all_is_translated(&home, &["login", url, "--username=alice", "--password-stdin"], PASSWORD);
    for command in [&["accounts"][..], &["whoami"], &["devices"], &["manage"], &["logout"], &["logout"]] {
        all_is_translated(&home, command, "");
    }
}

/// A terminal in the pseudo-locale.
struct Person {
    text: Text,
    tty: Tty,
}

impl Person {
    fn at(home: &Home, args: &[&str]) -> Self {
        Self { text: Text::in_language(&["en-XA".to_owned()], OWN), tty: Tty::run(pseudo(home, args), 100) }
    }

    fn sees(&mut self, id: &str) -> &mut Self {
        let said = self.text.say(id, &[]);
        // Up to the first value, or as much as surely stands in one row.
        let words = said.split('{').next().unwrap().chars().take(24).collect::<String>();
        self.tty.sees(&words);
        self
    }

    fn types(&mut self, keys: &str) -> &mut Self {
        self.tty.types(keys);
        self
    }
}

#[test]
fn no_line_at_a_terminal_escapes_translation() {
    let (server, home) = (Homeserver::start(Config::token), Home::new());
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    let mut person = Person::at(&home, &["register", "--no-browser"]);
    person.sees("prompt-server").types("not a server\r").sees("refusal-server-not-understood");
    person.sees("prompt-server").types("\u{15}").types(server.url()).types("\r");
    person.sees("prompt-username").types("alice\r").sees("refusal-username-taken");
    person.types("\u{15}bob\r").sees("prompt-password").types("abc\u{15}");
    person.types(PASSWORD).types("\r").sees("prompt-password-again").types("x\r").sees("prompt-retype");
    person.sees("prompt-password").types(PASSWORD).types("\r").sees("prompt-password-again");
    person.types(PASSWORD).types("\r").sees("prompt-token").types("wrong\r").sees("refusal-token-invalid");
    person.sees("prompt-token").types(TOKEN).types("\r");
    let text = person.tty.rest().to_owned();
    assert!(text.contains("@bob:"), "{text}");
    let typed = ["bob", "alice", "not", "a", "server", "wrong", TOKEN, server.url()];
    assert_eq!(escaped(&person.tty.seen, &typed), Vec::<String>::new(), "{}", person.tty.seen);

    let (server, home) = (server_with(|_| {}), Home::new());
    let mut person = Person::at(&home, &["login", server.url(), "--no-browser"]);
    person
        .sees("prompt-choice")
        .types("9\r")
        .sees("hint-none-of-them")
        .types("1\r")
        .sees("screen-in-browser");
    person
        .sees("prompt-paste")
        .types("nonsense\r")
        .sees("typed-no-address")
        .types("\r")
        .sees("comes-by-itself");
    person.types("q\r").sees("prompt-choice").types("2\r").sees("prompt-waiting").types("\r");
    person.sees("checking-now").types("c\r").sees("code-copied").types("q\r").sees("prompt-choice");
    person.types("\u{4}").tty.rest();
    assert_eq!(
        escaped(&person.tty.seen, &["nonsense", "q", "c"]),
        Vec::<String>::new(),
        "{}",
        person.tty.seen
    );
}
