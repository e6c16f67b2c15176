//! Which server, and what the person wants of it.

use std::time::Duration;

use narthex_sandbox::{
    Config, DeviceGrant, Limits, OauthConfig, Refresh, RefreshRefusal, Rotation, Sandbox, WellKnown,
};
use url::Url;

use super::chance::Chance;

pub(super) const SECOND: u64 = 1000;
pub(super) const MINUTE: u64 = 60 * SECOND;
pub(super) const HOUR: u64 = 60 * MINUTE;

/// How the server is set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is the setup of the sandbox of that name")]
pub enum Setup {
    Open,
    Token,
    Terms,
    Email,
    EmailOptional,
    Msisdn,
    Recaptcha,
    Unknown,
    Everything,
    Approval,
    Sso,
    Disabled,
    OAuth,
    OAuthClosed,
}

impl Setup {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Open,
        Self::Token,
        Self::Terms,
        Self::Email,
        Self::EmailOptional,
        Self::Msisdn,
        Self::Recaptcha,
        Self::Unknown,
        Self::Everything,
        Self::Approval,
        Self::Sso,
        Self::Disabled,
        Self::OAuth,
        Self::OAuthClosed,
    ];
}

/// How the person wants to get in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Goal {
    /// With a new account.
    Register,
    /// Into an account that is there, by its password.
    Password,
    /// By single sign-on.
    Sso,
    /// With a login token from another session.
    LoginToken,
    /// By OAuth 2.0, in the browser.
    Browser,
    /// By OAuth 2.0, with a code that is entered elsewhere.
    DeviceCode,
}

/// What others do meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Elsewhere {
    /// Somebody else takes the first name.
    TakeName,
    /// The server forgets who was registering.
    ForgetRegistrations,
    /// The session is ended from another device.
    EndSession,
    /// An administrator locks the account, or unlocks it.
    Lock(bool),
    /// The authorization server forgets the applications in which nobody is signed in.
    ForgetClients,
    /// The server is restored from a backup.
    Restore,
}

/// All that is settled before a life begins.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) setup: Setup,
    pub(super) goal: Goal,
    /// What the person types as the server.
    pub(super) server: &'static str,
    /// When luck turns.
    pub(super) turns: u64,
    /// How long the session is kept.
    pub(super) stay: u64,
    pub(super) everywhere: bool,
    pub(super) elsewhere: Vec<(u64, Elsewhere)>,
    /// How the authorization server is set up, where there is one.
    oauth: Option<OauthConfig>,
}

pub(super) const SERVER_NAME: &str = "example.org";
const SPELLINGS: [&str; 4] =
    ["example.org", "https://matrix.example.org/", "@kim:example.org", " Example.ORG "];
pub(super) const HOSTS: [&str; 2] = ["example.org", "matrix.example.org"];
pub(super) const NAMES: [&str; 4] = ["kim", "kim.b", "kim-2", "kim_the_last"];
pub(super) const MEMBER: &str = "morgan";
pub(super) const VISITOR: &str = "visitor";
pub(super) const STRANGER: &str = "mallory";
pub(super) const WEAK: &str = "kim";
pub(super) const PASSWORD: &str = "Correct horse 7!";
pub(super) const TOKEN: &str = "welcome-in";
pub(super) const EMAIL: &str = "kim@mail.example";
pub(super) const PHONE: &str = "0170 1234567";
pub(super) const NUMBER: &str = "491701234567";

impl Plan {
    pub(super) fn new(chance: &mut Chance) -> Self {
        // The most can go wrong where there is an authorization server.
        let setup = if chance.one_in(3) { Setup::OAuth } else { *chance.pick(&Setup::ALL) };
        let ways = [Goal::Register, Goal::Password, Goal::Sso, Goal::Sso, Goal::LoginToken];
        let by_oauth = [Goal::Register, Goal::Browser, Goal::DeviceCode, Goal::Browser, Goal::Password];
        let goal = if setup == Setup::Sso {
            *chance.pick(&ways)
        } else if setup == Setup::OAuth {
            *chance.pick(&by_oauth)
        } else if setup == Setup::OAuthClosed {
            *chance.pick(&by_oauth[..3])
        } else if chance.one_in(4) {
            Goal::Password
        } else {
            Goal::Register
        };
        let turns = chance.between(HOUR, 6 * HOUR);
        let oauth = setup.has_oauth().then(|| authorization_server(setup, chance));
        // A token of five minutes is renewed often enough in a few hours.
        let longest = match oauth.as_ref().map(|oauth| oauth.access_lifetime) {
            Some(life) if life < Duration::from_mins(1) => 20 * MINUTE,
            Some(life) if life < Duration::from_hours(1) => 6 * HOUR,
            Some(_) | None => 72 * HOUR,
        };
        let mut elsewhere = Vec::new();
        let mut maybe = |many, what, high| {
            if chance.one_in(many) {
                elsewhere.push((chance.between(1, high), what));
            }
        };
        maybe(6, Elsewhere::TakeName, 5 * MINUTE);
        maybe(8, Elsewhere::ForgetRegistrations, 30 * MINUTE);
        maybe(8, Elsewhere::EndSession, 6 * HOUR);
        maybe(4, Elsewhere::ForgetClients, HOUR);
        let locked = chance.between(1, 4 * HOUR);
        if chance.one_in(10) {
            elsewhere.extend([(locked, Elsewhere::Lock(true)), (locked + HOUR, Elsewhere::Lock(false))]);
        }
        Self {
            setup,
            goal,
            server: *chance.pick(&SPELLINGS),
            turns,
            stay: chance.between(MINUTE, longest),
            everywhere: chance.one_in(4),
            elsewhere,
            oauth,
        }
    }

