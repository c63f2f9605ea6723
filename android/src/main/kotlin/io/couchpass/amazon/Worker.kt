package io.couchpass.amazon

import android.os.Handler
import android.os.HandlerThread

/** Where calls of Amazon's library run: on a thread of our own, never on the app's. */
internal interface Worker : AutoCloseable {
    /** Returns at once. Throws where there is no thread to be had. */
    fun run(task: () -> Unit)

    override fun close()
}

/**
 * A thread for each task, gone when the task is done. For the synchronous call, which may block for a minute.
 *
 * It has no Looper, like the background threads that the call is made for.
 */
internal class ThreadPerTask : Worker {
    override fun run(task: () -> Unit) {
        Thread(task, THREAD_NAME).apply { isDaemon = true }.start()
    }

    // A call that blocks cannot be ended from outside; its thread ends with it.
    override fun close() = Unit
}

/**
 * One thread with a Looper, for the asynchronous call: a library that calls back through a Handler needs the Looper of the
 * thread on which it was called, and needs it to go on living.
 */
internal class LooperThread : Worker {
    private var thread: HandlerThread? = null
    private var closed = false

    @Synchronized
    override fun run(task: () -> Unit) {
        if (closed) return
        val running = thread ?: HandlerThread(THREAD_NAME).also {
            it.start()
            thread = it
        }
        Handler(running.looper).post(task)
    }

    @Synchronized
    override fun close() {
        closed = true
        thread?.quitSafely()
        thread = null
    }
}

private const val THREAD_NAME = "couchpass-amazon-sso"
