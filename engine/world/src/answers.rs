//! Every answer that a world without memory or honour could give, by name.

mod discovery;
mod lease;
mod oauth;
mod registration;
pub(crate) mod reply;
mod session;

use narthex::{Effect, Lost, Reply, StorageProblem};
use serde_json::{Value, json};
use url::Url;

use crate::class::{self, Class};
use crate::world::{Open, World};

use self::reply::{Named, ok_json, status, web_page, with_header};

/// Every answer to `open` that differs from the others in what it may lead to.
pub(crate) fn to(world: &World, open: &Open) -> Vec<Named> {
    let n = open.serial;
    let mut all = match open.class {
        Class::WellKnown => discovery::well_known(),
        Class::Versions => discovery::versions(),
        Class::LoginFlows => discovery::login_flows(),
        Class::AuthMetadata | Class::AuthMetadataUnstable => discovery::auth_metadata(),
        Class::IssuerMetadata => discovery::issuer_metadata(),
        Class::Rendezvous => discovery::rendezvous(),
        Class::Probe => registration::probe(n),
        Class::Register => registration::submission(world, open, n),
        Class::Available => registration::available(),
        Class::Validity => registration::validity(),
        Class::Confirm => registration::confirm(n),
        Class::Code => registration::code(),
        Class::Page => registration::page(),
        Class::Login => session::login(open, n),
        Class::Whoami => session::whoami(world),
        Class::Refresh => session::refresh(n),
        Class::Devices => session::devices(),
        Class::Logout => session::logout(),
        Class::Introduce => oauth::introduction(),
        Class::Exchange => oauth::exchange(world, open),
        Class::DeviceCode => oauth::device_code(open),
        Class::Poll => oauth::poll(world, open),
        Class::Identify => oauth::identify(world),
        Class::Naming => oauth::naming(),
        Class::Renew => oauth::renew(open),
        Class::Revoke => oauth::revoke(),
        Class::Prove => {
            return vec![
                ("proved", Reply::Stored(Ok(()))),
                ("disk full", Reply::Stored(Err(StorageProblem::Full))),
                ("reply of another kind", Reply::Http(Err(Lost::Broken))),
            ];
        }
        Class::Store | Class::Erase => {
            return vec![
                ("stored", Reply::Stored(Ok(()))),
                ("disk full", Reply::Stored(Err(StorageProblem::Full))),
                ("keyring locked", Reply::Stored(Err(StorageProblem::Locked))),
                ("reply of another kind", Reply::Http(Err(Lost::Broken))),
            ];
        }
        Class::Lease => return lease::lease(world, open),
        Class::Listen => {
            let origin = Url::parse("http://127.0.0.1:49152/").expect("an address");
            let moved = Url::parse("http://127.0.0.1:49153/").expect("an address");
            return vec![
                ("listening", Reply::Listening(Ok(origin))),
                ("listening elsewhere", Reply::Listening(Ok(moved))),
                ("cannot listen", Reply::Listening(Err(Lost::Listen))),
                ("reply of another kind", Reply::Stored(Ok(()))),
            ];
        }
    };
    all.extend(anywhere(&echo(open)));
    all
}

/// All that a request carried, as a server would quote it that has no thought for secrets.
fn echo(open: &Open) -> String {
    let Effect::Http { request, .. } = &open.effect else { return String::new() };
    let body = String::from_utf8_lossy(request.body.expose());
    let (query, bearer) =
        (request.url.query().unwrap_or_default(), class::bearer(request).unwrap_or_default());
    format!("The server's own words: {bearer} {query} {body}")
}

/// What can come instead of any answer over HTTP, with these words.
pub(crate) fn anywhere(words: &str) -> Vec<Named> {
    let limited = json!({ "errcode": "M_LIMIT_EXCEEDED", "error": words, "retry_after_ms": 2000 });
    vec![
        ("500", ok_json(500, json!({ "errcode": "M_UNKNOWN", "error": words }))),
        ("502 page", web_page(502)),
        ("captive portal", web_page(200)),
        ("empty", status(200, Value::Null)),
        ("302", with_header(status(302, json!({})), "location", "https://portal.example/")),
        ("429", with_header(ok_json(429, limited.clone()), "retry-after", "3")),
        ("400 limited", ok_json(400, limited)),
        ("lost", Reply::Http(Err(Lost::Broken))),
        ("no route", Reply::Http(Err(Lost::Connect))),
        ("too large", Reply::Http(Err(Lost::TooLarge))),
        ("reply of another kind", Reply::Stored(Ok(()))),
    ]
}
