package io.couchpass.internal

import io.couchpass.PassApi
import io.couchpass.PassClient
import io.couchpass.PassConfig
import io.couchpass.SignInWith
import io.couchpass.testing.Sandbox
import io.couchpass.testing.TestDevice
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.yield
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread
import kotlin.random.Random

/** A hundred thousand calls of Rust, from several threads, leave nothing behind. */
@Timeout(240)
@NeedsTestingLibrary
internal class ManyCallsTest {
    @Test
    fun `a hundred thousand calls leave nothing behind`() {
        NativeTesting.hurry(1)
        Sandbox.start().use { sandbox ->
            sandbox.callOften(CALLS / 5, seed = 1)
            val before = Footprint.atRest()
            val made = sandbox.callOften(CALLS, seed = 2)
            Footprint.assertNoGrowth(before, made)
            assertTrue(made >= CALLS)
        }
    }

    /** Makes so many native calls, on a client of each API, and returns how many they were. */
    private fun Sandbox.callOften(calls: Int, seed: Int): Int {
        val made = AtomicInteger()
        val natives = PassApi.entries.map { api ->
            made.incrementAndGet()
            NativeClient.create(PassConfig(api, environment, "LANTERN", statement), Surroundings(TestDevice.FIRE_TV_STICK))
        }
        val failures = ConcurrentLinkedQueue<Throwable>()
        val threads = (1..THREADS).map { number ->
            thread {
                val random = Random(seed * THREADS + number)
                try {
                    while (made.get() < calls) made.addAndGet(call(natives.random(random), random))
                } catch (throwable: Throwable) {
                    failures += throwable
                }
            }
        }
        threads.forEach { it.join() }
        natives.forEach { it.close() }
        assertTrue(failures.isEmpty(), failures.joinToString())
        return made.addAndGet(natives.size)
    }

    /** Something that an app does; returns how many native calls it takes. */
    private fun call(native: NativeClient, random: Random): Int {
        val client = PassClient(native)
        return when (random.nextInt(6)) {
            0 -> 1.also { client.ssoReport() }
            1 -> 1.also { assertEquals(null, client.rememberedProvider()) }
            2 -> 1.also { client.redirectReached() }
            3 -> 1.also { runBlocking { client.profiles() } }
            // The first one begins a sign-in, all others join it.
            4 -> 2.also { native.signIn(SignInWith.Code).close() }
            // The call, and most of the time what takes it back.
            else -> 2.also {
                runBlocking {
                    val call = launch { native.answer { NativeTesting.startEndless(native.handle, it) } }
                    while (call.isActive && NativeTesting.calls() == 0) yield()
                    call.cancelAndJoin()
                }
            }
        }
    }

    private companion object {
        const val CALLS = 100_000
        const val THREADS = 6
    }
}
