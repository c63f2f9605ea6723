//! The one wrapper of all exports. Whatever goes wrong inside, an error or a panic, leaves as a Kotlin exception.

use std::any::Any;

use jni::{Env, EnvUnowned, JValue, errors::ErrorPolicy, jni_str, objects::JThrowable};

use crate::{codec::encode, failure::Failure, java, lookups, messages};

/// Runs the body of an export.
pub(crate) fn cross<'local, T: Default>(
    env: EnvUnowned<'local>,
    body: impl FnOnce(&mut Env<'local>) -> Result<T, Failure>,
) -> T {
    let (mut body, mut crossed) = (Some(body), T::default());
    enclose(env, &mut |env| {
        if let Some(body) = body.take() {
            crossed = body(env)?;
        }
        Ok(())
    });
    crossed
}

/// Not known to it: what the body is, or all this would be compiled for each.
fn enclose<'local>(
    mut env: EnvUnowned<'local>,
    body: &mut dyn FnMut(&mut Env<'local>) -> Result<(), Failure>,
) {
    env.with_env(body).resolve::<Throw>();
}

/// Throws `NativeFailure` with the encoded error, which Kotlin turns into a `PassException`.
struct Throw;

impl ErrorPolicy<(), Failure> for Throw {
    type Captures<'unowned_env_local: 'native_method, 'native_method> = ();

    fn on_error<'unowned_env_local: 'native_method, 'native_method>(
        env: &mut Env<'unowned_env_local>,
        (): &mut Self::Captures<'unowned_env_local, 'native_method>,
        failure: Failure,
    ) -> jni::errors::Result<()> {
        throw(env, failure);
        Ok(())
    }

    fn on_panic<'unowned_env_local: 'native_method, 'native_method>(
        env: &mut Env<'unowned_env_local>,
        (): &mut Self::Captures<'unowned_env_local, 'native_method>,
        payload: Box<dyn Any + Send + 'static>,
    ) -> jni::errors::Result<()> {
        throw(env, Failure::of_panic(&*payload));
        Ok(())
    }
}

fn throw(env: &mut Env<'_>, failure: Failure) {
    // One that is under way already says more.
    if env.exception_check() {
        return;
    }
    if throw_failure(env, &failure.into()).is_err() && !env.exception_check() {
        last_resort(env);
    }
}

fn throw_failure(env: &mut Env<'_>, error: &messages::Error) -> jni::errors::Result<()> {
    let members = java::members()?;
    let bytes = env.byte_array_from_slice(&encode(error))?;
    // SAFETY: the constructor is this class's own and takes an array of bytes.
    let throwable = unsafe {
        env.new_object_unchecked(
            &members.failure_class,
            members.new_failure,
            &[JValue::Object(&bytes).as_jni()],
        )?
    };
    env.throw(env.cast_local::<JThrowable<'_>>(throwable)?)
}

/// Needs nothing of ours and no memory of Rust's.
fn last_resort(env: &mut Env<'_>) {
    lookups::throw(
        env,
        jni_str!("java/lang/RuntimeException"),
        jni_str!("Couchpass has failed, and has failed to say how"),
    );
}
