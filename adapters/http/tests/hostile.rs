//! Servers that misbehave below HTTP, and what each of them is called.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed, as it should")]

use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::time::Duration;

use narthex::{Lost, Method, Request, Response, Secret};
use narthex_http::Http;
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

const LIMIT: usize = 64 * 1024;

/// Answers one connection with `answer`, then holds it open or closes it.
async fn server(answer: Vec<u8>, hold: bool) -> String {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/path?query=1", socket.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = socket.accept().await.unwrap();
        let mut request = [0; 4096];
        let _ = stream.read(&mut request).await;
        let _ = stream.write_all(&answer).await;
        if hold {
            std::future::pending::<()>().await;
        }
    });
    url
}

async fn get(url: &str) -> Result<Response, Lost> {
    let http = Http::new().unwrap();
    let request = Request {
        method: Method::Get,
        url: url.parse().unwrap(),
        headers: vec![("accept", "application/json".into())],
        body: Secret::new(Vec::new()),
        limit: LIMIT,
        patience: Duration::from_millis(1500),
        shown_path: None,
    };
    http.send(request).await
}

async fn answered(answer: impl Into<Vec<u8>>) -> Result<Response, Lost> {
    get(&server(answer.into(), false).await).await
}

/// What reaches a server that reads all headers, and answers with nothing.
async fn heard(make: impl FnOnce(String) -> Request) -> String {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let request = make(format!("http://{}/path", socket.local_addr().unwrap()));
    let heard = tokio::spawn(async move {
        let (mut stream, _) = socket.accept().await.unwrap();
        let mut heard = Vec::new();
        while !heard.windows(4).any(|end| end == b"\r\n\r\n") {
            assert!(stream.read_buf(&mut heard).await.unwrap() > 0, "it closed before it had asked");
        }
        stream.write_all(b"HTTP/1.1 204 No Content\r\nETag: \"e\"\r\n\r\n").await.unwrap();
        String::from_utf8(heard).unwrap().to_ascii_lowercase()
    });
    let response = Http::new().unwrap().send(request).await.unwrap();
    assert_eq!((response.status, response.header("etag")), (204, Some("\"e\"")));
    heard.await.unwrap()
}

fn bodiless(method: Method, url: &str, headers: Vec<(&'static str, Secret<String>)>) -> Request {
    let (url, body, patience) = (url.parse().unwrap(), Secret::new(Vec::new()), Duration::from_secs(5));
    Request { method, url, headers, body, limit: LIMIT, patience, shown_path: None }
}

/// Synapse answers 400 to a POST or PUT of a rendezvous that does not say how long it is.
#[tokio::test]
async fn an_empty_body_that_is_sent_says_that_it_is_empty() {
    for (method, says) in
        [(Method::Post, true), (Method::Put, true), (Method::Get, false), (Method::Delete, false)]
    {
        let heard = heard(|url| bodiless(method, &url, vec![("content-type", "text/plain".into())])).await;
        assert_eq!(heard.matches("content-length: 0\r\n").count(), usize::from(says), "{heard}");
        assert!(heard.contains("content-type: text/plain\r\n"), "{heard}");
        assert!(!heard.contains("transfer-encoding"), "{heard}");
    }
}

#[tokio::test]
async fn what_the_engine_asks_for_is_what_is_asked_for() {
    let headers = vec![("accept-encoding", "identity".into()), ("if-none-match", "\"e0\"".into())];
    let heard = heard(|url| bodiless(Method::Get, &url, headers)).await;
    assert_eq!(heard.matches("accept-encoding").count(), 1, "{heard}");
    assert!(
        heard.contains("accept-encoding: identity\r\n") && heard.contains("if-none-match: \"e0\"\r\n"),
        "{heard}"
    );
}

#[tokio::test]
async fn an_answer_comes_back_as_it_is() {
    let answer = "HTTP/1.1 418 I'm a teapot\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\nhi";
    let response = answered(answer).await.unwrap();
    assert_eq!((response.status, response.header("retry-after")), (418, Some("7")));
    assert_eq!(response.body.expose(), b"hi");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let answer = "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n";
    let response = answered(answer).await.unwrap();
    assert_eq!((response.status, response.header("location")), (302, Some("file:///etc/passwd")));
}

#[tokio::test]
async fn a_body_over_the_limit_is_too_large_however_it_comes() {
    let announced = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", LIMIT + 1);
    assert_eq!(answered(announced).await, Err(Lost::TooLarge));
    let mut chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..=LIMIT / 4096 {
        chunked.extend_from_slice(b"1000\r\n");
        chunked.extend_from_slice(&[b' '; 4096]);
        chunked.extend_from_slice(b"\r\n");
    }
    assert_eq!(answered(chunked).await, Err(Lost::TooLarge));
    let fits = format!("HTTP/1.1 200 OK\r\nContent-Length: {LIMIT}\r\n\r\n{}", " ".repeat(LIMIT));
    assert_eq!(answered(fits).await.unwrap().body.expose().len(), LIMIT);
}

#[tokio::test]
async fn a_small_body_that_unpacks_to_a_large_one_is_too_large() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(&vec![0; 50 * 1024 * 1024]).unwrap();
    let packed = packed.finish().unwrap();
    assert!(packed.len() < LIMIT);
    let head =
        format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", packed.len());
    assert_eq!(answered([head.into_bytes(), packed].concat()).await, Err(Lost::TooLarge));
}

