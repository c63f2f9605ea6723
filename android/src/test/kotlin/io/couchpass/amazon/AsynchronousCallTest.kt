package io.couchpass.amazon

import io.couchpass.AmazonSso
import io.couchpass.AmazonSso.Call.ASYNCHRONOUS
import io.couchpass.platform.PlatformAnswer.Refused
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import kotlin.concurrent.thread

class AsynchronousCallTest {
    private val answers = Answers()

    @Test
    fun `a token that is called back with, on another thread`() {
        device { async = { callback -> thread { callback.getSSOTokenSuccess(success("token")) } } }
        source(asynchronous).ask(answers)
        assertToken("token", answers.next())
    }

    @Test
    fun `a token that is there before the call returns`() {
        device { async = { it.getSSOTokenSuccess(success("token")) } }
        source(asynchronous).ask(answers)
        assertToken("token", answers.next())
    }

    @Test
    fun `a failure`() {
        device { async = { it.getSSOTokenFailure(failure(5, "no")) } }
        source(asynchronous).ask(answers)
        assertEquals(Refused(5, "no"), answers.next())
    }

    @Test
    fun `a failure that says nothing`() {
        device { async = { it.getSSOTokenFailure(null) } }
        source(asynchronous).ask(answers)
        assertEquals(Refused(null, ""), answers.next())
    }

    @Test
    fun `a success without a Bundle, and one that is none`() {
        device { async = { it.getSSOTokenSuccess(null) } }
        source(asynchronous).ask(answers)
        assertUnusable("success without a Bundle", answers.next())
        device { async = { it.getSSOTokenSuccess(failure(6, "after all")) } }
        source(asynchronous).ask(answers)
        assertEquals(Refused(6, "after all"), answers.next())
    }

    @Test
    fun `a Bundle that cannot be unpacked does not throw into the library`() {
        device {
            async = {
                it.getSSOTokenSuccess(success("x").unreadable(IllegalStateException("planted")))
                it.getSSOTokenFailure(success("x").unreadable(IllegalStateException("planted")))
            }
        }
        source(asynchronous).ask(answers)
        assertUnusable("the Bundle cannot be read: java.lang.IllegalStateException", answers.next())
        answers.none()
    }

    @Test
    fun `the first answer wins`() {
        device {
            async = {
                it.getSSOTokenSuccess(success("first"))
                it.getSSOTokenSuccess(success("second"))
                it.getSSOTokenFailure(failure(1, "third"))
            }
        }
        val source = source(asynchronous)
        repeat(2) {
            source.ask(answers)
            assertToken("first", answers.next())
            answers.none()
        }
    }

    @Test
    fun `a token that comes after a failure is kept for the next who asks, once`() {
        val device = device {
            async = {
                it.getSSOTokenFailure(failure(1, "timeout"))
                if (calls == 1) it.getSSOTokenSuccess(success("late"))
            }
        }
        val source = source(asynchronous)
        source.ask(answers)
        assertEquals(Refused(1, "timeout"), answers.next())
        source.ask(answers)
        assertToken("late", answers.next())
        assertEquals(1, device.calls)
        source.ask(answers)
        assertEquals(Refused(1, "timeout"), answers.next())
    }

    @Test
    fun `an exception after the answer changes nothing`() {
        device {
            async = {
                it.getSSOTokenSuccess(success("token"))
                error("and then")
            }
        }
        source(asynchronous).ask(answers)
        assertToken("token", answers.next())
        answers.none()
    }

    @Test
    fun `an exception instead of an answer`() {
        device { async = { throw SecurityException("planted") } }
        source(asynchronous).ask(answers)
        assertUnusable("the library has thrown java.lang.SecurityException", answers.next())
    }

    @Test
    fun `silence is waited for together, and then asked about again`() {
        var now = 0L
        val device = device {}
        val source = source(asynchronous, nanoTime = { now })
        source.ask(answers)
        now += 59_999_000_000
        source.ask(answers)
        assertEquals(1, device.calls)
        now += 1_000_000
        source.ask(answers)
        assertEquals(2, device.calls)
        answers.none()
        device.callbacks.single().getSSOTokenSuccess(success("at last"))
        repeat(3) { assertToken("at last", answers.next()) }
        answers.none()
    }

    @Test
    fun `a timeout of the app's decides when silence is asked about again`() {
        var now = 0L
        val device = device {}
        val source = source(AmazonSso(ASYNCHRONOUS, timeoutMillis = 10), nanoTime = { now })
        source.ask(answers)
        now += 10_000_000
        source.ask(answers)
        assertEquals(2, device.calls)
    }

    @Test
    fun `the callback is set once`() {
        val device = device { async = { it.getSSOTokenSuccess(success("token")) } }
        val source = source(asynchronous)
        repeat(3) { source.ask(answers) }
        assertEquals(1, device.callbacks.size)
        assertEquals(3, device.calls)
    }

    @Test
    fun `nobody is answered after the end`() {
        val device = device {}
        val source = source(asynchronous)
        source.ask(answers)
        source.close()
        device.callbacks.single().getSSOTokenSuccess(success("too late"))
        answers.none()
    }
}
