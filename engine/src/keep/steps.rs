//! How a session goes from one state to the next.

use std::time::Duration;

use serde_json::json;

use crate::account_management::AccountAction;
use crate::address;
use crate::cx::{Cx, Event, Wait};
use crate::exchange;
use crate::failure::{Cause, Failure, Missing, Outage};
use crate::http::Call;
use crate::secret::Secret;
use crate::session::Session;
use crate::token;

use super::machine::{Deed, End, Machine, Origin, State, Then};
use super::verdict::{self, Verdict};

/// A token is refreshed this long after the last time at the earliest, however short its life is.
const APART: Duration = Duration::from_secs(5);
/// Between two attempts to refresh; doubled each time.
const AGAIN: Duration = Duration::from_secs(15);
const AGAIN_AT_MOST: Duration = Duration::from_secs(600);
/// How often a token that is refused is replaced before the session counts as ended.
const MAX_REFRESHES: u32 = 2;
/// The same of tokens whose time is over when they are used: the server's answers take longer than its tokens live.
const MAX_REFRESHES_OVER: u32 = 3;
/// The same when there is another reason why it may be refused.
pub(super) const MAX_REFRESHES_EXPLAINED: u32 = 20;

impl Machine {
    pub(super) const fn new(session: Session, is_stored: bool, may_be_stored: bool) -> Self {
        Self {
            session,
            refreshed: None,
            replaces: None,
            lease: None,
            origin: Origin::Store,
            unkept: None,
            is_unclear: false,
            is_stored,
            may_be_stored,
            checked_at: None,
            devices: None,
            // An earlier run may have been killed while it refreshed it.
            in_doubt: is_stored,
            failures: 0,
            refreshes: 0,
            soft: false,
            is_refused: false,
        }
    }

    pub(super) fn store(&mut self, then: Then, cx: &mut Cx<'_>) -> State {
        // It may get there although we never hear of it.
        self.may_be_stored = true;
        let session = self.refreshed.as_ref().unwrap_or(&self.session);
        State::Storing { wait: cx.store(session.clone()), then }
    }

    /// What an earlier run did not get to: no token is used before it is stored.
    pub(super) fn store_refreshed(&mut self, cx: &mut Cx<'_>) -> State {
        self.refreshed = Some(self.session.clone());
        self.under_lease(Deed::Store { then: Then::Check }, cx)
    }

    pub(super) fn stored(&mut self, then: Then, cx: &mut Cx<'_>) -> State {
        self.use_refreshed();
        (self.origin, self.is_stored, self.replaces) = (Origin::Store, true, None);
        (self.failures, self.is_unclear) = (0, false);
        self.go_on(then, cx)
    }

    /// A sign-in of this run has brought it, and nothing is stored in its place.
    pub(super) fn is_new(&self) -> bool {
        self.origin == Origin::SignIn && self.replaces.is_none() && self.refreshed.is_none()
    }

    /// What a sign-in has just brought is tried once more, and then ended again: left at the server it would be a device that
    /// nobody can find. What was stored before, or may be, is for the user to decide.
    pub(super) fn not_stored(&mut self, then: Then, failure: Failure, cx: &mut Cx<'_>) -> State {
        let is_new = self.is_new();
        match then {
            Then::End => self.over(),
            Then::Rest | Then::Check | Then::List | Then::SignOut { .. } if !is_new => {
                State::StoreFailed { then, failure }
            }
            Then::Rest | Then::Check | Then::List | Then::SignOut { .. } if self.failures == 0 => {
                self.failures = 1;
                self.under_lease(Deed::Store { then }, cx)
            }
            Then::Rest | Then::Check | Then::List | Then::SignOut { .. } => {
                (self.failures, self.unkept) = (0, Some(failure));
                self.under_lease(Deed::SignOut { everywhere: false }, cx)
            }
        }
    }

    /// To what the token was wanted for.
    pub(super) fn go_on(&mut self, then: Then, cx: &mut Cx<'_>) -> State {
        match then {
            Then::Rest => self.rest(cx),
            Then::Check => self.check(cx),
            Then::List => self.list(cx),
            Then::SignOut { everywhere } => self.under_lease(Deed::SignOut { everywhere }, cx),
            Then::End => self.over(),
        }
    }

    /// The access token that is stored, as far as we know.
    pub(super) fn replaces(&self) -> Option<Secret<String>> {
        if self.is_stored { Some(self.session.access_token.clone()) } else { self.replaces.clone() }
    }

