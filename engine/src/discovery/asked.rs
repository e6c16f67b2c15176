//! What is asked of a homeserver side by side, and what was heard so far?

use std::sync::Arc;
use std::time::Duration;

use url::Url;

use crate::address;
use crate::config::Config;
use crate::cx::{Cx, Event, Wait};
use crate::exchange::Exchange;
use crate::failure::{Cause, Failure, Misbehaviour};
use crate::http::{Answer, Call};
use crate::io::{EffectId, Time};
use crate::metadata::Metadata;
use crate::rendezvous::CREATE_2025;
use crate::report::{
    Finding, LoginSupport, Probe, RegistrationSupport, Rendezvous, RendezvousSupport, ServerReport, Step,
};
use crate::uia::{self, Uia};

use super::answers::{self, OAuthAnswer, Read};

/// How long a server that limits its rate is waited for, at one depth. After that, what it did not say is not known.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// The questions that go out side by side, and their answers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Asked {
    base: Url,
    delegated: bool,
    questions: Vec<Question>,
    versions: Vec<String>,
    fatal: Option<Failure>,
    /// The first fault that trying again may mend.
    outage: Option<Failure>,
    login: LoginSupport,
    oauth: OAuthAnswer,
    registration: RegistrationSupport,
    rendezvous: RendezvousSupport,
    uia: Option<Uia>,
    word: Word,
    /// Nobody is registered without authentication, so that the flows may be asked for.
    is_guarded: bool,
    steps: Vec<Step>,
}

/// What the issuer says about endpoints that are not where it is itself, by what counts more.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Word {
    Unasked,
    /// It publishes nothing about itself.
    Silent,
    Unclear,
    Same,
    Another,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Question {
    probe: Probe,
    url: Url,
    exchange: Exchange,
}

impl Asked {
    pub(super) fn start(base: Url, delegated: bool, cx: &mut Cx<'_>) -> Self {
        let probes = [
            Probe::Versions,
            Probe::Login,
            Probe::AuthMetadata,
            Probe::AuthMetadataUnstable,
            Probe::Registration,
            Probe::Rendezvous,
        ];
        let questions = probes.map(|probe| Question::ask(probe, address_of(probe, &base), false, cx)).into();
        Self {
            base,
            delegated,
            questions,
            versions: Vec::new(),
            fatal: None,
            outage: None,
            login: LoginSupport::default(),
            oauth: OAuthAnswer::Absent,
            registration: RegistrationSupport::Absent,
            rendezvous: RendezvousSupport { v2025: Rendezvous::Unclear, v2024: Rendezvous::Unclear },
            uia: None,
            word: Word::Unasked,
            is_guarded: false,
            steps: Vec::new(),
        }
    }

    pub(super) fn waits(&self) -> impl Iterator<Item = Wait> {
        self.questions.iter().map(|question| question.exchange.wait())
    }

    /// Until when the server wants patience, and how it said so, where nothing else is waited for.
    pub(super) fn limited(&self) -> Option<(Time, &Failure)> {
        let limits = self.questions.iter().map(|question| question.exchange.limited());
        limits.collect::<Option<Vec<_>>>()?.into_iter().min_by_key(|(until, _)| *until)
    }

