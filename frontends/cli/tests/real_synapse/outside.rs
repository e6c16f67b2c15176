//! The world outside of the program: the mailbox and the browser.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use url::Url;

use crate::server::request;

/// The link in the newest mail to `address`, once it has come.
pub(crate) fn mailed_link(profile: &str, address: &str) -> String {
    let folder = PathBuf::from(std::env::var(format!("NARTHEX_TESTBED_MAIL_{profile}")).unwrap());
    let until = Instant::now() + Duration::from_secs(20);
    while Instant::now() < until {
        let mut mails: Vec<_> =
            std::fs::read_dir(&folder).unwrap().map(|mail| mail.unwrap().path()).collect();
        mails.sort();
        for mail in mails.iter().rev() {
            let text = parts_of(&std::fs::read_to_string(mail).unwrap_or_default());
            let link = text
                .split_whitespace()
                .find(|word| word.starts_with("http") && word.contains("submit_token"));
            if let (true, Some(link)) = (text.contains(address), link) {
                return link.to_owned();
            }
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("no mail for {address}");
}

/// A mail with its parts readable: they come in Base64.
fn parts_of(mail: &str) -> String {
    let mail = mail.replace("\r\n", "\n");
    let parts = mail.split("\n\n").map(|part| {
        let packed: String = part.lines().take_while(|line| !line.starts_with("--")).collect();
        let plain =
            BASE64_STANDARD.decode(packed.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        plain.unwrap_or_else(|| part.to_owned())
    });
    parts.collect::<Vec<_>>().join("\n\n")
}

/// What a person does who opens the link in the mail.
pub(crate) fn open_mailed_link(profile: &str, address: &str) {
    let (status, _, _) = request("GET", &mailed_link(profile, address), "", "");
    assert_eq!(status, 200);
}

/// What a person does who solves the captcha on the page at `url`.
pub(crate) fn solve_captcha(url: &str) {
    let session =
        Url::parse(url).unwrap().query_pairs().find(|(key, _)| key == "session").unwrap().1.into_owned();
    let body = format!("session={session}&g-recaptcha-response=good-captcha");
    let (status, _, _) = request("POST", url, "Content-Type: application/x-www-form-urlencoded\r\n", &body);
    assert_eq!(status, 200);
}

/// A browser that follows redirects, over plain HTTP on this machine, with the cookies it is given.
pub(crate) fn browse(url: &str, at_the_provider: &str) -> u16 {
    let mut url = url.to_owned();
    let mut cookies: Vec<String> = Vec::new();
    for _ in 0..12 {
        if url.contains("/authorize") && !url.contains(at_the_provider) {
            url.push_str(at_the_provider);
        }
        let header =
            if cookies.is_empty() { String::new() } else { format!("Cookie: {}\r\n", cookies.join("; ")) };
        let (status, head, _) = request("GET", &url, &header, "");
        let named = |name: &str| {
            let lines = head.lines().filter_map(|line| line.split_once(": "));
            lines
                .filter(|(key, _)| key.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.trim().to_owned())
                .collect::<Vec<_>>()
        };
        cookies.extend(named("set-cookie").iter().map(|cookie| cookie.split(';').next().unwrap().to_owned()));
        match (status, named("location").first()) {
            (301..=308, Some(to)) => url = Url::parse(&url).unwrap().join(to).unwrap().into(),
            _ => return status,
        }
    }
    panic!("redirected for ever");
}
