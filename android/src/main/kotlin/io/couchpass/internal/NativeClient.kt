package io.couchpass.internal

import io.couchpass.PassConfig
import io.couchpass.PassError
import io.couchpass.PassException
import io.couchpass.Report
import io.couchpass.RequestMetrics
import io.couchpass.SignInEvent
import io.couchpass.SignInWith
import io.couchpass.platform.PlatformAnswer
import io.couchpass.platform.PlatformTokenSource
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlinx.coroutines.withContext
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicLong
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException

/** A client of Rust's, with the coroutines that wait for it. Knows handles and messages, and no rule of Adobe Pass. */
internal class NativeClient private constructor(private val tokens: PlatformTokenSource?) :
    NativeCallbacks,
    AutoCloseable {
    private val ids = AtomicLong()
    private val waiting = ConcurrentHashMap<Long, CancellableContinuation<ByteArray>>()

    /** 0 until it is made, which is before anything is asked. */
    @Volatile
    internal var handle: Long = 0
        private set

    /** Does [operation], and reads its answer. Cancelling the coroutine drops the work in Rust. */
    suspend fun <T> call(operation: ByteArray, read: MessageReader.() -> T): T = call(handle, operation, read)

    /** Asks what is answered at once. */
    fun <T> ask(question: ByteArray, read: MessageReader.() -> T): T =
        translated { Native.ask(handle, question) }.let { answer -> understood { MessageReader(answer).readWhole(read) } }

    /** Begins or joins a sign-in. */
    fun signIn(way: SignInWith): Events<SignInEvent> =
        Events(translated { Native.signIn(handle, wayMessage(way)) }) { signInEvent() }

    /** Collects the metrics of all requests from now on. */
    fun metrics(): Events<RequestMetrics> = Events(translated { Native.metrics(handle) }) { requestMetrics() }

    override fun close() {
        Native.close(handle)
        tokens?.close()
    }

    /** What is pulled, one after the other. Closing a sign-in's pauses it. */
    inner class Events<T : Any>(private val handle: Long, private val read: MessageReader.() -> T) : AutoCloseable {
        /** The next one; `null` after the last. */
        suspend fun next(): T? = call(handle, Operations.nextEvent()) { optional(read) }

        override fun close() {
            Native.close(handle)
        }
    }

    // On another thread than the one that answers, and read there: an app's code never runs on Rust's threads, not even from
    // an unconfined coroutine.
    private suspend fun <T> call(handle: Long, operation: ByteArray, read: MessageReader.() -> T): T =
        withContext(Dispatchers.Default) {
            val answer = translated { answer { id -> Native.start(handle, id, operation) } }
            val reader = MessageReader(answer)
            if (understood { reader.tag() } != 0) throw PassException(understood { reader.readWhole { passError() } })
            understood { reader.readWhole(read) }
        }

    /** Waits for the answer to a call that [start] begins. */
    internal suspend fun answer(start: (Long) -> Unit): ByteArray = suspendCancellableCoroutine { continuation ->
        val id = ids.incrementAndGet()
        waiting[id] = continuation
        continuation.invokeOnCancellation { cancel(id) }
        try {
            start(id)
        } catch (failure: NativeFailure) {
            if (waiting.remove(id) != null) continuation.resumeWithException(failure)
        }
        // One that was cancelled before there was anything to cancel.
        if (continuation.isCancelled) cancel(id)
    }

    /** A message that cannot be read is a mistake of ours, and no reason to end an app. */
    private inline fun <T> understood(read: () -> T): T = try {
        read()
    } catch (mistake: IllegalStateException) {
        throw PassException(PassError.Support(Report("a mistake inside Couchpass: ${mistake.message}")))
    }

    // Every call is in one table of Rust's, those of sign-ins too, so the client's own handle finds it.
    private fun cancel(id: Long) {
        waiting.remove(id)
        try {
            Native.cancel(handle, id)
        } catch (_: NativeFailure) {
            // Whoever has cancelled is gone, and nobody else would know what to do.
        }
    }

    override fun complete(id: Long, answer: ByteArray?) {
        val continuation = waiting.remove(id) ?: return
        if (answer != null) continuation.resume(answer) else continuation.resumeWithException(PassException(NO_MEMORY))
    }

    override fun askForToken(question: Long) {
        val answer = { answer: PlatformAnswer ->
            try {
                Native.answerToken(handle, question, tokenMessage(answer))
            } catch (_: NativeFailure) {
                // An answer that is of no use is as good as none: the sign-in goes on without.
            }
        }
        try {
            tokens?.ask(answer) ?: answer(PlatformAnswer.LibraryAbsent)
        } catch (exception: RuntimeException) {
            answer(PlatformAnswer.Unusable(exception.javaClass.name))
        }
    }

    internal companion object {
        private val NO_MEMORY = PassError.Support(Report("there was no memory for an answer"))

        /** Makes one. */
        fun create(config: PassConfig, surroundings: Surroundings): NativeClient {
            val client = NativeClient(surroundings.platformTokens)
            var message: ByteArray? = null
            try {
                NativeLibrary.load()
                message = configMessage(config, surroundings)
                client.handle = translated { Native.create(message, client) }
            } catch (thrown: Throwable) {
                // Whatever it is, an Error of the JVM's included: nobody else closes them.
                surroundings.platformTokens?.close()
                throw thrown
            } finally {
                message?.fill(0)
                surroundings.store?.key?.bytes?.fill(0)
            }
            return client
        }
    }
}
