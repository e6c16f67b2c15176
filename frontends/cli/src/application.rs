//! Who is this application? Whoever distributes it says so when it is built.
//!
//! | variable of the build | what it is | if it is not set |
//! |---|---|---|
//! | `NARTHEX_CLIENT_NAME` | the name that people see | `Narthex` |
//! | `NARTHEX_CLIENT_URI` | the home page, `https` | [`PLACEHOLDER`], and `--version` says so |
//! | `NARTHEX_CLIENT_SCHEME` | a private-use scheme: the host of the home page in reverse | `example.narthex` |

use narthex::Client;
use narthex_app::Application;
use url::Url;

/// A home page that is nobody's.
const PLACEHOLDER: &str = "https://narthex.example/";

/// What people see at an authorization server.
const NAME: &str = or(option_env!("NARTHEX_CLIENT_NAME"), "Narthex");

/// The home page. Authorization servers show it to the user who is asked for consent.
const URI: &str = or(option_env!("NARTHEX_CLIENT_URI"), PLACEHOLDER);

/// The host of the home page in reverse, which is also our name among the processes of this user.
const SCHEME: &str = or(option_env!("NARTHEX_CLIENT_SCHEME"), "example.narthex");

/// What `--version` says of a build without encryption.
#[cfg(not(feature = "encryption"))]
macro_rules! encryption {
    () => {
        "\nThis build has no encryption: it can sign in by a QR code, but neither verify a device nor sign in another one."
    };
}
#[cfg(feature = "encryption")]
macro_rules! encryption {
    () => {
        ""
    };
}

/// What `--version` says.
pub(crate) const VERSION: &str = if option_env!("NARTHEX_CLIENT_URI").is_some() {
    concat!(env!("CARGO_PKG_VERSION"), encryption!())
} else {
    concat!(
        env!("CARGO_PKG_VERSION"),
        encryption!(),
        "\nThis build has no home page of its own: authorization servers are told https://narthex.example/.",
        "\nWhoever distributes it sets NARTHEX_CLIENT_URI and NARTHEX_CLIENT_SCHEME when building it."
    )
};

const _: () = assert!(
    narthex::lint(URI, CALLBACK).is_ok(),
    "NARTHEX_CLIENT_URI is an https address, and NARTHEX_CLIENT_SCHEME its host in reverse"
);

/// An address of the scheme.
const CALLBACK: &str = {
    const PATH: &[u8] = b":/callback";
    const BYTES: [u8; SCHEME.len() + PATH.len()] = {
        let mut bytes = [0; SCHEME.len() + PATH.len()];
        let (scheme, path) = bytes.split_at_mut(SCHEME.len());
        scheme.copy_from_slice(SCHEME.as_bytes());
        path.copy_from_slice(PATH);
        bytes
    };
    match str::from_utf8(&BYTES) {
        Ok(text) => text,
        Err(_) => "",
    }
};

/// The profile of whoever names none.
pub(crate) const DEFAULT_PROFILE: &str = "default";

/// The folder of its data, in the place of this system.
pub(crate) const FOLDER: &str = "narthex";

pub(crate) fn application() -> Application {
    let uri = Url::parse(URI).expect("it was checked when this was built");
    Application { client: Client::new(NAME, uri), scheme: SCHEME.to_owned(), deliver: &["deliver"] }
}

const fn or(set: Option<&'static str>, otherwise: &'static str) -> &'static str {
    match set {
        Some(set) => set,
        None => otherwise,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_application_is_who_the_build_says() {
        let application = application();
        assert_eq!((application.client.name.as_str(), application.client.uri.as_str()), (NAME, URI));
        assert_eq!(application.scheme, SCHEME);
        assert_eq!(CALLBACK, format!("{SCHEME}:/callback"));
        assert_eq!(VERSION.contains(PLACEHOLDER), URI == PLACEHOLDER);
    }
}