    pub(super) fn server(&self, chance: &mut Chance) -> Sandbox {
        let base: Url = "https://matrix.example.org/".parse().expect("an address");
        let setup = match self.setup {
            Setup::Open | Setup::Approval | Setup::Unknown => Config::open,
            Setup::Token => Config::token,
            Setup::Terms => Config::terms,
            Setup::Email => Config::email,
            Setup::EmailOptional => Config::email_optional,
            Setup::Msisdn => Config::msisdn,
            Setup::Recaptcha => Config::recaptcha,
            Setup::Everything => Config::everything,
            Setup::Sso => Config::sso,
            Setup::Disabled => Config::disabled,
            Setup::OAuth | Setup::OAuthClosed => Config::oauth,
        };
        let mut config = setup(base);
        config.server_name = Some(SERVER_NAME.to_owned());
        config.well_known = WellKnown::Own;
        config.approval_required = self.setup == Setup::Approval;
        if self.setup == Setup::Unknown {
            config.flows = vec![vec!["org.example.riddle".to_owned(), "m.login.dummy".to_owned()]];
        }
        if let Some(oauth) = &self.oauth {
            config.oauth = Some(oauth.clone());
            // A bare homeserver has no older way in.
            config.login = config.login.filter(|_| chance.one_in(2));
        }
        if chance.one_in(3) {
            config.limits = Limits::synapse();
        }
        if chance.one_in(3) {
            (config.password_policy.minimum_length, config.password_policy.digit) = (8, true);
            config.password_policy.plain_errcode = chance.one_in(2);
        }
        config.refresh = match chance.between(0, 4) {
            0 => None,
            1 => Some(Refresh { access_lifetime: Duration::from_hours(24), ..Refresh::default() }),
            2 => Some(Refresh { access_lifetime: Duration::from_hours(6), ..Refresh::default() }),
            _ => Some(Refresh {
                access_lifetime: Duration::from_hours(2),
                refusal: RefreshRefusal::Specification,
                ..Refresh::default()
            }),
        };
        config.registration_tokens = vec![
            (TOKEN.to_owned(), None, None),
            ("long-over".to_owned(), None, Some(narthex::Time(1))),
            ("used-up".to_owned(), Some(0), None),
        ];
        let mut server = Sandbox::new(config, chance.next());
        server.add_account(MEMBER, PASSWORD);
        server.approve(MEMBER);
        if self.oauth.is_some() {
            server.add_account(VISITOR, PASSWORD);
            server.add_account(STRANGER, PASSWORD);
        }
        server
    }

    /// Whether the server can let this person in at all, in a way that the engine has so far.
    pub(super) fn may_get_in(&self) -> bool {
        match (self.setup, self.goal) {
            (Setup::Disabled | Setup::OAuthClosed, Goal::Register) => false,
            (_, Goal::Register | Goal::Password | Goal::Sso | Goal::LoginToken) => true,
            (_, Goal::Browser | Goal::DeviceCode) => true,
        }
    }
}

impl Setup {
    pub(super) const fn has_oauth(self) -> bool {
        matches!(self, Self::OAuth | Self::OAuthClosed)
    }
}

fn authorization_server(setup: Setup, chance: &mut Chance) -> OauthConfig {
    let lives = [20, 5 * 60, 3600, 6 * 3600];
    let grant = DeviceGrant {
        complete: chance.one_in(2),
        slow_down: chance.one_in(2),
        interval: Duration::from_secs(chance.between(1, 8)),
        ..DeviceGrant::default()
    };
    OauthConfig {
        stable_path: chance.one_in(2),
        registration: setup == Setup::OAuth,
        device_grant: (!chance.one_in(3)).then_some(grant),
        access_lifetime: Duration::from_secs(*chance.pick(&lives)),
        rotation: if chance.one_in(4) { Rotation::Strict } else { Rotation::Tolerant },
        iss: chance.one_in(2),
        pkce_required: chance.one_in(2),
        ..OauthConfig::default()
    }
}
