//! How it looks: narrow terminals, no colours, hostile servers.

use std::process::Command;

use narthex_sandbox::Config;

use crate::PASSWORD;
use crate::homeserver::Homeserver;
use crate::narthex::{Home, said};

fn narrow(home: &Home, args: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_narthex"));
    command.args(args).env("NARTHEX_DATA_DIR", home.path()).env("COLUMNS", "40").env("LANG", "C");
    let command = command.env_remove("DBUS_SESSION_BUS_ADDRESS").stdin(std::process::Stdio::null());
    said(&command.output().unwrap())
}

#[test]
fn forty_columns_are_enough_and_pipes_get_no_colours() {
    let (server, home) = (Homeserver::start(Config::everything), Home::new());
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    home.ok(&["login", server.url(), "--username=alice", "--password-stdin"], PASSWORD);
    for args in [
        &["whoami"][..],
        &["accounts"],
        &["doctor", server.url()],
        &["doctor", "x y"],
        &["register", server.url()],
    ] {
        let text = narrow(&home, args);
        assert!(!text.contains('\u{1b}'), "{text}");
        for line in text.lines() {
            // An address or a path is not cut: it has to be copied.
            let is_one_word = !line.trim_start_matches(['-', ' ']).contains(' ');
            assert!(is_one_word || line.chars().count() <= 40, "{line}");
        }
    }
}

#[test]
fn the_manual_and_the_completions_are_printed() {
    let home = Home::new();
    assert!(home.ok(&["man"], "").contains(".TH narthex"));
    for shell in ["bash", "zsh", "fish"] {
        assert!(home.ok(&["completions", shell], "").contains("narthex"));
    }
    let (code, _) = home.fails(&["fly"], "");
    assert_eq!(code, 2);
}

#[test]
fn the_schemas_are_printed_and_a_build_without_a_home_page_says_so() {
    let home = Home::new();
    let names = home.ok(&["schema"], "");
    assert_eq!(names.split_whitespace().collect::<Vec<_>>(), ["view", "intent", "failure", "report", "line"]);
    for name in names.split_whitespace() {
        let schema: serde_json::Value = serde_json::from_str(&home.ok(&["schema", name], "")).unwrap();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{name}");
    }
    let version = home.ok(&["--version"], "");
    let is_placeholder = option_env!("NARTHEX_CLIENT_URI").is_none();
    assert_eq!(version.contains("NARTHEX_CLIENT_URI"), is_placeholder, "{version}");
}

#[test]
fn storage_that_cannot_be_used_says_why_and_loses_nothing() {
    let server = Homeserver::start(Config::open);
    let home = Home::new();
    let file = home.path().join("not-a-folder");
    std::fs::write(&file, "x").unwrap();
    let args = ["accounts", "--data-dir", file.to_str().unwrap()];
    let (code, text) = home.fails(&args, "");
    assert_eq!(code, 16, "{text}");
    assert!(text.contains("What to do: "), "{text}");

    let passphrase = home.path().join("passphrase");
    std::fs::write(&passphrase, "open sesame\n").unwrap();
    let with = format!("--passphrase-file={}", passphrase.display());
    let args = ["register", server.url(), "--username=alice", "--password-stdin", &with];
    let text = home.ok(&args, PASSWORD);
    assert!(text.contains("encrypted with your passphrase"), "{text}");
    let (code, text) = home.fails(&["whoami"], "");
    assert_eq!(code, 16, "{text}");
    std::fs::write(&passphrase, "wrong\n").unwrap();
    let (code, text) = home.fails(&["whoami", &with], "");
    assert_eq!(code, 16, "{text}");
    std::fs::write(&passphrase, "open sesame\n").unwrap();
    assert!(home.ok(&["whoami", &with], "").contains("@alice:"));
}
