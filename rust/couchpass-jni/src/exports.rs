//! What Kotlin can call: the native members of `io.couchpass.internal.Native`, found by their names.
//!
//! No parameter is as wide as a pointer, so a 32-bit device and a desktop have the same signatures.

use std::{ffi::c_void, sync::Arc};

use jni::{
    Env, EnvUnowned, JavaVM,
    objects::{JByteArray, JClass, JObject},
    sys::{JNI_ERR, JNI_VERSION_1_6, jint, jlong},
};

use crate::{
    boundary::cross,
    codec::{Bytes, Crosses, decode},
    delivery::{Callbacks, deliver},
    failure::Failure,
    handles::{self, Object},
    java, logging,
    messages::{Config, Operation},
    pass::Pass,
};

fn read<T: Crosses>(env: &Env<'_>, bytes: &JByteArray<'_>) -> Result<T, Failure> {
    let bytes = Bytes::new(env.convert_byte_array(bytes)?);
    Ok(decode(&bytes)?)
}

/// Called by the JVM when it has loaded the library.
///
/// # Safety
/// `vm` is the JVM's own pointer.
// SAFETY: nothing else in the process has this name, which JNI gives to every library once.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn JNI_OnLoad(vm: *mut jni::sys::JavaVM, _reserved: *mut c_void) -> jint {
    let loaded = std::panic::catch_unwind(|| {
        // SAFETY: the JVM passes a valid pointer.
        let vm = unsafe { JavaVM::from_raw(vm) };
        // An exception has to be left behind, so it is not for the wrapper, which catches what is pending.
        vm.with_top_local_frame(|env| -> jni::errors::Result<bool> {
            if let Err(why) = java::look_up(env) {
                java::refuse_to_load(env, &why);
                return Ok(false);
            }
            logging::begin();
            Ok(true)
        })
    });
    if matches!(loaded, Ok(Ok(true))) { JNI_VERSION_1_6 } else { JNI_ERR }
}

/// Makes a client and returns its handle.
// SAFETY: the name is the package's, the class's and the member's; nothing else has it.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_couchpass_internal_Native_create<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    config: JByteArray<'local>,
    callbacks: JObject<'local>,
) -> jlong {
    cross(env, |env| {
        let config: Config = read(env, &config)?;
        let callbacks = Arc::new(Callbacks::new(env.new_global_ref(callbacks)?));
        let asked = Arc::clone(&callbacks);
        let pass = Pass::open(
            &config,
            Box::new(move |id, bytes| {
                let callbacks = Arc::clone(&callbacks);
                deliver(move |env| callbacks.complete(env, id, &bytes));
            }),
            Box::new(move |question| {
                let callbacks = Arc::clone(&asked);
                deliver(move |env| callbacks.ask(env, question));
            }),
        )?;
        Ok(handles::keep(Object::Pass(Arc::new(pass))))
    })
}

/// Starts an operation under an id of Kotlin's; the answer comes by `complete`, exactly once, unless this throws.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_couchpass_internal_Native_start<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
    id: jlong,
    operation: JByteArray<'local>,
) {
    cross(env, |env| {
        let operation = read(env, &operation)?;
        match (handles::find(handle)?, operation) {
            (Object::Watch(watch), Operation::NextEvent {}) => watch.next(id),
            (Object::Pass(pass), operation) => pass.start(id, operation),
            (Object::Watch(_), _) => Err(Failure::Closed),
        }
    });
}

/// Drops the task of a call. Does nothing where there is none, or no such handle, any more.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_couchpass_internal_Native_cancel<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
    id: jlong,
) {
    cross(env, |_| {
        match handles::find(handle) {
            Ok(Object::Pass(pass)) => pass.cancel(id),
            Ok(Object::Watch(watch)) => watch.cancel(id),
            Err(_) => {}
        }
        Ok(())
    });
}

/// Begins or joins a sign-in and returns the handle of its events.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_couchpass_internal_Native_signIn<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
    way: JByteArray<'local>,
) -> jlong {
    cross(env, |env| {
        let way = read(env, &way)?;
        let watch = handles::find_pass(handle)?.sign_in(way)?;
        Ok(handles::keep(Object::Watch(Arc::new(watch))))
    })
}

/// Begins to collect the metrics of a client's requests and returns their handle.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_couchpass_internal_Native_metrics<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
) -> jlong {
    cross(env, |_| Ok(handles::keep(Object::Watch(Arc::new(handles::find_pass(handle)?.metrics())))))
}

/// Answers a question at once.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_couchpass_internal_Native_ask<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
    question: JByteArray<'local>,
) -> JByteArray<'local> {
    cross(env, |env| {
        let question = read(env, &question)?;
        let answer = handles::find_pass(handle)?.question(&question);
        Ok(env.byte_array_from_slice(&answer)?)
    })
}

/// Takes the answer to a question for a platform token. Does nothing for a client that is closed.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_couchpass_internal_Native_answerToken<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
    question: jlong,
    answer: JByteArray<'local>,
) {
    cross(env, |env| {
        let answer = read(env, &answer)?;
        if let Ok(pass) = handles::find_pass(handle) {
            pass.answer_token(question, answer);
        }
        Ok(())
    });
}

/// Closes a client, the events of a sign-in or metrics, once; after that it does nothing. Calls under way are cancelled.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_couchpass_internal_Native_close<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
) {
    cross(env, |_| {
        if let Some(Object::Pass(pass)) = handles::remove(handle) {
            pass.close();
        }
        Ok(())
    });
}

/// How much is logged: 0 for nothing, 1 for errors, and so on to 5 for everything.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_couchpass_internal_Native_logLevel<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    level: jint,
) {
    cross(env, |_| {
        logging::set_level(level);
        Ok(())
    });
}
