//! The listener over real sockets: the callback arrives, and nothing else matters.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed, as it should")]

use narthex_delivery::{Listener, Outcome};
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

/// The next callback, which is answered so.
async fn answered(listener: &mut Listener, outcome: Outcome) -> String {
    let arrival = listener.next().await.unwrap();
    let address = arrival.callback.address().expose().clone();
    arrival.answer(outcome);
    address
}

async fn callback(listener: &mut Listener) -> String {
    answered(listener, Outcome::Taken).await
}

/// A browser comes back, and what became of that: the page, and the address.
async fn returns(listener: &mut Listener, port: u16, query: &str, outcome: Outcome) -> (String, String) {
    let target = format!("{PATH}?{query}");
    tokio::join!(get(port, &target), answered(listener, outcome))
}

#[tokio::test]
async fn a_callback_arrives_whole_and_its_page_hides_the_secret() {
    let (mut listener, port) = listener().await;
    let (answer, address) = returns(&mut listener, port, "loginToken=s3cret", Outcome::Taken).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("lang=\"de\"") && answer.contains("history.replaceState"), "{answer}");
    assert!(answer.contains("Referrer-Policy: no-referrer") && answer.contains("Cache-Control: no-store"));
    assert!(!answer.contains("s3cret"));
    assert_eq!(address, format!("http://127.0.0.1:{port}{PATH}?loginToken=s3cret"));
}

/// `Found D5`, `Found F5`.
#[tokio::test]
async fn only_a_callback_that_was_taken_is_done() {
    let (mut listener, port) = listener().await;
    for (outcome, status, says) in [
        (Outcome::NotMine, "404", "gehört zu keiner Anmeldung"),
        (Outcome::Stopped, "200", "abgebrochen"),
        (Outcome::Busy, "503", "Noch einmal versuchen"),
        (Outcome::Taken, "200", "Fertig"),
    ] {
        let (page, _) = returns(&mut listener, port, "state=1", outcome).await;
        assert!(
            page.starts_with(&format!("HTTP/1.1 {status}")) && page.contains(says),
            "{outcome:?}: {page}"
        );
        assert_eq!(page.contains("Fertig"), outcome == Outcome::Taken, "{page}");
    }
    // Somebody who is gone has not taken it.
    let (page, ()) = tokio::join!(get(port, PATH), async { drop(listener.next().await) });
    assert!(page.starts_with("HTTP/1.1 404"), "{page}");
}

/// What was waited for is why nobody listens any more.
#[tokio::test]
async fn the_page_comes_although_the_listener_is_dropped_at_once() {
    let (mut listener, port) = listener().await;
    let (page, ()) = tokio::join!(get(port, PATH), async {
        let arrival = listener.next().await.unwrap();
        arrival.answer(Outcome::Taken);
        drop(listener);
    });
    assert!(page.contains("Fertig"), "{page}");
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
        (format!("GET {PATH} HTTP/1.1\r\nHost: localhost:1\r\n{host}"), "400"),
        (format!("GET {PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n"), "400"),
        (format!("GET http://localhost:{port}{PATH} HTTP/1.1\r\n{host}"), "404"),
        ("\r\n\r\n".to_owned(), "400"),
    ] {
        let answer = say(port, &request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{request}: {answer}");
    }
    let oversized = format!("GET {PATH} HTTP/1.1\r\nX: {}\r\n{host}", "x".repeat(20_000));
    assert_eq!(say(port, &oversized).await, "");
    for query in ["loginToken=1", "loginToken=2"] {
        assert!(returns(&mut listener, port, query, Outcome::Taken).await.1.ends_with(query));
    }
}

#[tokio::test]
async fn connections_that_say_nothing_do_not_keep_the_callback_out() {
    let (mut listener, port) = listener().await;
    let mut silent = Vec::new();
    for n in 0..100 {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        if n % 2 == 0 {
            stream.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
        }
        silent.push(stream);
    }
    let (_, address) = returns(&mut listener, port, "loginToken=1", Outcome::Taken).await;
    assert!(address.ends_with("loginToken=1"));
}

