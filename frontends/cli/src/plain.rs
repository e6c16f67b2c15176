//! The frontend without a terminal: what happens, in plain lines on standard error.

use narthex::{Input, Intent, Screen, Trust, View};
use narthex_runtime::{Clock, Notice};
use narthex_storage::Place;
use narthex_text::{Text, id, plain};

use crate::exit::Asked;
use crate::input::{Line, Lines};
use crate::json::parts::Kept;
use crate::lines::{columns, columns_of, wrapped};
use crate::next::Next;
use crate::qr::{self, QrFormat};
use crate::setup::Setup;
use crate::stdout;
use crate::terminal::Tone;
use crate::terminal::paint::Paint;
use narthex_app::Handle;

/// Nobody answers, but somebody may read.
pub(crate) struct Plain<'t> {
    text: &'t Text,
    qr: QrFormat,
    last: Vec<String>,
    /// Where addresses may come from that the browser ended up at.
    lines: Option<Lines>,
}

impl<'t> Plain<'t> {
    pub(crate) fn new(setup: &'t Setup, lines: Option<Lines>) -> Self {
        Self { text: &setup.text, qr: setup.global.qr_format, last: Vec::new(), lines }
    }

    pub(crate) const fn text(&self) -> &Text {
        self.text
    }

    /// An address, where one can come; nothing else is asked here.
    pub(crate) async fn next(&mut self, view: &View, handle: &mut Handle) -> Next {
        let Some(lines) = self.lines.as_mut().filter(|_| matches!(view.screen, Screen::InBrowser { .. }))
        else {
            return Next::Nobody;
        };
        let line = tokio::select! {
            line = lines.next() => line,
            changed = handle.changed() => return if changed { Next::Changed } else { Next::Nobody },
        };
        match line {
            Some(Line::Text(address)) => Next::Say(Input::Callback(address.into())),
            Some(Line::Bad(_)) => Next::Changed,
            None => {
                self.lines = None;
                Next::Nobody
            }
        }
    }

    /// What the view says, if it says something else than the last.
    pub(crate) fn show(&mut self, view: &View) {
        let lines = screen(self.text, &view.screen, self.qr);
        if lines != self.last {
            lines.iter().for_each(|line| say(line));
            self.last = lines;
        }
    }

    pub(crate) fn answered(&self, view: &View, intent: &Intent) {
        answered(self.text, view, intent);
    }

    pub(crate) fn notice(&self, notice: Notice) {
        notice_lines(self.text, notice).iter().for_each(|line| say(line));
    }

    pub(crate) fn signed_in(&self, view: &View, place: &Place) {
        signed_in(self.text, &view.screen, place).iter().for_each(|line| tell(line));
    }
}

/// Says what a flag did about an unfinished sign-in.
pub(crate) fn answered(text: &Text, view: &View, intent: &Intent) {
    if let (Screen::Paused { server, task, user }, Intent::Continue) = (&view.screen, intent) {
        say(&text.of_task("resuming", *task, server, user.as_deref()));
    }
}

