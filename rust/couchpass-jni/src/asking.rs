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
    /// `None` when nobody is asked any more.
    open: Mutex<Option<HashMap<i64, oneshot::Sender<Answer>>>>,
}

impl Asking {
    pub(crate) fn new(ask: Box<Ask>) -> Arc<Self> {
        Arc::new(Self { ask, next: AtomicI64::new(1), open: Mutex::new(Some(HashMap::new())) })
    }

    /// Takes an answer. The first one counts; one that nobody waits for is dropped.
    pub(crate) fn answer(&self, question: i64, answer: Answer) {
        let waiting = {
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            open.as_mut().and_then(|open| open.remove(&question))
        };
        if let Some(waiting) = waiting {
            // Whoever has asked may have gone meanwhile.
            let _ = waiting.send(answer);
        }
    }

    /// Lets those who wait go, and asks no more: a platform that never answers would keep its client alive for good.
    pub(crate) fn close(&self) {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(open);
    }

    fn question(&self) -> oneshot::Receiver<Answer> {
        let (sender, answer) = oneshot::channel();
        let question = self.next.fetch_add(1, Ordering::Relaxed);
        {
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(open) = open.as_mut() else { return answer };
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
        assert!(asking.open.lock().unwrap().as_ref().unwrap().is_empty());
    }

    #[tokio::test]
    async fn closing_lets_go_of_a_platform_that_never_answers() {
        let (asked, questions) = mpsc::channel();
        let asking = Asking::new(Box::new(move |question| {
            let _ = asked.send(question);
        }));
        let waiting = Source(Arc::clone(&asking)).token();
        asking.close();
        assert!(matches!(waiting.await, Err(Absence::Unusable(_))));
        assert_eq!(questions.try_iter().count(), 1);
        assert!(matches!(Source(Arc::clone(&asking)).token().await, Err(Absence::Unusable(_))));
        assert_eq!(questions.try_iter().count(), 0, "nobody is asked any more");
    }
}
