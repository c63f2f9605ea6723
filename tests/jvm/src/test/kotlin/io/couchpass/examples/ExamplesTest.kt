package io.couchpass.examples

import android.content.ContextWrapper
import io.couchpass.PassApi
import io.couchpass.PassLog
import io.couchpass.ProfileSelection
import io.couchpass.Sandbox
import io.couchpass.client
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import java.io.File
import java.util.concurrent.TimeUnit

/** The examples of the documentation are code that compiles and runs, and each entry point has one. */
@Timeout(60)
internal class ExamplesTest {
    @Test
    fun `each example of the documentation is one of the functions that are run here`() {
        val written = documentation.values.flatten()
        assertEquals(functions.sorted().joinToString(SEPARATOR), written.sorted().joinToString(SEPARATOR))
    }

    @Test
    fun `each entry point has an example`() {
        val entries = setOf(
            "AmazonSso",
            "CallbackPassClient",
            "PassClient",
            "PassClients",
            "PassConfig",
            "PassException",
            "PassLog",
            "SignIn",
        )
        assertEquals(entries, documentation.filterValues { it.isNotEmpty() }.keys)
    }

    @Test
    fun `a viewer signs in, watches, meets errors and signs out`() = runBlocking {
        Sandbox("--throttling", "off").use { sandbox ->
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
        Sandbox("--throttling", "off").use { sandbox ->
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
        Sandbox("--throttling", "off").use { sandbox ->
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
        Sandbox("--throttling", "off").use { sandbox ->
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

    /** The examples of each file of the library. */
    private val documentation: Map<String, List<String>> =
        File(System.getProperty("couchpass.sources"), "io/couchpass").listFiles { file ->
            file.isFile
        }.orEmpty().associate { file ->
            val comments = file.readLines().map { it.trim() }.filter { it.startsWith("*") }.map { it.drop(1).removePrefix(" ") }
            // What stands between two fences is every other piece.
            val pieces = comments.joinToString("\n").split("```")
            file.nameWithoutExtension to pieces.filterIndexed { at, _ -> at % 2 == 1 }.map { it.trim('\n') }
        }

    /** The bodies of the functions, without what hands their result to the test. */
    private val functions: List<String> = FUNCTIONS.flatMap { (path, function) ->
        function.findAll(File(System.getProperty("couchpass.tests"), path).readText()).map { found ->
            val lines = found.groupValues[1].trimIndent().lines()
            lines.filterNot { it.startsWith("return ") }.joinToString("\n")
        }
    }

    private companion object {
        /** From the line of its head to the brace under that. What an app does by itself is private in Java. */
        val FUNCTIONS = mapOf(
            "kotlin/io/couchpass/examples/Examples.kt" to Regex("(?ms)^internal [^\n]*\\{\n(.*?)\n}$"),
            "java/io/couchpass/examples/JavaExamples.java" to Regex("(?ms)^    \\w+ \\w+\\([^\n]*\\{\n(.*?)\n    }$"),
        )
        const val SEPARATOR = "\n\n"
    }
}
