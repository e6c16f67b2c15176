//! Who is this application to servers, to the system and to the user?

use narthex::Client;
use narthex_app::Application;
use url::Url;

const NAME: &str = "Narthex";
const HOME_PAGE: &str = "https://narthex.example/";
/// The host of the home page in reverse.
const SCHEME: &str = "example.narthex";
const _: () = assert!(narthex::lint(HOME_PAGE, "example.narthex:/callback").is_ok());

/// The folder of its data, in the place of this system.
pub(crate) const FOLDER: &str = "narthex";

pub(crate) fn application() -> Application {
    let uri = Url::parse(HOME_PAGE).expect("it is an address");
    let client = Client { name: NAME.to_owned(), uri, ..Client::default() };
    Application { client, scheme: SCHEME.to_owned(), deliver: &["deliver"] }
}
