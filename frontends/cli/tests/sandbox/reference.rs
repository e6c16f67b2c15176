//! What the program says about itself: help, manual pages, completions, and what it writes for a bug report.

use narthex_sandbox::Config;
use serde_json::Value;

use crate::PASSWORD;
use crate::homeserver::Homeserver;
use crate::narthex::{Home, said};
use crate::oauth::{ALICE, server_with};
use crate::sessions::get;
use crate::spoken::Words;

/// The commands, as the help lists them.
fn commands(home: &Home) -> Vec<String> {
    let help = home.ok(&["--help"], "");
    let list = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let names = list.lines().filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

/// What a shell would offer after these words.
fn completed(home: &Home, words: &[&str]) -> String {
    let mut command = home.command(&["--", "narthex"]);
    command.args(words).env("NARTHEX_COMPLETE", "fish");
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_help_of_each_command_ends_with_examples_of_it() {
    let home = Home::new();
    for command in commands(&home) {
        let help = home.ok(&[&command, "--help"], "");
        let examples = help.split("Examples:\n").nth(1).unwrap_or_else(|| panic!("{help}"));
        assert!(examples.contains(&format!("narthex {command}")), "{command}: {examples}");
        assert!(help.contains("Global options:"), "{help}");
    }
}

/// Found E15: each page that another one names is there.
#[test]
fn there_is_a_manual_page_for_each_command() {
    let home = Home::new();
    let dir = home.path().join("man");
    home.ok(&["man", "--dir", dir.to_str().unwrap()], "");
    let page = |name: &str| std::fs::read_to_string(dir.join(format!("{name}.1"))).unwrap_or_default();
    let main = page("narthex");
    for command in commands(&home) {
        let name = format!("narthex-{command}");
        let text = page(&name);
        assert!(text.contains(&format!(".TH {name} 1")), "{command}: {text}");
        assert_eq!(home.ok(&["man", &command], ""), text.trim_end());
        assert!(main.contains(&name.replace('-', "\\-")), "{main}");
    }
    let named = main.matches("narthex\\-").count();
    assert_eq!(named, commands(&home).len(), "{main}");
    assert!(!dir.join("narthex-deliver.1").exists());
    assert_eq!(home.fails(&["man", "fly"], "").0, 2);
}

/// Found E15: what is for the system alone is not offered. Accounts and profiles are.
#[test]
fn a_shell_completes_commands_accounts_and_profiles() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    let args = ["login", server.url(), "--username=alice", "--password-stdin", "--profile=work"];
    home.ok(&args, PASSWORD);
    let first = completed(&home, &[""]);
    assert!(first.contains("login") && !first.contains("deliver"), "{first}");
    assert!(completed(&home, &["token", "--profile", ""]).contains("work"));
    let mut command = home.command(&["--", "narthex", "token", "--account", ""]);
    let command = command.env("NARTHEX_COMPLETE", "fish").env("NARTHEX_PROFILE", "work");
    let accounts = command.output().unwrap();
    assert!(said(&accounts).contains("@alice:"), "{}", said(&accounts));
    assert!(!completed(&home, &["token", "--account", ""]).contains("@alice:"));
    let (other, dir) = (Home::new(), home.path().to_str().unwrap());
    for line in [
        &["token", "--profile", "work", "--data-dir", dir, "--account", ""][..],
        &["--profile=work", "token", &format!("--data-dir={dir}"), "--account", ""],
    ] {
        assert!(completed(&other, line).contains("@alice:"), "{line:?}");
    }
    assert!(completed(&other, &["token", "--data-dir", dir, "--profile", ""]).contains("work"));
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(home.ok(&["completions", shell], "").contains("NARTHEX_COMPLETE"), "{shell}");
    }
}

#[test]
fn the_doctor_says_once_where_a_server_is_and_ticks_what_is_there() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    let told = home.ok(&["doctor", server.url()], "");
    assert_eq!(told.lines().next().unwrap().trim_end_matches('/'), server.url().trim_end_matches('/'));
    assert!(told.contains("[x] Matrix client API (/versions): yes"), "{told}");
    assert!(told.contains("[ ] OAuth 2.0 (/v1/auth_metadata): none"), "{told}");
}

