//! Limits that several parts have in common.

use std::time::Duration;

/// How long the user may stay in the browser.
pub(crate) const BROWSER: Duration = Duration::from_secs(30 * 60);
