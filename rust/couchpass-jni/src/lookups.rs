//! Finding and throwing in JNI's own words. The crate `jni` has both as well, and brings along what tells a dozen exceptions
//! apart, which nobody asks about here: what is not found is not found.

use jni::{
    Env,
    ids::{JMethodID, JStaticMethodID},
    objects::JClass,
    signature::MethodSignature,
    strings::JNIStr,
};

/// A class, as the loader of whoever calls sees it; where there is none, an exception is pending.
pub(crate) fn class<'local>(env: &mut Env<'local>, name: &JNIStr) -> Option<JClass<'local>> {
    let raw = env.get_raw();
    // SAFETY: the pointer is the thread's own, the name ends in a null, and no exception is pending: it is asked at load, or where
    // one is about to be thrown.
    let found = unsafe { ((**raw).v1_1.FindClass)(raw, name.as_ptr()) };
    // SAFETY: the JVM has just given out this reference, which nobody else has.
    (!found.is_null()).then(|| unsafe { JClass::from_raw(env, found) })
}

/// What a class may have; where it has none, an exception is pending.
pub(crate) trait Member: Sized {
    fn find(
        env: &mut Env<'_>,
        class: &JClass<'_>,
        name: &JNIStr,
        signature: &MethodSignature<'_, '_>,
    ) -> Option<Self>;
}

/// The two kinds of methods differ in the function that finds them, and in nothing else.
macro_rules! member {
    ($kind:ident, $find:ident) => {
        impl Member for $kind {
            fn find(
                env: &mut Env<'_>,
                class: &JClass<'_>,
                name: &JNIStr,
                signature: &MethodSignature<'_, '_>,
            ) -> Option<Self> {
                let raw = env.get_raw();
                let (name, signature) = (name.as_ptr(), signature.sig().as_ptr());
                // SAFETY: as above, and the class is one.
                let found = unsafe { ((**raw).v1_1.$find)(raw, class.as_raw(), name, signature) };
                // SAFETY: it is the class's own, and not null.
                (!found.is_null()).then(|| unsafe { Self::from_raw(found) })
            }
        }
    };
}

member!(JMethodID, GetMethodID);
member!(JStaticMethodID, GetStaticMethodID);

/// Leaves an exception of the platform's own pending: this one, or the one that keeps it from being made.
pub(crate) fn throw(env: &mut Env<'_>, name: &JNIStr, message: &JNIStr) {
    let Some(class) = class(env, name) else { return };
    let raw = env.get_raw();
    // SAFETY: as above, and each of the classes that it is called with is an exception's.
    unsafe { ((**raw).v1_1.ThrowNew)(raw, class.as_raw(), message.as_ptr()) };
}
