//! What can be said of a failure where an address was typed, and no name?

use std::net::{IpAddr, SocketAddr};

use narthex::Evidence;

use crate::plain::plain;

/// The message of a failure that more can be said of, as an address was typed and no name; and the path in it.
pub(super) fn message(id: &'static str, evidence: Option<&Evidence>) -> (&'static str, String) {
    let Some(Evidence { host, path, status, .. }) = evidence else { return (id, String::new()) };
    let bare = host.trim_matches(['[', ']']);
    let is_ip = host.parse::<SocketAddr>().is_ok() || bare.parse::<IpAddr>().is_ok();
    let base = path.strip_suffix("/_matrix/client/versions").unwrap_or_default();
    match id {
        "lost-connect" if is_ip => ("lost-connect-address", String::new()),
        "missing-homeserver" if *status == Some(404) && !base.is_empty() => {
            ("missing-homeserver-path", plain(base))
        }
        id => (id, String::new()),
    }
}
