//! Which configurations of a homeserver can be had, and what sets each apart?

use clap::ValueEnum;

/// One configuration. What is said of registration is what `POST /register` offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Profile {
    /// Anyone may register.
    Open,
    /// A registration token is asked for.
    Token,
    /// A policy must be accepted.
    Terms,
    /// An e-mail address must be confirmed.
    Email,
    /// An e-mail address may be confirmed.
    EmailOptional,
    /// A captcha must be solved; `good-captcha` solves it.
    Recaptcha,
    /// Token, captcha, policy and e-mail address, all four.
    Everything,
    /// Open, with limits that a test can reach.
    Ratelimit,
    /// Nobody may register; `demo` may sign in.
    Disabled,
    /// Open, with access tokens that last ten seconds.
    Refresh,
    /// Sign-in through two OpenID Connect providers, beside the password.
    Sso,
    /// Accounts, sign-in and sign-out at an OAuth 2.0 authorization server. Anyone may open a rendezvous.
    Oauth,
    /// The same, but only those who are signed in may open a rendezvous of 2025.
    OauthAuthenticated,
    /// The same, without the rendezvous of 2025.
    OauthOff,
    /// The same, without any rendezvous.
    OauthNone,
    /// As `oauth`, behind an nginx that packs answers, which weakens their ETags.
    OauthPacked,
    /// As `oauth`, behind an nginx that weakens all ETags.
    OauthWeak,
    /// As `oauth`, behind an nginx that removes ETags.
    OauthBare,
}

/// What an nginx in front of a server does to the ETags of answers that have a body. The first two can be lived with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Etags {
    /// Weak where a client lets the answer be packed.
    Packed,
    /// Weak.
    Weakened,
    /// Removed.
    Removed,
}

impl Profile {
    pub(crate) const ALL: [Self; 18] = [
        Self::Open,
        Self::Token,
        Self::Terms,
        Self::Email,
        Self::EmailOptional,
        Self::Recaptcha,
        Self::Everything,
        Self::Ratelimit,
        Self::Disabled,
        Self::Refresh,
        Self::Sso,
        Self::Oauth,
        Self::OauthAuthenticated,
        Self::OauthOff,
        Self::OauthNone,
        Self::OauthPacked,
        Self::OauthWeak,
        Self::OauthBare,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Token => "token",
            Self::Terms => "terms",
            Self::Email => "email",
            Self::EmailOptional => "email-optional",
            Self::Recaptcha => "recaptcha",
            Self::Everything => "everything",
            Self::Ratelimit => "ratelimit",
            Self::Disabled => "disabled",
            Self::Refresh => "refresh",
            Self::Sso => "sso",
            Self::Oauth => "oauth",
            Self::OauthAuthenticated => "oauth-authenticated",
            Self::OauthOff => "oauth-off",
            Self::OauthNone => "oauth-none",
            Self::OauthPacked => "oauth-packed",
            Self::OauthWeak => "oauth-weak",
            Self::OauthBare => "oauth-bare",
        }
    }

    /// The end of its environment variables' names.
    pub(crate) fn variable(self) -> String {
        self.name().to_uppercase().replace('-', "_")
    }

    pub(crate) fn sends_mail(self) -> bool {
        matches!(self, Self::Email | Self::EmailOptional | Self::Everything | Self::Ratelimit)
    }

    pub(crate) fn has_captcha(self) -> bool {
        matches!(self, Self::Recaptcha | Self::Everything)
    }

    pub(crate) fn has_providers(self) -> bool {
        matches!(self, Self::Sso)
    }

    /// Does it leave accounts to an authorization server?
    pub(crate) fn is_delegated(self) -> bool {
        self.rendezvous().is_some()
    }

    /// The settings of Synapse's two rendezvous, which only those have that leave accounts to an authorization server.
    pub(crate) fn rendezvous(self) -> Option<&'static str> {
        let open = r#"{msc4108_enabled: true, msc4388_mode: "open"}"#;
        let all = [
            (Self::Oauth, open),
            (Self::OauthPacked, open),
            (Self::OauthWeak, open),
            (Self::OauthBare, open),
            (Self::OauthAuthenticated, r#"{msc4108_enabled: true, msc4388_mode: "authenticated"}"#),
            (Self::OauthOff, r#"{msc4108_enabled: true, msc4388_mode: "off"}"#),
            (Self::OauthNone, "{}"),
        ];
        all.into_iter().find(|(profile, _)| *profile == self).map(|(_, settings)| settings)
    }

    /// What an nginx in front of it does.
    pub(crate) fn nginx(self) -> Option<Etags> {
        let all = [
            (Self::OauthPacked, Etags::Packed),
            (Self::OauthWeak, Etags::Weakened),
            (Self::OauthBare, Etags::Removed),
        ];
        all.into_iter().find(|(profile, _)| *profile == self).map(|(_, etags)| etags)
    }

    /// Does it talk to the sink?
    pub(crate) fn needs_sink(self) -> bool {
        self.sends_mail() || self.has_captcha() || self.has_providers()
    }

    pub(crate) fn has_terms(self) -> bool {
        matches!(self, Self::Terms | Self::Everything)
    }

    /// The registration tokens it starts with, as `people.py` reads them.
    pub(crate) fn tokens(self) -> &'static [&'static str] {
        if matches!(self, Self::Token | Self::Everything) {
            &["narthex-demo-token=", "narthex-single-use=1"]
        } else {
            &[]
        }
    }
}
