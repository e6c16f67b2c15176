//! What tokens are asked for: the whole API, as one device.
//!
//! Client-server specification, "Scope allocation" (MSC2967).

use crate::metadata::Metadata;

const STABLE: &str = "urn:matrix:client:";
const UNSTABLE: &str = "urn:matrix:org.matrix.msc2967.client:";

/// Both scopes are of the same family, because servers refuse a mixture.
pub(crate) fn scopes(metadata: &Metadata, device_id: &str) -> [String; 2] {
    let family = if metadata.is_unstable { UNSTABLE } else { STABLE };
    [format!("{family}api:*"), format!("{family}device:{device_id}")]
}

/// Whether a device of this name can be asked for: an earlier session may have been given any name, and a space in it
/// would ask for more. Matrix Authentication Service shows the user a dead end for fewer than ten characters.
pub(crate) fn is_fit(device_id: &str) -> bool {
    let of_a_scope = |b: u8| b.is_ascii_graphic() && !b"\"\\".contains(&b);
    (10..=255).contains(&device_id.len()) && device_id.bytes().all(of_a_scope)
}

/// Whether what was granted is what was asked for, under either name.
pub(crate) fn is_enough(granted: &str, device_id: &str) -> bool {
    let has = |what: &str| {
        granted.split_ascii_whitespace().any(|scope| {
            [STABLE, UNSTABLE].into_iter().any(|family| scope.strip_prefix(family) == Some(what))
        })
    };
    has("api:*") && has(&format!("device:{device_id}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_rights_are_needed_under_either_name() {
        for enough in [
            "urn:matrix:client:api:* urn:matrix:client:device:D",
            "openid urn:matrix:org.matrix.msc2967.client:device:D urn:matrix:org.matrix.msc2967.client:api:*",
        ] {
            assert!(is_enough(enough, "D"), "{enough}");
        }
        for little in [
            "",
            "openid",
            "urn:matrix:client:api:*",
            "urn:matrix:client:device:D",
            "urn:matrix:client:api:* urn:matrix:client:device:E",
            "urn:matrix:client:api:guest urn:matrix:client:device:D",
        ] {
            assert!(!is_enough(little, "D"), "{little}");
        }
    }
}