    pub(super) fn use_refreshed(&mut self) {
        if let Some(refreshed) = self.refreshed.take() {
            self.replaces = self.replaces();
            self.session = refreshed;
            self.is_stored = false;
            self.is_refused = false;
        }
    }

    pub(super) fn rest(&self, cx: &mut Cx<'_>) -> State {
        let until = self.session.fresh_until(cx.now).filter(|_| self.session.refresh_token.is_some());
        // Where a clock was set, when it was granted says nothing.
        let apart = self.session.granted_at.filter(|at| *at <= cx.now).map(|at| at + APART);
        let due = until.map(|until| cx.pause_until(until.max(apart.unwrap_or_default())));
        State::Resting { due, problem: None, good_until: None }
    }

    /// Nothing is known to be wrong with the session, so it goes on; it is refreshed again, ever more rarely.
    pub(super) fn rest_with(&mut self, problem: Failure, cx: &mut Cx<'_>) -> State {
        let State::Resting { due, .. } = self.rest(cx) else { return self.rest(cx) };
        let later = problem.rate_limited_until().unwrap_or_else(|| cx.now + self.patience());
        let due = due.map(|wait| Wait { until: wait.until.max(later), ..wait });
        let good_until = self.session.good_until(cx.now).filter(|_| !self.is_refused);
        State::Resting { due, problem: Some(problem), good_until }
    }

    fn patience(&self) -> Duration {
        AGAIN.saturating_mul(1 << self.failures.min(8)).min(AGAIN_AT_MOST)
    }

    pub(super) fn check(&self, cx: &mut Cx<'_>) -> State {
        let url = address::endpoint(&self.session.homeserver, "_matrix/client/v3/account/whoami");
        State::Checking { call: Call::get_as(url, &self.session.access_token, cx).about(&self.session) }
    }

    pub(super) fn checked(&mut self, call: &Call, event: &Event<'_>, cx: &mut Cx<'_>) -> State {
        let verdict = match exchange::answer(call, event, cx.now) {
            Ok(answer) => verdict::whoami(&answer, &self.session),
            Err(failure) => Verdict::Unclear(failure),
        };
        match verdict {
            Verdict::Good(()) => {
                self.checked_at = Some(cx.now);
                self.is_refused = false;
                (self.refreshes, self.in_doubt) = (0, false);
                self.rest(cx)
            }
            Verdict::TokenEnded { soft, failure } => self.refresh_or_end(Then::Check, soft, failure, cx),
            Verdict::Unclear(failure) => self.rest_with(failure, cx),
        }
    }

    /// An access token that has expired looks like one that was revoked: only a refresh tells them apart.
    fn refresh_or_end(&mut self, then: Then, soft: bool, failure: Failure, cx: &mut Cx<'_>) -> State {
        (self.soft, self.is_refused) = (soft, true);
        match self.is_refreshable(cx) {
            true => self.under_lease(Deed::Refresh { then }, cx),
            // It goes on giving tokens: the session has not ended.
            false if self.is_over(cx) && self.session.refresh_token.is_some() => {
                self.refreshes = 0;
                let cause = Cause::Unavailable { outage: Outage::TokensTooShort, retry_at: None };
                self.rest_with(Failure { cause, ..failure }, cx)
            }
            false => self.ended(soft, &failure, cx),
        }
    }

    /// A fresh token that is refused was perhaps slept over; a second one was not, unless its time is over as well, or a
    /// refresh whose answer was lost has replaced it.
    fn is_refreshable(&self, cx: &Cx<'_>) -> bool {
        let most = match () {
            () if self.in_doubt => MAX_REFRESHES_EXPLAINED,
            () if self.is_over(cx) => MAX_REFRESHES_OVER,
            () => MAX_REFRESHES,
        };
        self.session.refresh_token.is_some() && self.refreshes < most
    }

    pub(super) fn send_refresh(&mut self, then: Then, cx: &mut Cx<'_>) -> State {
        self.in_doubt = true;
        let Some(token) = &self.session.refresh_token else { return self.rest(cx) };
        let call = match &self.session.oauth {
            Some(oauth) => token::renew(&oauth.token_endpoint, &oauth.client_id, token, cx),
            None => {
                let url = address::endpoint(&self.session.homeserver, "_matrix/client/v3/refresh");
                Call::post(url, &json!({ "refresh_token": token.expose() }), cx)
            }
        };
        State::Refreshing { call: self.hurried(call, cx).about(&self.session), then }
    }

