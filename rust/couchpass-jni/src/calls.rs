//! The calls under way: each is a task under Kotlin's own id, and each is answered exactly once, whatever becomes of it.

use std::{
    collections::HashMap,
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
};

use tokio::{runtime::Handle, task::AbortHandle};

use crate::{
    codec::{Bytes, Crosses, Writer, encode},
    failure::Failure,
    messages,
};

/// How many calls have no answer yet, in all clients. For the tests.
pub(crate) static UNDER_WAY: AtomicUsize = AtomicUsize::new(0);

/// Hands an answer to Kotlin.
pub(crate) type Complete = dyn Fn(i64, Bytes) + Send + Sync;

/// The calls of one client and of its sign-ins.
pub(crate) struct Calls {
    complete: Box<Complete>,
    under_way: Mutex<UnderWay>,
}

#[derive(Default)]
struct UnderWay {
    closed: bool,
    /// `None` while the task is being made.
    by_id: HashMap<i64, Option<AbortHandle>>,
}

/// A call's outcome as it crosses.
pub(crate) fn answer<T: Crosses>(outcome: Result<T, Failure>) -> Bytes {
    struct Answer<T>(Result<T, messages::Error>);
    impl<T: Crosses> Crosses for Answer<T> {
        fn write(&self, to: &mut Writer) {
            match &self.0 {
                Ok(value) => {
                    to.tag(0);
                    value.write(to);
                }
                Err(error) => {
                    to.tag(1);
                    error.write(to);
                }
            }
        }

        fn read(_: &mut crate::codec::Reader<'_>) -> Result<Self, crate::codec::Malformed> {
            Err(crate::codec::Malformed("Kotlin answers nothing"))
        }
    }
    encode(&Answer(outcome.map_err(Into::into)))
}

impl Calls {
    pub(crate) fn new(complete: Box<Complete>) -> Arc<Self> {
        Arc::new(Self { complete, under_way: Mutex::default() })
    }

    /// Starts a call. Its answer goes to [`Complete`]: what the future has made of it, or a failure if it has panicked, was
    /// cancelled or lost its runtime.
    pub(crate) fn start(
        self: &Arc<Self>,
        runtime: &Handle,
        id: i64,
        call: impl Future<Output = Bytes> + Send + 'static,
    ) -> Result<(), Failure> {
        self.begin(runtime, id, Box::pin(call))
    }

    /// Boxes, since the runtime's code is compiled for each kind of future that it is given.
    fn begin(
        self: &Arc<Self>,
        runtime: &Handle,
        id: i64,
        call: Pin<Box<dyn Future<Output = Bytes> + Send>>,
    ) -> Result<(), Failure> {
        {
            let mut under_way = self.lock();
            if under_way.closed {
                return Err(Failure::Closed);
            }
            under_way.by_id.insert(id, None);
        }
        let unanswered = Unanswered::new(Arc::clone(self), id);
        let task: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(async move {
            let mut unanswered = unanswered;
            // Later than the other, so dropped before it: whoever is told that a call was cancelled finds its sockets closed.
            let mut call = call;
            unanswered.answer = Some(
                poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| call.as_mut().poll(context))) {
                    Ok(poll) => poll,
                    Err(payload) => Poll::Ready(answer::<()>(Err(Failure::of_panic(&*payload)))),
                })
                .await,
            );
        });
        let task = runtime.spawn(task);
        match self.lock().by_id.get_mut(&id) {
            Some(entry) => *entry = Some(task.abort_handle()),
            // It is done already, or somebody has cancelled it before it could be dropped.
            None => task.abort(),
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, UnderWay> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Drops a call's future; it is answered as cancelled. Does nothing where there is no such call, or not any more.
    pub(crate) fn cancel(&self, id: i64) {
        let task = self.lock().by_id.remove(&id).flatten();
        if let Some(task) = task {
            task.abort();
        }
    }

    /// Cancels all calls and lets no further one begin.
    pub(crate) fn close(&self) {
        let tasks = {
            let mut under_way = self.lock();
            under_way.closed = true;
            std::mem::take(&mut under_way.by_id)
        };
        for task in tasks.into_values().flatten() {
            task.abort();
        }
    }
}

/// A call that Kotlin still waits for. Dropping it, which cannot be forgotten, is what answers.
struct Unanswered {
    calls: Arc<Calls>,
    id: i64,
    answer: Option<Bytes>,
}

