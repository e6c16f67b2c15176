//! Which scopes may be granted, and which device do they name? The policy of Matrix Authentication Service.

const STABLE: &str = "urn:matrix:client:";
const UNSTABLE: &str = "urn:matrix:org.matrix.msc2967.client:";

/// The fewest characters of a device id.
const SHORTEST_DEVICE_ID: usize = 10;

/// What a scope that may be granted allows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Allowed {
    /// Whether the client-server API may be used.
    pub(crate) api: bool,
    pub(crate) device_id: Option<String>,
}

/// What this scope allows; `None` if the policy denies it.
///
/// One family of names only, one device at most, and no device without the API.
pub(crate) fn allowed(scope: &str) -> Option<Allowed> {
    let mut allowed = Allowed::default();
    let mut family = None;
    for token in scope.split_ascii_whitespace() {
        if matches!(token, "openid" | "email") {
            continue;
        }
        let ours = if token.starts_with(STABLE) { STABLE } else { UNSTABLE };
        if *family.get_or_insert(ours) != ours {
            return None;
        }
        match token.strip_prefix(ours)? {
            "api:*" => allowed.api = true,
            rest => {
                let device_id = rest.strip_prefix("device:").filter(|id| is_device_id(id))?;
                if allowed.device_id.replace(device_id.to_owned()).is_some() {
                    return None;
                }
            }
        }
    }
    (allowed.api || allowed.device_id.is_none()).then_some(allowed)
}

fn is_device_id(id: &str) -> bool {
    id.len() >= SHORTEST_DEVICE_ID
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"._~!$&'()*+,;=:@/-".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_device_of_one_family_may_use_the_api() {
        for family in [STABLE, UNSTABLE] {
            let scope = format!("openid {family}api:* {family}device:ABCDEFGHIJ");
            let expected = Allowed { api: true, device_id: Some("ABCDEFGHIJ".to_owned()) };
            assert_eq!(allowed(&scope), Some(expected));
        }
        assert_eq!(allowed("urn:matrix:client:api:*"), Some(Allowed { api: true, device_id: None }));
        assert_eq!(allowed(""), Some(Allowed::default()));
    }

    #[test]
    fn what_the_policy_denies_allows_nothing() {
        for scope in [
            "urn:matrix:client:api:* urn:matrix:client:device:short",
            "urn:matrix:client:api:* urn:matrix:client:device:ABCDEFGHIJ urn:matrix:client:device:KLMNOPQRST",
            "urn:matrix:client:device:ABCDEFGHIJ",
            "urn:matrix:client:api:* bogus",
            "urn:matrix:client:api:* urn:matrix:org.matrix.msc2967.client:device:ABCDEFGHIJ",
            "urn:matrix:client:api:* urn:matrix:client:device:ABCDE FGHIJ",
            "urn:matrix:client:api:* urn:matrix:client:device:ABCDEFGHIJ\u{e4}",
        ] {
            assert_eq!(allowed(scope), None, "{scope}");
        }
    }
}
