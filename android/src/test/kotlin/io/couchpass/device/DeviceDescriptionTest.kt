package io.couchpass.device

import android.net.ConnectivityManager
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

class DeviceDescriptionTest {
    private val stick = SystemFacts(
        model = "AFTKA",
        manufacturer = "Amazon",
        brand = "Amazon",
        device = "kara",
        release = "9",
        isFireTv = true,
        connection = ConnectivityManager.TYPE_WIFI,
        displayWidth = 1920,
        displayHeight = 1080,
        applicationId = "com.example.tv",
    )

    @Test
    fun `a Fire TV stick`() {
        val expected = mapOf(
            "model" to "AFTKA",
            "osName" to "Android",
            "osVersion" to "9",
            "version" to "kara",
            "connectionType" to "WIFI",
            "osFamily" to "Android",
            "osVendor" to "Amazon",
            "manufacturer" to "Amazon",
            "vendor" to "Amazon",
            "applicationId" to "com.example.tv",
            "displayWidth" to "1920",
            "displayHeight" to "1080",
        )
        assertEquals(expected, DeviceDescription.of(stick))
    }

    @Test
    fun `a television with Fire OS inside runs Amazon's system, whoever made it`() {
        val television = DeviceDescription.of(stick.copy(manufacturer = "Hisense", brand = "Toshiba"))
        assertEquals(listOf("Amazon", "Hisense", "Toshiba"), listOf("osVendor", "manufacturer", "vendor").map(television::get))
    }

    @Test
    fun `a device that says little still has all that Adobe demands`() {
        val mute = SystemFacts(null, "unknown", "", " ", null, isFireTv = false, null, 0, 0, null)
        val expected = mapOf(
            "model" to "unknown",
            "osName" to "Android",
            "osVersion" to "unknown",
            "version" to "unknown",
            "connectionType" to "notAccessible",
            "osFamily" to "Android",
        )
        assertEquals(expected, DeviceDescription.of(mute))
    }

    @Test
    fun `connections by Adobe's names`() {
        fun type(connection: Int?) = DeviceDescription.of(stick.copy(connection = connection))["connectionType"]
        assertEquals("ETHERNET", type(ConnectivityManager.TYPE_ETHERNET))
        assertEquals("notAccessible", type(ConnectivityManager.TYPE_VPN))
        assertEquals("notAccessible", type(null))
    }
}
