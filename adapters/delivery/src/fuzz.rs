//! What raw bytes are to the parsers of this crate: from a browser, from another process, from a desktop.

use std::path::Path;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use url::Url;

use crate::exchange::{self, Address, Judged};
use crate::instance::handover;
use crate::page;
use crate::scheme::linux::entry;
use crate::scheme::{Registration, Scheme};
use crate::{MAX_ADDRESS, Outcome};

/// What is done with raw bytes.
pub type Target = fn(&[u8]);

/// Every target by name, for the replay of their corpora.
pub const TARGETS: [(&str, Target); 3] = [
    ("callback_request", callback_request),
    ("handover_frame", handover_frame),
    ("desktop_entry", desktop_entry),
];

/// A request to the listener: whatever is taken for a callback is one line, at the place that was registered.
///
/// # Panics
///
/// When it is something else.
pub fn callback_request(data: &[u8]) {
    let origin = Url::parse("http://127.0.0.1:49152/").expect("an origin");
    let address = Address { origin, path: "/oauth/abc".to_owned() };
    let mut request = data;
    let Some(head) = done(exchange::read_head(&mut request)).flatten() else { return };
    match exchange::judged(&head, &address) {
        Judged::Refused(reply) => assert!(reply.starts_with("HTTP/1.1 4"), "{reply}"),
        Judged::Callback { callback, languages } => {
            let text = callback.address().expose();
            assert!(text.starts_with("http://127.0.0.1:49152/oauth/abc"), "{text}");
            assert!(!text.chars().any(char::is_control), "{text:?}");
            let page = page::of(Outcome::Busy, languages);
            assert_eq!(page.matches("<title").count(), 1, "{page}");
        }
    }
}

/// What another process says: what is taken is written again as it was.
///
/// # Panics
///
/// When it is not.
pub fn handover_frame(data: &[u8]) {
    let mut stream = data;
    if let Some((version, callback)) = done(handover::read(&mut stream)).flatten() {
        let text = callback.address().expose();
        assert!(text.len() <= MAX_ADDRESS && !text.chars().any(char::is_control), "{text:?}");
        let mark: &[u8] = if version == 2 { &[0xff, 2] } else { &[] };
        let length = u16::try_from(text.len()).expect("it is not so long");
        let written = [mark, &length.to_be_bytes(), text.as_bytes()].concat();
        assert!(data.starts_with(&written), "{written:?}");
    }
    let _ = data.first().map(|code| handover::decoded(*code));
}

/// A desktop entry that somebody wrote, and one that we write for a program of this name.
///
/// # Panics
///
/// When ours starts another program.
pub fn desktop_entry(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let _ = entry::program(&text);
    let scheme = Scheme::parse("io.example.app").expect("a scheme");
    let program = format!("/{text}");
    let Ok(registration) = Registration::new(scheme, "Example", Path::new(&program), &["deliver"]) else {
        return;
    };
    if let Ok(written) = entry::written(&registration) {
        assert_eq!(entry::program(&written).as_deref(), Some(&*program), "{written}");
    }
}

/// What comes of something that waits for nothing but these bytes.
fn done<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}
