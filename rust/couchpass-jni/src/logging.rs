//! Log lines: to Android's log on Android, to a listener in Kotlin on a desktop's JVM. Lines of other crates stay out.

use jni::{
    objects::{JObject, JString},
    signature::{Primitive, ReturnType},
};
use log::{LevelFilter, Log, Metadata, Record};

use crate::{delivery::deliver, java};

/// Begins to log, at first nothing at all.
pub(crate) fn begin() {
    #[cfg(target_os = "android")]
    static LOG: OnlyOurs<android_logger::AndroidLogger> = OnlyOurs(std::sync::LazyLock::new(|| {
        android_logger::AndroidLogger::new(
            android_logger::Config::default().with_max_level(LevelFilter::Trace).with_tag("couchpass"),
        )
    }));
    #[cfg(not(target_os = "android"))]
    static LOG: OnlyOurs<Listener> = OnlyOurs(std::sync::LazyLock::new(|| Listener));
    log::set_max_level(LevelFilter::Off);
    // The process may have a logger already; then that one hears of it.
    let _ = log::set_logger(&LOG);
}

/// 0 for nothing, 1 for errors, and so on to 5 for everything.
pub(crate) fn set_level(level: i32) {
    log::set_max_level(match level {
        i32::MIN..=0 => LevelFilter::Off,
        1 => LevelFilter::Error,
        2 => LevelFilter::Warn,
        3 => LevelFilter::Info,
        4 => LevelFilter::Debug,
        5..=i32::MAX => LevelFilter::Trace,
    });
}

/// Keeps out what libraries log: nobody has made sure that it holds no secret.
struct OnlyOurs<L>(std::sync::LazyLock<L>);

fn is_ours(target: &str) -> bool {
    let root = target.split("::").next().unwrap_or(target);
    matches!(root, "couchpass" | "couchpass_jni" | "device_auth")
}

impl<L: Log> Log for OnlyOurs<L> {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        is_ours(metadata.target())
    }

    fn log(&self, record: &Record<'_>) {
        if is_ours(record.target()) {
            self.0.log(record);
        }
    }

    fn flush(&self) {}
}

/// Hands each line to `NativeLog`.
#[cfg_attr(target_os = "android", expect(dead_code, reason = "Android has a log of its own"))]
struct Listener;

impl Log for Listener {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let level = record.level() as i32;
        let (target, line) = (record.target().to_owned(), record.args().to_string());
        deliver(move |env| {
            let members = java::members()?;
            let target: JObject<'_> = JString::from_str(env, target)?.into();
            let line: JObject<'_> = JString::from_str(env, line)?.into();
            let arguments = [
                jni::JValue::Int(level).as_jni(),
                jni::JValue::Object(&target).as_jni(),
                jni::JValue::Object(&line).as_jni(),
            ];
            // SAFETY: the method is this class's own, takes an int and two strings, and returns nothing.
            unsafe {
                env.call_static_method_unchecked(
                    &members.log_class,
                    members.log,
                    ReturnType::Primitive(Primitive::Void),
                    &arguments,
                )?
            };
            Ok(())
        });
    }

    fn flush(&self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_crates_are_heard() {
        for ours in ["couchpass", "couchpass::pipeline", "device_auth::store::file", "couchpass_jni"] {
            assert!(is_ours(ours), "{ours}");
        }
        for other in ["reqwest::connect", "jni", "couchpassword", "rustls", ""] {
            assert!(!is_ours(other), "{other}");
        }
    }
}
