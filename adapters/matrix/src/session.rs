//! What is a session to matrix-sdk, and how does what it renews come back?

use std::sync::Arc;

use matrix_sdk::authentication::matrix::MatrixSession;
use matrix_sdk::authentication::oauth::{ClientId, OAuthSession, UserSession};
use matrix_sdk::authentication::{AuthSession, SessionTokens};
use matrix_sdk::ruma::{IdParseError, OwnedUserId};
use matrix_sdk::{Client, ClientBuilder, SessionChange, SessionMeta};
use narthex::{Secret, Session};
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinHandle;

/// What went wrong in a store.
pub type Problem = Box<dyn std::error::Error + Send + Sync>;

/// Where sessions are kept.
pub trait Keep: Send + Sync + 'static {
    /// Makes `session` durable, replacing an earlier one of the same user and device at the same homeserver.
    ///
    /// # Errors
    ///
    /// When it cannot be kept.
    fn store(&self, session: &Session) -> Result<(), Problem>;

    /// The session of the same user and device at the same homeserver, as it is stored now.
    ///
    /// # Errors
    ///
    /// When there is none, or it cannot be read.
    fn load(&self, session: &Session) -> Result<Session, Problem>;
}

/// A client that goes on with a session, and keeps what it renews until this is dropped.
#[derive(Debug)]
pub struct Kept {
    /// The client, signed in.
    pub client: Client,
    keeping: JoinHandle<()>,
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.keeping.abort();
    }
}

/// A client that goes on with `session`, at its homeserver, and renews its tokens.
///
/// Give the builder a store: what a device knows of encryption has to outlive the process as the session does.
/// Call it in a tokio runtime.
///
/// What it asks the server by is the builder's. By itself, matrix-sdk follows redirects, and to the same host with the token;
/// it unpacks, and reads an answer however long it is. Where the server, or a proxy before it, is not trusted that far, give the
/// builder a [`reqwest::Client`] that follows no redirect and unpacks nothing
/// ([`ClientBuilder::http_client`]), as [`Encryption`](crate::Encryption) does.
///
/// # Errors
///
/// When the store cannot be opened, or the session has no user id that matrix-sdk accepts.
pub async fn client(
    builder: ClientBuilder,
    session: Session,
    keep: Arc<dyn Keep>,
) -> matrix_sdk::Result<Kept> {
    let builder = builder.homeserver_url(session.homeserver.as_str()).handle_refresh_tokens();
    let client = builder.build().await.map_err(|error| matrix_sdk::Error::UnknownError(error.into()))?;
    client.restore_session(auth_session(&session)?).await?;
    let keeping = keep_renewed(&client, session, keep)?;
    Ok(Kept { client, keeping })
}

/// `session` in the words of matrix-sdk.
///
/// # Errors
///
/// When its user id is not one that matrix-sdk accepts.
pub fn auth_session(session: &Session) -> Result<AuthSession, IdParseError> {
    let user_id: OwnedUserId = session.user_id.as_str().try_into()?;
    let meta = SessionMeta { user_id, device_id: session.device_id.as_str().into() };
    let tokens = tokens(session);
    Ok(match &session.oauth {
        Some(oauth) => AuthSession::OAuth(Box::new(OAuthSession {
            client_id: ClientId::new(oauth.client_id.clone()),
            user: UserSession { meta, tokens },
        })),
        None => AuthSession::Matrix(MatrixSession { meta, tokens }),
    })
}

/// `session` with the tokens that matrix-sdk has now. When they end is not known any more if they are others.
#[must_use]
pub fn with_tokens(session: &Session, tokens: &SessionTokens) -> Session {
    let is_same = tokens.access_token == *session.access_token.expose();
    Session {
        access_token: Secret::new(tokens.access_token.clone()),
        refresh_token: tokens.refresh_token.clone().map(Secret::new),
        granted_at: session.granted_at.filter(|_| is_same),
        expires_at: session.expires_at.filter(|_| is_same),
        ended: session.ended.clone().filter(|_| is_same),
        ..session.clone()
    }
}

