package io.couchpass.internal

import io.couchpass.PassApi
import io.couchpass.PassClient
import io.couchpass.PassConfig
import io.couchpass.PassEnvironment
import io.couchpass.PassError
import io.couchpass.PassException
import io.couchpass.SignInWith
import io.couchpass.SsoOutcome
import io.couchpass.platform.PlatformAnswer
import io.couchpass.platform.PlatformTokenSource
import io.couchpass.testing.TestDevice
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.nio.file.Path
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.CountDownLatch
import java.util.concurrent.CyclicBarrier
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread
import kotlin.random.Random

/** What holds at the boundary whatever happens on either side. Nothing here needs a service. */
@Timeout(60)
@NeedsTestingLibrary
internal class BoundaryTest {
    private fun native(tokens: PlatformTokenSource? = null, store: StorePlace? = null): NativeClient = NativeClient.create(
        // Nobody listens there.
        PassConfig(PassApi.V2, PassEnvironment.at("http://127.0.0.1:1", "http://127.0.0.1:1"), "LANTERN", STATEMENT),
        Surroundings(TestDevice.FIRE_TV_STICK, store = store, platformTokens = tokens),
    )

    @AfterEach
    fun `nothing is left behind`() {
        eventually("all handles are closed") { NativeTesting.handles() == 0 }
        eventually("all calls are answered") { NativeTesting.calls() == 0 }
    }

    @Test
    fun `a panic in an export is an exception`() {
        val error = assertThrows(NativeFailure::class.java) { NativeTesting.panicNow() }.toPassException().error
        assertTrue(error is PassError.Support, error.toString())
        assertTrue("a panic on demand" in error.toString(), error.toString())
    }

    @Test
    fun `a panic in a call is an exception, and the next call works`() = runBlocking {
        native().use { native ->
            val answer = MessageReader(native.answer { NativeTesting.startPanicking(native.handle, it) })
            assertEquals(1, answer.tag())
            val error = answer.readWhole { passError() }
            assertTrue(error is PassError.Support && "a panic on demand" in error.toString(), error.toString())
            assertEquals(emptyList<Any>(), PassClient(native).profiles())
        }
    }

    @Test
    fun `a wrong configuration says what to do`() {
        val config = PassConfig(PassApi.V2, PassEnvironment.RELEASE_STAGING, "LAN TERN", STATEMENT)
        val exception =
            assertThrows(PassException::class.java) { PassClient.open(config, Surroundings(TestDevice.FIRE_TV_STICK)) }
        assertTrue(exception.error is PassError.FixConfiguration, exception.toString())
        assertTrue("requestor id" in exception.message.orEmpty(), exception.toString())
    }

    @Test
    fun `a malformed message is an exception`() {
        NativeLibrary.load()
        for (bytes in listOf(byteArrayOf(), byteArrayOf(9), ByteArray(100) { -1 })) {
            val callbacks = object : NativeCallbacks {
                override fun complete(id: Long, answer: ByteArray?) = error("there was no call")

                override fun askForToken(question: Long) = error("there was no client")
            }
            val error = assertThrows(NativeFailure::class.java) { Native.create(bytes, callbacks) }
            assertTrue(error.toPassException().error is PassError.Support)
        }
    }

    @Test
    fun `a handle that is stale, or never was, is an exception`() {
        val stale = native().also { it.close() }.handle
        for (handle in listOf(stale, 0, -1, Long.MAX_VALUE, Long.MIN_VALUE)) {
            val calls = listOf<() -> Unit>(
                { Native.start(handle, 1, Operations.profiles()) },
                { Native.ask(handle, Questions.ssoReport()) },
                { Native.signIn(handle, message { tag(0) }) },
            )
            for (call in calls) {
                val failure = assertThrows(NativeFailure::class.java) { call() }
                assertEquals(PassError.Cancelled, failure.toPassException().error)
            }
            Native.cancel(handle, 1)
            Native.answerToken(handle, 1, tokenMessage(PlatformAnswer.Disabled))
            Native.close(handle)
        }
    }

    @Test
    fun `a coroutine that is cancelled cancels the work in Rust`() = runBlocking {
        native().use { native ->
            val call = launch(start = CoroutineStart.UNDISPATCHED) {
                native.answer { NativeTesting.startEndless(native.handle, it) }
            }
            assertEquals(1, NativeTesting.calls())
            call.cancelAndJoin()
            eventually("the call is gone") { NativeTesting.calls() == 0 }
        }
    }

