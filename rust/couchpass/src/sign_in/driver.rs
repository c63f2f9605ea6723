//! Runs the sign-in machine: turns effects into requests and waits, and their ends into inputs.

use std::sync::Arc;

use device_auth::Wait;
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinSet,
};

use super::{
    SignInEvent, SignInWith,
    machine::{Effect, Finding, Input, Machine, Now, Opening},
};
use crate::{
    Error,
    core::Core,
    work::{Work, task},
};

/// What others ask of a sign-in under way.
#[derive(Debug)]
pub(crate) enum Command {
    /// Somebody watches: send the latest event and all that follow.
    Watch(mpsc::UnboundedSender<SignInEvent>),
    /// Somebody has stopped watching.
    WatcherLeft,
    /// The browser on this device has come to the redirect URL.
    RedirectReached,
    /// The viewer wants another code.
    NewCode,
    /// End it; answers when the code is released.
    Cancel(oneshot::Sender<()>),
}

/// One sign-in under way.
pub(crate) struct Driver {
    core: Arc<Core>,
    way: Arc<SignInWith>,
    /// Ends when the sign-in is out of the way that this one replaces.
    predecessor: Option<oneshot::Receiver<()>>,
    machine: Machine,
    commands: mpsc::UnboundedReceiver<Command>,
    watchers: Vec<mpsc::UnboundedSender<SignInEvent>>,
    latest: Option<SignInEvent>,
    check: Option<Work<Result<Finding, Error>>>,
    issue: Option<Work<Result<Opening, Error>>>,
    wait: Option<Wait>,
    arrival: Option<Work<()>>,
    releases: JoinSet<()>,
    cancels: Vec<oneshot::Sender<()>>,
    /// Nobody can send a command any more.
    is_deaf: bool,
    has_ended: bool,
}

impl Driver {
    pub(crate) fn new(
        core: Arc<Core>,
        way: SignInWith,
        predecessor: Option<oneshot::Receiver<()>>,
        commands: mpsc::UnboundedReceiver<Command>,
    ) -> Self {
        let machine = Machine::new(core.random());
        Self {
            core,
            way: Arc::new(way),
            predecessor,
            machine,
            commands,
            watchers: Vec::new(),
            latest: None,
            check: None,
            issue: None,
            wait: None,
            arrival: None,
            releases: JoinSet::new(),
            cancels: Vec::new(),
            is_deaf: false,
            has_ended: false,
        }
    }

    /// Runs to the end, which is also the end of the last handle on the client.
    pub(crate) async fn run(mut self) {
        if let Some(predecessor) = self.predecessor.take() {
            // One that has ended by itself drops its sender, which is as good.
            let _ = predecessor.await;
        }
        let started = start(&self.core, &self.way).await;
        self.feed(started);
        while !self.has_ended {
            let input = self.next_input().await;
            if let Some(input) = input {
                self.feed(input);
            }
        }
        self.close().await;
    }

    /// The next thing that happens. Commands first: what the viewer wants overtakes what the network says.
    async fn next_input(&mut self) -> Option<Input> {
        tokio::select! {
            biased;
            command = self.commands.recv(), if !self.is_deaf => self.obey(command),
            outcome = or_never(&mut self.check) => {
                self.check = None;
                if !self.core.pipeline.platform_tokens.is_sent() {
                    self.expect_late_token();
                }
                Some(Input::Checked(outcome))
            }
            outcome = or_never(&mut self.issue) => {
                self.issue = None;
                Some(Input::Issued(outcome))
            }
            () = or_never(&mut self.arrival) => {
                self.arrival = None;
                Some(Input::TokenArrived)
            }
            () = or_never(&mut self.wait) => {
                self.wait = None;
                Some(Input::Due)
            }
        }
    }