fn tokens(session: &Session) -> SessionTokens {
    SessionTokens {
        access_token: session.access_token.expose().clone(),
        refresh_token: session.refresh_token.as_ref().map(|token| token.expose().clone()),
    }
}

fn keep_renewed(
    client: &Client,
    session: Session,
    keep: Arc<dyn Keep>,
) -> matrix_sdk::Result<JoinHandle<()>> {
    let mut changes = client.subscribe_to_session_changes();
    let (loading, storing) = (keep.clone(), keep.clone());
    let (loaded, stored) = (session.clone(), session.clone());
    // Where matrix-sdk waits for it: with OAuth 2.0.
    client.set_session_callbacks(
        Box::new(move |_| Ok(tokens(&loading.load(&loaded)?))),
        Box::new(move |client| store(&client, &stored, &*storing)),
    )?;
    // Where it only tells of it.
    let client = client.clone();
    Ok(tokio::spawn(async move {
        loop {
            match changes.recv().await {
                Ok(SessionChange::TokensRefreshed) | Err(RecvError::Lagged(_)) => {
                    // What cannot be kept now is tried again when the next tokens come.
                    store(&client, &session, &*keep).ok();
                }
                Ok(SessionChange::UnknownToken(_)) => {}
                Err(RecvError::Closed) => break,
            }
        }
    }))
}

fn store(client: &Client, session: &Session, keep: &dyn Keep) -> Result<(), Problem> {
    match client.session_tokens() {
        Some(tokens) => keep.store(&with_tokens(session, &tokens)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use narthex::Time;

    use super::*;

    fn session(oauth: bool) -> Session {
        let issuer = "https://auth.example.org/";
        let oauth = oauth.then(|| {
            Box::new(narthex::OAuth {
                issuer: issuer.to_owned(),
                client_id: "a client".to_owned(),
                token_endpoint: format!("{issuer}token").parse().expect("an address"),
                revocation_endpoint: None,
                account_management: None,
            })
        });
        Session {
            homeserver: "https://matrix.example.org/".parse().expect("an address"),
            user_id: "@alice:example.org".to_owned(),
            device_id: "NEJTAYQVLZ".to_owned(),
            access_token: "old".into(),
            refresh_token: Some("renew".into()),
            granted_at: Some(Time(1)),
            expires_at: Some(Time(7)),
            ended: None,
            oauth,
        }
    }

    #[test]
    fn a_session_stays_with_the_api_that_it_was_made_by() {
        let AuthSession::OAuth(by_oauth) = auth_session(&session(true)).expect("a user id") else { panic!() };
        assert_eq!(by_oauth.client_id.as_str(), "a client");
        assert_eq!(by_oauth.user.meta.device_id, "NEJTAYQVLZ");
        assert_eq!(by_oauth.user.tokens.refresh_token.as_deref(), Some("renew"));
        let AuthSession::Matrix(legacy) = auth_session(&session(false)).expect("a user id") else { panic!() };
        assert_eq!(
            (legacy.meta.user_id.as_str(), legacy.tokens.access_token.as_str()),
            ("@alice:example.org", "old")
        );
    }

    #[test]
    fn new_tokens_come_back_and_their_end_is_not_known() {
        let renewed =
            SessionTokens { access_token: "new".to_owned(), refresh_token: Some("again".to_owned()) };
        let back = with_tokens(&session(true), &renewed);
        assert_eq!((back.access_token.expose().as_str(), back.expires_at), ("new", None));
        assert_eq!(back.refresh_token, Some("again".into()));
        assert_eq!(with_tokens(&session(true), &tokens(&session(true))), session(true));
    }

    #[test]
    fn a_user_id_that_is_none_is_told() {
        let stranger = Session { user_id: "alice".to_owned(), ..session(false) };
        assert!(auth_session(&stranger).is_err());
    }
}
