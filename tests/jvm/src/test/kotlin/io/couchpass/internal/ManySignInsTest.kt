package io.couchpass.internal

import io.couchpass.PassApi
import io.couchpass.PassClient
import io.couchpass.PassError
import io.couchpass.SignInEvent
import io.couchpass.client
import io.couchpass.testing.Sandbox
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.yield
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicInteger
import kotlin.random.Random

/** Ten thousand sign-ins that are cancelled, each at another point and in another way, leave nothing behind, here or there. */
@Timeout(560)
@NeedsTestingLibrary
internal class ManySignInsTest {
    /** How far a sign-in comes. */
    private enum class Point { BEGUN, CHECKING, REQUESTING, CODE_SHOWN, POLLING }

    /** What ends it. */
    private enum class End { CANCELLED, LEFT_AND_CANCELLED, CLOSED, LEFT_AND_CLOSED }

    private val ended = ConcurrentHashMap<Pair<Point, End>, AtomicInteger>()

    @Test
    fun `ten thousand sign-ins that are cancelled leave nothing behind`() {
        NativeTesting.hurry(PAUSES)
        Sandbox.start().use { sandbox ->
            sandbox.signInOften(SIGN_INS / 10, seed = 1)
            ended.clear()
            // Before the look: Java's own sockets take global references when they are first used.
            sandbox.control("DELETE", "/requests")
            val before = Footprint.atRest()
            sandbox.signInOften(SIGN_INS, seed = 2)
            Footprint.assertNoGrowth(before, SIGN_INS)

            println("ended: ${ended.toSortedMap(compareBy({ it.first }, { it.second }))}")
            assertEquals(SIGN_INS, ended.values.sumOf { it.get() })
            assertEquals(Point.entries.size * End.entries.size, ended.size, "not every point and end has occurred: $ended")
            for (endpoint in listOf("create_code", "delete_code", "create_session")) {
                assertTrue(sandbox.count("endpoint=$endpoint") >= SIGN_INS / 10, endpoint)
            }
            // Polls; on v1 they are the same call as a sign-in's first look.
            assertTrue(sandbox.count("endpoint=code_profile") >= SIGN_INS / 100)
            // On v1 no code lives on. On v2 a code cannot be released; but with no task left, nobody asks about it any more.
            val codes = Regex("\"api\": ?\"(v\\d)\"").findAll(sandbox.control("GET", "/codes")).map { it.groupValues[1] }.toList()
            assertEquals(0, codes.count { it == "v1" })
            assertEquals(0, Regex("\"ended\": ?false").findAll(sandbox.control("GET", "/requests")).count())
        }
    }

    private fun Sandbox.count(query: String): Int = Regex("\"number\":").findAll(control("GET", "/requests?$query")).count()

    private fun Sandbox.signInOften(signIns: Int, seed: Int) = runBlocking {
        for (worker in 0 until WORKERS) {
            launch(Dispatchers.Default) {
                val random = Random(seed * WORKERS + worker)
                val api = PassApi.entries[worker % PassApi.entries.size]
                var client = client(api)
                repeat(signIns / WORKERS) {
                    val point = Point.entries.random(random)
                    // A new client costs a registration: fewer of these.
                    val end = End.entries[if (random.nextInt(5) == 0) random.nextInt(2, 4) else random.nextInt(2)]
                    signIn(client, point, end, random)
                    ended.getOrPut(point to end) { AtomicInteger() }.incrementAndGet()
                    if (end == End.CLOSED || end == End.LEFT_AND_CLOSED) client = client(api)
                }
                client.close()
            }
        }
    }

    private suspend fun signIn(client: PassClient, point: Point, end: End, random: Random) = coroutineScope {
        val begun = CompletableDeferred<Unit>()
        val shown = CompletableDeferred<Unit>()
        var last: SignInEvent? = null
        // Not dispatched: once it is launched, the sign-in has begun, and there is something to cancel.
        val collecting = launch(start = CoroutineStart.UNDISPATCHED) {
            client.signIn().collect {
                last = it
                begun.complete(Unit)
                if (it is SignInEvent.Code) shown.complete(Unit)
                if (it is SignInEvent.Failed) {
                    assertEquals(PassError.Cancelled, it.error)
                    assertTrue(end == End.CLOSED, "only a client that is closed says so")
                }
            }
        }
        when (point) {
            Point.BEGUN -> {}
            Point.CHECKING -> begun.await()
            Point.REQUESTING -> {
                begun.await()
                repeat(random.nextInt(YIELDS)) { yield() }
            }
            Point.CODE_SHOWN -> shown.await()
            Point.POLLING -> {
                shown.await()
                val requests = NativeTesting.requests() + random.nextInt(1, POLLS)
                // Those of other clients count, too: it ends at any moment before, in or after a poll of this one.
                while (NativeTesting.requests() < requests) yield()
            }
        }
        when (end) {
            End.CANCELLED -> {
                client.cancelSignIn()
                collecting.join()
                assertEquals(SignInEvent.Cancelled, last)
            }
            End.LEFT_AND_CANCELLED -> {
                collecting.cancelAndJoin()
                client.cancelSignIn()
            }
            End.CLOSED -> {
                client.close()
                collecting.join()
            }
            End.LEFT_AND_CLOSED -> {
                collecting.cancelAndJoin()
                client.close()
            }
        }
    }

    private companion object {
        const val SIGN_INS = 10_000
        const val WORKERS = 8

        /** Adobe's pace of 3 to 5 s becomes 6 to 10 ms. */
        const val PAUSES = 500
        const val YIELDS = 200
        const val POLLS = 16
    }
}
