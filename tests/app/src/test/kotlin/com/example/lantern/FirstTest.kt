package com.example.lantern

import io.couchpass.SignInEvent
import io.couchpass.testing.Sandbox
import io.couchpass.testing.TestDevice
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class FirstTest {
    @Test
    fun `a viewer signs in by code and watches`() = runBlocking {
        Sandbox.start().use { sandbox ->
            TestDevice().open(sandbox.config()).use { client ->
                client.signIn().collect { event -> if (event is SignInEvent.Code) sandbox.approve(event.code) }
                assertTrue(client.authorize("LanternOne").authorized)
            }
        }
    }
}
