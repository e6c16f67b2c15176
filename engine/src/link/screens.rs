//! What each state of a link waits for, shows and offers.

use url::Url;

use crate::cx::Wait;
use crate::flow::Flow;
use crate::intent::{Offer, Offers};
use crate::io::Time;
use crate::qr::Role;
use crate::secure_channel::SecureChannel;
use crate::secure_channel::screens::{check_code, meeting};
use crate::session::OAuth;
use crate::view::{Screen, Task, WarningAbout};

use super::{How, Link, State};

const ROLE: Role = Role::Existing;

fn end(channel: &SecureChannel) -> Time {
    channel.end().unwrap_or_default()
}

impl Flow for Link {
    fn each_wait(&self, each: &mut dyn FnMut(Wait)) {
        if let Some(channel) = self.channel() {
            channel.each_wait(each);
        }
        if let Some(wait) = self.asking().and_then(super::Asking::wait) {
            each(wait);
        }
        if let State::Checking { secrets: Some(wait), .. } | State::Sharing { wait, .. } = &self.state {
            each(*wait);
        }
    }

    fn offers(&self) -> Offers {
        let cancel = Offers::of(&[Offer::Cancel]);
        match &self.state {
            State::Warning => cancel.and(Offers::of(&[Offer::Understood])),
            State::Scanner { .. } => cancel.and(Offers::of(&[Offer::UseCode])),
            State::Meeting { channel } => cancel.and_if(channel.is_unchecked(), Offer::EnterCode),
            State::Consent { .. } => cancel.and(Offers::of(&[Offer::OpenBrowser, Offer::CannotOpen])),
            State::InBrowser { .. } => cancel.and(Offers::of(&[Offer::OpenBrowser])),
            State::Checking { .. }
            | State::Expecting { .. }
            | State::Absent { .. }
            | State::Present { .. } => cancel,
            State::Failed { .. } => cancel.and(Offers::of(&[Offer::Retry])),
            State::Linked { .. } => Offers::of(&[Offer::Continue]),
            State::Sharing { .. }
            | State::Handing { .. }
            | State::Verified { .. }
            | State::Leaving { .. }
            | State::Over => Offers::NONE,
        }
    }

    fn screen(&self) -> Screen {
        let server = self.session.server().to_owned();
        let busy = |task| Screen::Busy { server: server.clone(), task };
        let user_id = || self.session.user_id.clone();
        match &self.state {
            State::Checking { .. } => busy(Task::CheckSecrets),
            State::Warning => {
                let about = match self.how {
                    How::Scan => WarningAbout::Scan,
                    How::Show(_) => WarningAbout::Link,
                };
                Screen::Warning { server, role: ROLE, about, unverified: false }
            }
            State::Scanner { problem } => {
                Screen::Scanner { server, role: ROLE, problem: problem.as_deref().cloned() }
            }
            State::Meeting { channel } => meeting(channel, server, ROLE),
            State::Expecting { channel } => {
                check_code(channel, &server, ROLE).unwrap_or_else(|| busy(Task::AwaitDevice))
            }
            State::Verified { channel: Some(_), .. } => busy(Task::AwaitVerification),
            // That another program has the keys open passes, or shows in the end.
            State::Present { .. } if self.held.is_some() => busy(Task::CheckSecrets),
            State::Absent { .. } | State::Present { .. } | State::Verified { .. } => busy(Task::CheckDevice),
            State::Consent { channel, device } => Screen::Consent {
                user_id: user_id(),
                device_id: device.device_id.clone(),
                verification_uri: device.page.clone(),
                elsewhere: is_elsewhere(&device.page, self.session.oauth.as_deref()),
                until: end(channel),
                role: ROLE,
                server,
            },
            State::InBrowser { channel, device } => Screen::InBrowser {
                url: device.page.clone(),
                stage: None,
                progress: None,
                until: end(channel),
                role: Some(ROLE),
                server,
            },
            State::Sharing { .. } => busy(Task::CheckSecrets),
            State::Handing { .. } => busy(Task::ShareSecrets),
            State::Linked { device, verified } => Screen::Linked {
                user_id: user_id(),
                device_id: device.device_id.clone(),
                verified: *verified,
                server,
            },
            State::Leaving { .. } | State::Over => busy(Task::TellDevice),
            State::Failed { failure } => {
                Screen::Problem { failure: (**failure).clone(), task: Task::AwaitDevice, server }
            }
        }
    }
}

/// Whether the page is at another host than the authorization server of the session: the new device names it, and may name
/// one that only looks like it.
fn is_elsewhere(page: &Url, oauth: Option<&OAuth>) -> bool {
    let issuer = oauth.and_then(|oauth| Url::parse(&oauth.issuer).ok());
    issuer.is_none_or(|issuer| issuer.host() != page.host())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_at_another_host_than_the_issuer_is_elsewhere() {
        let oauth = OAuth {
            issuer: "https://auth.example.org/".to_owned(),
            client_id: "narthex".to_owned(),
            token_endpoint: "https://auth.example.org/token".parse().unwrap(),
            revocation_endpoint: None,
            account_management: None,
        };
        for (page, elsewhere) in [
            ("https://auth.example.org/link?code=ABCD", false),
            ("https://AUTH.example.org/other", false),
            ("https://auth.example.org.evil.example/link", true),
            ("https://auth.example.org@evil.example/link", true),
            ("https://example.org/link", true),
        ] {
            assert_eq!(is_elsewhere(&page.parse().unwrap(), Some(&oauth)), elsewhere, "{page}");
        }
    }
}
