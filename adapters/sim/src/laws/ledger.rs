//! What was asked, what the server did, and what reached us.

use std::collections::{BTreeMap, BTreeSet};

use narthex::{EffectId, Method, Request, Response, Secret, Session, Time};
use narthex_sandbox::Sandbox;
use serde_json::Value;
use url::form_urlencoded;

use crate::law::{Broken, Law, hold};
use crate::process::Disk;
use crate::session::localpart;

/// A device that the server made for us.
#[derive(Debug, Default)]
pub(crate) struct Device {
    pub(super) user: String,
    /// We know of it.
    pub(super) delivered: bool,
    /// Its sign-in was cancelled, or died with the process.
    pub(super) left: bool,
    pub(super) forgotten: bool,
    /// The server has made it anew, with other tokens than those we know.
    pub(super) made_anew: bool,
    of_registration: bool,
    /// The disk or the server that knew of it has gone back in time.
    pub(super) past: bool,
    /// By a code that was entered elsewhere.
    of_code: bool,
}

impl Device {
    /// The answer that told of it was lost. In the browser the next attempt is on the same device, unless the person
    /// goes elsewhere; a code that was entered elsewhere is good for one answer.
    pub(super) const fn is_lost(&self) -> bool {
        // Delivered once, and taken over since.
        let delivered = self.delivered && !self.made_anew;
        !delivered && (self.left || self.of_code)
    }
}

/// What a request carries that may be spent only once.
#[derive(Debug, Default)]
struct Carried {
    login_token: Option<String>,
    refresh_token: Option<String>,
    uia_session: Option<String>,
    /// Tokens are asked for.
    is_grant: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Laws {
    /// The accounts that our requests made, with their passwords.
    pub(super) made: BTreeMap<String, String>,
    /// Names that the person left.
    pub(super) left: BTreeSet<String>,
    pub(super) devices: BTreeMap<String, Device>,
    pub(super) asked: Option<String>,
    pub(super) password: Option<String>,
    pub(super) cancelled: bool,
    /// The session in use.
    pub(super) current: Option<(String, String)>,
    pub(super) signing_out: Option<(String, String)>,
    pub(super) has_lost_the_past: bool,
    carried: BTreeMap<EffectId, Carried>,
    spent: BTreeSet<String>,
    /// Which device a token of an authorization server is of.
    of_token: BTreeMap<String, String>,
}

impl Laws {
    /// The localpart and the device of the session in use.
    pub(crate) fn current(&self) -> Option<(String, String)> {
        let (user, device) = self.current.as_ref()?;
        Some((localpart(user)?, device.clone()))
    }

    pub(crate) fn signed_in(&mut self, user_id: &str, device_id: &str) {
        self.current = Some((user_id.to_owned(), device_id.to_owned()));
    }

    /// The disk or the server has gone back in time: whatever was, may be again, and may be gone.
    pub(crate) fn lost_the_past(&mut self) {
        self.has_lost_the_past = true;
        (self.current, self.signing_out) = (None, None);
        self.devices.values_mut().for_each(|device| device.past = true);
        self.left.extend(self.made.keys().cloned());
        self.leave_names();
        self.spent.clear();
    }

    pub(super) fn is_past(&self, device_id: &str) -> bool {
        self.devices.get(device_id).is_some_and(|device| device.past)
    }

    /// A request arrived once more, and nobody hears the answer.
    pub(crate) fn echoed(&mut self, response: &Response) {
        let body: Value = serde_json::from_slice(response.body.expose()).unwrap_or_default();
        if let Some(device) = body["device_id"].as_str().and_then(|id| self.devices.get_mut(id)) {
            device.past = true;
        }
    }

    /// An account that the person has made on a page of the server.
    pub(crate) fn made_in_browser(&mut self, name: &str, password: &str) {
        self.made.insert(name.to_owned(), password.to_owned());
    }

