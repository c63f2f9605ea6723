//! Upcalls: whatever goes from Rust to Kotlin, in a queue that is emptied off the async worker.
//!
//! It is emptied on the thread for what blocks. Where that one is stuck, in a name server that does not answer, the worker
//! steps in after a moment: an answer is never late because of somebody else's request.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use jni::{
    AttachConfig, Env, JValue, JavaVM, jni_str,
    objects::{JByteArray, JObject},
    refs::Global,
    signature::{Primitive, ReturnType},
};

use crate::{codec::Bytes, java, runtime};

/// How long answers wait for a thread that may be stuck.
const PATIENCE: Duration = Duration::from_millis(100);

type Upcall = Box<dyn FnOnce(&mut Env<'_>) -> jni::errors::Result<()> + Send>;

static QUEUE: Mutex<VecDeque<Upcall>> = Mutex::new(VecDeque::new());
static WATCHED: AtomicBool = AtomicBool::new(false);

/// Has an upcall made soon, on another thread.
pub(crate) fn deliver(upcall: impl FnOnce(&mut Env<'_>) -> jni::errors::Result<()> + Send + 'static) {
    QUEUE.lock().unwrap_or_else(PoisonError::into_inner).push_back(Box::new(upcall));
    see_to_it();
}

/// Not known to it: what the upcall is, or all this would be compiled for each.
fn see_to_it() {
    let runtime = runtime::handle();
    runtime.spawn_blocking(empty_queue);
    if !WATCHED.swap(true, Ordering::AcqRel) {
        runtime.spawn(async {
            tokio::time::sleep(PATIENCE).await;
            // Before the look: what comes after it is somebody else's to watch.
            WATCHED.store(false, Ordering::Release);
            empty_queue();
        });
    }
}

fn next() -> Option<Upcall> {
    QUEUE.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
}

fn empty_queue() {
    if QUEUE.lock().unwrap_or_else(PoisonError::into_inner).is_empty() {
        return;
    }
    let Ok(vm) = JavaVM::singleton() else { return };
    // Attached for as long as it takes: a thread that stayed attached would keep a desktop's JVM from ending.
    let config = || AttachConfig::new().scoped(true).thread_name(jni_str!("couchpass"));
    let _: jni::errors::Result<()> = vm.attach_current_thread_with_config(config, None, |env| {
        while let Some(upcall) = next() {
            let made = catch_unwind(AssertUnwindSafe(|| env.with_local_frame(8, upcall)));
            // What Kotlin has thrown ends here: there is nobody above to catch it.
            if env.exception_check() {
                env.exception_clear();
            }
            // Not to our own log: its lines come through here.
            debug_assert!(made.is_ok(), "an upcall has panicked");
        }
        Ok(())
    });
}

/// The Kotlin object that a client calls back.
pub(crate) struct Callbacks {
    object: Option<Global<JObject<'static>>>,
}

impl Callbacks {
    pub(crate) fn new(object: Global<JObject<'static>>) -> Self {
        Self { object: Some(object) }
    }

    fn object(&self) -> &JObject<'static> {
        self.object.as_ref().expect("it is taken when it is dropped").as_obj()
    }

    /// The upcall `complete(id, bytes)`. Where there is no memory for the bytes, Kotlin gets none, and fails the call.
    pub(crate) fn complete(&self, env: &mut Env<'_>, id: i64, bytes: &Bytes) -> jni::errors::Result<()> {
        let array = match env.byte_array_from_slice(bytes) {
            Ok(array) => array,
            Err(_) => {
                env.exception_clear();
                JByteArray::null()
            }
        };
        let arguments = [JValue::Long(id).as_jni(), JValue::Object(&array).as_jni()];
        // SAFETY: the method is the callbacks' own, takes a long and an array of bytes, and returns nothing.
        unsafe {
            env.call_method_unchecked(
                self.object(),
                java::members()?.complete,
                ReturnType::Primitive(Primitive::Void),
                &arguments,
            )?
        };
        Ok(())
    }

    /// The upcall that asks for a platform token.
    pub(crate) fn ask(&self, env: &mut Env<'_>, question: i64) -> jni::errors::Result<()> {
        let arguments = [JValue::Long(question).as_jni()];
        // SAFETY: the method is the callbacks' own, takes a long and returns nothing.
        unsafe {
            env.call_method_unchecked(
                self.object(),
                java::members()?.ask,
                ReturnType::Primitive(Primitive::Void),
                &arguments,
            )?
        };
        Ok(())
    }
}

impl Drop for Callbacks {
    fn drop(&mut self) {
        // A reference is given back on a thread that is attached, which the one that drops it need not be.
        if let Some(object) = self.object.take() {
            deliver(move |_| {
                drop(object);
                Ok(())
            });
        }
    }
}
