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

use crate::lookups::{self, Member as _};

/// Declares what is found once and used from then on: the one list of it, for the look-up and for the test that compares it with
/// what Kotlin has marked as `@CalledFromNative`.
macro_rules! members {
    ($($class:ident: $class_name:tt { $($(#[$about:meta])* $member:ident: $kind:ty = $name:tt $signature:tt,)* })*) => {
        /// What is found once and used from then on.
        #[cfg_attr(target_os = "android", allow(dead_code, reason = "Android has a log of its own"))]
        pub(crate) struct Members {
            $(pub(crate) $class: Global<JClass<'static>>, $($(#[$about])* pub(crate) $member: $kind,)*)*
        }

        /// All of it by its names, as Kotlin's test spells them.
        pub(crate) const LOOKED_UP: &[&str] =
            &[$($class_name, $(concat!($class_name, ".", $name, $signature),)*)*];

        fn find(env: &mut Env<'_>) -> Result<Members, String> {
            $(
                let $class = class(env, jni_str!($class_name))?;
                $(
                    let $member = <$kind>::find(env, &$class, jni_str!($name), &jni_sig!($signature))
                        .ok_or_else(|| missing(env, concat!($class_name, ".", $name, $signature)))?;
                )*
            )*
            Ok(Members { $($class, $($member,)*)* })
        }
    };
}

members! {
    // Held so that its methods stay valid.
    _callbacks_class: "io/couchpass/internal/NativeCallbacks" {
        /// An answer, under the number of its call.
        complete: JMethodID = "complete" "(J[B)V",
        /// A question, under its own number.
        ask: JMethodID = "askForToken" "(J)V",
    }
    log_class: "io/couchpass/internal/NativeLog" {
        /// Level, target and line.
        log: JStaticMethodID = "log" "(ILjava/lang/String;Ljava/lang/String;)V",
    }
    failure_class: "io/couchpass/internal/NativeFailure" {
        /// From an encoded error.
        new_failure: JMethodID = "<init>" "([B)V",
    }
}

static MEMBERS: OnceLock<Members> = OnceLock::new();

/// All of them.
pub(crate) fn members() -> jni::errors::Result<&'static Members> {
    MEMBERS.get().ok_or(jni::errors::Error::NullPtr("the members of Kotlin, which are looked up at load"))
}

/// Finds everything, or says what is missing.
pub(crate) fn look_up(env: &mut Env<'_>) -> Result<(), String> {
    // Loaded twice, the second time finds the same.
    let _ = MEMBERS.set(find(env)?);
    Ok(())
}

fn class(env: &mut Env<'_>, name: &'static JNIStr) -> Result<Global<JClass<'static>>, String> {
    let found = lookups::class(env, name).and_then(|class| env.new_global_ref(class).ok());
    found.ok_or_else(|| missing(env, &name.to_str()))
}

fn missing(env: &Env<'_>, what: &str) -> String {
    // Ours says more.
    env.exception_clear();
    let what = what.replace('/', ".");
    format!(
        "Couchpass's native library needs {what}, which this app does not have. Keep it: the consumer rules of the AAR do, \
         where R8 gets to see them; and use the library and the classes of one version"
    )
}

/// Throws what makes `System.loadLibrary` fail.
pub(crate) fn refuse_to_load(env: &mut Env<'_>, why: &str) {
    lookups::throw(env, jni_str!("java/lang/UnsatisfiedLinkError"), &JNIString::from(why));
}
