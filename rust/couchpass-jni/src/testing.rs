//! What the tests' library adds to ours. Nothing that ships has it exported.

use std::sync::{OnceLock, atomic::Ordering};

use couchpass::ClientBuilder;
use jni::{Env, EnvUnowned, objects::JString};

use crate::{boundary, calls, failure::Failure, handles, java, runtime};

/// Runs the body of an export as all exports are run.
pub fn cross<'local, T: Default>(env: EnvUnowned<'local>, body: impl FnOnce(&mut Env<'local>) -> T) -> T {
    boundary::cross(env, |env| Ok(body(env)))
}

/// What is changed about every client before it is made.
type Change = fn(ClientBuilder) -> ClientBuilder;

static CHANGE: OnceLock<Change> = OnceLock::new();

/// Changes all clients that are made from now on. The first change of a process stays.
pub fn change_clients(change: Change) {
    CHANGE.get_or_init(|| change);
}

/// What the tests have made of a builder; itself, where nothing was changed.
pub(crate) fn changed(builder: ClientBuilder) -> ClientBuilder {
    match CHANGE.get() {
        Some(change) => change(builder),
        None => builder,
    }
}

/// How many handles are open.
#[must_use]
pub fn handles() -> usize {
    handles::count()
}

/// How many calls have no answer yet.
#[must_use]
pub fn calls() -> usize {
    calls::UNDER_WAY.load(Ordering::Relaxed)
}

/// The classes and members that are looked up when the library is loaded, a line each.
pub fn looked_up(env: EnvUnowned<'_>) -> JString<'_> {
    boundary::cross(env, |env| Ok(JString::from_str(env, java::LOOKED_UP.join("\n"))?))
}

/// How many tasks the runtime has that have not ended: calls, sign-ins, connections.
#[must_use]
pub fn tasks() -> usize {
    runtime::handle().metrics().num_alive_tasks()
}

/// Starts a call of a client that panics when it is polled.
#[allow(clippy::panic, reason = "it is what this is for")]
pub fn start_panicking(env: EnvUnowned<'_>, handle: i64, id: i64) {
    boundary::cross(env, |_| {
        let pass = handles::find_pass(handle)?;
        pass.start_with(id, async { std::panic::panic_any("a panic on demand") })
    });
}

/// Starts a call of a client that never ends by itself.
pub fn start_endless(env: EnvUnowned<'_>, handle: i64, id: i64) {
    boundary::cross(env, |_| handles::find_pass(handle)?.start_with(id, std::future::pending()));
}

/// Occupies the thread for what blocks, as a name server that does not answer does, until the function returns.
pub fn block(env: EnvUnowned<'_>, until: impl FnOnce() + Send + 'static) {
    boundary::cross(env, |_| -> Result<(), Failure> {
        runtime::handle().spawn_blocking(until);
        Ok(())
    });
}