    fn obey(&mut self, command: Option<Command>) -> Option<Input> {
        match command {
            Some(Command::Watch(watcher)) => {
                self.welcome(watcher);
                Some(Input::Watched(true))
            }
            Some(Command::WatcherLeft) => {
                self.watchers.retain(|watcher| !watcher.is_closed());
                self.watchers.is_empty().then_some(Input::Watched(false))
            }
            Some(Command::RedirectReached) => Some(Input::RedirectReached),
            Some(Command::NewCode) => Some(Input::NewCode),
            Some(Command::Cancel(done)) => {
                self.cancels.push(done);
                Some(Input::Cancelled)
            }
            // The last handle on the client is gone: the same as cancelling.
            None => {
                self.is_deaf = true;
                Some(Input::Cancelled)
            }
        }
    }

    fn welcome(&mut self, watcher: mpsc::UnboundedSender<SignInEvent>) {
        if let Some(latest) = &self.latest {
            // A watcher that has left already is noticed with its WatcherLeft.
            let _ = watcher.send(latest.clone());
        }
        self.watchers.push(watcher);
    }

    fn feed(&mut self, input: Input) {
        let now = Now { service: self.core.now(), elapsed: self.core.clock.monotonic() };
        for effect in self.machine.handle(input, now) {
            self.perform(effect);
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Check(reason) => {
                let (core, way) = (Arc::clone(&self.core), Arc::clone(&self.way));
                self.check = Some(Box::pin(async move { core.find_profile(&reason, way.mvpd()).await }));
            }
            Effect::Issue => {
                let (core, way) = (Arc::clone(&self.core), Arc::clone(&self.way));
                self.issue = Some(Box::pin(async move { core.open_session(&way).await }));
            }
            Effect::Release(code) => {
                let core = Arc::clone(&self.core);
                self.releases.spawn(task(async move { core.release_code(&code).await }));
            }
            Effect::Adopt(found) => {
                self.core.remember(&found, None, None);
            }
            Effect::Remember(code) => self.core.session.remember_code(code.as_ref(), self.way.mvpd()),
            Effect::Wait(how_long) => self.wait = Some(self.core.clock.sleep(how_long)),
            Effect::StopWaiting => self.wait = None,
            Effect::Emit(event) => self.emit(event),
            Effect::End => self.has_ended = true,
        }
    }

    fn emit(&mut self, event: SignInEvent) {
        if event.is_last() {
            // Whoever asks from now on gets a sign-in of their own; nothing of this one goes on but releasing its code.
            self.commands.close();
            (self.check, self.wait, self.arrival) = (None, None, None);
        }
        self.watchers.retain(|watcher| watcher.send(event.clone()).is_ok());
        self.latest = Some(event);
    }

    /// A token that comes after the platform's patience was at its end is still worth a try.
    fn expect_late_token(&mut self) {
        if self.arrival.is_none() {
            let tokens = self.core.pipeline.platform_tokens.clone();
            self.arrival = Some(Box::pin(async move { tokens.arrival().await }));
        }
    }

    /// Answers what was asked too late, and waits until no code is left alive.
    async fn close(mut self) {
        self.commands.close();
        while let Some(command) = self.commands.recv().await {
            self.obey(Some(command));
        }
        while self.releases.join_next().await.is_some() {}
        for done in self.cancels {
            // Whoever asked may have stopped waiting.
            let _ = done.send(());
        }
    }
}

/// Begins with what an earlier sign-in has left behind.
async fn start(core: &Core, way: &SignInWith) -> Input {
    core.catch_up();
    core.session.begin_sign_in();
    core.pipeline.platform_tokens.suspend(false);
    // A code for another TV provider, or for a second screen where the viewer wants this one, is of no use.
    let is_the_same =
        core.session.code_for().as_ref() == way.mvpd() && !matches!(way, SignInWith::Browser(_));
    let (code, stale) = match core.session.code(core.now()) {
        code if is_the_same => (code, None),
        stale => (None, stale),
    };
    Input::Started { restored: core.restored(way.mvpd()).await, code, stale }
}

async fn or_never<T>(work: &mut Option<Work<T>>) -> T {
    match work {
        Some(work) => work.await,
        None => std::future::pending().await,
    }
}
