//! A homeserver in memory, to try things on: prints its address, and serves until its input ends.
//!
//! Each line of input is the address of a page of the setup `oauth`: a person makes the account `demo` there, and the
//! address that their browser is sent back to is printed.
//!
//! `cargo run --package narthex-sandbox --features serve --example homeserver -- token`
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is read at a shell")]

use std::error::Error;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use narthex::Time;
use narthex_sandbox::serve::Server;
use narthex_sandbox::{Config, Person, Sandbox};
use tokio::io::{AsyncBufReadExt as _, BufReader, stdin};
use url::Url;

/// The registration token of every setup that asks for one.
const TOKEN: &str = "narthex-demo-token";

type Setup = fn(Url) -> Config;

/// Which setups there are.
const SETUPS: &[(&str, Setup)] = &[
    ("demo", demo),
    ("open", Config::open),
    ("token", Config::token),
    ("terms", Config::terms),
    ("email", Config::email),
    ("email-optional", Config::email_optional),
    ("msisdn", Config::msisdn),
    ("recaptcha", Config::recaptcha),
    ("everything", Config::everything),
    ("ratelimit", Config::rate_limited),
    ("disabled", Config::disabled),
    ("sso", Config::sso),
    ("oauth", Config::oauth),
];

/// A token, then terms: a bit of everything that needs no browser.
fn demo(base_url: Url) -> Config {
    let stages = ["m.login.registration_token", "m.login.terms", "m.login.dummy"];
    Config { flows: vec![stages.map(str::to_owned).to_vec()], ..Config::open(base_url) }
}

fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// What a person does at a page.
fn visit(server: &Server, page: &str) {
    let Ok(page) = Url::parse(page.trim()) else { return };
    let person = Person::registering("demo", "correct horse battery staple");
    match server.sandbox().consent(now(), &page, person) {
        Some(callback) => println!("{callback}"),
        None => eprintln!("nobody gets anywhere from {page}"),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let wanted = std::env::args().nth(1).unwrap_or_else(|| "demo".to_owned());
    let Some((_, setup)) = SETUPS.iter().find(|(name, _)| *name == wanted) else {
        let names: Vec<_> = SETUPS.iter().map(|(name, _)| *name).collect();
        return Err(format!("there is no setup {wanted}; there are {}", names.join(", ")).into());
    };
    let mut config = setup(Url::parse("http://127.0.0.1/")?);
    config.registration_tokens.push((TOKEN.to_owned(), None, None));
    let server = Server::start(Sandbox::new(config, now().0), ([127, 0, 0, 1], 0).into(), now).await?;
    println!("{}", server.url());
    let mut seen = (0, 0);
    let mut input = BufReader::new(stdin()).lines();
    loop {
        tokio::select! {
            line = input.next_line() => match line? {
                Some(page) => visit(&server, &page),
                None => break,
            },
            () = tokio::time::sleep(Duration::from_millis(200)) => {}
        }
        let sandbox = server.sandbox();
        for mail in &sandbox.mail()[seen.0..] {
            eprintln!("mail: {mail:?}");
        }
        for text in &sandbox.texts()[seen.1..] {
            eprintln!("text message: {text:?}");
        }
        seen = (sandbox.mail().len(), sandbox.texts().len());
    }
    server.stop().await;
    Ok(())
}