    pub(super) fn refreshed(&mut self, call: &Call, then: Then, event: &Event<'_>, cx: &mut Cx<'_>) -> State {
        let verdict = match exchange::answer(call, event, cx.now) {
            Ok(answer) => verdict::refreshed(&answer, call, &self.session),
            Err(failure) => Verdict::Unclear(failure),
        };
        match (verdict, then) {
            // What is to end is not stored; until then it is in what is saved.
            (Verdict::Good(session), Then::SignOut { everywhere }) => {
                self.refreshed = Some(session);
                self.use_refreshed();
                self.in_doubt = false;
                self.refreshes += 1;
                self.under_lease(Deed::SignOut { everywhere }, cx)
            }
            (Verdict::Good(session), then @ (Then::Rest | Then::Check | Then::List | Then::End)) => {
                self.refreshes = if matches!(then, Then::Rest) { 0 } else { self.refreshes + 1 };
                // Until the new token is used, an earlier request that was given up may still arrive and replace it.
                let then = if self.failures > 0 { Then::Check } else { then };
                (self.failures, self.soft, self.in_doubt) = (0, false, false);
                self.refreshed = Some(session);
                self.under_lease(Deed::Store { then }, cx)
            }
            // Whoever wants to sign out has got what they wanted.
            (Verdict::TokenEnded { soft, .. }, Then::SignOut { .. }) => {
                let server_told = !(soft || self.soft);
                self.under_lease(Deed::Erase { server_told }, cx)
            }
            // A refused refresh token says less about the device than the refused access token did before.
            (Verdict::TokenEnded { soft, failure }, Then::Rest | Then::Check | Then::List | Then::End) => {
                self.ended(soft || self.soft, &failure, cx)
            }
            (
                Verdict::Unclear(Failure { cause: Cause::Refused { .. }, .. }),
                Then::SignOut { everywhere },
            ) if self.session.oauth.is_some() => self.under_lease(Deed::Revoke { everywhere }, cx),
            (Verdict::Unclear(failure), Then::SignOut { everywhere }) => {
                self.sign_out_failed(everywhere, failure, cx)
            }
            (Verdict::Unclear(failure), Then::Rest | Then::Check | Then::List | Then::End) => {
                let problem = self.rest_with(failure, cx);
                self.failures += 1;
                problem
            }
        }
    }

    pub(super) fn send_sign_out(&mut self, everywhere: bool, cx: &mut Cx<'_>) -> State {
        if self.session.oauth.is_some() {
            // A token that was replaced ends nothing, and is answered as if it did.
            let refreshes_first = self.in_doubt && !everywhere && self.session.refresh_token.is_some();
            return match refreshes_first {
                true => self.send_refresh(Then::SignOut { everywhere }, cx),
                false => self.revoke(everywhere, cx),
            };
        }
        let path = if everywhere { "_matrix/client/v3/logout/all" } else { "_matrix/client/v3/logout" };
        let url = address::endpoint(&self.session.homeserver, path);
        let call = Call::post_as(url, &self.session.access_token, &json!({}), cx);
        State::SigningOut { call: self.hurried(call, cx).about(&self.session), everywhere }
    }

    /// The legacy sign-out would leave an OAuth 2.0 session alive; its own ends one session, never all.
    pub(super) fn revoke(&mut self, everywhere: bool, cx: &mut Cx<'_>) -> State {
        let session = &self.session;
        let endpoint =
            session.oauth.as_ref().and_then(|oauth| Some((oauth.revocation_endpoint.clone()?, oauth)));
        let Some((endpoint, oauth)) = endpoint.filter(|_| !everywhere) else {
            let cause = Cause::Unsupported { missing: Missing::Revocation };
            let failure = Failure { cause, evidence: None };
            return self.sign_out_failed(everywhere, failure, cx);
        };
        let (token, hint) = match &session.refresh_token {
            Some(token) => (token, "refresh_token"),
            None => (&session.access_token, "access_token"),
        };
        let fields = [
            ("token", token.expose().as_str()),
            ("token_type_hint", hint),
            ("client_id", oauth.client_id.as_str()),
        ];
        let call = Call::form(endpoint, &fields, cx);
        State::SigningOut { call: self.hurried(call, cx).about(&self.session), everywhere }
    }

