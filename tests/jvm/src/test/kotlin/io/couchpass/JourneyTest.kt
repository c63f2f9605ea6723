package io.couchpass

import io.couchpass.testing.FakePlatform
import io.couchpass.testing.Sandbox
import io.couchpass.testing.TestDevice
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource

/** From the first start to the sign-out, on both APIs, through all of the layers. */
internal class JourneyTest {
    @ParameterizedTest
    @EnumSource
    fun `a viewer signs in by code, watches and signs out`(api: PassApi) = runBlocking {
        Sandbox.start().use { sandbox ->
            TestDevice().open(sandbox.config(api)).use { client ->
                val events = client.signIn().onEach { if (it is SignInEvent.Code) sandbox.approve(it.code) }.toList()
                assertEquals(SignInEvent.Checking, events.first())
                val signedIn = events.last() as SignInEvent.SignedIn
                assertEquals("Northwind", signedIn.profile.mvpd)
                assertEquals(ProfileType.REGULAR, signedIn.profile.type)
                assertEquals(listOf(signedIn.profile), client.profiles())

                val permit = client.authorize("LanternOne")
                assertTrue(permit.authorized)
                assertNotNull(permit.mediaToken)
                assertNull(permit.denial)

                client.signOut()
                val exception = assertThrows(PassException::class.java) { runBlocking { client.authorize("LanternOne") } }
                assertTrue(exception.error is PassError.SignInAgain, exception.toString())
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    fun `a platform token signs in without a code`(api: PassApi) = runBlocking {
        Sandbox.start().use { sandbox ->
            val device = TestDevice(FakePlatform().giveToken(sandbox.platformToken("living-room")))
            // The first app of the device, with a code.
            device.open(sandbox.config(api)).use { first ->
                first.signIn().onEach { if (it is SignInEvent.Code) sandbox.approve(it.code) }.toList()
            }
            // The second, with another device id, since it has a store of its own.
            device.open(sandbox.config(api)).use { second ->
                val events = second.signIn().toList()
                assertTrue(events.none { it is SignInEvent.Code }, events.toString())
                assertTrue(events.last() is SignInEvent.SignedIn, events.toString())
                assertEquals(SsoOutcome.Sent(honoured = true), second.ssoReport().outcome)
                assertTrue(second.authorize("LanternOne").authorized)
            }
        }
    }
}
