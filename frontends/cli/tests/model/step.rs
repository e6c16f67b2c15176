//! What can happen in a sequence: what is run, what people do elsewhere, what goes wrong.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde::{Deserialize, Serialize};

/// A sequence, as it is written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sequence {
    pub(crate) server: Kind,
    pub(crate) steps: Vec<Step>,
}

/// Which server it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// Passwords, single sign-on, registration with a token.
    Legacy,
    /// The same; its access tokens live for a moment.
    Fleeting,
    /// An authorization server.
    Oauth,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum User {
    Alice,
    Bob,
    /// These two have no account at first.
    Carol,
    Dave,
}

impl User {
    pub(crate) const ALL: [Self; 4] = [Self::Alice, Self::Bob, Self::Carol, Self::Dave];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Alice => "alice",
            Self::Bob => "bob",
            Self::Carol => "carol",
            Self::Dave => "dave",
        }
    }
}

/// How somebody is sent elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Way {
    /// Single sign-on, or a browser at a server that has an authorization server.
    Browser,
    /// The other provider, or a code for another device.
    Other,
    /// An account is created in the browser.
    Register,
}

/// What the person does there, or what becomes of the program meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Elsewhere {
    Consent(User),
    Decline,
    Kill,
    Interrupt,
}

/// What a server that is out of order does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fault {
    Unavailable,
    Limited,
    Cut,
    AnswerLost,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Step {
    /// `register --username --password-stdin`, with the token that the server wants or without.
    Register {
        user: User,
        password: u8,
        token: bool,
    },
    /// `register --username --registration-token`: what is unfinished has the password.
    Continue {
        user: User,
    },
    /// `login --username --password-stdin`.
    Password {
        user: User,
        wrong: bool,
        keep_other: bool,
    },
    /// `login --login-token-stdin`.
    LoginToken {
        user: User,
    },
    /// A sign-in that waits for somebody elsewhere.
    Start {
        way: Way,
    },
    /// What becomes of the one that waits longest.
    Elsewhere {
        how: Elsewhere,
    },
    /// `login --again`.
    Again {
        user: User,
    },
    /// `token`, so many at once.
    Token {
        user: Option<User>,
        times: u8,
    },
    Whoami {
        user: Option<User>,
    },
    Logout {
        user: Option<User>,
        forget: bool,
    },
    /// `switch`.
    Switch {
        user: User,
    },
    /// The next commands are of the other profile.
    Profile,
    /// Two sign-ins by password at once.
    Both {
        one: User,
        other: User,
    },
    /// Somebody signs the newest device of this account out.
    End {
        user: User,
    },
    /// An hour passes at the server.
    Later,
    /// The next command meets this, from its `after`th request on, so many times.
    Outage {
        fault: Fault,
        after: u8,
        times: u8,
    },
    /// The next command is killed at its `at`th request, which the server has heard or not.
    Kill {
        at: u8,
        heard: bool,
    },
}

impl Step {
    /// What it is called where only some are wanted.
    fn name(self) -> String {
        let written = serde_json::to_value(self).unwrap();
        let name = written.as_object().map(|object| object.keys().next().unwrap().clone());
        name.unwrap_or_else(|| written.as_str().unwrap().to_owned())
    }
}

/// All sequences, or of `only` the steps of these names.
pub(crate) fn sequences(only: Option<Vec<String>>) -> impl Strategy<Value = Sequence> {
    let wanted = move |step: &Step| only.as_ref().is_none_or(|only| only.contains(&step.name()));
    let step = step().prop_filter("of those wanted", wanted);
    (select(vec![Kind::Legacy, Kind::Legacy, Kind::Fleeting, Kind::Oauth]), vec(step, 1..20))
        .prop_map(|(server, steps)| Sequence { server, steps })
}

fn step() -> impl Strategy<Value = Step> {
    let user = || select(User::ALL.to_vec());
    let known = || select(vec![User::Alice, User::Alice, User::Bob, User::Carol]);
    let named = || prop_oneof![2 => Just(None), 1 => known().prop_map(Some)];
    let way = select(vec![Way::Browser, Way::Browser, Way::Other, Way::Register]);
    let how = prop_oneof![
        4 => known().prop_map(Elsewhere::Consent),
        1 => Just(Elsewhere::Decline),
        2 => Just(Elsewhere::Kill),
        1 => Just(Elsewhere::Interrupt),
    ];
    let fault = select(vec![Fault::Unavailable, Fault::Limited, Fault::Cut, Fault::AnswerLost]);
    let rarely = || proptest::bool::weighted(0.15);
    let register = (user(), 0..2_u8, any::<bool>());
    let password = (known(), rarely(), rarely());
    prop_oneof![
        5 => register.prop_map(|(user, password, token)| Step::Register { user, password, token }),
        2 => user().prop_map(|user| Step::Continue { user }),
        6 => password.prop_map(|(user, wrong, keep_other)| Step::Password { user, wrong, keep_other }),
        2 => known().prop_map(|user| Step::LoginToken { user }),
        4 => way.prop_map(|way| Step::Start { way }),
        4 => how.prop_map(|how| Step::Elsewhere { how }),
        2 => known().prop_map(|user| Step::Again { user }),
        4 => (named(), 1..4_u8).prop_map(|(user, times)| Step::Token { user, times }),
        3 => named().prop_map(|user| Step::Whoami { user }),
        2 => (named(), rarely()).prop_map(|(user, forget)| Step::Logout { user, forget }),
        1 => known().prop_map(|user| Step::Switch { user }),
        1 => Just(Step::Profile),
        1 => (known(), known()).prop_map(|(one, other)| Step::Both { one, other }),
        2 => known().prop_map(|user| Step::End { user }),
        1 => Just(Step::Later),
        4 => (fault, 0..6_u8, 1..3_u8).prop_map(|(fault, after, times)| Step::Outage { fault, after, times }),
        7 => (prop_oneof![0..3_u8, 0..9_u8], any::<bool>()).prop_map(|(at, heard)| Step::Kill { at, heard }),
    ]
}
