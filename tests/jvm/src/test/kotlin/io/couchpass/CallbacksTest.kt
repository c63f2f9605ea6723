package io.couchpass

import io.couchpass.testing.Fault
import io.couchpass.testing.Sandbox
import io.couchpass.testing.TestDevice
import io.couchpass.testing.TestStore
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeAll
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource
import java.io.File

/** Nobody is called back about a call that has ended, whatever is on its way; and whoever calls too late hears of it. */
@Timeout(60)
internal class CallbacksTest {
    private val looper = Looper()
    private val heard = mutableListOf<Any>()

    @ParameterizedTest
    @EnumSource
    fun `a success that is on its way does not arrive`(end: End) =
        endOnTheWay("authorize_decisions", open(store), Then.RELEASE, end) { authorize("LanternOne", recorder()) }

    @ParameterizedTest
    @EnumSource
    fun `a failure that is on its way does not arrive`(end: End) =
        endOnTheWay("authorize_decisions", open(store), Then.FAIL, end) { authorize("LanternOne", recorder()) }

    @ParameterizedTest
    @EnumSource
    fun `an event that is on its way does not arrive`(end: End) =
        endOnTheWay("create_session", open(), Then.RELEASE, end, SignInEvent.Checking) { signIn({ heard += it }) }

    @ParameterizedTest
    @EnumSource
    fun `the failure of a sign-in that is on its way does not arrive`(end: End) =
        endOnTheWay("create_session", open(), Then.FAIL, end, SignInEvent.Checking) { signIn({ heard += it }) }

    @ParameterizedTest
    @EnumSource
    fun `a request that is on its way does not arrive`(end: End) {
        val client = open()
        val callbacks = CallbackPassClient(client, looper)
        val call = callbacks.metrics { heard += it }
        runBlocking { client.providers() }
        val onItsWay = looper.next()
        end.of(call, callbacks)
        onItsWay.run()
        looper.runAll()
        assertEquals(emptyList<Any>(), heard)
        callbacks.close()
    }

    @Test
    fun `what is not ended does arrive`() {
        CallbackPassClient(open(), looper).use { client ->
            client.authorize("LanternOne", recorder())
            looper.runUntil { heard.isNotEmpty() }
            assertTrue((heard.single() as PassException).error is PassError.SignInAgain, heard.toString())
            heard.clear()
            client.signIn({ heard += it }, IMPOSSIBLE)
            looper.runUntil { heard.isNotEmpty() }
            assertTrue(heard.single() is SignInEvent.Failed, heard.toString())
        }
    }

    @Test
    fun `whoever calls a closed client hears so, on the executor`() {
        val client = CallbackPassClient(open(), looper)
        client.close()
        client.close()
        client.authorize("LanternOne", recorder())
        client.signIn({ heard += it })
        client.metrics { heard += it }
        assertEquals(emptyList<Any>(), heard, "not on the executor")
        looper.runUntil { heard.size == 2 }
        assertEquals(PassError.Cancelled, heard.filterIsInstance<PassException>().single().error)
        assertEquals(SignInEvent.Failed(PassError.Cancelled), heard.filterIsInstance<SignInEvent>().single())
        assertEquals(PassError.Cancelled, assertThrows(PassException::class.java) { client.newCode() }.error)
    }

    @Test
    fun `whoever calls a closed client may think better of it`() {
        val client = CallbackPassClient(open(), looper)
        client.close()
        client.authorize("LanternOne", recorder()).cancel()
        looper.runAll()
        assertEquals(emptyList<Any>(), heard)
    }

    /** Ends a call that has been told [first], when what it has come to then is posted, and before that is delivered. */
    private fun endOnTheWay(
        endpoint: String,
        passClient: PassClient,
        then: Then,
        end: End,
        vararg first: SignInEvent,
        begin: CallbackPassClient.() -> PassCall,
    ) = CallbackPassClient(passClient, looper).use { client ->
        val hold = "$endpoint-$then-$end"
        sandbox.fault(Fault.hold(hold).at(endpoint))
        val call = client.begin()
        looper.next().run()
        looper.runUntil { heard == first.toList() }
        sandbox.awaitHold(hold)
        if (then == Then.RELEASE) sandbox.release(hold) else passClient.close()
        val onItsWay = looper.next()
        end.of(call, client)
        onItsWay.run()
        looper.runAll()
        assertEquals(first.toList(), heard)
    }

    private fun open(store: TestStore? = null): PassClient = TestDevice().open(sandbox.config(), store)

    private fun recorder() = object : PassCallback<Any> {
        override fun onSuccess(value: Any) {
            heard += value
        }

        override fun onFailure(exception: PassException) {
            heard += exception
        }
    }

    internal enum class Then { RELEASE, FAIL }

    internal enum class End(val of: (PassCall, CallbackPassClient) -> Unit) {
        CANCEL({ call, _ -> call.cancel() }),
        CLOSE({ _, client -> client.close() }),
    }

    companion object {
        private val IMPOSSIBLE = SignInWith.Browser("Northwind", "lantern.example", "done")
        private val sandbox = Sandbox.start()

        // One app throughout: it signs in once, which leaves more of Adobe's rate for the rest.
        private lateinit var store: TestStore

        @BeforeAll
        @JvmStatic
        fun `the viewer is signed in`(@TempDir directory: File) {
            store = TestStore(directory)
            TestDevice().open(sandbox.config(), store).use { sandbox.signIn(it) }
        }

        @AfterAll
        @JvmStatic
        fun `the sandbox is closed`() = sandbox.close()
    }
}
