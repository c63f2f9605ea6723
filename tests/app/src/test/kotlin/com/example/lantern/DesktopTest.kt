package com.example.lantern

import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource

/** These tests run where an app's own do: on a desktop that knows neither Android nor Amazon. */
internal class DesktopTest {
    @ParameterizedTest
    @ValueSource(strings = ["android.content.Context", "com.amazon.ottssotokenlib.SSOEnabler"])
    fun `what only a device has is not here`(name: String) {
        assertThrows(ClassNotFoundException::class.java) { Class.forName(name) }
    }
}
