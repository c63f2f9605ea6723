package io.couchpass

import io.couchpass.internal.NativeLibrary

/**
 * What Couchpass logs: nothing, unless an app sets a [level]. No line holds a secret, at any level.
 *
 * ```
 * PassLog.listener = PassLog.Listener { level, target, line -> println("$level $target: $line") }
 * PassLog.level = PassLog.Level.INFO
 * ```
 */
public object PassLog {
    /** How much is logged; each level includes the ones before it. */
    public enum class Level {
        /** Nothing. */
        OFF,

        /** What should not happen. */
        ERROR,

        /** What may need attention. */
        WARN,

        /** What the client does, in short. */
        INFO,

        /** What the client does, in detail. */
        DEBUG,

        /** Everything. */
        TRACE,
    }

    /** Receives lines where there is no Android log, on a desktop's JVM. Called on a thread of Couchpass's own: return soon. */
    public fun interface Listener {
        /** One line, and which part of Couchpass says so. */
        public fun log(level: Level, target: String, line: String)
    }

    /** How much is logged from now on. It may be set before there is a client, and loads nothing. */
    @JvmStatic
    @Volatile
    public var level: Level = Level.OFF
        set(value) {
            field = value
            NativeLibrary.followLogLevel()
        }

    /** Who receives lines where there is no Android log. */
    @JvmStatic
    @Volatile
    public var listener: Listener? = null

    internal fun deliver(level: Int, target: String, line: String) {
        listener?.log(Level.entries[level.coerceIn(1, Level.entries.lastIndex)], target, line)
    }
}
