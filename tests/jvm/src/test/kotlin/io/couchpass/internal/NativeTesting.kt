package io.couchpass.internal

/** What the native library of the tests exports besides [Native] (`rust/couchpass-jni-testing`). */
internal object NativeTesting {
    init {
        NativeLibrary.load()
    }

    /** Panics. */
    @JvmStatic
    external fun panicNow()

    /** Starts a call that panics. */
    @JvmStatic
    external fun startPanicking(handle: Long, id: Long)

    /** Starts a call that never ends by itself. */
    @JvmStatic
    external fun startEndless(handle: Long, id: Long)

    /** How many handles are open. */
    @JvmStatic
    external fun handles(): Int

    /** How many calls have no answer yet. */
    @JvmStatic
    external fun calls(): Int

    /** The classes and members that Rust looks up when it is loaded, a line each, as JNI spells them. */
    @JvmStatic
    external fun lookedUp(): String

    /** Occupies the thread for what blocks, as a name server does that says nothing. */
    @JvmStatic
    external fun occupy()

    /** Ends what [occupy] has begun. */
    @JvmStatic
    external fun release()

    /** Does nothing at all. */
    @JvmStatic
    external fun nothing()

    /**
     * Clients that are made from now on wait for no rate, and their pauses are shorter by this factor; 1 leaves pauses as they are.
     * What bounds a request stays as it is.
     */
    @JvmStatic
    external fun hurry(factor: Int)

    /** How many requests the clients have made that [hurry]. */
    @JvmStatic
    external fun requests(): Long

    /** How many tasks of Rust's have not ended: calls, sign-ins, connections. */
    @JvmStatic
    external fun tasks(): Int

    /** Bytes of Rust's memory that are in use. */
    @JvmStatic
    external fun heapBytes(): Long

    /** Allocations of Rust's that are in use. */
    @JvmStatic
    external fun heapBlocks(): Long

    /** Bytes that Rust has allocated so far. */
    @JvmStatic
    external fun heapTotal(): Long
}
