//! What runs beside its caller.

use std::pin::Pin;

/// Work for the runtime, whose code is compiled for each kind of future that it is given: in a box they are one kind.
pub(crate) type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

pub(crate) fn task(work: impl Future<Output = ()> + Send + 'static) -> Task {
    Box::pin(work)
}
