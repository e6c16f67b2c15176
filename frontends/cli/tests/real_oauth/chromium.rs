//! The browser that most people have, without a window: what they see in it, and what they do there.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tokio::runtime::Runtime;
use url::Url;

use crate::PASSWORD;
use crate::narthex::Home;
use crate::server::{fresh_name, owner};
use crate::servers::servers;
use crate::spoken::Words;

/// Longer than a page takes.
const PATIENCE: Duration = Duration::from_secs(30);
/// Without a sandbox, as whoever is root has to, and without a word to anybody but the pages.
const ARGUMENTS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--window-size=420,760",
];

/// Chromium, and the program that drives it, until it is dropped.
struct Chromium {
    driver: Child,
    runtime: Runtime,
    client: Option<Client>,
    shots: PathBuf,
}

impl Chromium {
    /// `shots` is the folder for pictures of its pages, below `target/tmp/chromium`.
    fn start(language: &str, shots: &str) -> Self {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver, which `cargo xtask test` installs");
        let said = BufReader::new(driver.stdout.take().unwrap());
        let started = said.lines().map_while(Result::ok).find(|line| line.contains("successfully on port "));
        let port = started.unwrap().split("on port ").nth(1).unwrap().trim_end_matches('.').to_owned();

        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let options = json!({ "args": ARGUMENTS, "prefs": { "intl.accept_languages": language } });
        let wanted = [("goog:chromeOptions".to_owned(), options)].into_iter().collect();
        let url = format!("http://127.0.0.1:{port}");
        let client =
            runtime.block_on(ClientBuilder::new(HttpConnector::new()).capabilities(wanted).connect(&url));
        let shots = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("chromium").join(shots);
        std::fs::create_dir_all(&shots).unwrap();
        let mut chromium = Self { driver, runtime, client: None, shots };
        chromium.client = Some(client.unwrap());
        chromium
    }

    fn client(&self) -> &Client {
        self.client.as_ref().unwrap()
    }

    fn open(&self, url: &str) {
        self.runtime.block_on(self.client().goto(url)).unwrap();
    }

    /// Waits for the page of this title, and takes a picture of it.
    fn sees(&self, title: &str) {
        let path = format!("//title[normalize-space()='{title}']");
        let found = self.client().wait().at_most(PATIENCE).for_element(Locator::XPath(&path));
        if let Err(error) = self.runtime.block_on(found) {
            panic!("no {title:?} at {}: {error}", self.address());
        }
        let name = title.to_lowercase().replace(|letter: char| !letter.is_alphanumeric(), "-");
        let picture = self.runtime.block_on(self.client().screenshot()).unwrap();
        std::fs::write(self.shots.join(name).with_extension("png"), picture).unwrap();
    }

    fn find(&self, css: &str) -> Element {
        let found = self.client().wait().at_most(PATIENCE).for_element(Locator::Css(css));
        self.runtime.block_on(found).unwrap()
    }

    /// Types into a field, in place of what is there.
    fn types(&self, field: &str, text: &str) {
        let field = self.find(&format!("input[name={field}]"));
        self.runtime.block_on(field.clear()).unwrap();
        self.runtime.block_on(field.send_keys(text)).unwrap();
    }

    /// Presses the button or follows the link that says this.
    fn clicks(&self, words: &str) {
        let path = format!("//*[self::button or self::a][normalize-space()='{words}']");
        let found = self.client().wait().at_most(PATIENCE).for_element(Locator::XPath(&path));
        let found = self.runtime.block_on(found).unwrap();
        self.runtime.block_on(found.click()).unwrap();
    }

    /// All words of the page.
    fn text(&self) -> String {
        let body = self.find("body");
        self.runtime.block_on(body.text()).unwrap()
    }

    fn address(&self) -> Url {
        self.runtime.block_on(self.client().current_url()).unwrap()
    }

    fn signs_in(&self, name: &str) {
        self.sees("Sign in");
        self.types("username", name);
        self.types("password", PASSWORD);
        self.clicks("Sign in");
    }

