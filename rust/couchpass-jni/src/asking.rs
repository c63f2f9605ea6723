//! Asking Kotlin for a platform token: the question goes out under a number, the answer comes whenever it comes.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

use couchpass::{Absence, PlatformTokenFuture, PlatformTokenSource};
use device_auth::Secret;
use tokio::sync::oneshot;

type Answer = Result<Secret, Absence>;

/// Puts a question to Kotlin, under this number.
pub(crate) type Ask = dyn Fn(i64) + Send + Sync;

/// The questions that Kotlin has not answered yet.
pub(crate) struct Asking {
    ask: Box<Ask>,
    next: AtomicI64,
    open: Mutex<HashMap<i64, oneshot::Sender<Answer>>>,
}

impl Asking {
    pub(crate) fn new(ask: Box<Ask>) -> Arc<Self> {
        Arc::new(Self { ask, next: AtomicI64::new(1), open: Mutex::default() })
    }

    /// Takes an answer. The first one counts; one that nobody waits for is dropped.
    pub(crate) fn answer(&self, question: i64, answer: Answer) {
        let waiting = self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&question);
        if let Some(waiting) = waiting {
            // Whoever has asked may have gone meanwhile.
            let _ = waiting.send(answer);
        }
    }

    fn question(&self) -> oneshot::Receiver<Answer> {
        let (sender, answer) = oneshot::channel();
        let question = self.next.fetch_add(1, Ordering::Relaxed);
        {
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            // Those whom nobody waits for any more.
            open.retain(|_, waiting| !waiting.is_closed());
            open.insert(question, sender);
        }
        (self.ask)(question);
        answer
    }
}

/// [`Asking`] as the client knows it.
pub(crate) struct Source(pub(crate) Arc<Asking>);

impl PlatformTokenSource for Source {
    fn token(&self) -> PlatformTokenFuture {
        let answer = self.0.question();
        Box::pin(async move {
            answer.await.unwrap_or_else(|_| Err(Absence::Unusable("the app gave no answer".to_owned())))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn the_first_answer_counts_and_late_ones_do_no_harm() {
        let (asked, questions) = mpsc::channel();
        let asking = Asking::new(Box::new(move |question| {
            let _ = asked.send(question);
        }));
        let answer = Source(Arc::clone(&asking)).token();
        let question = questions.try_recv().unwrap();
        asking.answer(question, Err(Absence::Disabled));
        asking.answer(question, Ok(Secret::new("late")));
        asking.answer(99, Ok(Secret::new("unasked")));
        assert_eq!(answer.await, Err(Absence::Disabled));
        assert!(asking.open.lock().unwrap().is_empty());
    }
}
