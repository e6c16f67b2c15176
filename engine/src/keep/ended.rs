//! How a session ended, and how that is remembered: whoever comes later need not ask again.

use crate::cx::Cx;
use crate::failure::{Evidence, Failure, Refusal};
use crate::io::Method;
use crate::session::{Session, SessionEnd};

use super::machine::{Deed, End, Ended, Machine, State};

impl Ended {
    /// What an earlier run has learnt about `session`; `None` if it is good, as far as anybody knows.
    pub(crate) fn known(session: &Session) -> Option<Self> {
        let end = session.ended.as_deref()?;
        let (soft, failure) = (end.soft, failure(end));
        Some(Self { session: session.clone(), is_gone: false, soft, failure })
    }
}

impl Machine {
    /// The server has ended it. That is stored, unless somebody else has another word about it by now.
    pub(super) fn ended(&mut self, soft: bool, failure: &Failure, cx: &mut Cx<'_>) -> State {
        self.session.ended = Some(Box::new(remembered(soft, failure)));
        if self.is_stored { self.under_lease(Deed::Mark, cx) } else { self.over() }
    }

    /// It has ended, whether that could be stored or not.
    pub(super) fn over(&self) -> State {
        let ended = Ended::known(&self.session).unwrap_or_else(|| Ended {
            session: self.session.clone(),
            is_gone: false,
            soft: false,
            failure: Failure::refused(Refusal::Other),
        });
        State::Ended(Box::new(End::Ended(Box::new(ended))))
    }

    /// Another program has signed it out, and nothing is stored of it any more.
    pub(super) fn gone(&self) -> State {
        let (session, failure) = (self.session.clone(), Failure::refused(Refusal::SignedOutElsewhere));
        State::Ended(Box::new(End::Ended(Box::new(Ended { session, is_gone: true, soft: false, failure }))))
    }
}

fn remembered(soft: bool, failure: &Failure) -> SessionEnd {
    let Some(Evidence { method, host, path, status, errcode, message, at }) = failure.evidence.as_deref()
    else {
        return SessionEnd { soft, request: None, status: None, errcode: None, message: None, at: None };
    };
    let request = Some((method.as_str().to_owned(), host.clone(), path.clone()));
    let (status, errcode, message, at) = (*status, errcode.clone(), message.clone(), Some(*at));
    SessionEnd { soft, request, status, errcode, message, at }
}

/// A session ends by a refusal, and by nothing else.
fn failure(end: &SessionEnd) -> Failure {
    let SessionEnd { soft: _, request, status, errcode, message, at } = end;
    let evidence = request.as_ref().and_then(|(method, host, path)| {
        let method = [Method::Get, Method::Post].into_iter().find(|known| known.as_str() == method)?;
        let (host, path, status) = (host.clone(), path.clone(), *status);
        let (errcode, message, at) = (errcode.clone(), message.clone(), at.unwrap_or_default());
        Some(Box::new(Evidence { method, host, path, status, errcode, message, at }))
    });
    Failure { evidence, ..Failure::refused(Refusal::Other) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::Time;

    #[test]
    fn how_a_session_ended_is_remembered_as_it_was_told() {
        let evidence = Evidence {
            method: Method::Post,
            host: "a.b".into(),
            path: "/c".into(),
            status: Some(401),
            errcode: Some("M_UNKNOWN_TOKEN".into()),
            message: Some("Gone".into()),
            at: Time(7),
        };
        let told = Failure { evidence: Some(Box::new(evidence)), ..Failure::refused(Refusal::Other) };
        for told in [told, Failure::refused(Refusal::Other)] {
            assert_eq!(failure(&remembered(true, &told)), told);
        }
    }
}
