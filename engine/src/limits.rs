//! Limits that several parts have in common.

use std::time::Duration;

/// The longest that a server may let us wait before we ask again by ourselves.
pub(crate) const MAX_PATIENCE: Duration = Duration::from_secs(3600);
/// How long the user may stay in the browser.
pub(crate) const BROWSER: Duration = Duration::from_secs(30 * 60);
