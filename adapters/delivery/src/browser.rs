//! Is there a browser, and can it show this page?

use std::ffi::OsStr;

use url::Url;

/// No browser could be opened: the person has to open the page by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoBrowser;

impl std::fmt::Display for NoBrowser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no browser could be opened")
    }
}

impl std::error::Error for NoBrowser {}

/// Shows `url` in the person's browser. The address is passed on as one argument, never through a shell.
///
/// # Errors
///
/// When it is no web page, there is no display, or no browser.
pub fn open(url: &Url) -> Result<(), NoBrowser> {
    if !matches!(url.scheme(), "https" | "http") || !has_display(|name| std::env::var_os(name)) {
        return Err(NoBrowser);
    }
    opener::open_browser(url.as_str()).map_err(|_| NoBrowser)
}

/// On systems where a display can be missing, whether there is one, or a browser that was chosen without it.
fn has_display<S: AsRef<OsStr>>(variable: impl Fn(&str) -> Option<S>) -> bool {
    let set = |name| variable(name).is_some_and(|value| !value.as_ref().is_empty());
    !cfg!(all(unix, not(target_os = "macos")))
        || ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "BROWSER"].into_iter().any(set)
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
        assert!(
            has_display(only("DISPLAY"))
                && has_display(only("WAYLAND_DISPLAY"))
                && has_display(only("BROWSER"))
        );
    }
}
