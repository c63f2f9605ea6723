package io.couchpass.examples

import android.content.ContextWrapper
import io.couchpass.PassApi
import io.couchpass.PassLog
import io.couchpass.ProfileSelection
import io.couchpass.client
import io.couchpass.testing.Sandbox
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import java.util.concurrent.TimeUnit

/** The examples of the documentation do what they say; [DocumentationTest] says that they are these. */
@Timeout(60)
internal class ExamplesTest {
    @Test
    fun `a viewer signs in, watches, meets errors and signs out`() = runBlocking {
        Sandbox.start().use { sandbox ->
            val app = App(sandbox)
            sandbox.client().use { client ->
                app.doWhatTheErrorSays(client)
                app.tellWhatBecameOfTheToken(client)
                app.tellWhyNobodyIsSignedIn(client)
                app.signInAndWatch(client)
                app.signOut(client)
            }
            val told = listOf("sign-in", "not sent: NotAsked", "code", "home of Northwind", "playing")
            assertEquals(told, app.done.take(5))
            assertEquals("sign-in", app.done.last())
        }
    }

    @Test
    fun `a page is opened on this device`() = runBlocking {
        Sandbox.start().use { sandbox ->
            val app = App(sandbox)
            sandbox.client().use { client ->
                app.then = { launch { client.cancelSignIn() } }
                app.signInOnThisDevice(client)
            }
            assertEquals(listOf("browser at http"), app.done.toList())
        }
    }

    @Test
    fun `requests are told`() = runBlocking {
        Sandbox.start().use { sandbox ->
            val app = App(sandbox)
            sandbox.client().use { client ->
                val collecting = launch(start = CoroutineStart.UNDISPATCHED) { app.collectMetrics(client) }
                app.then = { client.close() }
                runCatching { client.providers() }
                collecting.join()
            }
            assertTrue(
                Regex("register: Answered\\(status=201\\) after \\d+ \\+ \\d+ ms").matches(app.done.first()),
                app.done.first(),
            )
        }
    }

    @Test
    fun `configurations are made, and clients wherever there is an Android`() {
        assertEquals(PassApi.V2, configure("a.b.c").api)
        assertEquals(ProfileSelection.LAST_PROVIDER, configure("a.b.c").profileSelection)
        assertTrue(configureSingleSignOn("a.b.c").amazonSso != null)
        val java = JavaExamples()
        assertEquals(ProfileSelection.LAST_PROVIDER, java.configure("a.b.c").profileSelection)
        // There is none here: the context is the first thing that is missing.
        val nothing = ContextWrapper(null)
        assertThrows(NullPointerException::class.java) { runBlocking { create(nothing, configure("a.b.c")) } }
        assertThrows(NullPointerException::class.java) { java.create(nothing, configure("a.b.c")) { it.run() } }
    }

    @Test
    fun `an app in Java asks before it plays`() {
        Sandbox.start().use { sandbox ->
            val java = JavaExamples()
            java.authorize(sandbox.client()) { it.run() }.use {
                assertEquals("SignInAgain", java.done.poll(20, TimeUnit.SECONDS))
            }
        }
    }

    @Test
    fun `the log is listened to`() {
        try {
            listenToTheLog()
            assertEquals(PassLog.Level.INFO, PassLog.level)
        } finally {
            PassLog.level = PassLog.Level.OFF
            PassLog.listener = null
        }
    }
}
