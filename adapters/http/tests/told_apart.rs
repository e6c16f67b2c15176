//! Real certificates and proxies, and what each of them is called. `Found E14`.
//!
//! Whom the system trusts, and which proxy it uses, are in the environment: each test runs itself in a process of its own.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that panics has failed, as it should")]

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use narthex::{Lost, Method, Request, Secret, Time};
use narthex_http::Http;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection};

/// Runs the test of this name of this program with these variables, and no other that names proxies.
fn helped(name: &str, variables: &[(&str, &str)]) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", name, "--nocapture"]).env("NARTHEX_TEST_HELPER", "1");
    for proxy in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"] {
        command.env_remove(proxy);
    }
    let output = command.envs(variables.iter().copied()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn is_helper() -> bool {
    std::env::var_os("NARTHEX_TEST_HELPER").is_some()
}

async fn get(url: &str) -> Lost {
    let request = Request {
        method: Method::Get,
        url: url.parse().unwrap(),
        headers: Vec::new(),
        body: Secret::new(Vec::new()),
        limit: 1024,
        patience: Duration::from_secs(20),
        shown_path: None,
    };
    Http::new().unwrap().send(request).await.map(|_| ()).expect_err("nothing is right there")
}

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A server on loopback with a certificate of this authority, or of its own; its port.
fn server(params: CertificateParams, authority: Option<&CertifiedIssuer<'static, KeyPair>>) -> u16 {
    let key = KeyPair::generate().unwrap();
    let certificate = match authority {
        Some(authority) => params.signed_by(&key, authority).unwrap(),
        None => params.self_signed(&key).unwrap(),
    };
    let versions = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap();
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let config = versions.with_no_client_auth().with_single_cert(vec![certificate.into()], key).unwrap();
    let (config, socket) = (Arc::new(config), TcpListener::bind("127.0.0.1:0").unwrap());
    let port = socket.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in socket.incoming() {
            let mut connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = stream.unwrap();
            while connection.is_handshaking() && connection.complete_io(&mut stream).is_ok() {}
        }
    });
    port
}

#[tokio::test]
async fn helper_that_meets_certificates() {
    if !is_helper() {
        return;
    }
    let authority = authority();
    let path = std::env::var("SSL_CERT_FILE").unwrap();
    let der: &rcgen::Certificate = authority.as_ref();
    let der = base64::engine::general_purpose::STANDARD.encode(der.der());
    let pem = format!("-----BEGIN CERTIFICATE-----\n{der}\n-----END CERTIFICATE-----\n");
    std::fs::write(path, pem).unwrap();
    let named = |name: &str| CertificateParams::new([name.to_owned()]).unwrap();
    let (mut expired, mut early, mut own) = (named("localhost"), named("localhost"), named("localhost"));
    expired.not_after = date_time_ymd(2025, 11, 27);
    early.not_before = date_time_ymd(2999, 1, 1);
    early.not_after = date_time_ymd(3000, 1, 1);
    own.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    for (params, vouches, expected) in [
        (expired, true, Lost::TlsExpired { at: Time(1_764_201_600_000) }),
        (early, true, Lost::TlsNotYetValid { at: Time(32_472_144_000_000) }),
        (named("localhost"), false, Lost::TlsUntrusted),
        (own, false, Lost::TlsUntrusted),
        (named("other.example"), true, Lost::TlsOtherName),
    ] {
        let port = server(params, vouches.then_some(&authority));
        assert_eq!(get(&format!("https://localhost:{port}/")).await, expected);
    }
}

#[test]
fn what_is_wrong_with_a_certificate_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("authorities.pem");
    helped("helper_that_meets_certificates", &[("SSL_CERT_FILE", path.to_str().unwrap())]);
}

#[tokio::test]
async fn helper_behind_a_proxy() {
    if !is_helper() {
        return;
    }
    let lost = get("https://hs.example/").await;
    assert_eq!(format!("{lost:?}"), std::env::var("NARTHEX_TEST_EXPECTED").unwrap());
}

#[test]
fn a_proxy_that_refuses_and_one_that_is_not_there_are_told_apart() {
    let behind = |proxy: &str, expected: &str| {
        helped("helper_behind_a_proxy", &[("HTTPS_PROXY", proxy), ("NARTHEX_TEST_EXPECTED", expected)]);
    };
    for answer in [
        "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
        "HTTP/1.1 403 Forbidden\r\n\r\n",
        "HTTP/1.1 502 Bad Gateway\r\n\r\n",
    ] {
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = format!("http://{}", socket.local_addr().unwrap());
        let refusing = thread::spawn(move || {
            let mut stream = socket.accept().unwrap().0;
            let _ = stream.read(&mut [0; 4096]);
            stream.write_all(answer.as_bytes()).unwrap();
        });
        behind(&proxy, "ProxyRefused");
        refusing.join().unwrap();
    }
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = format!("http://{}", socket.local_addr().unwrap());
    drop(socket);
    behind(&nobody, "ProxyUnreachable");
    behind("http://no-such-proxy.invalid:3128", "ProxyUnreachable");
}
