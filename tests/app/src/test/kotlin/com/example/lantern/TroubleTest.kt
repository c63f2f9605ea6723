package com.example.lantern

import io.couchpass.PassError
import io.couchpass.PassException
import io.couchpass.testing.FakePlatform
import io.couchpass.testing.Fault
import io.couchpass.testing.Sandbox
import io.couchpass.testing.TestDevice
import io.couchpass.testing.TestStore
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.util.concurrent.TimeUnit

/** What goes wrong, and what an app hears of it. */
@Timeout(60)
internal class TroubleTest {
    @BeforeEach
    fun `a world of its own for each test`() = sandbox.reset()

    @Test
    fun `a service in trouble is to be asked later`() = runBlocking {
        TestDevice().open(sandbox.config()).use { client ->
            val profile = sandbox.signIn(client, "basic")
            assertEquals("Harborlight", profile.mvpd)

            sandbox.fault(Fault.status(503).at("authorize_decisions").always())
            val failure = assertThrows(PassException::class.java) { runBlocking { client.authorize("LanternOne") } }
            assertTrue(failure.error is PassError.RetryLater, failure.toString())

            sandbox.clearFaults()
            assertTrue(client.authorize("LanternOne").authorized)
            val denial = client.authorize("LanternCinema").denial
            assertNotNull(denial?.details)
        }
    }

    @Test
    fun `an app that is started again knows its viewer, unless the device has lost the key`(@TempDir directory: File) =
        runBlocking {
            val device = TestDevice()
            val store = TestStore(directory)
            device.open(sandbox.config(), store).use { client -> sandbox.signIn(client) }
            device.open(sandbox.config(), store).use { client -> assertTrue(client.authorize("LanternOne").authorized) }
            assertEquals(1, sandbox.requests().count { it == "register" })

            store.loseKey()
            device.open(sandbox.config(), store).use { client -> assertEquals(emptyList<Any>(), client.profiles()) }
        }

    @Test
    fun `a sign-in ends one day`() = runBlocking {
        TestDevice().open(sandbox.config()).use { client ->
            sandbox.signIn(client)
            sandbox.advanceClock(TimeUnit.DAYS.toMillis(31))
            val failure = assertThrows(PassException::class.java) { runBlocking { client.authorize("LanternOne") } }
            assertTrue(failure.error is PassError.SignInAgain, failure.toString())
        }
    }

    @Test
    fun `a subscription that ends signs out`() = runBlocking {
        TestDevice().open(sandbox.config()).use { client ->
            sandbox.signIn(client)
            sandbox.endAuthentications()
            val failure = assertThrows(PassException::class.java) { runBlocking { client.authorize("LanternOne") } }
            assertTrue(failure.error is PassError.SignInAgain, failure.toString())
        }
    }

    @Test
    fun `a decision may take its time`() = runBlocking {
        val platform = FakePlatform().giveToken(sandbox.platformToken("living-room"))
        TestDevice(platform).open(sandbox.config()).use { client ->
            sandbox.signIn(client)

            sandbox.hold("authorize_decisions")
            val decision = async(Dispatchers.IO) { client.authorize("LanternOne") }
            sandbox.awaitHold("authorize_decisions")
            sandbox.release("authorize_decisions")
            assertTrue(decision.await().authorized)
        }
        val decision = sandbox.seenRequests().last()
        assertEquals("authorize_decisions", decision.endpoint)
        assertEquals("Header", decision.platformTokenIn)
        assertEquals("LanternOne", decision.parameters["resources"])
        assertEquals(200, decision.status)
        assertEquals("hold", decision.fault)
    }

    companion object {
        private val sandbox = Sandbox.start()

        @AfterAll
        @JvmStatic
        fun `the sandbox is closed`() = sandbox.close()
    }
}