impl Unanswered {
    fn new(calls: Arc<Calls>, id: i64) -> Self {
        UNDER_WAY.fetch_add(1, Ordering::Relaxed);
        Self { calls, id, answer: None }
    }
}

impl Drop for Unanswered {
    fn drop(&mut self) {
        self.calls.lock().by_id.remove(&self.id);
        let answer = self.answer.take().unwrap_or_else(|| answer::<()>(Err(Failure::Closed)));
        UNDER_WAY.fetch_sub(1, Ordering::Relaxed);
        (self.calls.complete)(self.id, answer);
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::{pending, ready},
        sync::mpsc,
    };

    use super::*;

    type Answers = mpsc::Receiver<(i64, Bytes)>;

    fn calls() -> (Arc<Calls>, Answers) {
        let (sender, answers) = mpsc::channel();
        (
            Calls::new(Box::new(move |id, bytes| {
                let _ = sender.send((id, bytes));
            })),
            answers,
        )
    }

    fn cancelled() -> Bytes {
        answer::<()>(Err(Failure::Closed))
    }

    #[tokio::test]
    async fn a_call_is_answered_with_what_it_made() {
        let (calls, answers) = calls();
        calls.start(&Handle::current(), 7, ready(answer(Ok(true)))).unwrap();
        tokio::task::yield_now().await;
        assert_eq!(answers.try_recv().unwrap(), (7, Bytes::new(vec![0, 1])));
        assert!(calls.under_way.lock().unwrap().by_id.is_empty());
    }

    #[tokio::test]
    async fn a_panic_is_an_answer_and_not_the_end() {
        let (calls, answers) = calls();
        calls.start(&Handle::current(), 1, async { panic!("ouch {}", 1) }).unwrap();
        calls.start(&Handle::current(), 2, ready(answer(Ok(())))).unwrap();
        tokio::task::yield_now().await;
        let (id, bytes) = answers.try_recv().unwrap();
        assert_eq!((id, &bytes[..2]), (1, [1, 4].as_slice()), "an error of the kind `Support`");
        assert!(String::from_utf8_lossy(&bytes).contains("ouch 1"));
        assert_eq!(answers.try_recv().unwrap().0, 2);
    }

    #[tokio::test]
    async fn a_cancelled_call_drops_its_future_and_is_answered() {
        let (held, dropped) = mpsc::channel::<()>();
        let (sender, answers) = mpsc::channel();
        let dropped = Mutex::new(dropped);
        let calls = Calls::new(Box::new(move |id, bytes| {
            let _ = sender.send((id, bytes, dropped.lock().unwrap().try_recv()));
        }));
        calls
            .start(&Handle::current(), 3, async move {
                let _held = held;
                pending().await
            })
            .unwrap();
        tokio::task::yield_now().await;
        calls.cancel(3);
        calls.cancel(3);
        calls.cancel(4);
        tokio::task::yield_now().await;
        let first = Err(mpsc::TryRecvError::Disconnected);
        assert_eq!(answers.try_recv().unwrap(), (3, cancelled(), first), "dropped, then answered");
        assert!(answers.try_recv().is_err(), "answered once");
    }

    #[tokio::test]
    async fn closing_answers_all_and_lets_nothing_begin() {
        let (calls, answers) = calls();
        for id in 0..3 {
            calls.start(&Handle::current(), id, pending()).unwrap();
        }
        calls.close();
        calls.close();
        assert!(matches!(calls.start(&Handle::current(), 9, pending()), Err(Failure::Closed)));
        tokio::task::yield_now().await;
        let mut ids: Vec<i64> =
            answers.try_iter().map(|(id, bytes)| (id, assert_eq!(bytes, cancelled())).0).collect();
        ids.sort_unstable();
        assert_eq!(ids, [0, 1, 2]);
    }

    #[test]
    fn a_runtime_that_goes_away_leaves_nobody_waiting() {
        let (calls, answers) = calls();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        calls.start(runtime.handle(), 5, pending()).unwrap();
        let handle = runtime.handle().clone();
        drop(runtime);
        assert_eq!(answers.try_recv().unwrap(), (5, cancelled()));
        // Nor does one that is gone already: the task is dropped before it is entered.
        calls.start(&handle, 6, pending()).unwrap();
        assert_eq!(answers.try_recv().unwrap(), (6, cancelled()));
    }
}