    /// Takes in the reply, or that none came.
    pub(super) fn hear(&mut self, id: EffectId, event: &Event<'_>, cx: &mut Cx<'_>) {
        let Some(at) = self.questions.iter().position(|asked| asked.exchange.wait().id == id) else { return };
        let Question { probe, url, mut exchange } = self.questions.remove(at);
        let (config, was_guarded) = (cx.config, self.is_guarded);
        let again = |cx: &mut Cx<'_>| send(probe, &url, was_guarded, cx);
        let read = |answer: &Answer<'_>, _: &Call| {
            let (finding, left_out) = self.read(probe, answer, config);
            Ok(Step { probe, finding, evidence: answer.evidence(), left_out })
        };
        match exchange.handle(event, cx, again, read) {
            None => self.questions.insert(at, Question { probe, url, exchange }),
            Some(Ok(_)) if self.is_guarded && !was_guarded => {
                self.questions.insert(at, Question::ask(probe, url, true, cx));
            }
            Some(Ok(step)) => self.steps.push(step),
            Some(Err(failure)) => {
                let step = self.unheard(probe, failure);
                self.steps.extend(step);
            }
        }
        self.confirm(cx);
    }

    /// Has the issuer confirm what the homeserver says, where that could lead a sign-in astray.
    fn confirm(&mut self, cx: &mut Cx<'_>) {
        let is_open = |probe| self.questions.iter().any(|question| question.probe == probe);
        let is_settled = !is_open(Probe::AuthMetadata) && !is_open(Probe::AuthMetadataUnstable);
        let OAuthAnswer::Offered(metadata) = &self.oauth else { return };
        let Some((name, addresses)) = metadata.to_confirm().filter(|_| is_settled) else { return };
        match (&self.word, is_open(Probe::IssuerMetadata)) {
            (Word::Unasked, false) => {
                let ask = |url| Question::ask(Probe::IssuerMetadata, url, false, cx);
                self.questions.extend(addresses.map(ask));
                self.word = Word::Silent;
            }
            (Word::Same, false) | (_, true) => {}
            (Word::Unclear, false) => self.oauth = OAuthAnswer::Unclear,
            (Word::Silent | Word::Another, false) => {
                let said = self.steps.iter().find_map(|step| match &step.finding {
                    Finding::Faulty { cause } if step.probe == Probe::IssuerMetadata => Some(cause.clone()),
                    Finding::Faulty { .. } | Finding::Present | Finding::Absent | Finding::Declined => None,
                });
                let foreign = Cause::Misbehaved { misbehaviour: Misbehaviour::ForeignEndpoint(name) };
                self.oauth = OAuthAnswer::Unusable(said.unwrap_or(foreign));
            }
        }
    }

    fn take_word(&mut self, word: Word) {
        self.word = self.word.clone().max(word);
    }

    /// What the issuer says.
    fn word(&self, answer: &Answer<'_>) -> (Word, Finding) {
        let metadata = self.oauth.metadata();
        match (answer.status(), metadata.map(|metadata| metadata.confirmed(answer))) {
            (404 | 405, _) | (_, None) => (Word::Silent, Finding::Absent),
            (200, Some(Ok(()))) => (Word::Same, Finding::Present),
            (200, Some(Err(failure))) => match failure.cause {
                Cause::Misbehaved { misbehaviour: Misbehaviour::ForeignEndpoint(_) } => {
                    (Word::Another, answers::faulty(failure))
                }
                Cause::Misbehaved { .. }
                | Cause::Unavailable { .. }
                | Cause::Unsupported { .. }
                | Cause::Refused { .. }
                | Cause::Expired { .. }
                | Cause::Broken { .. } => (Word::Unclear, answers::faulty(failure)),
            },
            (_, Some(_)) => (Word::Unclear, answers::faulty(answer.unexpected())),
        }
    }

    fn unheard(&mut self, probe: Probe, failure: Failure) -> Option<Step> {
        match probe {
            Probe::Versions => self.fatal = Some(failure.clone()),
            Probe::Registration => {
                let retry_at = failure.rate_limited_until();
                self.registration = RegistrationSupport::Unclear { retry_at };
            }
            Probe::AuthMetadata | Probe::AuthMetadataUnstable => self.take_oauth(OAuthAnswer::Unclear),
            Probe::IssuerMetadata => self.take_word(Word::Unclear),
            Probe::WellKnown | Probe::Login | Probe::Rendezvous => {}
        }
        // The rendezvous hides nothing by which one could sign in without another device.
        if probe != Probe::Rendezvous {
            self.outage.get_or_insert_with(|| failure.clone());
        }
        let evidence = *failure.evidence.clone()?;
        Some(Step { probe, finding: answers::faulty(failure), evidence, left_out: Vec::new() })
    }

    fn read(&mut self, probe: Probe, answer: &Answer<'_>, config: &Config) -> (Finding, Vec<String>) {
        let finding = match probe {
            Probe::Versions => match answers::versions(answer, self.delegated) {
                Ok((versions, mut left_out)) => {
                    self.versions = versions;
                    let Read { value, finding, left_out: more } = answers::rendezvous_2024(answer);
                    self.rendezvous.v2024 = value;
                    left_out.extend(more);
                    return (finding, left_out);
                }
                Err(failure) => {
                    self.fatal = Some(failure.clone());
                    answers::faulty(failure)
                }
            },
            Probe::Login => {
                let Read { value, finding, left_out } = answers::login(answer);
                self.login = value;
                return (finding, left_out);
            }
            Probe::AuthMetadata | Probe::AuthMetadataUnstable => {
                let is_unstable = probe == Probe::AuthMetadataUnstable;
                let (oauth, finding) = answers::auth_metadata(answer, is_unstable);
                self.take_oauth(oauth);
                finding
            }
            Probe::Registration => {
                self.is_guarded |= uia::is_guarded(answer);
                let (registration, uia, finding) = answers::registration(answer, config);
                (self.registration, self.uia) = (registration, uia.filter(Uia::is_ours));
                finding
            }
            Probe::Rendezvous => {
                let (rendezvous, finding) = answers::rendezvous(answer);
                self.rendezvous.v2025 = rendezvous;
                finding
            }
            Probe::IssuerMetadata => {
                let (word, finding) = self.word(answer);
                self.take_word(word);
                finding
            }
            Probe::WellKnown => answers::faulty(answer.misbehaved(Misbehaviour::DelegationBroken)),
        };
        (finding, Vec::new())
    }

    fn take_oauth(&mut self, heard: OAuthAnswer) {
        self.oauth = std::mem::replace(&mut self.oauth, OAuthAnswer::Absent).and(heard);
    }

    /// Why the rest does not matter.
    pub(super) fn fatal(&mut self) -> Option<Failure> {
        self.fatal.take()
    }

    /// What hides all that the server may offer.
    pub(super) fn outage(&mut self) -> Option<Failure> {
        self.outage.take().filter(|_| self.offers_nothing())
    }

    /// The authorization server, if it can be used.
    pub(super) fn metadata(&self) -> Option<Arc<Metadata>> {
        self.oauth.metadata()
    }

    /// The registration session that asking has opened.
    pub(super) fn uia(&mut self) -> Option<Arc<Uia>> {
        self.uia.take().map(Arc::new)
    }

    /// All of it, after these `steps`.
    pub(super) fn report(&mut self, server: String, mut steps: Vec<Step>) -> ServerReport {
        self.steps.sort_by_key(|step| step.probe);
        steps.append(&mut self.steps);
        ServerReport {
            server,
            base_url: self.base.clone(),
            versions: std::mem::take(&mut self.versions),
            login: std::mem::take(&mut self.login),
            oauth: self.oauth.support(),
            registration: self.registration(),
            rendezvous: self.rendezvous,
            steps,
        }
    }

    /// Where accounts are made in the browser, they are made nowhere else.
    fn registration(&self) -> RegistrationSupport {
        match self.oauth.metadata().map(|metadata| metadata.creates) {
            Some(Some(true) | None) => RegistrationSupport::InBrowser,
            Some(Some(false)) => RegistrationSupport::Closed,
            None => self.registration.clone(),
        }
    }

    fn offers_nothing(&self) -> bool {
        let registration = match &self.registration {
            RegistrationSupport::Open { .. }
            | RegistrationSupport::Unguarded
            | RegistrationSupport::InBrowser => true,
            RegistrationSupport::Closed | RegistrationSupport::Absent => false,
            RegistrationSupport::Unclear { retry_at } => retry_at.is_some(),
        };
        let oauth = matches!(self.oauth, OAuthAnswer::Offered(_));
        let login = self.login.password || self.login.token || self.login.sso.is_some();
        !registration && !oauth && !login
    }
}