    @Test
    fun `closing ends what is under way`() = runBlocking {
        val native = native()
        val call = async(start = CoroutineStart.UNDISPATCHED) {
            native.answer { NativeTesting.startEndless(native.handle, it) }
        }
        native.close()
        native.close()
        val answer = withTimeout(10_000) { MessageReader(call.await()) }
        assertEquals(1 to PassError.Cancelled, answer.readWhole { tag() to passError() })
    }

    @Test
    fun `closing is raced by calls and by itself, from eight threads, a thousand times`() {
        val unexpected = ConcurrentLinkedQueue<Throwable>()
        val together = CyclicBarrier(RACERS)
        val clients = List(RACES) { lazy { native() } }
        val threads = (1..RACERS).map { number ->
            thread {
                val random = Random(number)
                for (client in clients) {
                    val native = client.value
                    together.await(30, TimeUnit.SECONDS)
                    race(PassClient(native), native, random, unexpected)
                }
            }
        }
        threads.forEach { it.join() }
        assertTrue(unexpected.isEmpty(), unexpected.joinToString())
    }

    /** Makes calls, closes after some of them, and makes as many again. */
    private fun race(client: PassClient, native: NativeClient, random: Random, unexpected: MutableCollection<Throwable>) {
        val closing = random.nextInt(4)
        for (turn in 0..2 * closing) {
            if (turn == closing) client.close()
            try {
                client.ssoReport()
                client.newCode()
                runBlocking { client.profiles() }
                native.signIn(SignInWith.Code).close()
            } catch (exception: PassException) {
                if (exception.error != PassError.Cancelled) unexpected += exception
            } catch (throwable: Throwable) {
                unexpected += throwable
            }
        }
    }

    @Test
    fun `a name server that says nothing holds up nobody else`() = runBlocking {
        NativeTesting.occupy()
        try {
            native().use { native -> withTimeout(10_000) { assertEquals(emptyList<Any>(), PassClient(native).profiles()) } }
        } finally {
            NativeTesting.release()
        }
    }

    @Test
    fun `an app's code never runs on a thread of Rust's`() = runBlocking(Dispatchers.Unconfined) {
        native().use { native ->
            PassClient(native).profiles()
            assertFalse(Thread.currentThread().name.startsWith("couchpass"), Thread.currentThread().name)
        }
    }

    @Test
    fun `a platform that throws is a platform without a token`() = runBlocking {
        val source = object : PlatformTokenSource {
            override fun ask(answer: (PlatformAnswer) -> Unit) = throw IllegalStateException("on purpose")

            override fun close() = Unit
        }
        native(source).use { native ->
            val client = PassClient(native)
            val signIn = launch(Dispatchers.Default) { client.signIn().collect {} }
            eventually("the platform was asked") {
                client.ssoReport().outcome == SsoOutcome.Unusable("java.lang.IllegalStateException")
            }
            signIn.cancelAndJoin()
        }
    }

    @Test
    fun `a platform that never answers is let go with its client`() = runBlocking {
        val closed = CountDownLatch(1)
        val source = object : PlatformTokenSource {
            override fun ask(answer: (PlatformAnswer) -> Unit) = Unit

            override fun close() = closed.countDown()
        }
        val client = PassClient(native(source))
        val signIn = launch(Dispatchers.Default) { client.signIn().collect {} }
        eventually("the platform is asked") { client.ssoReport().outcome is SsoOutcome.Waiting }
        client.close()
        assertTrue(closed.await(10, TimeUnit.SECONDS))
        signIn.join()
    }

    @Test
    fun `a store is shared by clients, can be opened again at once, and its key is wiped`(@TempDir directory: Path) {
        val path = directory.resolve("store").toString()
        repeat(20) {
            val key = ByteArray(32) { 7 }
            native(store = StorePlace(path, key)).use {
                assertTrue(key.all { it == 0.toByte() })
                native(store = StorePlace(path, ByteArray(32) { 7 })).close()
            }
        }
    }

    @Test
    fun `a key of another length is refused`(@TempDir directory: Path) {
        val store = StorePlace(directory.resolve("store").toString(), ByteArray(31))
        val exception = assertThrows(PassException::class.java) { native(store = store) }
        assertTrue("32 bytes" in exception.message.orEmpty(), exception.toString())
    }

    @Test
    fun `Rust has two threads at the most`() = runBlocking {
        native().use { native ->
            val client = PassClient(native)
            val calls = (1..100).map { launch(Dispatchers.Default) { client.profiles() } }
            calls.forEach { it.join() }
            val names = File("/proc/self/task").listFiles().orEmpty()
                .map { File(it, "comm").readText().trim() }
            assertTrue(names.count { it.startsWith("couchpass") } in 1..2, names.toString())
        }
    }

    private companion object {
        const val STATEMENT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln"
        const val RACES = 1000
        const val RACERS = 8
    }
}
