package io.couchpass.device

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Test

class InitialDeviceIdTest {
    @Test
    fun `the id is the SHA-256 of ANDROID_ID, as Adobe advises`() {
        val id = InitialDeviceId.of { "abc" }
        assertEquals("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", id?.value)
        assertEquals(InitialDeviceId.Origin.HASHED_ANDROID_ID, id?.origin)
    }

    @Test
    fun `it does not print itself`() {
        assertEquals("InitialDeviceId(HASHED_ANDROID_ID, redacted)", InitialDeviceId.of { "abc" }.toString())
    }

    @Test
    fun `an ANDROID_ID that is missing or not this device's own gives none`() {
        for (unfit in listOf(null, "", "  ", "0000000000000000", "9774d56d682e549c")) {
            assertNull(InitialDeviceId.of { unfit }, "$unfit")
        }
    }

    @Test
    fun `settings that cannot be read give none`() {
        assertNull(InitialDeviceId.of { throw SecurityException("planted") })
    }
}
