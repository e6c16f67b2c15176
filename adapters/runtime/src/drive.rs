//! The loop: inputs in, effects performed, views out.

use std::collections::HashMap;
use std::future::pending;
use std::time::Duration;

use narthex::{Effect, EffectId, Engine, Input, Reply, Saved, StorageProblem, Time, View};
use tokio::sync::{mpsc, watch};
use tokio::task::{AbortHandle, JoinError, JoinSet};

use crate::callbacks::{Arrival, Callbacks, Outcome};
use crate::lease::Grant;
use crate::ports::{Listening, Notice, Ports};
use crate::trace::Recorder;
use crate::turns::Turns;

/// Timers do not count suspension, so the clock is read again at least this often.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);
/// What is due for longer than this, and was not looked at, was due while the process was stopped or the machine asleep.
const LATE: Duration = Duration::from_secs(1);
/// What came meanwhile is read within this time.
const CATCHING_UP: Duration = Duration::from_millis(500);
/// How many listeners may wait to say where they listen.
const PROGRESS: usize = 4;

/// An engine and all that it needs to run.
#[derive(Debug)]
pub struct Driver<P, C> {
    engine: Engine,
    ports: P,
    clock: C,
    recorder: Option<Recorder>,
    notices: Option<mpsc::UnboundedSender<Notice>>,
    saved: Known,
    callbacks: Callbacks,
    arrivals: mpsc::Receiver<Arrival>,
}

/// What is on disk, as far as we know.
#[derive(Debug)]
enum Known {
    Is(Box<Option<Saved>>),
    Unsure(Option<StorageProblem>),
}

impl<P: Ports, C: Fn() -> Time> Driver<P, C> {
    /// Drives `engine` through `ports`, by `clock`.
    #[must_use]
    pub fn new(engine: Engine, ports: P, clock: C) -> Self {
        let (callbacks, arrivals) = Callbacks::channel();
        let saved = Known::Is(Box::default());
        Self { engine, ports, clock, recorder: None, notices: None, saved, callbacks, arrivals }
    }

    /// Where callbacks come in that the ports do not bring: from another process.
    #[must_use]
    pub fn callbacks(&self) -> Callbacks {
        self.callbacks.clone()
    }

    /// Also writes everything down.
    #[must_use]
    pub fn recording(self, recorder: Option<Recorder>) -> Self {
        Self { recorder, ..self }
    }

    /// Also tells what no view shows.
    #[must_use]
    pub fn noticing(self, notices: mpsc::UnboundedSender<Notice>) -> Self {
        Self { notices: Some(notices), ..self }
    }

    /// Runs until every sender of `inbox` is gone, then lets what is being stored finish, and returns the engine.
    pub async fn drive(mut self, mut inbox: mpsc::Receiver<Input>, view: watch::Sender<View>) -> Engine {
        let (inputs, mut progress) = mpsc::channel(PROGRESS);
        let mut running = Running {
            tasks: JoinSet::new(),
            handles: HashMap::new(),
            turns: Turns::default(),
            inputs,
            callbacks: self.callbacks.clone(),
        };
        let (mut effects, mut held) = (Vec::new(), None);
        loop {
            self.persist().await;
            for effect in effects {
                running.start(effect, &self.ports);
            }
            let now_seen = self.engine.view();
            view.send_if_modified(|old| {
                let changed = *old != now_seen;
                *old = now_seen;
                changed
            });
            let next = match held.take() {
                // Answers first, as long as there are some.
                Some(later) => tokio::select! {
                    biased;
                    input = running.answer(&mut progress) => {
                        held = Some(later);
                        Next::Input(input)
                    }
                    () = tokio::time::sleep(CATCHING_UP) => later,
                },
                None => {
                    let due = self.engine.deadline();
                    let pause = due.map(|due| (self.clock)().until(due).min(LONGEST_SLEEP));
                    let next = tokio::select! {
                        biased;
                        input = running.answer(&mut progress) => Next::Input(input),
                        Some(arrival) = self.arrivals.recv() => Next::Arrival(arrival),
                        input = inbox.recv() => match input {
                            Some(input) => Next::Input(input),
                            None => break,
                        },
                        () = tokio::time::sleep(pause.unwrap_or_default()), if pause.is_some() => {
                            Next::Input(Input::Tick)
                        }
                    };
                    if self.is_late() && !next.is_answer() {
                        (effects, held) = (Vec::new(), Some(next));
                        continue;
                    }
                    next
                }
            };
            effects = match next {
                Next::Input(input) => self.handle(input),
                Next::Arrival(arrival) => self.called_back(arrival),
            };
        }
        running.settle().await;
        if let Some(recorder) = &mut self.recorder {
            recorder.end();
        }
        self.engine
    }

