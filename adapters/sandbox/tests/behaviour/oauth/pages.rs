//! What does a person with a browser see, form by form?

use narthex::Response;
use narthex_sandbox::Person;
use narthex_sandbox::browser::{self, Jar};
use serde_json::json;
use url::Url;

use super::{metadata, world};
use crate::world::{World, html, text};

/// A browser, and where it is.
struct Visit {
    jar: Jar,
    at: Url,
}

impl Visit {
    fn new(at: Url) -> Self {
        Self { jar: Jar::default(), at }
    }

    /// Opens where the browser is, following redirects within the server.
    fn open(&mut self, world: &mut World) -> Response {
        let response = world.send(&self.jar.carry(browser::open(&self.at)));
        self.follow(world, response)
    }

    fn submit(&mut self, world: &mut World, fields: &[(&str, &str)]) -> Response {
        let response = world.send(&self.jar.carry(browser::submit(&self.at, fields)));
        self.follow(world, response)
    }

    fn follow(&mut self, world: &mut World, response: Response) -> Response {
        self.jar.keep(&response);
        match response.header("location") {
            Some(location) if location.starts_with("https://example.org/") => {
                self.at = location.parse().unwrap();
                self.open(world)
            }
            Some(_) | None => response,
        }
    }
}

fn visit(world: &mut World, changes: &[(&str, &str)]) -> Visit {
    let client_id = world.client();
    Visit::new(world.authorization(&client_id, changes))
}

#[test]
fn a_person_mistypes_signs_in_and_consents_once() {
    let mut world = world(|_| {});
    let mut visit = visit(&mut world, &[]);
    assert!(html(&visit.open(&mut world)).contains("<h1>Sign in</h1>"));
    let refused = visit.submit(&mut world, &[("do", "login"), ("username", "Alice"), ("password", "x")]);
    let refused = html(&refused);
    assert!(refused.contains("Invalid credentials") && refused.contains("value=\"alice\""), "{refused}");
    let username = ("username", "@alice:example.org");
    let consent = html(&visit.submit(&mut world, &[("do", "login"), username, ("password", "pw")]));
    assert!(consent.contains("@alice:example.org") && consent.contains("An &lt;app&gt;"), "{consent}");
    let cancel = "<a href=\"http://127.0.0.1:45123/callback?error=access_denied&amp;state=st4te\">Cancel</a>";
    assert!(consent.contains(cancel) && consent.contains("ABCDEFGHIJ"), "{consent}");
    assert_eq!(visit.submit(&mut world, &[("do", "something")]).status, 400);
    let home = visit.submit(&mut world, &[("do", "consent")]);
    assert_eq!(home.status, 303);
    assert!(
        home.header("location").unwrap().starts_with("http://127.0.0.1:45123/callback?state=st4te&code=")
    );
    assert_eq!(visit.open(&mut world).status, 409);
    assert_eq!(visit.submit(&mut world, &[("do", "consent")]).status, 409);
}

#[test]
fn a_person_who_cancelled_may_go_back_and_consent() {
    let mut world = world(|_| {});
    let mut visit = visit(&mut world, &[]);
    visit.open(&mut world);
    visit.submit(&mut world, &[("do", "login"), ("username", "alice"), ("password", "pw")]);
    assert_eq!(visit.submit(&mut world, &[("do", "cancel")]).status, 303);
    assert!(visit.submit(&mut world, &[("do", "consent")]).header("location").unwrap().contains("code="));
}

#[test]
fn registration_is_refused_as_recorded_until_the_name_will_do() {
    let mut world = world(|_| {});
    let mut visit = visit(&mut world, &[("prompt", "create")]);
    assert!(html(&visit.open(&mut world)).contains("<h1>Create an account</h1>"));
    for (username, password, expected) in [
        ("alice", "pw", "This username is already taken"),
        ("no spaces", "pw", "Username contains invalid characters."),
        ("bob", "", "This field is required"),
    ] {
        let fields = [("do", "create"), ("username", username), ("password", password)];
        assert!(html(&visit.submit(&mut world, &fields)).contains(expected), "{username}");
    }
    let consent = visit.submit(&mut world, &[("do", "create"), ("username", "bob"), ("password", "pw")]);
    assert!(html(&consent).contains("@bob:example.org"));
}

