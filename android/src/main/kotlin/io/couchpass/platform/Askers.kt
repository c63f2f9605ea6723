package io.couchpass.platform

/**
 * Who waits for a platform's answer. One question is under way at a time: whoever asks meanwhile shares its answer, so
 * that a platform that hangs costs one thread and not one for each who asks.
 *
 * The first answer wins. A token that comes when everybody has been told that there is none is kept for the next who asks.
 */
internal class Askers {
    private val waiting = ArrayList<(PlatformAnswer) -> Unit>()
    private var answered: PlatformAnswer? = null
    private var late: PlatformAnswer.Token? = null
    private var closed = false

    /** Adds [asker]; whether the platform has to be asked for it. */
    fun add(asker: (PlatformAnswer) -> Unit): Boolean {
        val kept = synchronized(this) {
            if (closed) return false
            val kept = late
            if (kept == null) {
                waiting += asker
                return waiting.size == 1
            }
            late = null
            answered = kept
            kept
        }
        asker(kept)
        return false
    }

    /** Hands [answer] to all who wait. */
    fun answer(answer: PlatformAnswer) {
        val told = synchronized(this) {
            if (closed) return
            if (waiting.isEmpty()) {
                if (answer is PlatformAnswer.Token && answered !is PlatformAnswer.Token) late = answer
                return
            }
            answered = answer
            ArrayList(waiting).also { waiting.clear() }
        }
        told.forEach { it(answer) }
    }

    /** Forgets all who wait; nobody is answered any more. */
    fun close() {
        synchronized(this) {
            closed = true
            waiting.clear()
            late = null
        }
    }
}