    /// Whoever is still waited for may have been made, and nobody will hear of it.
    pub(super) fn leave_devices(&mut self) {
        for device in self.devices.values_mut().filter(|device| !device.delivered) {
            device.left = true;
        }
    }

    pub(super) fn leave_names(&mut self) {
        self.left.extend(self.asked.take());
        for device in self.devices.values_mut().filter(|device| device.of_registration && !device.delivered) {
            device.left = true;
        }
    }

    pub(crate) fn killed(&mut self) {
        self.carried.clear();
        // A registration is written down; a sign-in by password is not.
        for device in self.devices.values_mut().filter(|d| !d.delivered && !d.of_registration) {
            device.left = true;
        }
        // Signing out is not written down either: the session is still stored, and still there.
        self.signing_out = None;
    }

    /// A request goes out.
    pub(crate) fn sending(
        &mut self,
        id: EffectId,
        request: &Request,
        disk: &Disk,
        server: &Sandbox,
    ) -> Result<(), Broken> {
        let path = request.url.path();
        if let Some(token) = bearer(request)
            && !path.ends_with("/logout")
            && !path.ends_with("/logout/all")
        {
            let kept = disk.sessions.iter().any(|session| session.access_token.expose() == token);
            // Nobody knows yet whose it is; the device is named beside that question.
            let is_saved =
                || disk.saved.as_ref().is_some_and(|saved| saved.to_json().expose().contains(token));
            let is_early = path.ends_with("/whoami") || request.method == Method::Put;
            let kept = kept || (is_early && is_saved());
            hold(kept, Law::NotStored, || format!("{path} with a token that is not stored"))?;
        }
        if path.contains("/logout") {
            let is_oauths = bearer(request).is_some_and(|token| self.of_token.contains_key(token));
            hold(!is_oauths, Law::NotTold, || format!("{path} leaves the session alive"))?;
        }
        let Some(body) = body_of(request) else { return Ok(()) };
        let text = |value: &Value| value.as_str().map(str::to_owned);
        if let Some(device) = text(&body["device_id"]) {
            self.devices.entry(device).or_default().of_registration |= path.ends_with("/register");
        }
        let carried = Carried {
            login_token: text(&body["token"])
                .filter(|_| path.ends_with("/login"))
                .or_else(|| text(&body["code"])),
            refresh_token: text(&body["refresh_token"])
                .filter(|_| !path.ends_with("/login") && !path.ends_with("/register")),
            uia_session: text(&body["auth"]["session"]).filter(|_| path.ends_with("/register")),
            is_grant: body["code"].is_string() || body["device_code"].is_string(),
        };
        let all = [&carried.login_token, &carried.refresh_token, &carried.uia_session];
        let spent = all.into_iter().flatten().find(|secret| self.spent.contains(*secret));
        // What was stored before a sign-out that a kill kept from being erased.
        let is_over = |session: &Session| !has_device(server, &session.user_id, &session.device_id);
        let of_over =
            disk.sessions.iter().filter(|session| is_over(session)).filter_map(|s| s.refresh_token.as_ref());
        let spent = spent.filter(|secret| !of_over.map(Secret::expose).any(|token| token == *secret));
        hold(spent.is_none(), Law::SpentTwice, || format!("{path}: {spent:?}"))?;
        self.carried.insert(id, carried);
        Ok(())
    }

    /// An answer reached whoever waits for it. Whether it renewed a token.
    pub(crate) fn delivered(&mut self, id: EffectId, response: &Response) -> bool {
        let Some(carried) = self.carried.remove(&id) else { return false };
        if response.status != 429 && response.status < 500 {
            self.spent.extend(carried.login_token);
        }
        if response.status != 200 {
            return false;
        }
        let body: Value = serde_json::from_slice(response.body.expose()).unwrap_or_default();
        let access = body["access_token"].as_str().filter(|_| carried.is_grant);
        let granted = access.and_then(|token| self.of_token.get(token)).cloned();
        if let Some(device) = body["device_id"].as_str().or(granted.as_deref()) {
            let device = self.devices.entry(device.to_owned()).or_default();
            (device.delivered, device.made_anew) = (true, false);
            self.spent.extend(carried.uia_session);
        }
        let renewed = carried.refresh_token.filter(|_| body["refresh_token"].is_string());
        let is_renewed = renewed.is_some();
        self.spent.extend(renewed);
        is_renewed
    }