#[test]
fn a_report_has_what_happened_and_no_secret() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    let report = home.path().join("report");
    let file = report.to_str().unwrap();
    let args = ["login", server.url(), "--username=alice", "--password-stdin", "--report", file];
    let (code, told) = home.fails(&args, "wrong");
    assert!(code == 11 && told.contains("The report is written"), "{told}");
    let text = std::fs::read_to_string(&report).unwrap();
    let head: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!((&head["report"], &head["exit_code"]), (&1.into(), &11.into()), "{head}");
    assert_eq!(head["failed"]["failure"]["refusal"], "wrong_credentials");
    assert_eq!(head["version"], env!("CARGO_PKG_VERSION"));
    let asked: Vec<String> = serde_json::from_value(head["asked"].clone()).unwrap();
    assert!(asked[0] == "login" && asked.contains(&"username".to_owned()), "{asked:?}");
    assert!(text.lines().count() > 5 && !text.contains("\"wrong\""), "{text}");
    assert!(home.ok(&["replay", file], "").contains("all identical"));
    // One file, and none is written over.
    assert_eq!(home.files().iter().filter(|path| path.to_string_lossy().contains("report")).count(), 1);
    let (code, told) = home.fails(&args, PASSWORD);
    assert!(code == 1 && told.contains("Cannot use"), "{told}");
    assert_eq!(std::fs::read_to_string(&report).unwrap(), text);

    let report = home.path().join("good");
    let file = report.to_str().unwrap();
    home.ok(&["doctor", server.url(), "--report", file], "");
    let text = std::fs::read_to_string(&report).unwrap();
    let head: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!((&head["exit_code"], &head["failed"]), (&0.into(), &Value::Null), "{head}");
}

/// What the README shows of a command that begins so, with the server's address in the place of its own.
fn shown(begins: &str, flag: &str, url: &str) -> Vec<String> {
    let readme = include_str!("../../../../README.md");
    let mut lines = readme.lines().skip_while(|line| !(line.starts_with(begins) && line.contains(flag)));
    let its = lines.next().unwrap().split(' ').nth(3).unwrap();
    let host = |url: &str| url.trim_start_matches("http://").trim_end_matches('/').to_owned();
    lines.take_while(|line| *line != "```").map(|line| line.replace(&host(its), &host(url))).collect()
}

#[test]
fn the_readme_shows_what_is_printed() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    let (_, told) = home.fails(&["login", server.url(), "--username=alice", "--password-stdin"], "wrong");
    let known = shown("$ narthex login", "--password-stdin", server.url());
    // The last line has the time.
    let told: Vec<&str> = told.lines().filter(|line| !line.starts_with("Details: ")).collect();
    assert!(told.len() > 4 && told.iter().all(|line| known.iter().any(|known| known == line)), "{told:?}");

    let (server, home) = (server_with(|_| {}), Home::new());
    let mut run = Words::start(&home, &["login", server.url(), "--browser", "--no-browser"]);
    let page = run.says("/authorize?");
    get(server.consent(page.trim(), ALICE).as_str());
    let (code, told) = run.ends();
    assert_eq!(code, 0, "{told}");
    let known = shown("$ narthex login", "--browser", server.url());
    let told: Vec<&str> = told.lines().filter(|line| line.ends_with('…')).collect();
    assert!(told.len() > 1 && told.iter().all(|line| known.iter().any(|known| known == line)), "{told:?}");
}

#[test]
fn the_book_shows_the_token_as_it_is_printed() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    home.ok(&["login", server.url(), "--username=alice", "--password-stdin"], PASSWORD);
    let keys = |line: &str| -> Vec<String> {
        line.split(',')
            .filter_map(|part| Some(part.split_once("\":")?.0.trim_matches(['{', '"']).to_owned()))
            .collect()
    };
    let book = include_str!("../../../../docs/src/bots.md");
    let shown = book.lines().find(|line| line.starts_with("{\"type\":\"token\"")).unwrap();
    assert_eq!(keys(&home.ok(&["token", "--json"], "")), keys(shown));
}