    /// Nobody has looked for a while: an answer may be there that would count as overdue.
    fn is_late(&self) -> bool {
        self.engine.deadline().is_some_and(|due| due + LATE < (self.clock)())
    }

    fn handle(&mut self, input: Input) -> Vec<Effect> {
        let now = (self.clock)();
        let offer = if let Input::Intent(intent) = &input { Some(intent.offer()) } else { None };
        let before = offer.map(|offer| (offer, self.engine.view()));
        if let Some(recorder) = &mut self.recorder {
            recorder.input(now, &input);
        }
        let effects = self.engine.handle(now, input);
        if let Some(recorder) = &mut self.recorder {
            recorder.outcome(&effects, &self.engine.view());
        }
        if let Some((offer, before)) = before {
            if !before.offers.contains(offer) {
                self.tell(Notice::NotOffered(offer));
            } else if effects.is_empty() && self.engine.view() == before {
                self.tell(Notice::Unusable(offer));
            }
        }
        effects
    }

    /// Whoever has brought it is told before anything is done about it: what is done may take long.
    fn called_back(&mut self, arrival: Arrival) -> Vec<Effect> {
        if arrival.is_given_up() {
            return Vec::new();
        }
        let now = (self.clock)();
        // What is overdue goes first: it may be what the callback is for.
        let is_due = self.engine.deadline().is_some_and(|due| due <= now);
        let mut effects = if is_due { self.handle(Input::Tick) } else { Vec::new() };
        if !self.engine.accepts(&arrival.callback) {
            arrival.answer(Outcome::NotMine);
            return effects;
        }
        let follows = self.handle(Input::Callback(arrival.callback.clone()));
        let goes_on = follows.iter().any(|effect| effect.id().is_some());
        arrival.answer(if goes_on { Outcome::Taken } else { Outcome::Stopped });
        effects.extend(follows);
        effects
    }

    /// Durable before visible: what must be on disk is there before the effects run.
    async fn persist(&mut self) {
        let save = self.engine.save();
        let unchanged = match &self.saved {
            Known::Unsure(_) => false,
            Known::Is(known) => **known == save,
        };
        if unchanged {
            return;
        }
        let before = match self.saved {
            Known::Unsure(problem) => problem,
            Known::Is(_) => None,
        };
        // Unsure until it is done: this future may be dropped while it waits.
        self.saved = Known::Unsure(before);
        self.saved = match self.ports.save(save.clone()).await {
            Ok(()) => Known::Is(Box::new(save)),
            Err(problem) => {
                if before != Some(problem) {
                    self.tell(Notice::NotSaved(problem));
                }
                Known::Unsure(Some(problem))
            }
        };
    }

    fn tell(&self, notice: Notice) {
        tracing::debug!(?notice);
        if let Some(notices) = &self.notices {
            notices.send(notice).ok();
        }
    }
}

/// Waits until the view is such. `false` when the driver ended before.
pub async fn run_until(view: &mut watch::Receiver<View>, such: impl FnMut(&View) -> bool) -> bool {
    view.wait_for(such).await.is_ok()
}

/// What the loop does next.
enum Next {
    Input(Input),
    Arrival(Arrival),
}

impl Next {
    const fn is_answer(&self) -> bool {
        matches!(self, Self::Input(Input::Reply { .. }))
    }
}

struct Running {
    tasks: JoinSet<(EffectId, Reply)>,
    handles: HashMap<EffectId, (Cancelled, AbortHandle)>,
    turns: Turns,
    inputs: mpsc::Sender<Input>,
    callbacks: Callbacks,
}

/// What to do with an effect that is cancelled.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cancelled {
    Abort,
    /// It writes: let it finish, so that nothing is torn.
    Finish,
    /// It holds what others wait for: let it go, but not before what is being written.
    LetGo,
}

