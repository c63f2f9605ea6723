package io.couchpass.internal

/**
 * What Rust exports (`rust/couchpass-jni/src/exports.rs`). Each throws a [NativeFailure] and never anything worse. Handles
 * are numbers in a table, so a stale one is a failure too; closing one twice is none. [NativeLibrary.load] comes first. It is not
 * called from here: an object that could not be initialised would have no words for the second who asks.
 */
internal object Native {
    /** Makes a client; answers and questions go to [callbacks] from then on. */
    @JvmStatic
    external fun create(config: ByteArray, callbacks: NativeCallbacks): Long

    /** Starts an operation under an id of the caller's. Unless this throws, [NativeCallbacks.complete] comes once. */
    @JvmStatic
    external fun start(handle: Long, id: Long, operation: ByteArray)

    /** Drops the task of a call; nothing happens where there is none. */
    @JvmStatic
    external fun cancel(handle: Long, id: Long)

    /** Begins or joins a sign-in; the handle of its events. */
    @JvmStatic
    external fun signIn(handle: Long, way: ByteArray): Long

    /** Begins to collect the metrics of a client's requests; their handle. */
    @JvmStatic
    external fun metrics(handle: Long): Long

    /** Answers at once. */
    @JvmStatic
    external fun ask(handle: Long, question: ByteArray): ByteArray

    /** Answers a question of [NativeCallbacks.askForToken]. */
    @JvmStatic
    external fun answerToken(handle: Long, question: Long, answer: ByteArray)

    /** Closes a client, the events of a sign-in or metrics, at any time, from any thread, any number of times. */
    @JvmStatic
    external fun close(handle: Long)

    /** 0 for nothing, 1 for errors, and so on to 5 for everything. */
    @JvmStatic
    external fun logLevel(level: Int)
}
