//! Is there a browser, and can it show this page?

use std::ffi::{OsStr, OsString};
use std::process::{Command, Stdio};
use std::thread;

use url::Url;

use crate::child::{has_secrets, without_secrets};

/// No browser could be opened: the person has to open the page by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoBrowser;

impl std::fmt::Display for NoBrowser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no browser could be opened")
    }
}

impl std::error::Error for NoBrowser {}

/// Shows `url` in the person's browser: `$BROWSER`, else the system's. It does not wait for the browser, whose output
/// goes nowhere. The address is passed on as one argument, never as a command line.
///
/// # Errors
///
/// When it is no web page, there is no display, or no browser.
pub fn open(url: &Url) -> Result<(), NoBrowser> {
    if !matches!(url.scheme(), "https" | "http") {
        return Err(NoBrowser);
    }
    let variable = |name: &str| std::env::var_os(name);
    let (has_display, is_chosen) = (has_display(variable), is_set(variable("BROWSER")));
    if has_secrets() && cfg!(unix) {
        return open_without_secrets(url, variable("BROWSER").filter(|_| is_chosen), has_display);
    }
    let chosen = || opener::open_browser(url.as_str());
    // `$BROWSER` may also be a list with places for the address, which the system's own way understands.
    let systems = || opener::open(url.as_str());
    match (is_chosen, has_display) {
        (true, true) => chosen().or_else(|_| systems()),
        (true, false) => chosen(),
        (false, true) => systems(),
        (false, false) => return Err(NoBrowser),
    }
    .map_err(|_| NoBrowser)
}

/// The same by the programs that it would be done by, as it does not let us say what they inherit.
fn open_without_secrets(url: &Url, chosen: Option<OsString>, has_display: bool) -> Result<(), NoBrowser> {
    #[cfg(target_os = "macos")]
    const SYSTEMS: [&[&str]; 1] = [&["open"]];
    #[cfg(not(target_os = "macos"))]
    const SYSTEMS: [&[&str]; 4] = [&["xdg-open"], &["wslview"], &["gio", "open"], &["x-www-browser"]];
    let chosen = chosen.as_ref().map(|program| vec![program.as_os_str()]);
    let systems = SYSTEMS.iter().filter(|_| has_display);
    let systems = systems.map(|words| words.iter().map(OsStr::new).collect());
    let mut ways = chosen.into_iter().chain(systems);
    if ways.any(|words: Vec<&OsStr>| is_started(&words, url)) { Ok(()) } else { Err(NoBrowser) }
}

fn is_started(words: &[&OsStr], url: &Url) -> bool {
    let [program, arguments @ ..] = words else { return false };
    let mut command = Command::new(program);
    command.args(arguments).arg(url.as_str());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let Ok(mut child) = without_secrets(&mut command).spawn() else { return false };
    // Whoever has ended is there until somebody has waited for them.
    thread::spawn(move || child.wait());
    true
}

/// Whether [`open`] has anything to try: a display, or `$BROWSER`.
#[must_use]
pub fn has_browser() -> bool {
    has_display(|name| std::env::var_os(name)) || is_set(std::env::var_os("BROWSER"))
}

/// Whether there is a display, on systems where it can be missing.
fn has_display<S: AsRef<OsStr>>(variable: impl Fn(&str) -> Option<S>) -> bool {
    !cfg!(all(unix, not(target_os = "macos")))
        || ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"].into_iter().any(|name| is_set(variable(name)))
}

fn is_set<S: AsRef<OsStr>>(value: Option<S>) -> bool {
    value.is_some_and(|value| !value.as_ref().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_pages_are_opened() {
        for url in ["file:///etc/passwd", "javascript:alert(1)", "mailto:a@b.c"] {
            assert_eq!(open(&Url::parse(url).unwrap()), Err(NoBrowser), "{url}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn without_a_display_there_is_no_browser() {
        let only = |set: &'static str| move |name: &str| (name == set).then_some(":0");
        assert!(!has_display(|_| None::<&str>));
        assert!(!has_display(|_| Some("")));
        assert!(has_display(only("DISPLAY")) && has_display(only("WAYLAND_DISPLAY")));
    }
}
