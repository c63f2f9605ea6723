package io.couchpass.amazon

import com.amazon.ottssotokenlib.SSOEnabler
import io.couchpass.AmazonSso
import io.couchpass.AmazonSso.Call.SYNCHRONOUS
import io.couchpass.platform.PlatformAnswer
import io.couchpass.platform.PlatformAnswer.Disabled
import io.couchpass.platform.PlatformAnswer.Refused
import io.couchpass.platform.PlatformAnswer.Unusable
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotSame
import org.junit.jupiter.api.Test
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CountDownLatch

class SynchronousCallTest {
    @Test
    fun `a token is passed on as it came`() {
        device { sync = { success("e30.e30.sig") } }
        assertToken("e30.e30.sig", answer())
    }

    @Test
    fun `a failure is passed on with the library's own code and words`() {
        device { sync = { failure(17, "not on the list") } }
        assertEquals(Refused(17, "not on the list"), answer())
    }

    @Test
    fun `a code of another type is read, and one that is no number is left out`() {
        device { sync = { failure(17L, null) } }
        assertEquals(Refused(17, ""), answer())
        device { sync = { failure(" 17 ", "") } }
        assertEquals(Refused(17, ""), answer())
        device { sync = { failure("E17", 3) } }
        assertEquals(Refused(null, ""), answer())
    }

    @Test
    fun `an endless description is cut`() {
        device { sync = { failure(1, "x".repeat(100_000)) } }
        assertEquals(500, (answer() as Refused).description.length)
    }

    @Test
    fun `no instance`() {
        device { instance = { null } }
        assertUnusable("getInstance has returned nothing", answer())
    }

    @Test
    fun `no Bundle`() {
        device { sync = { null } }
        assertUnusable("getSSOTokenSync has returned nothing", answer())
    }

    @Test
    fun `an empty Bundle`() {
        device { sync = { success(null) } }
        assertUnusable("the Bundle has neither a token nor an error", answer())
    }

    @Test
    fun `an empty token`() {
        device { sync = { success(" ") } }
        assertUnusable("the token is empty", answer())
    }

    @Test
    fun `an empty token with an error is the error`() {
        device { sync = { failure(2, "later").with("SSOToken", "") } }
        assertEquals(Refused(2, "later"), answer())
    }

    @Test
    fun `a token that is no text`() {
        device { sync = { success(byteArrayOf(1).toList()) } }
        assertUnusable("the token is a java.util.Collections\$SingletonList", answer())
    }

    @Test
    fun `a Bundle that cannot be unpacked`() {
        device { sync = { success("x").unreadable(IllegalStateException("planted")) } }
        assertUnusable("the library cannot be used: java.lang.IllegalStateException", answer())
    }

    @Test
    fun `an exception of the library is named for what it was, without its message`() {
        device { sync = { throw SecurityException("planted") } }
        assertUnusable("the library has thrown java.lang.SecurityException", answer())
    }

    @Test
    fun `an Error of the library is an absence too`() {
        device { sync = { throw NoSuchMethodError("planted") } }
        assertUnusable("the library has thrown java.lang.NoSuchMethodError", answer())
        device { instance = { throw OutOfMemoryError() } }
        assertUnusable("the library has thrown java.lang.OutOfMemoryError", answer())
    }

    @Test
    fun `a failure is explained by a companion app that is switched off`() {
        device { instance = { throw IllegalStateException() } }
        assertEquals(Disabled, answer(companion = { true }))
    }

    @Test
    fun `a companion app that looks switched off does not hide a token or a refusal`() {
        device { sync = { success("token") } }
        assertToken("token", answer(companion = { true }))
        device { sync = { failure(3, "") } }
        assertEquals(Refused(3, ""), answer(companion = { true }))
    }

    @Test
    fun `the timeout is the library's, in milliseconds, and left alone unless it is wanted`() {
        val device = device { sync = { success("token") } }
        answer()
        assertEquals(emptyList<Long>(), device.timeouts)
        source(AmazonSso(SYNCHRONOUS, timeoutMillis = 5_000)).ask {}
        assertEquals(listOf(5_000L), device.timeouts)
    }

    @Test
    fun `whoever asks goes on while the library blocks, and is answered in the end`() {
        val library = BlockingLibrary("late")
        val answers = Answers()
        source(synchronous, ThreadPerTask()).ask(answers)
        assertNotSame(Thread.currentThread(), library.awaitCall())
        answers.none()
        library.goOn()
        assertToken("late", answers.next())
    }

    @Test
    fun `all who ask while the library blocks share one call`() {
        val library = BlockingLibrary("shared")
        val source = source(synchronous, ThreadPerTask())
        val all = List(3) { Answers().also(source::ask) }
        library.awaitCall()
        library.goOn()
        all.forEach { assertToken("shared", it.next()) }
        assertEquals(1, library.device.calls)
    }

    @Test
    fun `each start asks anew, of one instance`() {
        var instances = 0
        var token = 0
        device {
            instance = { SSOEnabler().also { instances++ } }
            sync = { success("token ${++token}") }
        }
        val source = source(synchronous)
        val answers = Answers()
        repeat(2) { source.ask(answers) }
        assertToken("token 1", answers.next())
        assertToken("token 2", answers.next())
        assertEquals(1, instances)
    }

    @Test
    fun `a library that failed once is tried again`() {
        device { instance = { null } }
        val source = source(synchronous)
        val answers = Answers()
        source.ask(answers)
        assertUnusable("getInstance has returned nothing", answers.next())
        device { sync = { success("recovered") } }
        source.ask(answers)
        assertToken("recovered", answers.next())
    }

    @Test
    fun `no thread to ask on`() {
        val starved = object : Worker {
            override fun run(task: () -> Unit) = throw OutOfMemoryError("unable to create native thread")

            override fun close() = Unit
        }
        val answers = Answers()
        source(synchronous, starved).ask(answers)
        assertUnusable("no thread to ask on: java.lang.OutOfMemoryError", answers.next())
    }

    @Test
    fun `nobody is answered after the end`() {
        val library = BlockingLibrary("too late")
        val answers = Answers()
        val source = source(synchronous, ThreadPerTask())
        source.ask(answers)
        val thread = library.awaitCall()
        source.close()
        library.goOn()
        thread.join()
        source.ask(answers)
        answers.none()
    }

    @Test
    fun `what a library puts into its messages is in no answer but the token`() {
        val planted = "planted-secret"
        val answers: List<PlatformAnswer> = listOf(
            { device { sync = { success(planted) } } },
            { device { sync = { throw IllegalStateException(planted) } } },
            { device { sync = { success(StringBuilder(planted)) } } },
            { device { sync = { success(planted).unreadable(ClassCastException(planted)) } } },
            { device { instance = { throw LinkageError(planted) } } },
        ).map { behave ->
            behave()
            answer()
        }
        assertEquals(4, answers.count { it is Unusable })
        answers.forEach { assertFalse(planted in it.toString(), "$it") }
    }

    private fun answer(companion: CompanionApp = CompanionApp { false }): PlatformAnswer {
        val answers = Answers()
        source(synchronous, companion = companion).ask(answers)
        return answers.next().also { answers.none() }
    }

    /** A library that blocks until the test lets it go on, and then gives this token. */
    private class BlockingLibrary(token: String) {
        private val inside = CompletableFuture<Thread>()
        private val release = CountDownLatch(1)

        val device = device {
            sync = {
                inside.complete(Thread.currentThread())
                release.await()
                success(token)
            }
        }

        /** Waits until somebody has called it, and tells on which thread. */
        fun awaitCall(): Thread = inside.get()

        fun goOn() = release.countDown()
    }
}