#[test]
fn without_registration_the_person_lands_on_the_page_of_sign_in() {
    let mut world = world(|oauth| oauth.registration = false);
    let mut visit = visit(&mut world, &[("prompt", "create")]);
    let page = html(&visit.open(&mut world));
    assert!(page.contains("<h1>Sign in</h1>") && !page.contains("Create an account"), "{page}");
    assert!(visit.at.query().unwrap().starts_with("kind=continue_authorization_grant&id="));
    let fields = [("do", "create"), ("username", "bob"), ("password", "pw")];
    assert_eq!(visit.submit(&mut world, &fields).status, 400);
}

#[test]
fn a_browser_that_is_signed_in_goes_straight_on_whatever_the_prompt() {
    let mut world = world(|_| {});
    let client_id = world.client();
    let mut jar = Jar::default();
    let first = world.authorization(&client_id, &[]);
    assert!(world.server.consent_in(world.now, &mut jar, &first, super::ALICE).is_some());
    let second = world.authorization(&client_id, &[("prompt", "create")]);
    let newcomer = Person::registering("bob", "pw");
    assert!(world.server.consent_in(world.now, &mut jar, &second, newcomer).is_some());
    assert!(world.server.account("bob").is_none(), "the session is of whoever was signed in");
    let mut visit = Visit { jar, at: second };
    assert!(html(&visit.open(&mut world)).contains("@alice:example.org"));
    let elsewhere = visit.submit(&mut world, &[("do", "logout")]);
    assert!(html(&elsewhere).contains("<h1>Sign in</h1>"));
}

#[test]
fn a_hint_fills_in_the_name_of_an_account_here() {
    for (hint, expected) in [
        ("mxid:@alice:example.org", "value=\"alice\""),
        ("mxid:@alice:other.org", "value=\"\""),
        ("alice", "value=\"\""),
    ] {
        let mut world = world(|_| {});
        let mut visit = visit(&mut world, &[("login_hint", hint)]);
        assert!(html(&visit.open(&mut world)).contains(expected), "{hint}");
    }
}

#[test]
fn a_form_post_is_a_page_that_posts() {
    let mut world = world(|_| {});
    let mut visit = visit(&mut world, &[("response_mode", "form_post")]);
    visit.open(&mut world);
    visit.submit(&mut world, &[("do", "login"), ("username", "alice"), ("password", "pw")]);
    let page = html(&visit.submit(&mut world, &[("do", "consent")]));
    assert!(page.contains("action=\"http://127.0.0.1:45123/callback\"") && page.contains("name=\"code\""));
}

#[test]
fn what_an_application_calls_itself_does_not_become_markup() {
    let mut world = world(|_| {});
    let mut odd = metadata();
    odd["client_name"] = json!("\"><script>");
    let (_, client) = world.post("auth/oauth2/registration", &odd);
    let at = world.authorization(&text(&client, "client_id"), &[("state", "\"><script>")]);
    let mut visit = Visit::new(at);
    visit.open(&mut world);
    let page = visit.submit(&mut world, &[("do", "login"), ("username", "alice"), ("password", "pw")]);
    assert!(!html(&page).contains("<script>"));
    let mut account = world.url("auth/account/");
    account.query_pairs_mut().append_pair("action", "<script>");
    assert!(!html(&world.send(&browser::open(&account))).contains("<script>"));
}

#[test]
fn the_account_page_shows_what_was_asked_for_and_who_is_there() {
    let mut world = world(|_| {});
    let mut visit = Visit::new(world.url("auth/login"));
    visit.open(&mut world);
    visit.submit(&mut world, &[("do", "login"), ("username", "alice"), ("password", "pw")]);
    assert_eq!(visit.at.path(), "/auth/account/");
    visit.at = world.url("auth/account/?action=org.matrix.device_delete&device_id=ABCDEFGHIJ");
    let page = html(&visit.open(&mut world));
    for shown in ["org.matrix.device_delete", "ABCDEFGHIJ", "@alice:example.org"] {
        assert!(page.contains(shown), "{page}");
    }
}

#[test]
fn a_deactivated_account_is_signed_in_nowhere() {
    let mut world = world(|_| {});
    let mut visit = visit(&mut world, &[]);
    visit.open(&mut world);
    visit.submit(&mut world, &[("do", "login"), ("username", "alice"), ("password", "pw")]);
    world.server.deactivate("alice");
    assert!(html(&visit.open(&mut world)).contains("<h1>Sign in</h1>"));
}
