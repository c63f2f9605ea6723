package io.couchpass

import io.couchpass.testing.Sandbox
import io.couchpass.testing.TestDevice
import kotlinx.coroutines.Job
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.last
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout

/** However a sign-in ends, its flow ends with an event: what throws is whoever collects, and nobody else. */
@Timeout(60)
internal class SignInEndTest {
    @BeforeEach
    fun `a world of its own for each test`() = sandbox.reset()

    @Test
    fun `a client that is closed under a sign-in ends it with an event`() = runBlocking {
        val client = TestDevice().open(sandbox.config())
        val last = client.signIn().onEach { if (it is SignInEvent.Code) client.close() }.last()
        // The sign-in's own last word may be faster than closing.
        assertTrue(last == SignInEvent.Failed(PassError.Cancelled) || last == SignInEvent.Cancelled, last.toString())
    }

    @Test
    fun `a client that is closed already says so in an event`() = runBlocking {
        val client = TestDevice().open(sandbox.config()).also { it.close() }
        assertEquals(listOf(SignInEvent.Failed(PassError.Cancelled)), client.signIn().toList())
    }

    @Test
    fun `a way that cannot be is an event`() = runBlocking {
        TestDevice().open(sandbox.config()).use { client ->
            val ways = listOf(
                SignInWith.Browser("Northwind", "lantern.example", "done"),
                SignInWith.CodeFor("", "lantern.example", "https://lantern.example/done"),
            )
            for (way in ways) {
                val last = client.signIn(way).last()
                assertTrue(last is SignInEvent.Failed, last.toString())
            }
        }
    }

    @Test
    fun `what the one who collects throws is their own`() = runBlocking {
        TestDevice().open(sandbox.config()).use { client ->
            val own = PassException(PassError.Cancelled)
            val heard = mutableListOf<SignInEvent>()
            val collecting = async(Job()) {
                client.signIn().collect { event ->
                    heard += event
                    throw own
                }
            }
            assertSame(own, assertThrows(PassException::class.java) { runBlocking { collecting.await() } })
            assertEquals(listOf(SignInEvent.Checking), heard)
        }
    }

    companion object {
        private val sandbox = Sandbox.start()

        @AfterAll
        @JvmStatic
        fun `the sandbox is closed`() = sandbox.close()
    }
}
