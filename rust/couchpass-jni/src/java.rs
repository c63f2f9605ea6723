//! The classes and members of Kotlin that Rust uses: all are looked up when the library is loaded, while the app's class loader
//! is at hand, and what is missing is named then. Nothing is looked up later, least of all on a thread of ours.

use std::sync::OnceLock;

use jni::{
    Env,
    ids::{JMethodID, JStaticMethodID},
    jni_sig, jni_str,
    objects::JClass,
    refs::Global,
    strings::{JNIStr, JNIString},
};

/// What is found once and used from then on.
pub(crate) struct Members {
    /// `NativeCallbacks.complete(long, byte[])`.
    pub(crate) complete: JMethodID,
    /// `NativeCallbacks.askForToken(long)`.
    pub(crate) ask: JMethodID,
    /// `NativeLog.log(int, String, String)`.
    #[cfg_attr(target_os = "android", expect(dead_code, reason = "Android has a log of its own"))]
    pub(crate) log: JStaticMethodID,
    #[cfg_attr(target_os = "android", expect(dead_code, reason = "Android has a log of its own"))]
    pub(crate) log_class: Global<JClass<'static>>,
    /// `NativeFailure(byte[])`.
    pub(crate) new_failure: JMethodID,
    pub(crate) failure_class: Global<JClass<'static>>,
    // Held so that its methods stay valid.
    _callbacks_class: Global<JClass<'static>>,
}

static MEMBERS: OnceLock<Members> = OnceLock::new();

/// All of them.
pub(crate) fn members() -> jni::errors::Result<&'static Members> {
    MEMBERS.get().ok_or(jni::errors::Error::NullPtr("the members of Kotlin, which are looked up at load"))
}

/// Finds everything, or says what is missing.
pub(crate) fn look_up(env: &mut Env<'_>) -> Result<(), String> {
    let callbacks = class(env, jni_str!("io/couchpass/internal/NativeCallbacks"))?;
    let log_class = class(env, jni_str!("io/couchpass/internal/NativeLog"))?;
    let failure_class = class(env, jni_str!("io/couchpass/internal/NativeFailure"))?;
    let members = Members {
        complete: env
            .get_method_id(&callbacks, jni_str!("complete"), jni_sig!("(J[B)V"))
            .map_err(|_| missing(env, "NativeCallbacks.complete(long, byte[])"))?,
        ask: env
            .get_method_id(&callbacks, jni_str!("askForToken"), jni_sig!("(J)V"))
            .map_err(|_| missing(env, "NativeCallbacks.askForToken(long)"))?,
        log: env
            .get_static_method_id(
                &log_class,
                jni_str!("log"),
                jni_sig!("(ILjava/lang/String;Ljava/lang/String;)V"),
            )
            .map_err(|_| missing(env, "NativeLog.log(int, String, String)"))?,
        new_failure: env
            .get_method_id(&failure_class, jni_str!("<init>"), jni_sig!("([B)V"))
            .map_err(|_| missing(env, "the constructor NativeFailure(byte[])"))?,
        log_class,
        failure_class,
        _callbacks_class: callbacks,
    };
    // Loaded twice, the second time finds the same.
    let _ = MEMBERS.set(members);
    Ok(())
}

#[allow(clippy::disallowed_methods, reason = "JNI_OnLoad is the one place that may look up classes")]
fn class(env: &mut Env<'_>, name: &'static JNIStr) -> Result<Global<JClass<'static>>, String> {
    let found = env.find_class(name).and_then(|class| env.new_global_ref(class));
    found.map_err(|_| missing(env, &name.to_str().replace('/', ".")))
}

fn missing(env: &Env<'_>, what: &str) -> String {
    // Ours says more.
    env.exception_clear();
    format!(
        "Couchpass's native library needs {what}, which this app does not have. Keep it: the consumer rules of the AAR do, \
         where R8 gets to see them; and use the library and the classes of one version"
    )
}

/// Throws what makes `System.loadLibrary` fail.
#[allow(clippy::disallowed_methods, reason = "a class of the platform itself, at load")]
pub(crate) fn refuse_to_load(env: &mut Env<'_>, why: &str) {
    // It leaves an exception pending, which is what it is for.
    let _ = env.throw_new(jni_str!("java/lang/UnsatisfiedLinkError"), JNIString::from(why));
}
