//! The one tokio runtime of the process: one thread that does the work, and one for what blocks. Those two are all the threads
//! there are.

use std::{future, sync::LazyLock, thread};

use tokio::runtime::{Builder, Handle};

const NAME: &str = "couchpass";

/// What looks names up may be stuck for half a minute, with the one thread that there is for it. Nothing else may need that
/// thread: the store is written by the worker, and answers find another way (see [`crate::delivery`]).
///
/// tokio calls a scheduler with one thread "current thread", whichever thread that is. Its other one would bring a second copy of
/// every task's code along.
static RUNTIME: LazyLock<Handle> = LazyLock::new(|| {
    let runtime = Builder::new_current_thread()
        .max_blocking_threads(1)
        .thread_name(NAME)
        .enable_all()
        .build()
        .expect("a process that cannot have two more threads cannot go on anyway");
    let handle = runtime.handle().clone();
    // It works for as long as somebody is in it, which is for good.
    thread::Builder::new()
        .name(NAME.to_owned())
        .spawn(move || runtime.block_on(future::pending::<()>()))
        .expect("a process that cannot have two more threads cannot go on anyway");
    handle
});

/// The runtime, started by whoever needs it first.
pub(crate) fn handle() -> &'static Handle {
    &RUNTIME
}
