//! May this username be registered?

use narthex::{Response, Time};
use serde_json::json;

use crate::answer::{Refusal, ok};
use crate::ask::Ask;
use crate::limit::Limited;
use crate::sandbox::Sandbox;
use crate::settings::Registration;

/// The longest user id, in bytes.
const LONGEST_USER_ID: usize = 255;

impl Sandbox {
    pub(crate) fn available(&mut self, now: Time, ask: Ask<'_>) -> Result<Response, Refusal> {
        if self.config.registration == Registration::Delegated {
            return Err(Refusal::unrecognized(404));
        }
        self.registration_enabled()?;
        self.buckets.take(&self.config.limits, now, Limited::Availability, "")?;
        let username = ask.required_query("username")?;
        self.check_username(&username, None)?;
        Ok(ok(&json!({ "available": true })))
    }

    /// Checks a localpart. `registered` is what this UIA session has registered already.
    pub(crate) fn check_username(&self, localpart: &str, registered: Option<&str>) -> Result<(), Refusal> {
        let invalid = |error: &str| Err(Refusal::new(400, "M_INVALID_USERNAME", error));
        if !localpart.bytes().all(is_allowed) {
            return invalid("User ID can only contain characters a-z, 0-9, or '=_-./+'");
        }
        if localpart.is_empty() {
            return invalid("User ID cannot be empty");
        }
        if localpart.starts_with('_') {
            return invalid("User ID may not begin with _");
        }
        match registered {
            Some(ours) if ours == localpart => return Ok(()),
            Some(_) => {
                let error = "A different user ID has already been registered for this session";
                return Err(Refusal::new(400, "M_UNKNOWN", error));
            }
            None => {}
        }
        if self.config.usernames.exclusive_prefixes.iter().any(|prefix| localpart.starts_with(prefix)) {
            let error = "This user ID is reserved by an application service.";
            return Err(Refusal::new(400, "M_EXCLUSIVE", error));
        }
        if format!("@{localpart}:{}", self.config.server_name()).len() > LONGEST_USER_ID {
            return invalid("User ID may not be longer than 255 characters");
        }
        if self.accounts.find(localpart).is_some() {
            return Err(taken());
        }
        if localpart.bytes().all(|byte| byte.is_ascii_digit()) {
            return invalid("Numeric user IDs are reserved for guest users.");
        }
        Ok(())
    }
}

pub(crate) fn taken() -> Refusal {
    Refusal::new(400, "M_USER_IN_USE", "User ID already taken.")
}

const fn is_allowed(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'=' | b'_' | b'-' | b'.' | b'/' | b'+')
}
