//! What would a user have to answer, and how could it be said in advance?

use narthex::{IdentityProvider, Offer, Screen, View};
use narthex_app::{Goal, ways};
use narthex_text::{Text, plain};

/// A question that is open, with what there is to choose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unanswered {
    pub(crate) question: Question,
    goal: Goal,
    /// The ways in that the server has, if it is about that.
    ways: Vec<Offer>,
    /// The identity providers that it lists.
    pub(crate) providers: Vec<IdentityProvider>,
    /// What was said to it, and is no answer.
    wrong: Option<String>,
}

/// What a user would have to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    Server,
    /// Which session.
    Account,
    /// What follows `--sso` was taken for the identity provider.
    ServerBeforeSso,
    Continue,
    /// Several registrations are unfinished, and nobody is named.
    Whose,
    WayIn,
    Username,
    Password,
    Terms,
    RegistrationToken,
    Email,
    Phone,
    Code,
    Provider,
    Callback,
    /// One was given, and it is another's.
    OtherCallback,
    /// The warning before two devices are brought together.
    Warning,
    /// A code to scan.
    Scan,
    /// The digits that the other device shows.
    CheckCode,
    /// Whether it is the right server, or account.
    Confirm,
    /// Whether the page for the other device is to be opened.
    Consent,
    /// Whether two devices show the same emoji.
    #[cfg_attr(not(feature = "encryption"), expect(dead_code, reason = "nobody verifies"))]
    Emoji,
}

impl Unanswered {
    pub(crate) const fn new(question: Question, goal: Goal) -> Self {
        Self { question, goal, ways: Vec::new(), providers: Vec::new(), wrong: None }
    }

    /// The same about this view.
    pub(crate) fn at(self, view: &View) -> Self {
        let sso =
            if let Screen::Choose { report, .. } = &view.screen { report.login.sso.as_ref() } else { None };
        let sso = sso.filter(|_| self.question == Question::Provider);
        let providers = sso.map(|sso| sso.providers.clone()).unwrap_or_default();
        Self { ways: ways(self.goal, view), providers, ..self }
    }

    /// The same where this was said, and is no answer.
    pub(crate) fn not(self, wrong: Option<String>) -> Self {
        Self { wrong, ..self }
    }

    /// The flag that would have answered it.
    pub(crate) fn flag(&self) -> Option<&'static str> {
        match self.question {
            Question::Server | Question::ServerBeforeSso => Some("SERVER"),
            Question::Account => Some("ACCOUNT"),
            Question::Username | Question::Whose => Some("--username"),
            Question::Password => Some("--password-stdin"),
            Question::Terms => Some("--accept-terms"),
            Question::RegistrationToken => Some("--registration-token"),
            Question::Email => Some("--email"),
            Question::Provider => Some("--sso"),
            Question::WayIn => self.ways.first().and_then(|way| flag_of(*way)),
            Question::Warning | Question::Confirm => Some("--yes"),
            Question::Scan => Some("--scan"),
            Question::Continue
            | Question::Phone
            | Question::Code
            | Question::Callback
            | Question::OtherCallback
            | Question::CheckCode
            | Question::Consent
            | Question::Emoji => None,
        }
    }

    /// What a program would say instead, unless that is an address.
    pub(crate) fn offer(&self) -> Option<Offer> {
        Some(match self.question {
            Question::Callback | Question::OtherCallback | Question::Account => return None,
            Question::Server | Question::ServerBeforeSso => Offer::UseServer,
            Question::Continue | Question::Whose => Offer::Continue,
            Question::WayIn => return self.ways.first().copied(),
            Question::Username | Question::Password => match self.goal {
                Goal::Register => Offer::Register,
                Goal::SignIn => Offer::SignInWithPassword,
            },
            Question::Terms => Offer::AcceptTerms,
            Question::RegistrationToken => Offer::UseToken,
            Question::Email => Offer::UseEmail,
            Question::Phone => Offer::UsePhone,
            Question::Code => Offer::EnterCode,
            Question::Provider => Offer::SignInWithSso,
            Question::Warning => Offer::Understood,
            Question::Scan => Offer::UseCode,
            Question::CheckCode => Offer::EnterCode,
            Question::Confirm => Offer::Confirm,
            Question::Consent => Offer::OpenBrowser,
            Question::Emoji => Offer::Confirm,
        })
    }

    /// The ways in that there are, as they are said on the command line.
    pub(crate) fn flags(&self) -> Vec<&'static str> {
        self.ways.iter().filter_map(|way| flag_of(*way)).collect()
    }

    /// In words, a paragraph each.
    pub(crate) fn lines(&self, text: &Text) -> Vec<String> {
        let flags = self.flags();
        let mut id = format!("question-{}", self.question.id());
        if self.wrong.is_some() {
            id.push_str("-wrong");
        }
        let wrong = plain(self.wrong.as_deref().unwrap_or_default());
        let mut lines = vec![text.say(&id, &[("flags", flags.join(", ").into()), ("wrong", wrong.into())])];
        if self.question == Question::Provider {
            let line = |provider: &IdentityProvider| {
                let (id, name) = (plain(&provider.id), plain(&provider.name));
                text.say("provider", &[("id", id.into()), ("name", name.into())])
            };
            lines.extend(self.providers.iter().map(line));
        }
        lines
    }
}

