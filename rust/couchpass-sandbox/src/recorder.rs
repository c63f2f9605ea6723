//! The recorder: every request in the order of its arrival.

use std::sync::Arc;

use tokio::sync::{broadcast, watch};

use crate::endpoint::Endpoint;
use crate::record::RecordedRequest;

/// How many notices a slow listener may fall behind.
const NOTICES: usize = 1024;

/// What has reached a sandbox. Clones see the same requests.
///
/// A request is in the record from the moment it has been read; its status follows when it has been answered.
#[derive(Clone, Debug)]
pub struct Recorder {
    requests: Arc<watch::Sender<Vec<RecordedRequest>>>,
    notices: broadcast::Sender<RecordedRequest>,
    numbers: Arc<std::sync::atomic::AtomicUsize>,
}

impl Recorder {
    pub(crate) fn new() -> Self {
        Self {
            requests: Arc::new(watch::Sender::new(Vec::new())),
            notices: broadcast::Sender::new(NOTICES),
            numbers: Arc::default(),
        }
    }

    /// All requests, the second screen's too.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.requests.borrow().clone()
    }

    /// The requests that a device made: all but the browser's.
    pub fn device_requests(&self) -> Vec<RecordedRequest> {
        self.requests.borrow().iter().filter(|request| request.by_device()).cloned().collect()
    }

    /// The number of the first request that is remembered.
    pub(crate) fn first(&self) -> Option<usize> {
        self.requests.borrow().first().map(|request| request.number)
    }

    /// How many requests of this endpoint came.
    pub fn count(&self, endpoint: Endpoint) -> usize {
        self.requests.borrow().iter().filter(|request| request.endpoint == Some(endpoint)).count()
    }

    /// Forgets what has come so far. The numbers go on.
    pub fn clear(&self) {
        self.requests.send_modify(Vec::clear);
    }

    /// Returns once the record satisfies `predicate`, at once if it already does, and hands back what it then held.
    pub async fn wait_until(
        &self,
        mut predicate: impl FnMut(&[RecordedRequest]) -> bool,
    ) -> Vec<RecordedRequest> {
        let mut changes = self.requests.subscribe();
        let requests = changes.wait_for(|requests| predicate(requests)).await;
        requests.expect("the record lives as long as its recorder").clone()
    }

    /// Every request from now on, twice: when it has come (without a status) and when it has been answered.
    pub fn subscribe(&self) -> broadcast::Receiver<RecordedRequest> {
        self.notices.subscribe()
    }

    /// Notes a request; the number is for [`answered`](Self::answered).
    pub(crate) fn came(&self, mut request: RecordedRequest) -> usize {
        let mut number = 0;
        self.requests.send_modify(|requests| {
            number = self.numbers.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            request.number = number;
            requests.push(request.clone());
        });
        // Nobody has to listen.
        let _ = self.notices.send(request);
        number
    }

    /// Notes how a request ended: with a status, or with none when the connection was cut.
    pub(crate) fn answered(&self, number: usize, status: Option<u16>, fault: Option<&'static str>) {
        let mut done = None;
        self.requests.send_modify(|requests| {
            if let Some(request) = requests.iter_mut().rev().find(|request| request.number == number) {
                request.status = status;
                request.ended = true;
                request.fault = fault;
                done = Some(request.clone());
            }
        });
        if let Some(request) = done {
            let _ = self.notices.send(request);
        }
    }
}