#[tokio::test]
async fn what_never_ends_times_out() {
    let silent = server(Vec::new(), true).await;
    assert_eq!(get(&silent).await, Err(Lost::Timeout));
    let half = server(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf".to_vec(), true).await;
    assert_eq!(get(&half).await, Err(Lost::Timeout));
}

#[tokio::test]
async fn what_breaks_off_is_broken() {
    for answer in ["", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"] {
        assert_eq!(answered(answer).await, Err(Lost::Broken), "{answer}");
    }
    let head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 12\r\n\r\n";
    let cut = [head, &packed(b"{}")[..12]].concat();
    assert_eq!(answered(cut).await, Err(Lost::Broken));
}

/// `Found D14`: an exchange whose answer is for ever still to come ends when its time is over.
#[test]
fn answers_without_end_that_the_answer_is_still_to_come_end_in_time() {
    let hint = "HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n";
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", socket.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = socket.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]);
        let hints = hint.repeat(2000);
        while stream.write_all(hints.as_bytes()).is_ok() {}
    });
    // As the programs have it.
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(1).event_interval(1).enable_all().build().unwrap();
    let answer = runtime.block_on(get(&url));
    assert_eq!(answer.unwrap_err(), Lost::Timeout);
    runtime.shutdown_background();
    server.join().unwrap();
}

/// `Found E14`.
#[tokio::test]
async fn what_is_not_http_and_what_has_too_many_headers_are_told_apart() {
    assert_eq!(answered("SSH-2.0-OpenSSH_9.2\r\n").await, Err(Lost::NotHttp));
    let with = |headers: usize| {
        format!("HTTP/1.1 200 OK\r\n{}content-length: 0\r\n\r\n", "x: y\r\n".repeat(headers))
    };
    assert!(answered(with(150)).await.is_ok());
    assert_eq!(answered(with(100_000)).await, Err(Lost::TooLarge));
}

fn packed(body: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(body).unwrap();
    packed.finish().unwrap()
}

/// `Found E14`: by any name that it goes by, and also where it is only a name.
#[tokio::test]
async fn a_packing_is_understood_as_it_is_meant() {
    let body = br#"{"versions":["v1.11"]}"#;
    let answer = |encoding: &str, body: &[u8]| {
        let length = body.len();
        let head =
            format!("HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {length}\r\n\r\n");
        [head.as_bytes(), body].concat()
    };
    for encoding in ["gzip", "GZIP", "x-gzip", "identity, gzip"] {
        assert_eq!(
            answered(answer(encoding, &packed(body))).await.unwrap().body.expose(),
            body,
            "{encoding}"
        );
    }
    for encoding in ["gzip", "br", "identity", "", "utf-8"] {
        assert_eq!(answered(answer(encoding, body)).await.unwrap().body.expose(), body, "{encoding}");
    }
    assert_eq!(answered(answer("br", b"\x8b\x0a\x80")).await, Err(Lost::Encoding));
}

#[tokio::test]
async fn nobody_there_and_no_such_name_are_told_apart() {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    drop(socket);
    assert_eq!(get(&format!("http://{address}/")).await, Err(Lost::Connect));
    assert_eq!(get("https://no-such-host.invalid/").await, Err(Lost::Dns));
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_a_tls_failure() {
    let own = rcgen::generate_simple_self_signed(["localhost".into()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(own.signing_key.serialize_der().into());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions =
        ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = versions.with_no_client_auth().with_single_cert(vec![own.cert.into()], key).unwrap();
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}/", socket.local_addr().unwrap().port());
    tokio::spawn(async move {
        let (stream, _) = socket.accept().await.unwrap();
        let _ = TlsAcceptor::from(Arc::new(config)).accept(stream).await;
    });
    assert_eq!(get(&url).await, Err(Lost::TlsUntrusted));
}

#[tokio::test]
async fn a_server_without_tls_is_a_tls_failure() {
    let plain = server(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".to_vec(), false).await;
    assert_eq!(get(&plain.replace("http:", "https:")).await, Err(Lost::NoTls));
}

#[tokio::test]
async fn plain_http_to_another_machine_is_never_sent() {
    assert_eq!(get("http://192.0.2.1/").await, Err(Lost::Tls));
    assert_eq!(get("http://example.invalid/").await, Err(Lost::Tls));
}
