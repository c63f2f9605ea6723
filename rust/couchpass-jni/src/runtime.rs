//! The one tokio runtime of the process: one worker, and one thread for what blocks. Those two are all the threads there are.

use std::sync::LazyLock;

use tokio::runtime::{Builder, Handle, Runtime};

/// What looks names up may be stuck for half a minute, with the one thread that there is for it. Nothing else may need that
/// thread: the store is written by the worker, and answers find another way (see [`crate::delivery`]).
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    Builder::new_multi_thread()
        .worker_threads(1)
        .max_blocking_threads(1)
        .thread_name("couchpass")
        .enable_all()
        .build()
        .expect("a process that cannot have two more threads cannot go on anyway")
});

/// The runtime, started by whoever needs it first.
pub(crate) fn handle() -> &'static Handle {
    RUNTIME.handle()
}