impl Question {
    fn ask(probe: Probe, url: Url, is_guarded: bool, cx: &mut Cx<'_>) -> Self {
        // A rate limit at least says that there is registration; it is waited for by whoever wants it. Nobody who signs in
        // without another device waits for the rendezvous.
        let can_do_without = matches!(probe, Probe::Registration | Probe::Rendezvous);
        let patience = if can_do_without { Duration::ZERO } else { PATIENCE };
        let exchange = Exchange::new(send(probe, &url, is_guarded, cx)).until(cx.now + patience);
        Self { probe, url, exchange }
    }
}

fn send(probe: Probe, url: &Url, is_guarded: bool, cx: &mut Cx<'_>) -> Call {
    match probe {
        Probe::Registration if is_guarded => uia::flows(url, cx),
        Probe::Registration => uia::probe(url, cx),
        Probe::WellKnown
        | Probe::Versions
        | Probe::Login
        | Probe::AuthMetadata
        | Probe::AuthMetadataUnstable
        | Probe::IssuerMetadata
        | Probe::Rendezvous => Call::get(url.clone(), cx),
    }
}

/// Where to ask; for registration, below which address.
fn address_of(probe: Probe, base: &Url) -> Url {
    let path = match probe {
        Probe::WellKnown | Probe::IssuerMetadata | Probe::Registration => return base.clone(),
        Probe::Versions => "_matrix/client/versions",
        Probe::Login => "_matrix/client/v3/login",
        Probe::AuthMetadata => "_matrix/client/v1/auth_metadata",
        Probe::AuthMetadataUnstable => "_matrix/client/unstable/org.matrix.msc2965/auth_metadata",
        Probe::Rendezvous => CREATE_2025,
    };
    address::endpoint(base, path)
}