    /// Whether the account that this would make is there already.
    pub(crate) fn before_answer(&self, request: &Request, server: &Sandbox) -> Option<(String, String)> {
        let body = body_of(request).filter(|_| request.url.path().ends_with("/register"))?;
        let (name, password) = (body["username"].as_str()?, body["password"].as_str()?);
        server.account(name).is_none().then(|| (name.to_owned(), password.to_owned()))
    }

    /// What the server did.
    pub(crate) fn after_answer(
        &mut self,
        request: &Request,
        response: &Response,
        server: &Sandbox,
        now: Time,
        before: Option<(String, String)>,
    ) {
        if let Some((name, password)) = before.filter(|(name, _)| server.account(name).is_some()) {
            // Nobody may wait for this account any more.
            if self.asked.as_ref() != Some(&name) {
                self.left.insert(name.clone());
            }
            self.made.insert(name, password);
        }
        let path = request.url.path();
        if response.status == 200 && path.ends_with("/token") {
            self.granted(request, response, server, now);
        }
        if response.status != 200 || !(path.ends_with("/register") || path.ends_with("/login")) {
            return;
        }
        let body: Value = serde_json::from_slice(response.body.expose()).unwrap_or_default();
        let user = body["user_id"].as_str().and_then(localpart);
        let (Some(user), Some(device)) = (user, body["device_id"].as_str()) else { return };
        let device = self.devices.entry(device.to_owned()).or_default();
        (device.user, device.made_anew) = (user, true);
    }
}

impl Laws {
    /// An authorization server gave tokens.
    fn granted(&mut self, request: &Request, response: &Response, server: &Sandbox, now: Time) {
        let body: Value = serde_json::from_slice(response.body.expose()).unwrap_or_default();
        let asked = body_of(request).unwrap_or_default();
        let Some(access) = body["access_token"].as_str() else { return };
        let Some((user, device_id)) = server.holder(now, access) else { return };
        for token in [&body["access_token"], &body["refresh_token"]].into_iter().filter_map(Value::as_str) {
            self.of_token.insert(token.to_owned(), device_id.to_owned());
        }
        if asked["refresh_token"].is_null() {
            let device = self.devices.entry(device_id.to_owned()).or_default();
            (device.user, device.made_anew) = (user.to_owned(), true);
            // Whatever was known of it before is over.
            (device.delivered, device.left) = (false, false);
            device.of_code |= asked["device_code"].is_string();
        }
    }
}

fn bearer(request: &Request) -> Option<&str> {
    let (_, value) = request.headers.iter().find(|(name, _)| *name == "authorization")?;
    value.expose().strip_prefix("Bearer ")
}

fn body_of(request: &Request) -> Option<Value> {
    let ends = |end: &&str| request.url.path().ends_with(*end);
    if request.body.expose().is_empty() {
        None
    } else if ["/register", "/login", "/refresh"].iter().any(ends) {
        serde_json::from_slice(request.body.expose()).ok()
    } else if ["/token", "/revoke", "/device"].iter().any(ends) {
        let fields = form_urlencoded::parse(request.body.expose());
        Some(fields.map(|(name, value)| (name.into_owned(), Value::from(value.into_owned()))).collect())
    } else {
        None
    }
}

pub(super) fn has_device(server: &Sandbox, user_id: &str, device_id: &str) -> bool {
    let account = localpart(user_id).and_then(|name| server.account(&name));
    account.is_some_and(|account| account.devices.contains_key(device_id))
}
