//! Which way in do the flags say?

use narthex::{Intent, Offer, ServerReport, Stage, StageKind, View};
use narthex_app::Goal;

use super::Script;
use crate::args::SignIn;

impl Script {
    pub(super) fn way_in(&self, view: &View, report: &ServerReport, user_id: Option<&str>) -> Option<Intent> {
        match self.goal {
            Goal::Register => Some(Intent::CreateAccount),
            Goal::SignIn => {
                if let Some(token) = &self.login_token {
                    return Some(Intent::SignInWithToken { token: token.clone() });
                }
                if let Some(intent) = self.by_device() {
                    return Some(intent);
                }
                if self.flags.device {
                    return Some(Intent::SignInWithDeviceCode);
                }
                // Both are through the browser: which of the two is the server's affair.
                let is_oauth = view.offers.contains(Offer::SignInWithBrowser);
                let is_sso = view.offers.contains(Offer::SignInWithSso);
                if self.flags.browser || self.flags.paste {
                    let sso = Intent::SignInWithSso { provider: None };
                    return Some(if is_sso && !is_oauth { sso } else { Intent::SignInWithBrowser });
                }
                if let Some(wanted) = &self.flags.sso {
                    if is_oauth && !is_sso {
                        return Some(Intent::SignInWithBrowser);
                    }
                    return provider(wanted, report).map(|provider| Intent::SignInWithSso { provider });
                }
                let identifier = self.flags.username.clone().or(user_id.map(str::to_owned))?;
                let password = self.password.clone()?;
                Some(Intent::SignInWithPassword { identifier, password })
            }
        }
    }

    /// With the help of another device, if that is what the flags say.
    pub(super) fn by_device(&self) -> Option<Intent> {
        let SignIn { qr, scan, generation, .. } = &self.flags;
        let generation = generation.map(Into::into);
        match (qr, scan) {
            (true, _) => Some(Intent::ShowCode { generation }),
            (false, Some(_)) => Some(Intent::ScanCode),
            (false, None) => None,
        }
    }

    pub(super) fn register(&self, flows: &[Vec<Stage>]) -> Option<Intent> {
        let wants = |kind| match kind {
            StageKind::Email => self.flags.email.is_some(),
            StageKind::RegistrationToken => self.flags.registration_token.is_some(),
            StageKind::Terms
            | StageKind::Dummy
            | StageKind::Phone
            | StageKind::Recaptcha
            | StageKind::Other => false,
            _ => false,
        };
        // Most servers tell their flows when a form is submitted, and not before.
        let named =
            ["m.login.email.identity", "m.login.registration_token"].into_iter().filter_map(Stage::parse);
        let named: Vec<Stage> = if flows.is_empty() { named.collect() } else { Vec::new() };
        let mut prefer: Vec<Stage> =
            flows.iter().flatten().chain(&named).filter(|stage| wants(stage.kind())).cloned().collect();
        prefer.sort();
        prefer.dedup();
        let (username, password) = (self.flags.username.clone()?, self.password.clone()?);
        Some(Intent::Register { username, password: Some(password), prefer })
    }
}

/// `None` when it is not among those that the server lists.
fn provider(wanted: &str, report: &ServerReport) -> Option<Option<String>> {
    if wanted.is_empty() {
        return Some(None);
    }
    let providers = &report.login.sso.as_ref()?.providers;
    let by_id = providers.iter().find(|p| p.id == wanted);
    let found = by_id.or_else(|| providers.iter().find(|p| p.name.eq_ignore_ascii_case(wanted)))?;
    Some(Some(found.id.clone()))
}