    /// The page of the program: in its tab still, with nothing in its address.
    fn is_back(&self, title: &str) {
        self.sees(title);
        let address = self.address();
        assert_eq!((address.host_str(), address.path()), (Some("127.0.0.1"), "/done"));
        assert_eq!((address.query(), address.fragment()), (None, None));
        // Not in what a script, or the next page, could read either.
        let known = self.client().execute(
            "return JSON.stringify([document.referrer, document.documentElement.outerHTML, history.state])",
            Vec::new(),
        );
        let known = self.runtime.block_on(known).unwrap();
        let known = known.as_str().unwrap();
        assert!(!known.contains("code=") && !known.contains("state="), "{known}");
        assert_eq!(self.runtime.block_on(self.client().windows()).unwrap().len(), 1);
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // The browser is its driver's to end, so it is asked first.
        if let Some(client) = self.client.take() {
            let _ = self.runtime.block_on(client.close());
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

#[test]
fn a_person_makes_an_account_in_chromium_whatever_goes_wrong_on_the_way() {
    let Some(servers) = servers() else { return };
    let (home, taken, name) = (Home::new(), servers.person(), fresh_name("new"));
    let mut run = Words::start(&home, &["register", &servers.base, "--no-browser"]);
    let chromium = Chromium::start("en", "create");
    chromium.open(run.says("/authorize?").trim());
    chromium.sees("Create an account");
    chromium.types("username", &taken);
    chromium.types("password", PASSWORD);
    chromium.clicks("Create account");
    chromium.find("[role=alert]");
    chromium.types("username", &name);
    chromium.types("password", PASSWORD);
    chromium.clicks("Create account");
    // They look at both sides before they decide, and load the page again.
    chromium.sees("Allow Narthex?");
    chromium.runtime.block_on(chromium.client().refresh()).unwrap();
    chromium.sees("Allow Narthex?");
    assert!(chromium.text().contains(&name), "{}", chromium.text());
    chromium.clicks("Allow");
    chromium.is_back("Done");
    assert!(chromium.text().contains("go back to the app"), "{}", chromium.text());

    let (code, said) = run.ends();
    assert_eq!(code, 0, "{said}");
    assert!(said.contains(&format!("@{name}:localhost")), "{said}");
    assert!(owner(&servers.base, &home.ok(&["token"], "")).unwrap().0.contains(&name));
}

#[test]
fn a_person_signs_in_in_chromium_in_their_language_after_they_had_changed_their_mind() {
    let Some(servers) = servers() else { return };
    let (home, name) = (Home::new(), servers.person());
    let chromium = Chromium::start("de-AT,de,en", "sign-in");
    let mut run = Words::start(&home, &["login", &servers.base, "--browser", "--no-browser"]);
    chromium.open(run.says("/authorize?").trim());
    chromium.sees("Sign in");
    chromium.clicks("Cancel");
    chromium.is_back("Nicht angemeldet");
    let (code, said) = run.ends();
    assert_eq!(code, 130, "{said}");

    let mut run = Words::start(&home, &["login", &servers.base, "--browser", "--no-browser"]);
    chromium.open(run.says("/authorize?").trim());
    chromium.signs_in(&name);
    chromium.sees("Allow Narthex?");
    chromium.clicks("Allow");
    chromium.is_back("Fertig");
    let (code, said) = run.ends();
    assert_eq!(code, 0, "{said}");
    assert_eq!(servers.devices(&name).len(), 1);
}

#[test]
fn a_person_enters_a_code_in_chromium() {
    let Some(servers) = servers() else { return };
    let (home, name) = (Home::new(), servers.person());
    let mut run = Words::start(&home, &["login", &servers.base, "--device"]);
    let (page, code) = (run.says("/device"), run.says("Code: "));
    let code = code.trim_start_matches("Code: ");
    let chromium = Chromium::start("en", "code");
    chromium.open(page.trim());
    chromium.sees("Sign in a device");
    chromium.types("user_code", "XXXX-XXXX");
    chromium.clicks("Continue");
    chromium.find("[role=alert]");
    chromium.types("user_code", code);
    chromium.clicks("Continue");
    chromium.sees("Is this your device?");
    assert!(chromium.text().contains(code), "{}", chromium.text());
    chromium.clicks("Continue");
    chromium.signs_in(&name);
    chromium.sees("Allow Narthex?");
    chromium.clicks("Allow");
    chromium.sees("Done");
    let (code, said) = run.ends();
    assert_eq!(code, 0, "{said}");
    assert!(owner(&servers.base, &home.ok(&["token"], "")).unwrap().0.contains(&name));
}
