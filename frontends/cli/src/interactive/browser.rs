//! Which page is to be opened, and was it?

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use url::Url;

use super::Interactive;
use crate::terminal::Tone;
use narthex_text::plain;

/// The pages that the engine wants to be opened.
#[derive(Debug)]
pub(super) struct Pages {
    to: UnboundedSender<Url>,
    come: UnboundedReceiver<Url>,
    /// The one that the user has not been sent to yet.
    due: Option<Url>,
    /// They asked for it, and are not asked again.
    is_wanted: bool,
    /// Whether a browser may be opened.
    may: bool,
}

impl Pages {
    pub(super) fn new(may: bool) -> Self {
        let (to, come) = unbounded_channel();
        Self { to, come, due: None, is_wanted: false, may }
    }

    pub(super) fn sender(&self) -> UnboundedSender<Url> {
        self.to.clone()
    }

    /// The next one.
    pub(super) async fn next(&mut self) -> Url {
        match self.come.recv().await {
            Some(page) => page,
            // Not while we hold a sender.
            None => std::future::pending().await,
        }
    }

    pub(super) fn put(&mut self, page: Url) {
        self.due = Some(page);
    }

    /// What was not opened is of no use elsewhere.
    pub(super) fn forget(&mut self) {
        while self.come.try_recv().is_ok() {}
        (self.due, self.is_wanted) = (None, false);
    }

    pub(super) const fn is_due(&self) -> bool {
        self.due.is_some()
    }

    /// Whether a browser may be opened.
    pub(super) const fn may(&self) -> bool {
        self.may
    }

    /// They want to see the page that comes.
    pub(super) const fn want(&mut self) {
        self.is_wanted = true;
    }
}

impl Interactive<'_> {
    /// The host of a page that waits for Enter. One that was asked for is opened at once.
    pub(super) async fn page_due(&mut self) -> Option<String> {
        while let Ok(page) = self.pages.come.try_recv() {
            self.pages.put(page);
        }
        if self.pages.is_wanted && self.pages.due.is_some() {
            self.open_page().await;
        }
        if !self.opens() {
            return None;
        }
        self.pages.due.as_ref().map(|page| plain(page.host_str().unwrap_or_default()))
    }

    /// Whether a page can be expected to open here.
    pub(super) const fn opens(&self) -> bool {
        self.pages.may() && !self.is_headless
    }

    /// Opens it, and says whether that worked.
    pub(super) async fn open_page(&mut self) {
        self.pages.is_wanted = false;
        let Some(page) = self.pages.due.take() else { return };
        let host = plain(page.host_str().unwrap_or_default());
        let said = if self.pages.may {
            // Whoever opens it may take its time.
            let opened = tokio::task::spawn_blocking(move || narthex_delivery::open(&page)).await;
            if matches!(opened, Ok(Ok(()))) { "browser-opens" } else { "browser-absent" }
        } else {
            "browser-forbidden"
        };
        let said = self.text.say(said, &[("host", host.into())]);
        self.canvas.print(&said, Tone::Normal);
    }
}
