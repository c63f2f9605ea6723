package io.couchpass.platform

/**
 * A platform that can be asked for its token; the core's trait of the same name, on this side of the boundary.
 *
 * The core asks once at a start and bounds its own patience, so a source need not: it may answer late, or never.
 */
internal interface PlatformTokenSource : AutoCloseable {
    /**
     * Asks, and returns at once whatever the platform does. [answer] is called at most once, on any thread, possibly
     * before this returns; it must neither block nor throw.
     */
    fun ask(answer: (PlatformAnswer) -> Unit)

    /** Lets go of threads. Who still waits is not answered any more. */
    override fun close()
}
