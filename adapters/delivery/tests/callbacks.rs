//! The listener over real sockets: the callback arrives, and nothing else matters.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed, as it should")]

use narthex_delivery::Listener;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const PATH: &str = "/sso/0123456789abcdef";

async fn listener() -> (Listener, u16) {
    let listener = Listener::bind(PATH, None).await.unwrap();
    let port = listener.origin().port().unwrap();
    (listener, port)
}

async fn say(port: u16, request: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer).await;
    answer
}

async fn get(port: u16, target: &str) -> String {
    say(port, &format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Language: de\r\n\r\n"))
        .await
}

async fn callback(listener: &mut Listener) -> String {
    listener.callback().await.unwrap().expose().clone()
}

#[tokio::test]
async fn a_callback_arrives_whole_and_its_page_hides_the_secret() {
    let (mut listener, port) = listener().await;
    let answer = get(port, &format!("{PATH}?loginToken=s3cret")).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("lang=\"de\"") && answer.contains("history.replaceState"), "{answer}");
    assert!(answer.contains("Referrer-Policy: no-referrer") && answer.contains("Cache-Control: no-store"));
    assert!(!answer.contains("s3cret"));
    assert_eq!(callback(&mut listener).await, format!("http://127.0.0.1:{port}{PATH}?loginToken=s3cret"));
}

/// Edge case 46.
#[tokio::test]
async fn whatever_else_comes_is_refused_and_the_callback_still_arrives() {
    let (mut listener, port) = listener().await;
    let host = format!("Host: localhost:{port}\r\n\r\n");
    for (request, status) in [
        (format!("GET /favicon.ico HTTP/1.1\r\n{host}"), "404"),
        (format!("GET {PATH}/more HTTP/1.1\r\n{host}"), "404"),
        (format!("POST {PATH} HTTP/1.1\r\n{host}"), "405"),
        (format!("HEAD {PATH}?loginToken=x HTTP/1.1\r\n{host}"), "405"),
        (format!("GET {PATH} HTTP/1.1\r\nHost: evil.example:{port}\r\n\r\n"), "400"),
        (format!("GET {PATH} HTTP/1.1\r\n\r\n"), "400"),
        ("\r\n\r\n".to_owned(), "400"),
    ] {
        let answer = say(port, &request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{request}: {answer}");
    }
    let oversized = format!("GET {PATH} HTTP/1.1\r\nX: {}\r\n{host}", "x".repeat(20_000));
    assert_eq!(say(port, &oversized).await, "");
    get(port, &format!("{PATH}?loginToken=1")).await;
    get(port, &format!("{PATH}?loginToken=2")).await;
    assert!(callback(&mut listener).await.ends_with("loginToken=1"));
    assert!(callback(&mut listener).await.ends_with("loginToken=2"));
}

#[tokio::test]
async fn connections_that_say_nothing_do_not_keep_the_callback_out() {
    let (mut listener, port) = listener().await;
    let mut silent = Vec::new();
    for _ in 0..20 {
        silent.push(TcpStream::connect(("127.0.0.1", port)).await.unwrap());
    }
    get(port, &format!("{PATH}?loginToken=1")).await;
    assert!(callback(&mut listener).await.ends_with("loginToken=1"));
    drop(silent);
}

#[tokio::test]
async fn both_families_listen_on_the_same_port_where_there_are_two() {
    let (mut listener, port) = listener().await;
    let Ok(mut stream) = TcpStream::connect(("::1", port)).await else { return };
    let request = format!("GET {PATH}?loginToken=6 HTTP/1.1\r\nHost: [::1]:{port}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    assert!(callback(&mut listener).await.ends_with("loginToken=6"));
}

#[tokio::test]
async fn an_earlier_port_is_taken_again_if_it_is_free_and_another_if_not() {
    let (first, port) = listener().await;
    let second = Listener::bind(PATH, Some(port)).await.unwrap();
    assert_ne!(second.origin().port(), Some(port));
    drop(first);
    // The sockets close with the tasks that hold them.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    let third = Listener::bind(PATH, Some(port)).await.unwrap();
    assert_eq!(third.origin().port(), Some(port));
}
