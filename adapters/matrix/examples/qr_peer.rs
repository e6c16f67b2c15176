//! matrix-sdk's own sign-in by QR code, of 2024: the other device in tests of Narthex.
//!
//! `qr_peer new|existing show|scan HOMESERVER_URL`. A device that exists signs in first: it prints the page for the browser.
//! Whatever it has to tell is a line of two words. A line of input is the code to scan, in base64, or the check code.
#![expect(clippy::print_stdout, reason = "it is read by a test")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;

use anyhow::{Context as _, Result, bail};
use futures_util::{Stream, StreamExt as _};
use matrix_sdk::Client;
use matrix_sdk::authentication::oauth::ClientRegistrationData;
use matrix_sdk::authentication::oauth::qrcode::{
    CheckCodeSender, GeneratedQrProgress, GrantLoginProgress, LoginProgress, QrCodeData, QrProgress,
};
use matrix_sdk::authentication::oauth::registration::{
    ApplicationType, ClientMetadata, Localized, OAuthGrantType,
};
use matrix_sdk::config::SyncSettings;
use matrix_sdk::ruma::serde::Raw;
use matrix_sdk::utils::UrlOrQuery;
use url::Url;

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // As `cargo test` runs it.
    if arguments.is_empty() {
        return Ok(());
    }
    let [role, how, homeserver] = &arguments[..] else { bail!("new|existing show|scan HOMESERVER_URL") };
    let folder = tempfile::tempdir()?;
    let builder = Client::builder().homeserver_url(homeserver).sqlite_store(folder.path(), None);
    let client = builder.handle_refresh_tokens().build().await?;
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let registration = registration()?;
    if role == "existing" {
        first_device(&client, &listener, &registration).await?;
    }
    let oauth = client.oauth();
    match (role.as_str(), how.as_str()) {
        ("new", "show") => {
            let login = oauth.login_with_qr_code(Some(&registration)).generate();
            tokio::spawn(tell_login(login.subscribe_to_progress()));
            login.await?;
        }
        ("new", "scan") => {
            let code = QrCodeData::from_base64(&line()?)?;
            let login = oauth.login_with_qr_code(Some(&registration)).scan(&code);
            tokio::spawn(tell_login(login.subscribe_to_progress()));
            login.await?;
        }
        ("existing", "show") => {
            let grant = oauth.grant_login_with_qr_code().generate();
            tokio::spawn(tell_grant(grant.subscribe_to_progress()));
            grant.await?;
        }
        ("existing", "scan") => {
            let code = QrCodeData::from_base64(&line()?)?;
            let grant = oauth.grant_login_with_qr_code().scan(&code);
            tokio::spawn(tell_grant(grant.subscribe_to_progress()));
            grant.await?;
        }
        _ => bail!("new|existing show|scan HOMESERVER_URL"),
    }
    let own = client.encryption().get_own_device().await?.context("no device")?;
    let trust = if own.is_cross_signed_by_owner() { "verified" } else { "unverified" };
    println!("{trust} {}", own.device_id());
    Ok(())
}

fn registration() -> Result<ClientRegistrationData> {
    let registered_uri = Url::parse("http://127.0.0.1/callback")?;
    let grants = vec![
        OAuthGrantType::AuthorizationCode { redirect_uris: vec![registered_uri] },
        OAuthGrantType::DeviceCode,
    ];
    let home = Localized::new(Url::parse("https://narthex.example/")?, []);
    Ok(Raw::new(&ClientMetadata::new(ApplicationType::Native, grants, home))?.into())
}

/// Signs in with the browser, and gives the account an identity and a backup.
async fn first_device(
    client: &Client,
    listener: &TcpListener,
    registration: &ClientRegistrationData,
) -> Result<()> {
    let redirect_uri = Url::parse(&format!("http://{}/callback", listener.local_addr()?))?;
    let oauth = client.oauth();
    let page = oauth.login(redirect_uri.clone(), None, Some(registration.clone()), None).build().await?;
    println!("page {}", page.url);
    let (mut stream, _) = listener.accept()?;
    let mut request = String::new();
    BufReader::new(&stream).read_line(&mut request)?;
    stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")?;
    let target = request.split(' ').nth(1).context("no request")?;
    oauth.finish_login(UrlOrQuery::Url(redirect_uri.join(target)?)).await?;
    client.sync_once(SyncSettings::new()).await?;
    client.encryption().bootstrap_cross_signing(None).await?;
    client.encryption().recovery().enable().await?;
    Ok(())
}

fn line() -> Result<String> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(line.trim().to_owned())
}

/// What there is to tell of the channel, whoever showed the code.
enum Channel {
    Show(QrCodeData),
    CheckCode(u8),
    Asks(CheckCodeSender),
}

impl From<QrProgress> for Channel {
    fn from(progress: QrProgress) -> Self {
        Self::CheckCode(progress.check_code.to_digit())
    }
}

impl From<GeneratedQrProgress> for Channel {
    fn from(progress: GeneratedQrProgress) -> Self {
        match progress {
            GeneratedQrProgress::QrReady(code) => Self::Show(code),
            GeneratedQrProgress::QrScanned(sender) => Self::Asks(sender),
        }
    }
}

async fn tell(channel: Channel) {
    match channel {
        Channel::Show(code) => println!("code {}", code.to_base64()),
        Channel::CheckCode(digits) => println!("check_code {digits:02}"),
        Channel::Asks(sender) => {
            println!("enter_check_code -");
            let digits = tokio::task::spawn_blocking(line).await;
            if let Ok(Ok(digits)) = digits
                && let Ok(digits) = digits.parse()
            {
                // One that nobody waits for any more is told by the end.
                let _ = sender.send(digits).await;
            }
        }
    }
}

async fn tell_login<Q: Into<Channel>>(progress: impl Stream<Item = LoginProgress<Q>>) {
    let mut progress = std::pin::pin!(progress);
    while let Some(state) = progress.next().await {
        match state {
            LoginProgress::EstablishingSecureChannel(channel) => tell(channel.into()).await,
            LoginProgress::WaitingForToken { user_code } => println!("user_code {user_code}"),
            LoginProgress::Starting | LoginProgress::SyncingSecrets | LoginProgress::Done => {}
        }
    }
}

async fn tell_grant<Q: Into<Channel>>(progress: impl Stream<Item = GrantLoginProgress<Q>>) {
    let mut progress = std::pin::pin!(progress);
    while let Some(state) = progress.next().await {
        match state {
            GrantLoginProgress::EstablishingSecureChannel(channel) => tell(channel.into()).await,
            GrantLoginProgress::WaitingForAuth { verification_uri } => println!("open {verification_uri}"),
            GrantLoginProgress::Starting | GrantLoginProgress::SyncingSecrets | GrantLoginProgress::Done => {}
        }
    }
}
