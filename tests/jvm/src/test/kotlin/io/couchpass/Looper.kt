package io.couchpass

import java.util.concurrent.Executor
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit

/** A main thread that does nothing by itself: what is posted waits until a test takes it. */
internal class Looper : Executor {
    private val posted = LinkedBlockingQueue<Runnable>()

    override fun execute(task: Runnable) {
        posted += task
    }

    /** What was posted first, as soon as there is something. */
    fun next(): Runnable = checkNotNull(posted.poll(20, TimeUnit.SECONDS)) { "nothing was posted" }

    /** Runs what is posted until [holds]. */
    fun runUntil(holds: () -> Boolean) {
        while (!holds()) next().run()
    }

    /** Runs what is posted by now, and by that. */
    fun runAll() {
        while (true) (posted.poll() ?: return).run()
    }
}
