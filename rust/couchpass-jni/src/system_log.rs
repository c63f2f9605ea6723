//! Android's own log, by the one function of it that every version has.

use std::ffi::{CString, c_char, c_int};

use log::{Level, Log, Metadata, Record};

#[link(name = "log")]
unsafe extern "C" {
    fn __android_log_write(priority: c_int, tag: *const c_char, text: *const c_char) -> c_int;
}

/// Writes each line under the tag `couchpass`.
pub(crate) struct SystemLog;

impl Log for SystemLog {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let mut line = format!("{}: {}", record.target(), record.args()).into_bytes();
        // What ends a string in C would end the line.
        line.retain(|byte| *byte != 0);
        let Ok(line) = CString::new(line) else { return };
        // SAFETY: both are strings that C can read, and it keeps neither.
        unsafe { __android_log_write(priority(record.level()), c"couchpass".as_ptr(), line.as_ptr()) };
    }

    fn flush(&self) {}
}

/// As `android/log.h` counts.
fn priority(level: Level) -> c_int {
    match level {
        Level::Error => 6,
        Level::Warn => 5,
        Level::Info => 4,
        Level::Debug => 3,
        Level::Trace => 2,
    }
}