/// Says which flags are of no use; a registration token may be one to type into the page.
pub(crate) fn not_used(text: &Text, flags: &[&'static str], by_token: bool, token: Option<&str>) {
    if !flags.is_empty() {
        let id = if by_token { "flags-not-used-by-token" } else { "flags-not-used" };
        say(&text.say(id, &[("flags", flags.join(", ").into())]));
    }
    if let Some(token) = token {
        say(&text.say("token-for-the-page", &[("token", plain(token).into())]));
    }
}

pub(crate) fn notice_lines(text: &Text, notice: Notice) -> Vec<String> {
    match notice {
        Notice::NotSaved(problem) => {
            let mut lines = vec![text.say("not-saved", &[])];
            lines.extend(text.storage(problem));
            lines
        }
        Notice::NotOffered(_) | Notice::Unusable(_) => Vec::new(),
    }
}

/// One paragraph on standard error.
pub(crate) fn say(line: &str) {
    use std::io::Write as _;
    let text = wrapped(line, columns(), "");
    writeln!(std::io::stderr(), "{text}").ok();
}

/// One paragraph on standard output.
pub(crate) fn tell(line: &str) {
    tell_toned(line, Tone::Normal, Paint::of(false));
}

/// The same, set off from others where there are colours.
pub(crate) fn tell_toned(line: &str, tone: Tone, paint: Paint) {
    let text = paint.toned(&wrapped(line, columns_of(std::io::stdout()), ""), tone);
    stdout::write(format!("{text}\n").as_bytes());
}

/// What a screen says, in a paragraph each. Nothing for those that only ask.
pub(crate) fn screen(text: &Text, screen: &Screen, qr: QrFormat) -> Vec<String> {
    let mut lines = text.screen(screen, Clock::start().now());
    match screen {
        Screen::Busy { .. } | Screen::SignedIn { task: Some(_), .. } => {
            lines.iter_mut().for_each(|line| line.push('…'));
        }
        Screen::Limited { failure, .. } => {
            lines.extend(failure.evidence.as_deref().map(|evidence| text.evidence(evidence)));
        }
        Screen::Terms { .. } | Screen::Confirmation { .. } | Screen::InBrowser { .. } => {}
        Screen::Warning { .. }
        | Screen::Scanner { .. }
        | Screen::CheckCode { .. }
        | Screen::EnterCheckCode { .. }
        | Screen::ConfirmServer { .. }
        | Screen::Consent { .. }
        | Screen::ConfirmAccount { .. } => {}
        Screen::QrCode { .. } if qr == QrFormat::Png => lines.push(text.say("code-in-file", &[])),
        Screen::QrCode { payload, .. } => {
            let picture = qr::code(&payload.to_bytes(), &lines, qr);
            // What a picture says cannot be said in another way, but it can be carried as text.
            if picture.is_empty() {
                let needed = qr::needed(&payload.to_bytes(), &lines, qr);
                lines.extend(needed.map(|(columns, rows)| {
                    text.say("code-does-not-fit", &[("columns", columns.into()), ("rows", rows.into())])
                }));
                lines.push(payload.to_base64());
            }
            lines.extend(picture);
        }
        // The other device opens it.
        Screen::UserCode { role: Some(_), .. } => {}
        Screen::UserCode { verification_uri, verification_uri_complete, role: None, .. } => {
            let mut with_picture = lines.clone();
            if let Some(asks) = with_picture.first_mut() {
                *asks = text.say("screen-user-code-picture", &[]);
            }
            let address = verification_uri_complete.as_ref().unwrap_or(verification_uri);
            let picture = qr::lines(address, &with_picture, qr);
            if !picture.is_empty() {
                lines = with_picture;
            }
            // The picture is large: what has to be read comes last.
            lines.splice(..0, picture);
        }
        Screen::SignedIn { task: None, .. }
        | Screen::Welcome { .. }
        | Screen::Paused { .. }
        | Screen::Problem { .. }
        | Screen::Choose { .. }
        | Screen::RegisterForm { .. }
        | Screen::RegistrationToken { .. }
        | Screen::Address { .. }
        | Screen::AwaitingApproval { .. }
        | Screen::Linked { .. }
        | Screen::SessionEnded { .. }
        | Screen::SignedOut { .. } => lines.clear(),
    }
    lines
}

/// Who, on which device, where the secret lies, and what next.
pub(crate) fn signed_in(text: &Text, screen: &Screen, place: &Place) -> Vec<String> {
    let Screen::SignedIn { user_id, device_id, homeserver, trust, .. } = screen else { return Vec::new() };
    let mut lines = vec![
        text.say("screen-signed-in", &[("user", id(user_id).into())]),
        text.say("device", &[("device", id(device_id).into())]),
        text.say("homeserver", &[("url", homeserver.to_string().into())]),
        saved_in(text, place),
        text.say("next-steps", &[]),
    ];
    lines.splice(4..4, trust.as_ref().map(|trust| trusted(text, trust)).unwrap_or_default());
    lines
}

/// Whether others see this device as verified, and how it gets there.
pub(crate) fn trusted(text: &Text, trust: &Trust) -> Vec<String> {
    let next = match trust {
        Trust::NeedsVerification { .. } | Trust::CannotVerify { .. } => Some("next-verify"),
        Trust::NoIdentity => Some("next-set-up"),
        Trust::Verified { .. } => None,
    };
    let next = next.filter(|_| cfg!(feature = "encryption"));
    [text.trust(trust)].into_iter().chain(next.map(|next| text.say(next, &[]))).collect()
}

/// That there was nothing to do.
pub(crate) fn still_valid(text: &Text, screen: &Screen, unused: Option<Asked>) {
    if let Screen::SignedIn { user_id, .. } = screen {
        tell(&text.say("still-valid", &[("user", id(user_id).into())]));
    }
    if let Some(what) = unused {
        let what = text.say(&format!("asked-{}", what.name().replace('_', "-")), &[]);
        tell(&text.say("not-used", &[("what", what.into())]));
    }
}

/// Where the session is saved.
pub(crate) fn saved_in(text: &Text, place: &Place) -> String {
    let folder = match place {
        Place::Keyring(path) | Place::PassphraseFile(path) | Place::KeyFile(path) => {
            path.parent().unwrap_or(path)
        }
        // Nothing else that we show is in memory alone.
        Place::Memory => return text.say("from-environment", &[]),
    };
    text.stored(Kept::from(place).name(), &folder.display().to_string())
}
