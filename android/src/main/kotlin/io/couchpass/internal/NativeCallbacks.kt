package io.couchpass.internal

/** What Rust calls on a client's behalf, on a thread of its own: return soon, and throw nothing. */
@CalledFromNative
internal interface NativeCallbacks {
    /** A call has its answer; without [answer] there was no memory for it. */
    @CalledFromNative
    fun complete(id: Long, answer: ByteArray?)

    /** A platform token is wanted; [Native.answerToken] takes it, whenever it comes. */
    @CalledFromNative
    fun askForToken(question: Long)
}
