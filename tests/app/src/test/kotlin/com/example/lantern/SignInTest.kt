package com.example.lantern

import io.couchpass.PassApi
import io.couchpass.SignInEvent
import io.couchpass.SignInWith
import io.couchpass.testing.FakePlatform
import io.couchpass.testing.Sandbox
import io.couchpass.testing.TestDevice
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.last
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout

/** The ways into an app, as its own tests walk them. */
@Timeout(60)
internal class SignInTest {
    @BeforeEach
    fun `a world of its own for each test`() = sandbox.reset()

    @Test
    fun `whoever has signed in to one app is signed in to the next`() = runBlocking {
        val stick = TestDevice(FakePlatform().giveToken(sandbox.platformToken("living-room")))
        stick.open(sandbox.config()).use { first -> sandbox.signIn(first) }
        stick.open(sandbox.config()).use { second ->
            val events = second.signIn().toList()
            assertTrue(events.none { it is SignInEvent.Code }, events.toString())
            assertEquals("Sent(honoured=true)", second.ssoReport().outcome.toString())
        }
        assertEquals(2, stick.platform.asks)
    }

    @Test
    fun `a token that comes late takes the code off the screen`() = runBlocking {
        val token = sandbox.platformToken("living-room")
        TestDevice(FakePlatform().giveToken(token)).open(sandbox.config()).use { other -> sandbox.signIn(other) }

        val platform = FakePlatform().staySilent()
        TestDevice(platform).open(sandbox.config { platformTokenPatienceMillis = 100 }).use { client ->
            val events = client.signIn().onEach { if (it is SignInEvent.Code) platform.giveToken(token) }.toList()
            assertTrue(events.last() is SignInEvent.SignedIn, events.toString())
        }
    }

    @Test
    fun `a viewer may sign in on the device itself`() = runBlocking {
        TestDevice().open(sandbox.config()).use { client ->
            val way = SignInWith.Browser("Northwind", "lantern.example", "https://lantern.example/done")
            val end = client.signIn(way).onEach { event ->
                if (event is SignInEvent.Page) {
                    sandbox.visit(event.url)
                    client.redirectReached()
                }
            }.last()
            assertTrue(end is SignInEvent.SignedIn, end.toString())
        }
    }

    @Test
    fun `a code waits until the viewer has said yes or no`() = runBlocking {
        TestDevice().open(sandbox.config(PassApi.V1)).use { client ->
            val shown = client.signIn().first { it is SignInEvent.Code } as SignInEvent.Code
            assertEquals("waiting", sandbox.codes().single().state)
            assertEquals(shown.code, sandbox.codes().single().code)
            sandbox.deny(shown.code)
            assertEquals("denied", sandbox.codes().single().state)
        }
    }

    companion object {
        private val sandbox = Sandbox.start()

        @AfterAll
        @JvmStatic
        fun `the sandbox is closed`() = sandbox.close()
    }
}
