//! What is a sandbox? One homeserver's memory, the answer to a request, and what an administrator can do.

use std::collections::BTreeMap;
use std::sync::Arc;

use narthex::{Method, Request, Response, Time};
use url::Url;

use crate::accounts::{Account, Accounts};
use crate::answer::{Refusal, preflight};
use crate::ask::Ask;
use crate::chance::Chance;
use crate::config::Config;
use crate::invites::{Invites, RegistrationToken};
use crate::limit::Buckets;
use crate::oauth::{Oauth, OauthSession};
use crate::rendezvous::{self, Rendezvous};
use crate::route::{Route, Routed, route};
use crate::sessions::Sessions;
use crate::sso::LoginToken;
use crate::threepid::{Mail, Text, Threepids};
use crate::uia::Interactions;

/// A homeserver in memory.
#[derive(Clone, Debug)]
pub struct Sandbox {
    pub(crate) config: Arc<Config>,
    pub(crate) chance: Chance,
    pub(crate) accounts: Accounts,
    pub(crate) sessions: Sessions,
    pub(crate) interactions: Interactions,
    pub(crate) invites: Invites,
    pub(crate) threepids: Threepids,
    pub(crate) login_tokens: BTreeMap<String, LoginToken>,
    pub(crate) buckets: Buckets,
    pub(crate) oauth: Oauth,
    pub(crate) rendezvous: Rendezvous,
}

impl Sandbox {
    /// An empty server. The same seed and the same requests at the same times get the same answers.
    #[must_use]
    pub fn new(config: Config, seed: u64) -> Self {
        Self {
            invites: Invites::new(&config.registration_tokens),
            config: Arc::new(config),
            chance: Chance::new(seed),
            accounts: Accounts::default(),
            sessions: Sessions::default(),
            interactions: Interactions::default(),
            threepids: Threepids::default(),
            login_tokens: BTreeMap::new(),
            buckets: Buckets::default(),
            oauth: Oauth::default(),
            rendezvous: Rendezvous::default(),
        }
    }

    /// The answer to `request`, if it arrives at `now`.
    ///
    /// The host of the address is not looked at: whatever arrives here is meant for this server. That the length of
    /// its body is said, as Synapse wants it in places, is taken for granted; on a socket it is looked at.
    pub fn answer(&mut self, now: Time, request: &Request) -> Response {
        self.hear(now, Ask { request, says_length: true })
    }

    pub(crate) fn hear(&mut self, now: Time, ask: Ask<'_>) -> Response {
        self.expire_interactions(now);
        self.dispatch(now, ask).unwrap_or_else(Refusal::into_response)
    }

    fn dispatch(&mut self, now: Time, ask: Ask<'_>) -> Result<Response, Refusal> {
        if ask.is_too_large() {
            return Err(Refusal::new(413, "M_TOO_LARGE", "Payload too large"));
        }
        if ask.method() == Method::Options {
            return Ok(preflight(rendezvous::has_etags(ask.path())));
        }
        let route = match route(ask) {
            Routed::To(route) => route,
            Routed::WrongMethod => return Err(Refusal::unrecognized(405)),
            Routed::Nowhere => return Err(Refusal::unrecognized(404)),
        };
        match route {
            Route::WellKnown => Ok(self.well_known()),
            Route::Versions => Ok(self.versions()),
            Route::AuthMetadata { stable } => self.auth_metadata(stable),
            Route::LoginFlows => self.login_flows(),
            Route::Login => self.login(now, ask),
            Route::SsoRedirect { provider } => self.sso_redirect(ask, provider),
            Route::SsoSubmit => self.sso_submit(now, ask),
            Route::Register => self.register(now, ask),
            Route::Available => self.available(now, ask),
            Route::TokenValidity => self.token_validity(now, ask),
            Route::EmailRequest => self.request_email(now, ask),
            Route::EmailLink => self.follow_email_link(now, ask),
            Route::MsisdnRequest => self.request_msisdn(now, ask),
            Route::MsisdnSubmit => self.submit_msisdn(ask),
            Route::Fallback { stage } => self.fallback_page(ask, stage),
            Route::FallbackSubmit { stage } => self.fallback_submit(now, ask, stage),
            Route::Policy => Ok(self.policy_page(ask)),
            Route::WhoAmI => self.whoami(now, ask),
            Route::Devices => self.devices(now, ask),
            Route::Device { device_id } => self.device(now, ask, device_id),
            Route::NameDevice { device_id } => self.name_device(now, ask, device_id),
            Route::Refresh => self.refresh(now, ask),
            Route::Logout => self.logout(now, ask),
            Route::LogoutAll => self.logout_all(now, ask),
            Route::Oauth(route) => self.oauth(now, ask, route),
            Route::Rendezvous(route) => self.meet(now, ask, route),
            Route::Encryption(route) => self.encryption(now, ask, route),
        }
    }
}

