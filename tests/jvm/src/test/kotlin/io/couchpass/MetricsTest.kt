package io.couchpass

import io.couchpass.internal.NativeTesting
import io.couchpass.internal.NeedsTestingLibrary
import io.couchpass.internal.Surroundings
import io.couchpass.platform.PlatformAnswer
import io.couchpass.testing.Sandbox
import io.couchpass.testing.TestDevice
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import java.util.concurrent.Executors
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit

/** Who collects a client's requests gets each of them, as the service has seen it, and none of its secrets. */
@Timeout(60)
internal class MetricsTest {
    @Test
    fun `every request of a sign-in is told, and nothing of the viewer`() = runBlocking {
        Sandbox.start().use { sandbox ->
            val token = sandbox.platformToken("living-room")
            val told = Channel<RequestMetrics>(Channel.UNLIMITED)
            val secrets = mutableListOf(token, sandbox.statement.trim())
            val collected = sandbox.client(tokens = platform { PlatformAnswer.Token(token) }).use { client ->
                val collecting = launch(start = CoroutineStart.UNDISPATCHED) { client.metrics().collect(told::send) }
                val events = client.signIn().onEach { if (it is SignInEvent.Code) sandbox.approve(it.code) }.toList()
                secrets += (events.last() as SignInEvent.SignedIn).profile.userId!!
                secrets += client.authorize("LanternOne").mediaToken!!.serialized
                val all = List(sandbox.requestsIn("a sign-in").size) { told.receive() }
                client.close()
                // The flow ends, and does not fail.
                collecting.join()
                all
            }
            assertTrue(told.tryReceive().isFailure, "more was told than there was")
            secrets += sandbox.secrets()
            assertEquals(listOf("register", "token"), collected.take(2).map { it.call })
            assertEquals("decisions/authorize", collected.last().call)
            assertTrue(collected.all { it.outcome is RequestOutcome.Answered && it.attempt == 1 && it.missed == 0L })
            assertTrue(collected.all { it.tookMillis >= 0 && it.waitedMillis >= 0 }, "$collected")
            secrets.forEach { assertFalse(it in collected.toString(), "a secret is in the metrics") }
        }
    }

    @Test
    fun `a repetition and a broken connection are told as what they are`() = runBlocking {
        Sandbox.start().use { sandbox ->
            sandbox.client().use { client ->
                sandbox.fault("""{"effect": {"status": {"status": 503}}, "endpoint": "configuration"}""")
                val told = async(start = CoroutineStart.UNDISPATCHED) { client.metrics().take(4).toList() }
                client.providers()
                val (first, second) = told.await().filter { it.call == "configuration" }
                assertEquals(1 to RequestOutcome.Answered(503), first.attempt to first.outcome)
                assertEquals(2 to RequestOutcome.Answered(200), second.attempt to second.outcome)
            }
        }
        val nowhere = PassEnvironment.at("http://127.0.0.1:1", "http://127.0.0.1:1")
        val config = PassConfig(PassApi.V2, nowhere, "LANTERN", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln")
        PassClient.open(config, Surroundings(TestDevice.FIRE_TV_STICK)).use { client ->
            val told = async(start = CoroutineStart.UNDISPATCHED) { client.metrics().first() }
            val call = launch(Dispatchers.Default) { runCatching { client.providers() } }
            assertEquals(RequestOutcome.NoConnection, told.await().outcome)
            call.cancelAndJoin()
        }
    }

    @Test
    @NeedsTestingLibrary
    fun `leaving gives everything back, and what the one who collects throws is their own`() = runBlocking {
        Sandbox.start().use { sandbox ->
            sandbox.client().use { client ->
                val two = List(2) { launch(start = CoroutineStart.UNDISPATCHED) { client.metrics().collect {} } }
                assertEquals(3, NativeTesting.handles())
                two.forEach { it.cancelAndJoin() }
                assertEquals(1, NativeTesting.handles())

                val own = PassException(PassError.Cancelled)
                val told = async(Job(), start = CoroutineStart.UNDISPATCHED) { client.metrics().collect { throw own } }
                client.providers()
                assertEquals(own.error, assertThrows(PassException::class.java) { runBlocking { told.await() } }.error)
            }
        }
    }

    @Test
    fun `a listener hears of all that is asked for after it, on the executor, until it is cancelled`() {
        val executor = Executors.newSingleThreadExecutor { Thread(it, "main of the app") }
        try {
            Sandbox.start().use { sandbox ->
                val heard = LinkedBlockingQueue<Pair<String, RequestMetrics>>()
                val client = sandbox.client()
                CallbackPassClient(client, executor).use { callbacks ->
                    val listening = callbacks.metrics { heard += Thread.currentThread().name to it }
                    runBlocking { client.providers() }
                    for (expected in sandbox.requests()) {
                        val (thread, request) = checkNotNull(heard.poll(20, TimeUnit.SECONDS)) { "$expected was not told" }
                        assertEquals(expected, request.call)
                        // Coroutines add a number where assertions are on.
                        assertTrue(thread.startsWith("main of the app"), thread)
                    }
                    listening.cancel()
                }
                assertTrue(heard.isEmpty())
            }
        } finally {
            executor.shutdown()
        }
    }
}
