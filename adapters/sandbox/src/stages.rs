//! Is this stage done? What each stage of registration checks.

use narthex::Time;
use serde_json::Value;

use crate::answer::Refusal;
use crate::ask::Object;
use crate::config::{DUMMY, EMAIL, MSISDN, RECAPTCHA, TERMS, TOKEN};
use crate::sandbox::Sandbox;

/// What the captcha's maker accepts.
pub(crate) const GOOD_CAPTCHA: &str = "good-captcha";

/// An address that was confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Threepid {
    pub(crate) medium: &'static str,
    pub(crate) address: String,
}

/// Why a stage is not done.
pub(crate) enum Attempt {
    /// The person may try again: told inside the 401.
    Failed(Refusal),
    /// The request is refused.
    Refused(Refusal),
}

impl Sandbox {
    /// Tries a stage with what the client, or the form of the fallback page, sent.
    pub(crate) fn attempt(
        &mut self,
        now: Time,
        stage: &str,
        auth: &Object,
    ) -> Result<Option<Threepid>, Attempt> {
        match stage {
            DUMMY | TERMS => Ok(None),
            TOKEN => self.attempt_token(now, auth).map(|()| None),
            RECAPTCHA => match auth.get("response") {
                None => Err(failed("M_CAPTCHA_NEEDED", "Captcha response is required")),
                Some(response) if response == GOOD_CAPTCHA => Ok(None),
                Some(_) => Err(failed("M_UNAUTHORIZED", "Captcha authentication failed")),
            },
            EMAIL if self.config.email.is_some() => self.attempt_threepid("email", auth).map(Some),
            MSISDN if self.config.msisdn => self.attempt_threepid("msisdn", auth).map(Some),
            _ => Err(Attempt::Refused(Refusal::new(400, "M_INVALID_PARAM", "Invalid login submission"))),
        }
    }

    fn attempt_token(&mut self, now: Time, auth: &Object) -> Result<(), Attempt> {
        let token = match auth.get("token") {
            None => return Err(failed("M_MISSING_PARAM", "Missing registration token")),
            Some(Value::String(token)) => token,
            Some(_) => return Err(failed("M_INVALID_PARAM", "Registration token must be a string")),
        };
        let Some(session) = auth.get("session").and_then(Value::as_str) else {
            return Err(failed("M_MISSING_PARAM", "Missing UIA session"));
        };
        let interaction = self.interactions.find_mut(session).map_err(Attempt::Refused)?;
        match &interaction.token {
            Some(held) if held == token => Ok(()),
            Some(_) => Err(failed("M_INVALID_PARAM", "Registration token has changed")),
            None if self.invites.hold(now, token) => {
                interaction.token = Some(token.clone());
                Ok(())
            }
            None => Err(failed("M_UNAUTHORIZED", "Invalid registration token")),
        }
    }

    fn attempt_threepid(&mut self, medium: &'static str, auth: &Object) -> Result<Threepid, Attempt> {
        let Some(creds) = auth.get("threepid_creds") else {
            return Err(failed("M_MISSING_PARAM", "Missing threepid_creds"));
        };
        let (Some(sid), Some(secret)) = (creds["sid"].as_str(), creds["client_secret"].as_str()) else {
            // Synapse trips over this.
            return Err(Attempt::Refused(Refusal::new(500, "M_UNKNOWN", "Internal server error")));
        };
        match self.threepids.take_confirmed(medium, sid, secret) {
            Some(address) => Ok(Threepid { medium, address }),
            None => Err(failed("M_UNAUTHORIZED", "Unable to get validated threepid")),
        }
    }
}

fn failed(errcode: &str, error: &str) -> Attempt {
    Attempt::Failed(Refusal::new(401, errcode, error))
}