    pub(super) fn sign_out_failed(&mut self, everywhere: bool, failure: Failure, cx: &mut Cx<'_>) -> State {
        // It is still at the server, and could not be stored: the user has to know of it.
        if let Some(failure) = self.unkept.take() {
            return State::StoreFailed { then: Then::Rest, failure };
        }
        let may_pass = matches!(failure.cause, Cause::Unavailable { .. });
        let at = failure.rate_limited_until().unwrap_or_else(|| cx.now + self.patience());
        self.failures += 1;
        State::SignOutFailed { everywhere, again: may_pass.then(|| cx.pause_until(at)), failure }
    }

    pub(super) fn signed_out(
        &mut self,
        call: &Call,
        everywhere: bool,
        event: &Event<'_>,
        cx: &mut Cx<'_>,
    ) -> State {
        let is_oauth = self.session.oauth.is_some();
        let verdict = match exchange::answer(call, event, cx.now) {
            Ok(answer) if is_oauth => verdict::revoked(&answer),
            Ok(answer) if answer.is_unrecognized() => {
                let cause = Cause::Unsupported { missing: Missing::Endpoint };
                Verdict::Unclear(answer.failure(cause))
            }
            Ok(answer) => verdict::signed_out(&answer),
            Err(failure) => Verdict::Unclear(failure),
        };
        match verdict {
            // An access token that has expired ends nothing, and is answered as if it did.
            Verdict::Good(()) => {
                let server_told = !is_oauth || self.session.refresh_token.is_some() || !self.is_over(cx);
                self.under_lease(Deed::Erase { server_told }, cx)
            }
            // Perhaps only the token has expired, and the device is still there.
            Verdict::TokenEnded { soft, .. } if self.is_refreshable(cx) && !is_oauth => {
                (self.soft, self.is_refused) = (soft, true);
                self.under_lease(Deed::Refresh { then: Then::SignOut { everywhere } }, cx)
            }
            // Where only the token has ended, the device is still there, and there is nothing to end it with.
            Verdict::TokenEnded { soft, .. } => self.under_lease(Deed::Erase { server_told: !soft }, cx),
            Verdict::Unclear(failure) => self.sign_out_failed(everywhere, failure, cx),
        }
    }

    fn is_over(&self, cx: &Cx<'_>) -> bool {
        self.session.expires_at.is_some_and(|expires_at| expires_at <= cx.now)
    }

    pub(super) fn list(&self, cx: &mut Cx<'_>) -> State {
        let url = address::endpoint(&self.session.homeserver, "_matrix/client/v3/devices");
        State::Listing { call: Call::get_as(url, &self.session.access_token, cx).about(&self.session) }
    }

    pub(super) fn listed(&mut self, call: &Call, event: &Event<'_>, cx: &mut Cx<'_>) -> State {
        let verdict = match exchange::answer(call, event, cx.now) {
            Ok(answer) => verdict::devices(&answer, &self.session),
            Err(failure) => Verdict::Unclear(failure),
        };
        match verdict {
            Verdict::Good(devices) => {
                self.devices = Some(devices);
                self.is_refused = false;
                (self.refreshes, self.in_doubt) = (0, false);
                self.rest(cx)
            }
            Verdict::TokenEnded { soft, failure } => self.refresh_or_end(Then::List, soft, failure, cx),
            Verdict::Unclear(failure) => self.rest_with(failure, cx),
        }
    }

    pub(super) fn manage(&self, action: Option<AccountAction>, device_id: Option<&str>, cx: &mut Cx<'_>) {
        let page = self.session.oauth.as_ref().and_then(|oauth| oauth.account_management.as_ref());
        if let Some(page) = page {
            cx.browse(page.link(action, Some(device_id.unwrap_or(&self.session.device_id))));
        }
    }

    pub(super) fn erase_stored(&self, server_told: bool, cx: &mut Cx<'_>) -> State {
        if self.may_be_stored {
            State::Erasing { wait: cx.erase(&self.session), server_told }
        } else {
            self.signed_out_here(server_told)
        }
    }

    pub(super) fn signed_out_here(&self, server_told: bool) -> State {
        let user_id = self.session.user_id.clone();
        State::Ended(Box::new(match self.unkept.clone() {
            Some(failure) => End::NotKept { user_id, failure },
            None => End::SignedOut { user_id, server_told },
        }))
    }

    /// What was not stored before, and is over at the server, is not worth another attempt.
    pub(super) fn not_erased(&self, server_told: bool, failure: Failure) -> State {
        match self.unkept {
            Some(_) if !self.is_unclear => self.signed_out_here(server_told),
            Some(_) | None => State::EraseFailed { server_told, failure },
        }
    }
}
