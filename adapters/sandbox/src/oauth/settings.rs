//! What may the authorization server be set to?

use std::time::Duration;

/// Where the authorization server is, below the base URL.
pub(crate) const PREFIX: &str = "auth/";

/// The homeserver has an authorization server of its own, under `/auth/` of the base URL.
///
/// The defaults are those of Matrix Authentication Service, except where a field says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OauthConfig {
    /// Whether the specification's path serves the metadata too, and not only the unstable one.
    pub stable_path: bool,
    /// Whether people may register: then `prompt=create` is advertised, and shows the page.
    pub registration: bool,
    /// How devices are linked; without it the grant does not exist.
    pub device_grant: Option<DeviceGrant>,
    /// How long an access token works.
    pub access_lifetime: Duration,
    /// How long an authorization code works.
    pub code_lifetime: Duration,
    /// What a refresh token that has been used already is good for.
    pub rotation: Rotation,
    /// Whether the callback carries `iss`, and the metadata says so (RFC 9207).
    pub iss: bool,
    /// Whether an authorization request needs a challenge of method `S256`.
    pub pkce_required: bool,
}

impl Default for OauthConfig {
    fn default() -> Self {
        Self {
            stable_path: true,
            registration: true,
            device_grant: Some(DeviceGrant::default()),
            access_lifetime: Duration::from_secs(300),
            code_lifetime: Duration::from_secs(600),
            rotation: Rotation::Tolerant,
            iss: false,
            pkce_required: false,
        }
    }
}

/// How devices are linked (RFC 8628).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceGrant {
    /// How long the codes work.
    pub lifetime: Duration,
    /// How long the client is told to wait between two polls.
    pub interval: Duration,
    /// Whether there is a `verification_uri_complete`.
    pub complete: bool,
    /// Whether who polls sooner is told to `slow_down`.
    pub slow_down: bool,
}

impl Default for DeviceGrant {
    fn default() -> Self {
        Self {
            lifetime: Duration::from_secs(1200),
            interval: Duration::from_secs(5),
            complete: false,
            slow_down: false,
        }
    }
}

/// What a refresh token that has been used already is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// Another answer, while nothing of the one before was used; then for nothing.
    Tolerant,
    /// Using it again ends the session, lost answer or not; the specification forbids that.
    Strict,
}
