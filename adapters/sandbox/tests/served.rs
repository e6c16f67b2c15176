//! Is the sandbox served over HTTP as it answers in memory?
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use narthex::{Method, Request, Secret, Time};
use narthex_http::Http;
use narthex_sandbox::serve::Server;
use narthex_sandbox::{Config, Sandbox, browser};
use serde_json::{Value, json};

const LOOPBACK: &str = "127.0.0.1:0";

fn sandbox(configure: impl FnOnce(url::Url) -> Config) -> Sandbox {
    Sandbox::new(configure("http://localhost/".parse().unwrap()), 1)
}

async fn start(sandbox: Sandbox, address: &str) -> Server {
    Server::start(sandbox, address.parse().unwrap(), || Time(0)).await.unwrap()
}

/// One exchange: the status, the head, and the body.
async fn exchange(server: &Server, request: String) -> (u16, String, String) {
    let address: SocketAddr = *server.url().socket_addrs(|| None).unwrap().first().unwrap();
    tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head.to_owned(), body.to_owned())
    })
    .await
    .unwrap()
}

fn get(path: &str, bearer: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {bearer}\r\nconnection: close\r\n\r\n")
}

fn post(path: &str, body: &str) -> String {
    let length = body.len();
    format!("POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_registers_and_is_known_on_both_loopback_addresses() {
    for address in [LOOPBACK, "[::1]:0"] {
        let server = start(sandbox(Config::open), address).await;
        let body = json!({ "username": "alice", "password": "pw", "auth": { "type": "m.login.dummy" } });
        let (status, _, body) =
            exchange(&server, post("/_matrix/client/v3/register", &body.to_string())).await;
        assert_eq!(status, 200, "{body}");
        let login: Value = serde_json::from_str(&body).unwrap();
        let host = server.url().host_str().unwrap();
        let user_id = format!("@alice:{host}:{}", server.url().port().unwrap());
        assert_eq!(login["user_id"], user_id);
        let whoami = get("/_matrix/client/v3/account/whoami", login["access_token"].as_str().unwrap());
        let (status, _, body) = exchange(&server, whoami).await;
        assert_eq!((status, body.contains(&user_id)), (200, true));
        let sandbox = server.stop().await;
        assert!(sandbox.account("alice").is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn time_is_the_clocks_and_limits_are_told_in_the_head() {
    let now = Arc::new(AtomicU64::new(0));
    let clock = {
        let now = Arc::clone(&now);
        move || Time(now.load(Ordering::Relaxed))
    };
    let address = LOOPBACK.parse().unwrap();
    let server = Server::start(sandbox(Config::rate_limited), address, clock).await.unwrap();
    let path = "/_matrix/client/v1/register/m.login.registration_token/validity?token=x";
    for _ in 0..2 {
        assert_eq!(exchange(&server, get(path, "")).await.0, 200);
    }
    let (status, head, _) = exchange(&server, get(path, "")).await;
    assert_eq!((status, head.contains("retry-after: 10")), (429, true), "{head}");
    now.store(10_000, Ordering::Relaxed);
    assert_eq!(exchange(&server, get(path, "")).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_or_not_a_known_method_is_refused() {
    let server = start(sandbox(Config::open), LOOPBACK).await;
    let large = "x".repeat(64 * 1024 + 1);
    assert_eq!(exchange(&server, post("/_matrix/client/v3/register", &large)).await.0, 413);
    let request = "PATCH / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".to_owned();
    assert_eq!(exchange(&server, request).await.0, 405);
}

#[tokio::test(flavor = "multi_thread")]
async fn links_point_at_where_it_is_served() {
    let server = start(sandbox(Config::email), LOOPBACK).await;
    let body = json!({ "client_secret": "s", "email": "a@b.c", "send_attempt": 1 }).to_string();
    let path = "/_matrix/client/v3/register/email/requestToken";
    assert_eq!(exchange(&server, post(path, &body)).await.0, 200);
    let link = server.sandbox().mail()[0].link.clone();
    assert_eq!(link.origin(), server.url().origin());
    let path = format!("{}?{}", link.path(), link.query().unwrap());
    assert_eq!(exchange(&server, get(&path, "")).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_is_known_by_its_cookie_on_the_pages_of_oauth() {
    let mut sandbox = sandbox(Config::oauth);
    sandbox.add_account("alice", "pw");
    let server = start(sandbox, LOOPBACK).await;
    let (status, head, _) =
        exchange(&server, post("/auth/login", "do=login&username=alice&password=pw")).await;
    assert_eq!(status, 303, "{head}");
    let account = format!("location: {}auth/account/", server.url());
    assert!(head.contains(&account) && head.contains("cache-control: no-store"), "{head}");
    let cookie = head.split("set-cookie: ").nth(1).unwrap().split(';').next().unwrap();
    let request = format!(
        "GET /auth/account/ HTTP/1.1\r\nhost: x\r\ncookie: a=b; {cookie}\r\nconnection: close\r\n\r\n"
    );
    let (_, _, page) = exchange(&server, request).await;
    assert!(page.contains("@alice:localhost"), "{page}");
    let (_, head, body) = exchange(&server, get("/_matrix/client/v1/auth_metadata", "")).await;
    assert!(head.contains("max-age=600") && !head.contains("no-store"), "{head}");
    assert!(body.contains(&format!("\"issuer\":\"{}auth/\"", server.url())), "{body}");
}

const RENDEZVOUS: &str = "/_matrix/client/unstable/org.matrix.msc4108/rendezvous";

/// As Synapse does, which also refuses a length that is not known yet.
#[tokio::test(flavor = "multi_thread")]
async fn an_empty_cell_is_created_by_our_own_client_which_says_that_it_is_empty() {
    let server = start(sandbox(Config::oauth), LOOPBACK).await;
    let head =
        format!("POST {RENDEZVOUS} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: text/plain\r\n");
    for silent in [format!("{head}\r\n"), format!("{head}transfer-encoding: chunked\r\n\r\n0\r\n\r\n")] {
        let (status, head, body) = exchange(&server, silent).await;
        assert_eq!(status, 400, "{head}");
        assert!(body.contains("M_MISSING_PARAM") && body.contains("content-length"), "{body}");
    }
    assert_eq!(exchange(&server, format!("{head}content-length: 0\r\n\r\n")).await.0, 201);
    let request = Request {
        method: Method::Post,
        headers: vec![("content-type", Secret::from("text/plain"))],
        ..browser::open(&server.url().join(RENDEZVOUS).unwrap())
    };
    assert!(request.body.expose().is_empty());
    let created = Http::new().unwrap().send(request).await.unwrap();
    assert_eq!(created.status, 201, "{:?}", created.body.expose());
    assert_eq!(server.sandbox().rendezvous_cells(Time(0)), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cell_is_read_written_and_deleted_over_a_socket_by_its_clock() {
    let server = start(sandbox(Config::oauth), LOOPBACK).await;
    let http = Http::new().unwrap();
    let ask = async |method, url: &str, headers: &[(&'static str, &str)], body: &str| {
        let headers = headers.iter().map(|(name, value)| (*name, Secret::from(*value))).collect();
        let body = Secret::new(body.as_bytes().to_vec());
        let url = server.url().join(url).unwrap();
        http.send(Request { method, headers, body, ..browser::open(&url) }).await.unwrap()
    };
    let text = ("content-type", "text/plain");
    let created = ask(Method::Post, RENDEZVOUS, &[text], "").await;
    let url: Value = serde_json::from_slice(created.body.expose()).unwrap();
    let url = url["url"].as_str().unwrap().to_owned();
    assert!(url.starts_with(server.url().as_str()), "{url}");
    let etag = created.header("etag").unwrap().to_owned();
    let unchanged = ask(Method::Get, &url, &[("if-none-match", &etag)], "").await;
    assert_eq!((unchanged.status, unchanged.header("etag")), (304, Some(&*etag)));
    let dates: Vec<_> = unchanged.headers.iter().filter(|(name, _)| name == "date").collect();
    assert_eq!(dates, [&("date".to_owned(), "Thu, 01 Jan 1970 00:00:00 GMT".to_owned())]);
    let written = ask(Method::Put, &url, &[text, ("if-match", &etag)], "hello").await;
    assert_eq!((written.status, written.body.expose().len()), (202, 0));
    let seen = ask(Method::Get, &url, &[("if-none-match", &etag)], "").await;
    assert_eq!((seen.status, &seen.body.expose()[..]), (200, &b"hello"[..]));
    assert_eq!(seen.header("content-type"), Some("text/plain"));
    assert_eq!(ask(Method::Put, &url, &[text, ("if-match", &etag)], "other").await.status, 412);
    let preflight = ask(Method::Options, &url, &[], "").await;
    assert_eq!(preflight.status, 204);
    assert_eq!(
        preflight.header("access-control-allow-headers"),
        Some("Content-Type, If-Match, If-None-Match")
    );
    assert_eq!(ask(Method::Delete, &url, &[], "").await.status, 204);
    assert_eq!(ask(Method::Get, &url, &[], "").await.status, 404);
    let api = "/_matrix/client/unstable/io.element.msc4388/rendezvous";
    let created = ask(Method::Post, api, &[("content-type", "application/json")], "{\"data\":\"x\"}").await;
    let created: Value = serde_json::from_slice(created.body.expose()).unwrap();
    let path = format!("{api}/{}", created["id"].as_str().unwrap());
    assert_eq!(ask(Method::Get, &path, &[("sec-fetch-mode", "navigate")], "").await.status, 403);
    assert_eq!(ask(Method::Get, &path, &[], "").await.status, 200);
    assert_eq!(ask(Method::Delete, &path, &[], "").await.status, 200);
}

/// With a patience that no test outlives.
#[tokio::test(flavor = "multi_thread")]
async fn a_patient_sync_is_answered_once_there_is_something_new() {
    let mut sandbox = sandbox(Config::open);
    sandbox.add_account("alice", "pw");
    let server = start(sandbox, LOOPBACK).await;
    let login = json!({ "type": "m.login.password", "identifier": { "type": "m.id.user", "user": "alice" }, "password": "pw" });
    let (_, _, body) = exchange(&server, post("/_matrix/client/v3/login", &login.to_string())).await;
    let login: Value = serde_json::from_str(&body).unwrap();
    let (token, user_id) = (login["access_token"].as_str().unwrap(), login["user_id"].as_str().unwrap());
    let sync = |query: &str| exchange(&server, get(&format!("/_matrix/client/v3/sync{query}"), token));
    let since = |body: &str| {
        let body: Value = serde_json::from_str(body).unwrap();
        format!("?timeout=30000&since={}", body["next_batch"].as_str().unwrap())
    };
    // Whoever knows nothing yet is told at once.
    let (_, _, first) = sync("?timeout=30000").await;
    let put = {
        let path = format!("/_matrix/client/v3/user/{user_id}/account_data/x");
        let authorization = format!("authorization: Bearer {token}");
        format!(
            "PUT {path} HTTP/1.1\r\nhost: x\r\n{authorization}\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{{}}"
        )
    };
    let query = since(&first);
    let (waited, written) = tokio::join!(sync(&query), exchange(&server, put));
    assert_eq!((waited.0, written.0), (200, 200));
    assert!(waited.2.contains("\"type\":\"x\""), "{}", waited.2);
    let impatient = since(&waited.2).replace("30000", "0");
    assert!(sync(&impatient).await.2.contains("\"events\":[]"));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_stop_nobody_listens() {
    let server = start(sandbox(Config::open), LOOPBACK).await;
    let address = *server.url().socket_addrs(|| None).unwrap().first().unwrap();
    // Held open and idle: a stop does not wait for it for ever.
    let _idle = TcpStream::connect(address).unwrap();
    server.stop().await;
    assert!(TcpStream::connect(address).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_loopback_addresses_are_served() {
    let server = Server::start(sandbox(Config::open), "0.0.0.0:0".parse().unwrap(), || Time(0)).await;
    assert!(server.is_err());
}
