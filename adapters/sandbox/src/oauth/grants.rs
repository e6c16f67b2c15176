//! Which authorizations were asked for, and what became of them? Each has one callback.

use std::collections::BTreeMap;

use narthex::Time;
use url::{Url, form_urlencoded};

use crate::chance::Chance;

use super::pkce::Challenge;

/// The most authorizations kept; the oldest are forgotten first.
const MOST_GRANTS: usize = 1000;

/// How the callback carries its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ResponseMode {
    Query,
    Fragment,
    FormPost,
}

/// Where the answer goes, and what it must carry.
#[derive(Clone, Debug)]
pub(crate) struct Callback {
    pub(crate) redirect_uri: Url,
    pub(crate) mode: ResponseMode,
    pub(crate) state: Option<String>,
    /// Sent where the configuration says so (RFC 9207).
    pub(crate) issuer: Option<String>,
}

impl Callback {
    /// The address with these parameters. A redirect's ends with an empty fragment in query mode, a link's
    /// does not.
    pub(crate) fn address(&self, parameters: &[(&str, &str)], is_redirect: bool) -> String {
        let mut address = self.redirect_uri.clone();
        match self.mode {
            ResponseMode::Query | ResponseMode::FormPost => {
                address.query_pairs_mut().extend_pairs(parameters);
                if is_redirect {
                    address.set_fragment(Some(""));
                }
            }
            ResponseMode::Fragment => {
                let fragment =
                    form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
                address.set_fragment(Some(&fragment));
            }
        }
        address.into()
    }

    /// What is sent: first the state, then `own`, then the issuer.
    pub(crate) fn parameters<'a>(&'a self, own: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let state = self.state.as_deref().map(|state| ("state", state));
        let issuer = self.issuer.as_deref().map(|issuer| ("iss", issuer));
        state.into_iter().chain(own.iter().copied()).chain(issuer).collect()
    }

    /// Where the cancel link of the consent page leads.
    pub(crate) fn cancelled(&self) -> String {
        let mut parameters = self.parameters(&[("error", "access_denied")]);
        // The link names the error first.
        parameters.sort_by_key(|(name, _)| (*name != "error", *name != "state"));
        self.address(&parameters, false)
    }
}

/// What became of an authorization.
#[derive(Clone, Debug)]
pub(crate) enum Stage {
    Pending,
    /// The person consented.
    Fulfilled {
        code: String,
        localpart: String,
        at: Time,
    },
    /// The code was exchanged for this session.
    Exchanged {
        code: String,
        session: String,
        at: Time,
    },
}

/// One authorization.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) client_id: String,
    pub(crate) callback: Callback,
    pub(crate) scope: String,
    pub(crate) challenge: Option<Challenge>,
    pub(crate) login_hint: Option<String>,
    pub(crate) stage: Stage,
}

/// All authorizations by id; an earlier one comes first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Grants(BTreeMap<String, Grant>);

impl Grants {
    pub(crate) fn add(&mut self, now: Time, chance: &mut Chance, grant: Grant) -> String {
        if self.0.len() >= MOST_GRANTS {
            self.0.pop_first();
        }
        let id = chance.ulid(now);
        self.0.insert(id.clone(), grant);
        id
    }

    pub(crate) fn find(&self, id: &str) -> Option<&Grant> {
        self.0.get(id)
    }

    pub(crate) fn find_mut(&mut self, id: &str) -> Option<&mut Grant> {
        self.0.get_mut(id)
    }

    pub(crate) fn of_code(&mut self, asked: &str) -> Option<&mut Grant> {
        self.0.values_mut().find(|grant| match &grant.stage {
            Stage::Pending => false,
            Stage::Fulfilled { code, .. } | Stage::Exchanged { code, .. } => code == asked,
        })
    }
}
