package io.couchpass.testing

import io.couchpass.platform.PlatformAnswer
import io.couchpass.platform.PlatformTokenSource
import java.util.concurrent.TimeUnit
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock

/**
 * Amazon's library and its companion app, as far as a client gets to know them: asked for the platform token, they do what a
 * test has said last. At first there is no library, as on most Android devices. A token that comes late:
 *
 * ```
 * val platform = FakePlatform().staySilent()
 * TestDevice(platform).open(sandbox.config { platformTokenPatienceMillis = 100 }).use { client ->
 *     val events = client.signIn().onEach { if (it is SignInEvent.Code) platform.giveToken(token) }.toList()
 *     assertTrue(events.last() is SignInEvent.SignedIn, events.toString())
 * }
 * ```
 * One platform serves any number of clients, one after the other or at once: apps on one device, or one app that is started
 * again. Methods may be called from any thread.
 */
public class FakePlatform {
    private val lock = ReentrantLock()
    private val hasBeenAsked = lock.newCondition()
    private val waiting = ArrayList<Question>()
    private var asked = 0

    /** What it says at once; `null` while it is silent. */
    private var says: PlatformAnswer? = PlatformAnswer.LibraryAbsent

    /** How often it was asked, by all clients together. */
    public val asks: Int get() = lock.withLock { asked }

    /**
     * Gives this token from now on, and to whoever waits. [Sandbox.platformToken] makes one, also with a flaw.
     *
     * ```
     * val platform = FakePlatform().giveToken(sandbox.platformToken("living-room"))
     * ```
     */
    public fun giveToken(token: String): FakePlatform = say(PlatformAnswer.Token(token))

    /** Says nothing from now on, until it is told to say something; then whoever waits hears it. */
    public fun staySilent(): FakePlatform = apply { lock.withLock { says = null } }

    /** There is no library on the device. */
    public fun removeLibrary(): FakePlatform = say(PlatformAnswer.LibraryAbsent)

    /** There is a library, but its companion app is disabled or removed. */
    public fun disable(): FakePlatform = say(PlatformAnswer.Disabled)

    /** It refuses with this [code], or without one, and this [description]. */
    public fun refuse(code: Long?, description: String): FakePlatform = say(PlatformAnswer.Refused(code, description))

    /** There is a library, but it cannot be used: another shape than expected, an exception, no instance. */
    public fun breakDown(why: String): FakePlatform = say(PlatformAnswer.Unusable(why))

    /**
     * Waits until it has been asked [times] since it was made.
     *
     * @throws IllegalStateException if that does not happen within 30 s.
     */
    @JvmOverloads
    public fun awaitAsked(times: Int = 1) {
        lock.withLock {
            var left = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)
            while (asked < times) {
                check(left > 0) { "the platform has been asked $asked times and not $times, after $PATIENCE_SECONDS s" }
                left = hasBeenAsked.awaitNanos(left)
            }
        }
    }

    override fun toString(): String = "FakePlatform(${lock.withLock { says } ?: "silent"})"

    /** It, for one client, which closes it. */
    internal fun source(): PlatformTokenSource = Source()

    private fun say(answer: PlatformAnswer): FakePlatform = apply {
        val told = lock.withLock {
            says = answer
            ArrayList(waiting).also { waiting.clear() }
        }
        told.forEach { it.answer(answer) }
    }

    private class Question(val source: PlatformTokenSource, val answer: (PlatformAnswer) -> Unit)

    private inner class Source : PlatformTokenSource {
        override fun ask(answer: (PlatformAnswer) -> Unit) {
            val atOnce = lock.withLock {
                asked++
                hasBeenAsked.signalAll()
                if (says == null) waiting += Question(this, answer)
                says
            }
            atOnce?.let(answer)
        }

        override fun close() {
            lock.withLock { waiting.removeAll { it.source === this } }
        }
    }

    private companion object {
        const val PATIENCE_SECONDS = 30L
    }
}