impl Running {
    fn start<P: Ports>(&mut self, effect: Effect, ports: &P) {
        tracing::debug!(?effect);
        let ports = ports.clone();
        let (id, cancelled, handle) = match effect {
            Effect::Http { id, request } => {
                let task = async move { (id, Reply::Http(ports.http(request).await)) };
                (id, Cancelled::Abort, self.tasks.spawn(task))
            }
            Effect::Listen { id, path, port } => {
                let (inputs, callbacks) = (self.inputs.clone(), self.callbacks.clone());
                let listening = Listening { id, inputs, callbacks };
                let task = async move {
                    let Err(lost) = ports.listen(path, port, listening).await;
                    (id, Reply::Listening(Err(lost)))
                };
                (id, Cancelled::Abort, self.tasks.spawn(task))
            }
            Effect::Prove { id } => {
                let prove = self.turns.after_others(async move { ports.prove().await });
                let task = async move { (id, Reply::Stored(prove.await)) };
                (id, Cancelled::Finish, self.tasks.spawn(task))
            }
            Effect::Lease { id, homeserver, user_id, device_id } => {
                let grant = Grant { id, inputs: self.inputs.clone() };
                let task = async move {
                    let Err(problem) = ports.lease(homeserver, user_id, device_id, grant).await;
                    (id, Reply::Leased(Err(problem)))
                };
                (id, Cancelled::LetGo, self.tasks.spawn(task))
            }
            Effect::Store { id, session } => {
                let store = self.turns.after_others(async move { ports.store(session).await });
                let task = async move { (id, Reply::Stored(store.await)) };
                (id, Cancelled::Finish, self.tasks.spawn(task))
            }
            Effect::Erase { id, homeserver, user_id, device_id } => {
                let erase = async move { ports.erase(homeserver, user_id, device_id).await };
                let erase = self.turns.after_others(erase);
                let task = async move { (id, Reply::Stored(erase.await)) };
                (id, Cancelled::Finish, self.tasks.spawn(task))
            }
            Effect::FindSecrets { id, session } => {
                let task = async move { (id, Reply::SecretsFound(ports.find_secrets(session).await)) };
                (id, Cancelled::Abort, self.tasks.spawn(task))
            }
            Effect::ShareSecrets { id, session } => {
                let task = async move { (id, Reply::SecretsShared(ports.share_secrets(session).await)) };
                (id, Cancelled::Abort, self.tasks.spawn(task))
            }
            Effect::AdoptSecrets { id, session, secrets } => {
                let task =
                    async move { (id, Reply::SecretsAdopted(ports.adopt_secrets(session, secrets).await)) };
                (id, Cancelled::Finish, self.tasks.spawn(task))
            }
            Effect::Browse { url } => return ports.browse(url),
            Effect::Cancel { id } => return self.cancel(id),
        };
        self.handles.insert(id, (cancelled, handle));
    }

    /// What an effect says or comes to.
    async fn answer(&mut self, progress: &mut mpsc::Receiver<Input>) -> Input {
        tokio::select! {
            biased;
            Some(progress) = progress.recv() => progress,
            Some(done) = self.tasks.join_next() => match self.finished(done) {
                Some((id, reply)) => Input::Reply { id, reply },
                None => Input::Tick,
            },
            else => pending().await,
        }
    }

    fn cancel(&mut self, id: EffectId) {
        if let Some((Cancelled::Abort | Cancelled::LetGo, handle)) = self.handles.get(&id) {
            handle.abort();
            self.handles.remove(&id);
        }
    }

    fn finished(&mut self, done: Result<(EffectId, Reply), JoinError>) -> Option<(EffectId, Reply)> {
        match done {
            Ok((id, reply)) => {
                self.handles.remove(&id);
                Some((id, reply))
            }
            Err(error) => {
                if error.is_panic() {
                    // The effect's deadline stands, so the engine learns of it.
                    tracing::error!("a port panicked");
                }
                None
            }
        }
    }

    async fn settle(mut self) {
        self.abort(Cancelled::Abort);
        while self.handles.values().any(|(cancelled, _)| *cancelled == Cancelled::Finish) {
            let Some(done) = self.tasks.join_next().await else { break };
            if self.finished(done).is_none() {
                // Which one it was that panicked or was aborted is not said, so it is not waited for.
                self.handles.retain(|_, (_, handle)| !handle.is_finished());
            }
        }
        self.abort(Cancelled::LetGo);
        while self.tasks.join_next().await.is_some() {}
    }

    fn abort(&mut self, which: Cancelled) {
        self.handles.retain(|_, (cancelled, handle)| {
            let is_meant = *cancelled == which;
            if is_meant {
                handle.abort();
            }
            !is_meant
        });
    }
}
