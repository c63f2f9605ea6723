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
}
