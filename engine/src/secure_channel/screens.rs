//! What two devices that meet show, whichever of the two this is.

use crate::qr::Role;
use crate::view::{Screen, Task};

use super::SecureChannel;

/// Two devices meet: a code to show, a check code to show or to type, or patience.
pub(crate) fn meeting(channel: &SecureChannel, server: String, role: Role) -> Screen {
    if let Some((payload, until)) = channel.shown() {
        let (generation, payload) = (payload.generation(), payload.clone());
        return Screen::QrCode { server, role, generation, payload, until, unverified: false };
    }
    if let Some(until) = channel.end().filter(|_| channel.is_unchecked()) {
        return Screen::EnterCheckCode { server, role, until };
    }
    let task = if channel.shows() { Task::OpenRendezvous } else { Task::JoinRendezvous };
    match channel.limited() {
        Some((until, failure)) => Screen::Limited { server, task, until, failure: failure.clone() },
        None => check_code(channel, &server, role).unwrap_or(Screen::Busy { server, task }),
    }
}

/// The check code, on the device that scanned.
pub(crate) fn check_code(channel: &SecureChannel, server: &str, role: Role) -> Option<Screen> {
    let (check_code, until) = channel.check_code().zip(channel.end())?;
    Some(Screen::CheckCode { server: server.to_owned(), role, check_code, until })
}
