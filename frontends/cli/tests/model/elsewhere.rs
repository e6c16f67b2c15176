//! Sign-ins that wait for somebody elsewhere: in the browser, or at another device.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use rustix::process::Signal;
use serde_json::Value;
use url::Url;

use crate::run::{Run, Sent, To};
use crate::step::{Elsewhere, Kind, User, Way};

/// So many wait at most.
const MOST: usize = 2;

pub(crate) fn start(run: &mut Run, way: Way, profile: &str) -> Result<(), String> {
    let url = run.server.url().to_owned();
    let (command, flags, provider): (_, &[&str], _) = match (run.kind, way) {
        (_, _) if run.waiting[run.at].len() == MOST => return Ok(()),
        (Kind::Legacy | Kind::Fleeting, Way::Register) => return Ok(()),
        (Kind::Legacy | Kind::Fleeting, Way::Browser) => {
            ("login", &["--sso", "oidc-github"], Some("oidc-github"))
        }
        (Kind::Legacy | Kind::Fleeting, Way::Other) => ("login", &["--sso", "oidc-uni"], Some("oidc-uni")),
        (Kind::Oauth, Way::Browser) => ("login", &["--browser"], None),
        (Kind::Oauth, Way::Other) => ("login", &["--device"], None),
        (Kind::Oauth, Way::Register) => ("register", &[], None),
    };
    let args = [&[command, &url, "--no-browser"], flags].concat();
    let waiting = run.home.start(profile, &args);
    let shows = |line: &Value| line["screen"] == "in_browser" || line["screen"] == "user_code" || ends(line);
    let line = waiting.line(shows)?;
    let to = match (line["screen"].as_str(), way, run.kind) {
        (Some("user_code"), Way::Other, Kind::Oauth) => To::Code(text(&line, "user_code")?),
        (Some("in_browser"), Way::Browser | Way::Register, Kind::Oauth)
        | (Some("in_browser"), Way::Browser | Way::Other, Kind::Legacy | Kind::Fleeting) => {
            To::Page(text(&line, "url")?)
        }
        (_, _, _) => return Err(format!("it does something else: {line}")),
    };
    if let (Some(provider), To::Page(page)) = (provider, &to)
        && !page.contains(provider)
    {
        return Err(format!("it goes to another provider: {page}"));
    }
    let before = run.model.profiles[run.at].stored();
    run.waiting[run.at].push_back(Sent { run: waiting, to, before });
    Ok(())
}

fn ends(line: &Value) -> bool {
    matches!(line["type"].as_str(), Some("failed" | "signed_in"))
}

fn text(line: &Value, field: &str) -> Result<String, String> {
    line[field].as_str().map(str::to_owned).ok_or_else(|| format!("no {field} in {line}"))
}

pub(crate) fn happens(run: &mut Run, how: Elsewhere) -> Result<(), String> {
    let Some(sent) = run.waiting[run.at].pop_front() else { return Ok(()) };
    match how {
        Elsewhere::Kill => {
            sent.run.signal(Signal::KILL);
            Ok(())
        }
        Elsewhere::Interrupt => interrupted(sent),
        Elsewhere::Decline => declined(run, sent),
        Elsewhere::Consent(user) => consented(run, sent, user),
    }
}

fn interrupted(sent: Sent) -> Result<(), String> {
    match sent.run.signal(Signal::INT) {
        Some(130) => Ok(()),
        code => Err(format!("interrupted, it ended with {code:?}")),
    }
}

fn declined(run: &Run, sent: Sent) -> Result<(), String> {
    match &sent.to {
        To::Page(page) => {
            // At a provider one just closes the page.
            let Some(callback) = run.server.decide(page, User::Alice, false) else {
                return interrupted(sent);
            };
            get(&callback)?;
        }
        To::Code(code) => {
            if !run.server.link(code, User::Alice, false) {
                return Err(format!("the code {code} is not known"));
            }
        }
    }
    let line = sent.run.line(|line| line["screen"] == "choose" || ends(line))?;
    if line["type"] == "signed_in" {
        return Err(format!("somebody is signed in: {line}"));
    }
    sent.run.signal(Signal::KILL);
    Ok(())
}

fn consented(run: &mut Run, sent: Sent, user: User) -> Result<(), String> {
    let before = sent.before.clone();
    match &sent.to {
        To::Page(page) => {
            let callback = run.server.decide(page, user, true).ok_or("the page leads nowhere")?;
            get(&callback)?;
        }
        To::Code(code) => {
            if !run.server.link(code, user, true) {
                return Err(format!("the code {code} is not known"));
            }
        }
    }
    let has_password = run.kind == Kind::Oauth;
    run.model.accounts.entry(user).or_insert_with(|| has_password.then_some(0));
    let line = sent.run.line(ends)?;
    if line["user_id"] != run.server.user_id(user) {
        return Err(format!("{user:?} has consented: {line}"));
    }
    match sent.run.ends() {
        // Of two at once, none replaces what the other has made.
        Some(0) => run.has_new_session(user, &before, false, &run.facts()?),
        code => Err(format!("it ended with {code:?}")),
    }
}

/// The browser is sent to the program.
fn get(url: &Url) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("nobody listens at {url}: {error}");
    let host = format!("{}:{}", url.host_str().unwrap_or_default(), url.port().unwrap_or(80));
    let mut stream = TcpStream::connect(&host).map_err(failed)?;
    let target = format!("{}?{}", url.path(), url.query().unwrap_or_default());
    write!(stream, "GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").map_err(failed)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).map_err(failed)?;
    if answer.starts_with("HTTP/1.1 200") { Ok(()) } else { Err(format!("the browser was shown {answer}")) }
}