/// What tests and simulations look at.
impl Sandbox {
    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// All accounts, by localpart.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.iter()
    }

    /// The account of this localpart.
    #[must_use]
    pub fn account(&self, localpart: &str) -> Option<&Account> {
        self.accounts.find(localpart)
    }

    /// Whether this is the password of the account of this localpart.
    #[must_use]
    pub fn has_password(&self, localpart: &str, password: &str) -> bool {
        let known = self.account(localpart).and_then(|account| account.password.as_ref());
        known.is_some_and(|known| *known == password.into())
    }

    /// Whose access token this is: the localpart and the device id. `None` if it is not in force at `now`.
    #[must_use]
    pub fn holder(&self, now: Time, access_token: &str) -> Option<(&str, &str)> {
        self.sessions.holder(now, access_token).or_else(|| {
            let session = self.oauth.sessions.active(now, access_token)?;
            Some((session.localpart.as_str(), session.allowed.device_id.as_deref().unwrap_or_default()))
        })
    }

    /// The registration tokens.
    pub fn registration_tokens(&self) -> impl Iterator<Item = &RegistrationToken> {
        self.invites.iter()
    }

    /// The mail sent so far, oldest first.
    #[must_use]
    pub fn mail(&self) -> &[Mail] {
        self.threepids.mail()
    }

    /// The text messages sent so far, oldest first.
    #[must_use]
    pub fn texts(&self) -> &[Text] {
        self.threepids.texts()
    }
}

/// What an administrator can do. Of an account that does not exist, these change nothing.
impl Sandbox {
    /// Changes the configuration; what was answered and stored before stays.
    pub fn reconfigure(&mut self, change: impl FnOnce(&mut Config)) {
        change(Arc::make_mut(&mut self.config));
    }

    /// Says where the sandbox is reached, once that is known.
    pub fn set_base_url(&mut self, base_url: Url) {
        self.reconfigure(|config| config.base_url = base_url);
    }

    /// Creates an account, or gives an existing one a new password.
    pub fn add_account(&mut self, localpart: &str, password: &str) {
        let user_id = format!("@{localpart}:{}", self.config.server_name());
        self.accounts.create(localpart, user_id).password = Some(password.into());
    }

    /// Hands out a registration token, replacing an earlier one of the same text.
    pub fn add_registration_token(&mut self, token: &str, uses_allowed: Option<u32>, expires: Option<Time>) {
        self.invites.add(token, uses_allowed, expires);
    }

    /// Forgets every UIA session, as after the 48 hours.
    pub fn expire_sessions(&mut self) {
        for interaction in self.interactions.drain() {
            self.invites.release(&interaction);
        }
    }

    /// Lets every access token that can be refreshed expire.
    pub fn expire_access_tokens(&mut self) {
        self.sessions.expire_access_tokens();
        self.oauth.sessions.expire_access_tokens();
    }

    /// Signs a device out, as somebody else's "sign out this device" does.
    pub fn kill_device(&mut self, localpart: &str, device_id: &str) {
        self.sessions.end_device(localpart, device_id);
        let is_meant = |session: &OauthSession| {
            session.localpart == localpart && session.allowed.device_id.as_deref() == Some(device_id)
        };
        for id in self.oauth.sessions.ids_of(is_meant) {
            self.close_session(&id);
        }
        if let Some(account) = self.accounts.find_mut(localpart) {
            account.remove_device(device_id);
        }
    }

    /// Deactivates an account and signs all its devices out.
    pub fn deactivate(&mut self, localpart: &str) {
        self.sessions.end_account(localpart);
        self.end_sessions(localpart);
        if let Some(account) = self.accounts.find_mut(localpart) {
            account.deactivated = true;
            account.password = None;
            account.remove_devices();
        }
    }

    /// Locks an account, or unlocks it.
    pub fn lock(&mut self, localpart: &str, locked: bool) {
        if let Some(account) = self.accounts.find_mut(localpart) {
            account.locked = locked;
        }
    }

    /// Approves an account that awaited it.
    pub fn approve(&mut self, localpart: &str) {
        if let Some(account) = self.accounts.find_mut(localpart) {
            account.approved = true;
        }
    }
}
