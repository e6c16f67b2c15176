//! A sandbox with accounts, devices with stores of their own, a network that can fail, and a third client.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use matrix_sdk::config::SyncSettings;
use matrix_sdk::ruma::{OwnedUserId, UserId};
use narthex::{Method, Request, Response, Secret, Session, Time};
use narthex_http::Http;
use narthex_matrix::{Encryption, EncryptionStore, Keep, Problem};
use narthex_sandbox::serve::{Fate, Server};
use narthex_sandbox::{Config, Sandbox, browser};
use serde_json::{Value, json};
use tempfile::TempDir;

type Failing = Option<(&'static str, fn() -> Fate)>;

pub(crate) struct Lab {
    server: Server,
    requests: Arc<Mutex<Vec<(String, Value)>>>,
    failing: Arc<Mutex<Failing>>,
}

/// One device, and the folder of its keys.
pub(crate) struct Device {
    pub(crate) session: Session,
    pub(crate) store: EncryptionStore,
    _folder: TempDir,
}

impl Device {
    pub(crate) async fn open(&self) -> Encryption {
        Encryption::open(self.store.clone(), &self.session, None).await.unwrap()
    }
}

impl Lab {
    pub(crate) async fn start() -> Self {
        let mut sandbox = Sandbox::new(Config::open("http://localhost/".parse().unwrap()), 1);
        for person in ["alice", "bob", "carol"] {
            sandbox.add_account(person, "pw");
        }
        let requests: Arc<Mutex<Vec<(String, Value)>>> = Arc::default();
        let failing: Arc<Mutex<Failing>> = Arc::default();
        let (noted, fails) = (requests.clone(), failing.clone());
        let network = move |request: &Request| {
            let path = request.url.path().to_owned();
            let fate = fails.lock().unwrap().filter(|(failing, _)| path.contains(failing));
            let body = serde_json::from_slice(request.body.expose()).unwrap_or_default();
            noted.lock().unwrap().push((path, body));
            fate.map_or(Fate::Answered, |(_, fate)| fate())
        };
        let address = "127.0.0.1:0".parse().unwrap();
        let server = Server::start_behind(sandbox, address, || Time(0), network).await.unwrap();
        Self { server, requests, failing }
    }

    /// Whatever is asked at a path with this in it fails, or does not any more.
    pub(crate) fn fail(&self, path: &'static str, fate: Option<fn() -> Fate>) {
        *self.failing.lock().unwrap() = fate.map(|fate| (path, fate));
    }

    /// The bodies of the requests to a path that ends so.
    pub(crate) fn requests(&self, path: &str) -> Vec<Value> {
        let requests = self.requests.lock().unwrap();
        requests.iter().filter(|(asked, _)| asked.ends_with(path)).map(|(_, body)| body.clone()).collect()
    }

    pub(crate) async fn device(&self, localpart: &str) -> Device {
        let identifier = json!({ "type": "m.id.user", "user": localpart });
        let login = json!({ "type": "m.login.password", "identifier": identifier, "password": "pw" });
        let told = self.send("login", None, &login).await;
        let text = |field: &str| told[field].as_str().unwrap().to_owned();
        let session = Session {
            homeserver: self.server.url().clone(),
            user_id: text("user_id"),
            device_id: text("device_id"),
            access_token: Secret::new(text("access_token")),
            refresh_token: None,
            granted_at: None,
            expires_at: None,
            ended: None,
            oauth: None,
        };
        let folder = tempfile::tempdir().unwrap();
        let store = EncryptionStore { folder: folder.path().join("encryption"), key: Secret::new([7; 32]) };
        Device { session, store, _folder: folder }
    }

    pub(crate) async fn post(&self, device: &Device, path: &str, body: &Value) -> Value {
        self.send(path, Some(&device.session.access_token), body).await
    }

    async fn send(&self, path: &str, token: Option<&Secret<String>>, body: &Value) -> Value {
        let url = self.server.url().join(&format!("_matrix/client/v3/{path}")).unwrap();
        let bearer = token.map(|token| ("authorization", Secret::new(format!("Bearer {}", token.expose()))));
        let request = Request {
            method: Method::Post,
            headers: bearer.into_iter().collect(),
            body: Secret::new(body.to_string().into_bytes()),
            ..browser::open(&url)
        };
        let response = Http::new().unwrap().send(request).await.unwrap();
        serde_json::from_slice(response.body.expose()).unwrap()
    }

    /// The device is signed out, and not there any more.
    pub(crate) async fn forget(&self, device: &Device) {
        self.post(device, "logout", &json!({})).await;
    }

    /// Whether Carol, with a client of her own and nothing in it, sees the device as one of its user's.
    pub(crate) async fn is_seen_verified(&self, device: &Device) -> bool {
        let carol = self.device("carol").await;
        let client = matrix_sdk::Client::builder().homeserver_url(self.server.url()).build().await.unwrap();
        client.restore_session(narthex_matrix::auth_session(&carol.session).unwrap()).await.unwrap();
        let user_id: OwnedUserId = UserId::parse(&device.session.user_id).unwrap();
        client.encryption().request_user_identity(&user_id).await.unwrap();
        let device_id = device.session.device_id.as_str().into();
        let seen = client.encryption().get_device(&user_id, device_id).await.unwrap();
        seen.is_some_and(|device| device.is_cross_signed_by_owner())
    }

    pub(crate) fn quick(&self) -> SyncSettings {
        SyncSettings::new().timeout(Duration::ZERO)
    }
}

pub(crate) fn answer(status: u16, body: &Value) -> Response {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Response { status, headers, body: Secret::new(body.to_string().into_bytes()) }
}

/// Where no tokens are renewed, none are kept.
pub(crate) struct Nothing;

impl Nothing {
    pub(crate) fn keeps() -> Arc<dyn Keep> {
        Arc::new(Self)
    }
}

impl Keep for Nothing {
    fn store(&self, _: &Session) -> Result<(), Problem> {
        Err("no token was to be renewed".into())
    }

    fn load(&self, _: &Session) -> Result<Session, Problem> {
        Err("nothing is kept".into())
    }
}
