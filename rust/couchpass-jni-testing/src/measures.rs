//! The natives that measure: what is alive in Rust, what memory it has, and what a call costs that does nothing.

use couchpass_jni::testing;
use jni::{
    EnvUnowned,
    objects::JClass,
    sys::{jint, jlong},
};

use crate::{heap, hurry};

/// Does nothing, not even what all exports do: what is left is what the JVM takes for a call.
// SAFETY: the name is the package's, the class's and the member's; nothing else has it.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_couchpass_internal_NativeTesting_nothing<'local>(
    _env: EnvUnowned<'local>,
    _class: JClass<'local>,
) {
}

/// Lets clients hurry that are made from now on.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_couchpass_internal_NativeTesting_hurry<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    factor: jint,
) {
    testing::cross(env, |_| hurry::hurry(u32::try_from(factor).unwrap_or(1)));
}

/// How many requests the clients have made that hurry.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_couchpass_internal_NativeTesting_requests<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
) -> jlong {
    testing::cross(env, |_| hurry::requests())
}

/// How many tasks have not ended.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_couchpass_internal_NativeTesting_tasks<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
) -> jint {
    testing::cross(env, |_| jint::try_from(testing::tasks()).unwrap_or(jint::MAX))
}

/// Bytes of Rust's memory that are in use.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_couchpass_internal_NativeTesting_heapBytes<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
) -> jlong {
    testing::cross(env, |_| heap::live_bytes())
}

/// Allocations of Rust's that are in use.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_couchpass_internal_NativeTesting_heapBlocks<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
) -> jlong {
    testing::cross(env, |_| heap::live_blocks())
}

/// Bytes that Rust has allocated so far.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_couchpass_internal_NativeTesting_heapTotal<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
) -> jlong {
    testing::cross(env, |_| heap::total_bytes())
}