#[tokio::test]
async fn garbage_does_not_keep_the_callback_out() {
    let (mut listener, port) = listener().await;
    let garbage: [&[u8]; 5] =
        [b"", b"\x16\x03\x01\x02\x00\x01", b"\0\r\n\r\n", b"GET\r\n\r\n", b"\xff\xfe\r\n\r\n"];
    for garbage in garbage.iter().cycle().take(100) {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        stream.write_all(garbage).await.unwrap();
        // Half of them are gone before anybody looks.
        drop(stream);
    }
    let (_, address) = returns(&mut listener, port, "loginToken=1", Outcome::Taken).await;
    assert!(address.ends_with("loginToken=1"));
}

/// The clock stands still while anything happens, and jumps to the deadline when nothing does.
#[tokio::test(start_paused = true)]
async fn a_request_that_never_ends_is_given_up() {
    let (_listener, port) = listener().await;
    let start = tokio::time::Instant::now();
    assert_eq!(say(port, "GET / HTTP/1.1\r\nHost: ").await, "");
    assert!(start.elapsed().as_secs() >= 5);
}

#[tokio::test]
async fn a_callback_arrives_although_the_browser_does_not_wait_for_the_page() {
    let (mut listener, port) = listener().await;
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let request = format!("GET {PATH}?loginToken=1 HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    drop(stream);
    assert!(callback(&mut listener).await.ends_with("loginToken=1"));
}

#[tokio::test]
async fn a_head_may_come_in_pieces() {
    let (mut listener, port) = listener().await;
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.set_nodelay(true).unwrap();
    for byte in format!("GET {PATH}?a=1 HTTP/1.1\r\nhost:localhost:{port}\r\n\r\n").bytes() {
        stream.write_all(&[byte]).await.unwrap();
    }
    assert!(callback(&mut listener).await.ends_with("?a=1"));
}

/// `Found D4`. The clock stands still while anything happens, and jumps to the deadline when nothing does.
#[tokio::test(start_paused = true)]
async fn a_callback_that_finds_no_room_is_told_to_come_again() {
    let (mut listener, port) = listener().await;
    let flood: Vec<_> =
        (0..50).map(|n| tokio::spawn(async move { get(port, &format!("{PATH}?n={n}")).await })).collect();
    for page in flood {
        let page = page.await.unwrap();
        assert!(page.starts_with("HTTP/1.1 503") && page.contains("Retry-After: 1"), "{page}");
    }
    // Whoever has been told so does not wait any more.
    for _ in 0..8 {
        assert!(listener.next().await.unwrap().is_given_up());
    }
    let (page, address) = returns(&mut listener, port, "n=real", Outcome::Taken).await;
    assert!(page.contains("Fertig") && address.ends_with("?n=real"), "{page}");
}

/// `Found D4`.
#[tokio::test]
async fn every_callback_of_a_flood_is_taken_or_told_to_come_again() {
    let (mut listener, port) = listener().await;
    let answering = tokio::spawn(async move {
        while let Some(arrival) = listener.next().await {
            let is_real = arrival.callback.address().expose().ends_with("n=real");
            arrival.answer(if is_real { Outcome::Taken } else { Outcome::NotMine });
        }
    });
    let flood = (0..200).map(|n| tokio::spawn(async move { get(port, &format!("{PATH}?n={n}")).await }));
    let flood: Vec<_> = flood.collect();
    let mut page = String::new();
    while !page.contains("Fertig") {
        page = get(port, &format!("{PATH}?n=real")).await;
        assert!(page.contains("Fertig") || page.starts_with("HTTP/1.1 503"), "{page}");
    }
    for page in flood {
        assert!(!page.await.unwrap().contains("Fertig"));
    }
    answering.abort();
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
