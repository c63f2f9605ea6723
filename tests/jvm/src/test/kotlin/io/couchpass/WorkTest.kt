package io.couchpass

import io.couchpass.testing.Sandbox
import io.couchpass.testing.TestDevice
import io.couchpass.testing.TestStore
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.io.TempDir
import java.io.File

/** What becomes of the work behind a coroutine, a screen and a process that go away. */
@Timeout(60)
internal class WorkTest {
    @Test
    fun `a coroutine that is cancelled takes its request back`() = runBlocking {
        Sandbox.start().use { sandbox ->
            TestDevice().open(sandbox.config()).use { client ->
                sandbox.hold("configuration")
                val call = launch(Dispatchers.Default) { client.providers() }
                sandbox.awaitHold("configuration")
                call.cancelAndJoin()
                // Nobody releases it: it ends because the client has hung up.
                sandbox.awaitEnd("configuration")
            }
        }
        Unit
    }

    @Test
    fun `a screen that is made anew shows the same code`() = runBlocking {
        Sandbox.start().use { sandbox ->
            TestDevice().open(sandbox.config()).use { client ->
                val first = client.signIn().first { it is SignInEvent.Code }
                val second = client.signIn().first { it is SignInEvent.Code }
                assertEquals(first, second)
                val left = (second as SignInEvent.Code).timeLeftMillis
                assertTrue(left in 1..30 * 60_000, "$left")
                client.cancelSignIn()
                assertEquals(1, sandbox.requests().count { it == "create_session" })
            }
        }
    }

    @Test
    fun `whoever has signed in is known to the next client over the store`(@TempDir directory: File) = runBlocking {
        val store = TestStore(directory)
        Sandbox.start().use { sandbox ->
            TestDevice().open(sandbox.config(), store).use { client ->
                client.signIn().onEach { if (it is SignInEvent.Code) sandbox.approve(it.code) }.toList()
            }
            TestDevice().open(sandbox.config(), store).use { client ->
                assertEquals(listOf("Northwind"), client.profiles().map { it.mvpd })
                assertTrue(client.authorize("LanternOne").authorized)
                assertEquals(1, sandbox.requests().count { it == "register" })
            }
        }
    }

    @Test
    fun `a deny is an answer with the provider's words`() = runBlocking {
        Sandbox.start().use { sandbox ->
            TestDevice().open(sandbox.config()).use { client ->
                client.signIn().onEach { if (it is SignInEvent.Code) sandbox.approve(it.code, "basic") }.toList()
                val items = client.preauthorize(listOf("LanternNews", "LanternCinema"))
                assertEquals(listOf("LanternNews", "LanternCinema"), items.map { it.resource })
                val denied = items.first { !it.authorized }.resource
                val decision = client.authorize(denied)
                assertFalse(decision.authorized)
                assertTrue(decision.denial?.message.orEmpty().isNotEmpty(), decision.toString())
                assertTrue(client.userMetadata().values.isNotEmpty())
            }
        }
    }
}
