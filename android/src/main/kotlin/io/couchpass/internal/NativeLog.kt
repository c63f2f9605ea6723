package io.couchpass.internal

import io.couchpass.PassLog

/** Receives the log lines of Rust on a desktop's JVM; on Android they go to the system's log. */
@CalledFromNative
internal object NativeLog {
    /** [level] is 1 for errors to 5 for everything. */
    @CalledFromNative
    @JvmStatic
    fun log(level: Int, target: String, line: String) {
        PassLog.deliver(level, target, line)
    }
}
