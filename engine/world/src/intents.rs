//! Everything that a person could ask for, wisely or not.

use narthex::{AccountAction, Intent, ScannedCode, Secret, Stage};

use crate::world::MARK;

/// Every kind of intent with values that are good, bad and odd. `n` makes the secrets that are good only once
/// differ from earlier ones.
pub(crate) fn every(n: u64) -> Vec<(&'static str, Intent)> {
    let mut all = Vec::new();
    servers(&mut all);
    registration(&mut all, n);
    sign_in(&mut all, n);
    all.extend([
        // Whoever shows a code meets another device: see the simulator's pairs.
        ("ScanCode", Intent::ScanCode),
        ("Understood", Intent::Understood),
        ("UseCode of nothing", Intent::UseCode { payload: ScannedCode::from_bytes(b"") }),
        ("Confirm", Intent::Confirm),
        ("CannotOpen", Intent::CannotOpen),
        ("Retry", Intent::Retry),
        ("Continue", Intent::Continue),
        ("Cancel", Intent::Cancel),
        ("CheckSession", Intent::CheckSession),
        ("Refresh", Intent::Refresh),
        ("SignOut", Intent::SignOut { everywhere: false }),
        ("SignOut everywhere", Intent::SignOut { everywhere: true }),
        ("Forget", Intent::Forget),
        ("SignInAgain", Intent::SignInAgain),
        ("ListDevices", Intent::ListDevices),
        ("ManageAccount", Intent::ManageAccount { action: None, device_id: None }),
        (
            "ManageAccount device",
            Intent::ManageAccount {
                action: Some(AccountAction::DeviceDelete),
                device_id: Some("other/../device".into()),
            },
        ),
    ]);
    all
}

fn servers(all: &mut Vec<(&'static str, Intent)>) {
    for (name, server) in [
        ("UseServer", "example.org"),
        ("UseServer user id", "@alice:example.org"),
        ("UseServer loopback", "http://127.0.0.1:8008"),
        ("UseServer insecure", "http://example.org"),
        ("UseServer nonsense", "not a server"),
    ] {
        all.push((name, Intent::UseServer { server: server.into() }));
    }
}

fn registration(all: &mut Vec<(&'static str, Intent)>, n: u64) {
    let marked = |what: &str| Secret::new(format!("{MARK}{what}"));
    let register = |username: &str, password: Option<Secret<String>>, prefer: &[&str]| Intent::Register {
        username: username.into(),
        password,
        prefer: prefer.iter().filter_map(|name| Stage::parse(name)).collect(),
    };
    all.extend([
        ("CreateAccount", Intent::CreateAccount),
        ("CheckUsername", Intent::CheckUsername { username: "alice".into() }),
        ("CheckUsername bad", Intent::CheckUsername { username: "Alice!".into() }),
        ("Register", register("alice", Some(marked("password")), &[])),
        ("Register by e-mail", register("alice", Some(marked("password")), &["m.login.email.identity"])),
        ("Register another", register("bob", Some(marked("other-password")), &[])),
        ("Register again", register("alice", None, &[])),
        ("Register bad name", register("Alice!", Some(marked("password")), &[])),
        ("Register endless name", register(&"a".repeat(300), Some(marked("password")), &[])),
        ("Register endless password", register("alice", Some(marked(&"p".repeat(600))), &[])),
        ("Register empty password", register("alice", Some(Secret::new(String::new())), &[])),
        ("AcceptTerms", Intent::AcceptTerms),
        ("UseToken", Intent::UseToken { token: marked("registration-token") }),
        ("UseToken malformed", Intent::UseToken { token: marked(" / ") }),
        ("UseEmail", Intent::UseEmail { address: "alice@example.com".into() }),
        ("UseEmail bad", Intent::UseEmail { address: "alice".into() }),
        ("UsePhone", Intent::UsePhone { country: "de".into(), number: "0170 123-456".into() }),
        ("UsePhone bad", Intent::UsePhone { country: "Germany".into(), number: "x".into() }),
        ("Resend", Intent::Resend),
        ("EnterCode", Intent::EnterCode { code: marked(&format!("code-{n}-")) }),
        ("OpenBrowser", Intent::OpenBrowser),
        ("CheckNow", Intent::CheckNow),
    ]);
}

fn sign_in(all: &mut Vec<(&'static str, Intent)>, n: u64) {
    let marked = |what: &str| Secret::new(format!("{MARK}{what}"));
    let with = |identifier: &str| Intent::SignInWithPassword {
        identifier: identifier.into(),
        password: marked("password"),
    };
    let sso = |provider: Option<&str>| Intent::SignInWithSso { provider: provider.map(str::to_owned) };
    all.extend([
        ("SignInWithPassword", with("alice")),
        ("SignInWithPassword elsewhere", with("@alice:elsewhere.example")),
        ("SignInWithSso", sso(None)),
        ("SignInWithSso provider", sso(Some("oidc-one"))),
        ("SignInWithSso unlisted", sso(Some("no-such"))),
        ("SignInWithBrowser", Intent::SignInWithBrowser),
        ("SignInWithDeviceCode", Intent::SignInWithDeviceCode),
        (
            "SignInWithAccessToken",
            Intent::SignInWithAccessToken { token: marked(&format!("access-{n}-")), identifier: None },
        ),
        ("SignInWithToken", Intent::SignInWithToken { token: marked(&format!("login-{n}-")) }),
    ]);
}
