//! Is this a username, and is it free?
//!
//! Client-server specification, "User Identifiers" and `GET /register/available`.

use std::time::Duration;

use serde::Deserialize;
use url::Url;

use crate::address;
use crate::cx::{Cx, Event, Wait};
use crate::exchange::{RateLimits, answer};
use crate::failure::{Cause, Failure, Refusal, UsernameProblem};
use crate::http::Call;
use crate::view::Availability;

use super::refused;

/// How long the typing has to rest before the server is asked.
const SETTLE: Duration = Duration::from_millis(400);
/// The longest user id, in bytes; the shortest server name leaves this much to the username.
const MAX: usize = 255 - "@:a".len();

/// What is wrong with `username`, as far as the specification says.
pub(crate) fn problem(username: &str) -> Option<UsernameProblem> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._=-/+".contains(c);
    if username.is_empty() {
        Some(UsernameProblem::Empty)
    } else if let Some(other) = username.chars().find(|c| !plain(*c)) {
        Some(UsernameProblem::Character(other))
    } else if username.len() > MAX {
        Some(UsernameProblem::TooLong)
    } else {
        None
    }
}

/// Whether a username is free: asked once the typing rests, and never about what is no longer there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Check {
    Idle,
    /// The typing goes on, or the server wants a rest.
    Settling {
        pause: Wait,
        limits: RateLimits,
    },
    Asking {
        call: Call,
        limits: RateLimits,
    },
    Known {
        availability: Availability,
    },
}

impl Check {
    /// A new text in the field.
    pub(crate) fn typed(username: &str, cx: &mut Cx<'_>) -> Self {
        match problem(username) {
            Some(UsernameProblem::Empty) => Self::Idle,
            Some(problem) => {
                Self::known(refused_as(Failure::refused(Refusal::UsernameInvalid(problem)), None))
            }
            None => Self::Settling { pause: cx.pause(SETTLE), limits: RateLimits::default() },
        }
    }

    /// The server said so when we registered.
    pub(crate) fn taken(failure: Failure, username: &str, cx: &mut Cx<'_>) -> Self {
        Self::known(refused_as(failure, Some(suggestion(username, cx))))
    }

    /// What `event` makes of it; `None` if it is not about this.
    pub(crate) fn handle(
        &self,
        event: &Event<'_>,
        base: &Url,
        username: &str,
        cx: &mut Cx<'_>,
    ) -> Option<Self> {
        match (self, event) {
            (Self::Settling { limits, .. }, Event::TimedOut(_)) => {
                let mut url = address::endpoint(base, "_matrix/client/v3/register/available");
                url.query_pairs_mut().append_pair("username", username);
                Some(Self::Asking { call: Call::get(url, cx), limits: *limits })
            }
            (Self::Asking { call, limits }, Event::Reply(..) | Event::TimedOut(_)) => {
                Some(Self::read(call, event, *limits, username, cx))
            }
            (Self::Idle | Self::Settling { .. } | Self::Asking { .. } | Self::Known { .. }, _) => None,
        }
    }

    fn read(call: &Call, event: &Event<'_>, mut limits: RateLimits, username: &str, cx: &mut Cx<'_>) -> Self {
        #[derive(Deserialize)]
        struct Body {
            available: bool,
        }
        let answer = match answer(call, event, cx.now) {
            Ok(answer) => answer,
            Err(failure) => {
                return match limits.again_at(&failure) {
                    Some(at) => Self::Settling { pause: cx.pause_until(at), limits },
                    // After that, registering will tell.
                    None => Self::Idle,
                };
            }
        };
        match answer.status() {
            200 => match answer.json::<Body>() {
                Ok(Body { available: true }) => Self::known(Availability::Free),
                Ok(Body { available: false }) => {
                    let failure = answer.failure(Cause::Refused { refusal: Refusal::UsernameTaken });
                    Self::known(refused_as(failure, Some(suggestion(username, cx))))
                }
                Err(_) => Self::Idle,
            },
            400 => match refused::username(&answer) {
                Some(failure) => {
                    let taken = failure.cause == Cause::Refused { refusal: Refusal::UsernameTaken };
                    let suggestion = taken.then(|| suggestion(username, cx));
                    Self::known(refused_as(failure, suggestion))
                }
                None => Self::Idle,
            },
            // The answer is advice only: whatever else comes, registering will tell.
            _ => Self::Idle,
        }
    }

    const fn known(availability: Availability) -> Self {
        Self::Known { availability }
    }

    pub(crate) fn wait(&self) -> Option<Wait> {
        match self {
            Self::Settling { pause, .. } => Some(*pause),
            Self::Asking { call, .. } => Some(call.wait),
            Self::Idle | Self::Known { .. } => None,
        }
    }

    pub(crate) fn availability(&self) -> Availability {
        match self {
            Self::Idle => Availability::Unknown,
            Self::Settling { .. } | Self::Asking { .. } => Availability::Checking,
            Self::Known { availability } => availability.clone(),
        }
    }
}

const fn refused_as(failure: Failure, suggestion: Option<String>) -> Availability {
    Availability::Refused { failure, suggestion }
}

/// Another name to try. Three digits, because two are taken as easily as none.
fn suggestion(username: &str, cx: &mut Cx<'_>) -> String {
    let digits = cx.random_below(900) + 100;
    format!("{}{digits}", username.trim_end_matches(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_username_is_of_few_characters() {
        for good in ["alice", "a.b_c=d-e/f+1", "1", &"a".repeat(MAX)] {
            assert_eq!(problem(good), None, "{good}");
        }
        assert_eq!(problem(""), Some(UsernameProblem::Empty));
        assert_eq!(problem("Alice"), Some(UsernameProblem::Character('A')));
        assert_eq!(problem("al ice"), Some(UsernameProblem::Character(' ')));
        assert_eq!(problem("ünï"), Some(UsernameProblem::Character('ü')));
        assert_eq!(problem(&"a".repeat(MAX + 1)), Some(UsernameProblem::TooLong));
    }
}
