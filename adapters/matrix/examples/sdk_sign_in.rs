//! What matrix-sdk alone needs to sign in by OAuth 2.0: what `cargo xtask bench` compares Narthex with.
//!
//! `sdk_sign_in HOMESERVER_URL` prints the page for the browser, waits for its callback, and prints who is signed in.
//! Then it waits until its input ends.
#![expect(clippy::print_stdout, reason = "it is read by the program that measures it")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;

use anyhow::{Context as _, Result};
use matrix_sdk::Client;
use matrix_sdk::authentication::oauth::registration::{
    ApplicationType, ClientMetadata, Localized, OAuthGrantType,
};
use matrix_sdk::ruma::serde::Raw;
use matrix_sdk::utils::UrlOrQuery;
use url::Url;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let homeserver = std::env::args().nth(1).context("which homeserver?")?;
    let folder = tempfile::tempdir()?;
    let builder = Client::builder().homeserver_url(homeserver).sqlite_store(folder.path(), None);
    let client = builder.handle_refresh_tokens().build().await?;
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let redirect_uri = Url::parse(&format!("http://{}/callback", listener.local_addr()?))?;
    let registered_uri = Url::parse("http://127.0.0.1/callback")?;
    let grant = OAuthGrantType::AuthorizationCode { redirect_uris: vec![registered_uri] };
    let home = Localized::new(Url::parse("https://narthex.example/")?, []);
    let metadata = Raw::new(&ClientMetadata::new(ApplicationType::Native, vec![grant], home))?;
    let oauth = client.oauth();
    let page = oauth.login(redirect_uri.clone(), None, Some(metadata.into()), None).build().await?;
    println!("{}", page.url);

    let (mut stream, _) = listener.accept()?;
    let mut line = String::new();
    BufReader::new(&stream).read_line(&mut line)?;
    stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")?;
    let target = line.split(' ').nth(1).context("no request")?;
    oauth.finish_login(UrlOrQuery::Url(redirect_uri.join(target)?)).await?;
    println!("signed in as {}", client.user_id().context("nobody")?);
    if std::env::args().nth(2).as_deref() == Some("refresh") {
        client.refresh_access_token().await?;
        println!("refreshed");
    }
    std::io::stdin().read_to_string(&mut line)?;
    Ok(())
}