impl Question {
    #[cfg(test)]
    pub(crate) const ALL: [Self; 22] = [
        Self::Server,
        Self::Account,
        Self::ServerBeforeSso,
        Self::Continue,
        Self::Whose,
        Self::WayIn,
        Self::Username,
        Self::Password,
        Self::Terms,
        Self::RegistrationToken,
        Self::Email,
        Self::Phone,
        Self::Code,
        Self::Provider,
        Self::Callback,
        Self::OtherCallback,
        Self::Warning,
        Self::Scan,
        Self::CheckCode,
        Self::Confirm,
        Self::Consent,
        Self::Emoji,
    ];

    /// The stable name in JSON.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::ServerBeforeSso => "server",
            Self::Server
            | Self::Account
            | Self::Continue
            | Self::Whose
            | Self::WayIn
            | Self::Username
            | Self::Password
            | Self::Terms
            | Self::RegistrationToken
            | Self::Email
            | Self::Phone
            | Self::Code
            | Self::Provider
            | Self::Callback
            | Self::OtherCallback
            | Self::Warning
            | Self::Scan
            | Self::Confirm
            | Self::Consent
            | Self::Emoji => self.id(),
            Self::CheckCode => "check_code",
        }
    }

    /// The end of the name of its message.
    pub(crate) const fn id(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Account => "account",
            Self::ServerBeforeSso => "server-before-sso",
            Self::Continue => "continue",
            Self::Whose => "whose",
            Self::WayIn => "way-in",
            Self::Username => "username",
            Self::Password => "password",
            Self::Terms => "terms",
            Self::RegistrationToken => "registration-token",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Code => "code",
            Self::Provider => "provider",
            Self::Callback => "callback",
            Self::OtherCallback => "other-callback",
            Self::Warning => "warning",
            Self::Scan => "scan",
            Self::CheckCode => "check-code",
            Self::Confirm => "confirm",
            Self::Consent => "consent",
            Self::Emoji => "emoji",
        }
    }
}

/// How a way in is said on the command line.
#[expect(clippy::wildcard_enum_match_arm, reason = "few intents are ways in")]
const fn flag_of(way: Offer) -> Option<&'static str> {
    match way {
        Offer::SignInWithPassword => Some("--username NAME --password-stdin"),
        Offer::SignInWithBrowser => Some("--browser"),
        Offer::SignInWithDeviceCode => Some("--device"),
        Offer::SignInWithSso => Some("--sso"),
        Offer::SignInWithToken => Some("--login-token-stdin"),
        Offer::ShowCode => Some("--qr"),
        Offer::ScanCode => Some("--scan"),
        _ => None,
    }
}
