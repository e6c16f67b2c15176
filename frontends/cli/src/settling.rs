//! Until when does a program that is to end wait for what would be lost?

use std::time::{Duration, Instant};

use narthex_storage::Lease;

use crate::plain::say;
use crate::progress::AT_ONCE;
use crate::setup::Setup;

/// How long an answer that may bring new tokens is waited for by a program that is to end: as long as one may take.
pub(crate) const SETTLING: Duration = Duration::from_secs(20);

/// Once no answer can bring tokens that would be lost, or after a while. Most servers take a refresh token once.
pub(crate) async fn settled(setup: &Setup) {
    let (start, mut is_said) = (Instant::now(), false);
    while Lease::is_any_held() && start.elapsed() < SETTLING {
        tokio::time::sleep(Duration::from_millis(20)).await;
        if !is_said && start.elapsed() > AT_ONCE && !setup.global.json {
            is_said = true;
            say(&setup.text.say("settling", &[]));
        }
    }
}
