package io.couchpass

import io.couchpass.AmazonSso.Call.ASYNCHRONOUS
import io.couchpass.AmazonSso.Call.SYNCHRONOUS
import io.couchpass.PlatformTokenCarrier.HEADER
import io.couchpass.PlatformTokenCarrier.POST
import io.couchpass.PlatformTokenCarrier.QUERY
import io.couchpass.testing.Sandbox
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource
import java.util.concurrent.CountDownLatch
import kotlin.concurrent.thread

/** Starts on a device with Amazon's library, from its class through all of the layers to what the service has seen. */
@Timeout(120)
internal class AmazonJourneyTest {
    @ParameterizedTest
    @EnumSource
    fun `a viewer of another app is signed in with no code, and the token travels as it should`(api: PassApi) = runBlocking {
        Sandbox.start().use { sandbox ->
            deviceWith(sandbox.platformToken("living-room"))
            val carriers = if (api == PassApi.V1) listOf(POST, QUERY, HEADER) else listOf(HEADER)
            sandbox.signInFirstApp(api, carriers.first())
            val first = sandbox.requestsIn("the first app")
            assertCarried(first, carriers.first())
            // On v1 it is the code that has a form.
            assertEquals(api == PassApi.V1, first.any { it.tokenIn == listOf("Form") }, first.toString())
            for ((carrier, call) in carriers.map { it to SYNCHRONOUS } + (HEADER to ASYNCHRONOUS)) {
                sandbox.control("DELETE", "/requests")
                sandbox.client(api, amazon(call)) { platformTokenCarrier = carrier }.use { client ->
                    val start = "$api, $carrier, $call"
                    val events = client.signIn().toList()
                    assertEquals(SignInEvent.Checking, events.first(), start)
                    val last = events.last()
                    assertTrue(events.size == 2 && last is SignInEvent.SignedIn, "$start: $events")
                    assertEquals(SsoOutcome.Sent(honoured = true), client.ssoReport().outcome, start)
                    assertTrue(client.authorize("LanternOne").mediaToken != null, start)
                    val requests = sandbox.requestsIn(start)
                    assertCarried(requests, carrier)
                    assertEquals(if (api == PassApi.V1) 5 else 4, requests.size, "$start: $requests")
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    fun `a library that says nothing delays the code by its patience at most, and a late token ends the code`(api: PassApi) =
        runBlocking {
            Sandbox.start().use { sandbox ->
                val token = sandbox.platformToken("living-room")
                deviceWith(token)
                sandbox.signInFirstApp(api)
                for (call in AmazonSso.Call.entries) {
                    val spoken = CountDownLatch(1)
                    device {
                        sync = {
                            spoken.await()
                            success(token)
                        }
                        async = { callback ->
                            thread {
                                spoken.await()
                                callback.getSSOTokenSuccess(success(token))
                            }
                        }
                    }
                    // The library is silent until there is a code, so whoever waits for it any longer waits for good.
                    sandbox.client(api, amazon(call)) { platformTokenPatienceMillis = 50 }.use { client ->
                        val events = client.signIn().onEach {
                            if (it is SignInEvent.Code) {
                                assertEquals(SsoOutcome.Waiting(timedOut = true), client.ssoReport().outcome)
                                spoken.countDown()
                            }
                        }.toList()
                        assertTrue(events.any { it is SignInEvent.Code }, "$call: $events")
                        assertTrue(events.last() is SignInEvent.SignedIn, "$call: $events")
                        assertEquals(SsoOutcome.Sent(honoured = true), client.ssoReport().outcome)
                    }
                }
            }
        }

    @ParameterizedTest
    @EnumSource
    fun `a library that calls back twice, and on another thread, is heard once`(api: PassApi) = runBlocking {
        Sandbox.start().use { sandbox ->
            val token = sandbox.platformToken("living-room")
            deviceWith(token)
            sandbox.signInFirstApp(api)
            device {
                async = { callback ->
                    thread {
                        callback.getSSOTokenSuccess(success(token))
                        callback.getSSOTokenSuccess(success(token))
                        callback.getSSOTokenFailure(failure(1, "after all"))
                    }
                }
            }
            sandbox.client(api, amazon(ASYNCHRONOUS)).use { client ->
                val events = client.signIn().toList()
                assertTrue(events.none { it is SignInEvent.Code } && events.last() is SignInEvent.SignedIn, "$events")
                assertEquals(SsoOutcome.Sent(honoured = true), client.ssoReport().outcome)
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    fun `a device without the library shows a code at once`(api: PassApi) = runBlocking {
        Sandbox.start().use { sandbox ->
            val device = device {}
            // With this patience it is at once or never.
            sandbox.client(api, amazon(loader = withoutLibrary)) { platformTokenPatienceMillis = FOR_GOOD }.use { client ->
                client.signIn().first { it is SignInEvent.Code }
                assertEquals(SsoOutcome.LibraryAbsent, client.ssoReport().outcome)
                client.cancelSignIn()
            }
            assertEquals(0, device.calls)
            assertTrue(sandbox.requestsIn("no library").all { it.tokenIn.isEmpty() })
        }
    }

    /** The app in which a viewer of this device signs in with a code. */
    private suspend fun Sandbox.signInFirstApp(api: PassApi, carrier: PlatformTokenCarrier = HEADER) {
        client(api, amazon()) { platformTokenCarrier = carrier }.use { first ->
            val events = first.signIn().onEach { if (it is SignInEvent.Code) approve(it.code) }.toList()
            assertTrue(events.last() is SignInEvent.SignedIn, events.toString())
        }
    }

    /** Every call has the token in one place, the right one; those that register a client have none. */
    private fun assertCarried(requests: List<Seen>, by: PlatformTokenCarrier) {
        val (registering, others) = requests.partition { it.endpoint in listOf("register", "token") }
        assertEquals(listOf("register", "token"), registering.map { it.endpoint })
        assertTrue(registering.all { it.tokenIn.isEmpty() }, registering.toString())
        assertTrue(others.isNotEmpty())
        for (request in others) {
            val expected = when {
                by == QUERY -> "Query"
                by == POST && request.method == "POST" -> "Form"
                else -> "Header"
            }
            assertEquals(listOf(expected), request.tokenIn, "$by: $request")
        }
    }
}
