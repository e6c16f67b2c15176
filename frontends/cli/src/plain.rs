//! The frontend without a terminal: what happens, in plain lines on standard error.

use narthex::{Input, Intent, Screen, Time, View};
use narthex_runtime::Notice;
use narthex_storage::Place;

use crate::front::Next;
use crate::input::{Line, Lines};
use crate::qr;
use crate::talk::Talk;
use crate::text::{Text, columns, columns_of, plain, wrapped};

/// Nobody answers, but somebody may read.
pub(crate) struct Plain<'t> {
    text: &'t Text,
    last: Vec<String>,
    /// Where addresses may come from that the browser ended up at.
    lines: Option<Lines>,
}

impl<'t> Plain<'t> {
    pub(crate) fn new(text: &'t Text, lines: Option<Lines>) -> Self {
        Self { text, last: Vec::new(), lines }
    }

    /// An address, where one can come; nothing else is asked here.
    pub(crate) async fn next(&mut self, view: &View, talk: &mut Talk) -> Next {
        let Some(lines) = self.lines.as_mut().filter(|_| matches!(view.screen, Screen::InBrowser { .. }))
        else {
            return Next::Nobody;
        };
        let line = tokio::select! {
            line = lines.next() => line,
            changed = talk.changed() => return if changed { Next::Changed } else { Next::Nobody },
        };
        match line {
            Some(Line::Text(address)) => Next::Say(Input::Callback(address.into())),
            Some(Line::TooLong | Line::NotUtf8) => Next::Changed,
            None => {
                self.lines = None;
                Next::Nobody
            }
        }
    }

    /// What the view says, if it says something else than the last.
    pub(crate) fn show(&mut self, view: &View) {
        let lines = self.text.screen(&view.screen);
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
        self.text.signed_in(&view.screen, place).iter().for_each(|line| tell(line));
    }
}

/// As it is easiest to read aloud, where that is not as it is typed.
fn grouped(code: &str) -> Option<String> {
    let is_one_word = code.chars().all(|c| c.is_ascii_alphanumeric());
    let size = if code.len().is_multiple_of(4) { 4 } else { 3 };
    if !is_one_word || code.len() < 6 {
        return None;
    }
    let letters: Vec<char> = code.chars().collect();
    Some(letters.chunks(size).map(|group| group.iter().collect()).collect::<Vec<String>>().join(" "))
}

/// Says what a flag did about an unfinished sign-in.
pub(crate) fn answered(text: &Text, view: &View, intent: &Intent) {
    if let Screen::Paused { server, .. } = &view.screen {
        let id = if matches!(intent, Intent::Continue) { "resuming" } else { "dropping" };
        say(&text.say(id, &[("server", plain(server).into())]));
    }
}

pub(crate) fn notice_lines(text: &Text, notice: Notice) -> Vec<String> {
    match notice {
        Notice::NotSaved(problem) => {
            let mut lines = vec![text.say("not-saved", &[])];
            lines.extend(text.storage(problem));
            lines
        }
        Notice::NotOffered(_) => Vec::new(),
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
    use std::io::Write as _;
    let text = wrapped(line, columns_of(std::io::stdout()), "");
    writeln!(std::io::stdout(), "{text}").ok();
}

impl Text {
    /// What a screen says, in a paragraph each. Nothing for those that only ask.
    pub(crate) fn screen(&self, screen: &Screen) -> Vec<String> {
        match screen {
            Screen::Busy { server, task } => vec![format!("{} ...", self.task(*task, server))],
            Screen::Limited { server, until, failure, .. } => {
                let mut lines = vec![self.limited(server, *until)];
                lines.extend(failure.evidence.as_deref().map(|e| self.evidence(e)));
                lines
            }
            Screen::Terms { progress, policies, .. } => {
                let mut lines = vec![self.say("screen-terms", &[("server", plain(&progress.server).into())])];
                lines.extend(policies.iter().map(|policy| self.policy(policy)));
                lines
            }
            Screen::Confirmation { address, sent, .. } => vec![
                self.say("screen-confirmation", &[("address", plain(address).into())]),
                self.say("sent-times", &[("sent", (*sent).into())]),
            ],
            Screen::InBrowser { url, .. } => vec![self.say("screen-in-browser", &[]), url.to_string()],
            Screen::UserCode { user_code, verification_uri, verification_uri_complete, .. } => {
                // The picture is large: what has to be read comes last.
                let mut lines = qr::lines(verification_uri_complete.as_ref().unwrap_or(verification_uri));
                let asks = if lines.is_empty() { "screen-user-code" } else { "screen-user-code-picture" };
                lines.extend([self.say(asks, &[]), verification_uri.to_string(), self.user_code(user_code)]);
                lines
            }
            Screen::SignedIn { task: Some(task), homeserver, .. } => {
                vec![format!("{} ...", self.task(*task, homeserver.host_str().unwrap_or_default()))]
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
            | Screen::SessionEnded { .. }
            | Screen::SignedOut { .. } => Vec::new(),
        }
    }

    /// As it has to be typed, which is what one copies; servers may not take the gaps.
    fn user_code(&self, code: &str) -> String {
        let code = plain(code);
        match grouped(&code) {
            Some(grouped) => {
                self.say("user-code-grouped", &[("code", code.into()), ("grouped", grouped.into())])
            }
            None => self.say("user-code", &[("code", code.into())]),
        }
    }

    pub(crate) fn limited(&self, server: &str, until: Time) -> String {
        let seconds = narthex_runtime::Clock::start().now().until(until).as_millis().div_ceil(1000);
        let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
        self.say("screen-limited", &[("server", plain(server).into()), ("seconds", seconds.into())])
    }

    pub(crate) fn policy(&self, policy: &narthex::Policy) -> String {
        self.say(
            "policy",
            &[
                ("name", plain(&policy.name).into()),
                ("version", plain(&policy.version).into()),
                ("url", policy.url.to_string().into()),
            ],
        )
    }

    /// Who, on which device, where the secret lies, and what next.
    pub(crate) fn signed_in(&self, screen: &Screen, place: &Place) -> Vec<String> {
        let Screen::SignedIn { user_id, device_id, homeserver, .. } = screen else { return Vec::new() };
        vec![
            self.say("screen-signed-in", &[("user", plain(user_id).into())]),
            self.say("device", &[("device", plain(device_id).into())]),
            self.say("homeserver", &[("url", homeserver.to_string().into())]),
            self.kept(place),
            self.say("next-steps", &[]),
        ]
    }

    /// Where the secret lies.
    pub(crate) fn kept(&self, place: &Place) -> String {
        let folder = |path: &std::path::Path| path.parent().unwrap_or(path).display().to_string();
        match place {
            Place::Keyring => self.say("kept-keyring", &[]),
            Place::PassphraseFile(path) => {
                self.say("kept-passphrase-file", &[("place", folder(path).into())])
            }
            Place::KeyFile(path) => self.say("kept-key-file", &[("place", folder(path).into())]),
            Place::Memory => self.say("kept-memory", &[]),
        }
    }
}
