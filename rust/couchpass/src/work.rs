//! What goes on beside its caller.

use std::pin::Pin;

/// Something under way, of whatever kind.
pub(crate) type Work<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// For the runtime, whose code is compiled for each kind of future that it is given: in a box they are one kind.
pub(crate) fn task(work: impl Future<Output = ()> + Send + 'static) -> Work<()> {
    Box::pin(work)
}
