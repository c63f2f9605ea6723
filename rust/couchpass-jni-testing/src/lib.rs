//! The native library that the JVM tests load: all of `couchpass-jni`, and the natives of `io.couchpass.internal.NativeTesting`.

mod heap;
mod hurry;
pub mod measures;

use std::sync::{Mutex, PoisonError, mpsc};

use couchpass_jni::testing;
use jni::{
    EnvUnowned,
    objects::{JClass, JString},
    sys::{jint, jlong},
};

/// What occupies the thread for what blocks goes on until this is dropped.
static OCCUPIED: Mutex<Option<mpsc::Sender<()>>> = Mutex::new(None);

/// Panics inside an export.
// SAFETY: the name is the package's, the class's and the member's; nothing else has it.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_couchpass_internal_NativeTesting_panicNow<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
) {
    testing::cross(env, |_| -> () { std::panic::panic_any("a panic on demand") });
}

/// Starts a call that panics.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_couchpass_internal_NativeTesting_startPanicking<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
    id: jlong,
) {
    testing::start_panicking(env, handle, id);
}

/// Starts a call that never ends by itself.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_couchpass_internal_NativeTesting_startEndless<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
    id: jlong,
) {
    testing::start_endless(env, handle, id);
}

/// How many handles are open.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_couchpass_internal_NativeTesting_handles<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
) -> jint {
    testing::cross(env, |_| jint::try_from(testing::handles()).unwrap_or(jint::MAX))
}

/// How many calls have no answer yet.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_couchpass_internal_NativeTesting_calls<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
) -> jint {
    testing::cross(env, |_| jint::try_from(testing::calls()).unwrap_or(jint::MAX))
}

/// The classes and members that are looked up when the library is loaded.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_couchpass_internal_NativeTesting_lookedUp<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
) -> JString<'local> {
    testing::looked_up(env)
}

/// Occupies the thread for what blocks, until [`release`](Java_io_couchpass_internal_NativeTesting_release).
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_couchpass_internal_NativeTesting_occupy<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
) {
    let (occupied, released) = mpsc::channel();
    *OCCUPIED.lock().unwrap_or_else(PoisonError::into_inner) = Some(occupied);
    testing::block(env, move || {
        // The sender is dropped, never used.
        let _ = released.recv();
    });
}

/// Ends what `occupy` has begun.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_couchpass_internal_NativeTesting_release<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
) {
    testing::cross(env, |_| drop(OCCUPIED.lock().unwrap_or_else(PoisonError::into_inner).take()));
}
