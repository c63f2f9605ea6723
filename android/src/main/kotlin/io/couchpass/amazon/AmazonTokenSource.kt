package io.couchpass.amazon

import io.couchpass.AmazonSso
import io.couchpass.platform.Askers
import io.couchpass.platform.PlatformAnswer
import io.couchpass.platform.PlatformAnswer.Disabled
import io.couchpass.platform.PlatformAnswer.LibraryAbsent
import io.couchpass.platform.PlatformAnswer.Unusable
import io.couchpass.platform.PlatformTokenSource
import java.lang.reflect.InvocationTargetException

/**
 * Asks Amazon's library, on devices that have it.
 *
 * Nothing of Amazon's is loaded before its class was found by name: most Android devices lack it, and linking to a class
 * that is missing throws an Error in the middle of something else. [AmazonLibrary] is the only one that knows it, and is
 * reached only from here.
 *
 * @param context what the library wants to be made from, an Android `Context`; kept as it is, so hand in the application's.
 * @param loader where the library is looked for: the class loader of the app.
 * @param worker runs what may block or load classes.
 * @param companion what tells a library without its other half from one that is broken.
 * @param nanoTime a clock that only goes forward, in nanoseconds.
 */
internal class AmazonTokenSource(
    private val context: Any,
    private val options: AmazonSso,
    private val loader: ClassLoader,
    private val worker: Worker,
    private val companion: CompanionApp,
    private val nanoTime: () -> Long = System::nanoTime,
) : PlatformTokenSource {
    private val askers = Askers()

    @Volatile
    private var askedAt = 0L

    /** Made once and kept: the library is a singleton, and its callback is to be set once. Touched by the worker alone. */
    private var library: AmazonLibrary? = null

    override fun ask(answer: (PlatformAnswer) -> Unit) {
        val first = askers.add(answer)
        if (!first && !overdue()) return
        askedAt = nanoTime()
        try {
            worker.run(::askLibrary)
        } catch (refused: Throwable) {
            // No thread to be had, or no memory for one: it is the app that must go on.
            askers.answer(Unusable("no thread to ask on: ${refused.javaClass.name}"))
        }
    }

    override fun close() {
        askers.close()
        worker.close()
    }

    /**
     * Whether a callback has been awaited for so long that whoever asks now should ask again: the library's service may have
     * died with the question. A synchronous call that hangs is left to hang alone.
     */
    private fun overdue(): Boolean = options.call == AmazonSso.Call.ASYNCHRONOUS &&
        nanoTime() - askedAt >= (options.timeoutMillis ?: LIBRARY_TIMEOUT_MILLIS) * NANOS_PER_MILLI

    private fun askLibrary() {
        val answer = try {
            val library = library ?: find()?.also { library = it }
            when {
                library == null -> LibraryAbsent
                options.call == AmazonSso.Call.SYNCHRONOUS -> library.tokenSync(options.timeoutMillis)
                else -> {
                    library.requestToken(askers::answer)
                    return
                }
            }
        } catch (thrown: Throwable) {
            // Everything, on purpose: a foreign library runs here, its Errors are ways to be absent like its exceptions, and
            // what escapes from this thread would end the app.
            Unusable(thrown.inWords())
        }
        askers.answer(explained(answer))
    }

    private fun find(): AmazonLibrary? {
        val enabler = try {
            Class.forName(AMAZON_CLASS, false, loader)
        } catch (_: ClassNotFoundException) {
            return null
        }
        return AmazonLibrary(enabler, context)
    }

    /** A library that fails because its companion app is switched off is not broken: it says so. */
    private fun explained(answer: PlatformAnswer): PlatformAnswer =
        if (answer is Unusable && companion.isDisabled()) Disabled else answer

    private companion object {
        const val AMAZON_CLASS = "com.amazon.ottssotokenlib.SSOEnabler"

        /** As Adobe's cookbook has it. */
        const val LIBRARY_TIMEOUT_MILLIS = 60_000L
        const val NANOS_PER_MILLI = 1_000_000L
    }
}

/** The kind of a failure. Never its message, which is somebody else's and may hold anything. */
private fun Throwable.inWords(): String = when (this) {
    is UnexpectedShape -> what
    is InvocationTargetException -> "the library has thrown ${(cause ?: this).javaClass.name}"
    else -> "the library cannot be used: ${javaClass.name}"
}
