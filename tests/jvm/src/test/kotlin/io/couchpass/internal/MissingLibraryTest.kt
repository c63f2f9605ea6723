package io.couchpass.internal

import io.couchpass.PassError
import io.couchpass.PassException
import io.couchpass.PassLog
import io.couchpass.testing.Sandbox
import io.couchpass.testing.TestDevice
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.nio.file.Path
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit

/** An app without the native library is told so each time it asks, and a JVM that finds it later is none the worse. */
@Timeout(60)
internal class MissingLibraryTest {
    private val library = System.getProperty(NativeLibrary.PATH_PROPERTY)

    @AfterEach
    fun `the log is as it was`() {
        PassLog.level = PassLog.Level.OFF
        PassLog.listener = null
        System.setProperty(NativeLibrary.PATH_PROPERTY, library)
    }

    // One test, as a library that is loaded stays so.
    @Test
    fun `it is said in the same words each time, until another place is named`(@TempDir directory: Path) {
        val lines = LinkedBlockingQueue<String>()
        PassLog.listener = PassLog.Listener { _, _, line -> lines += line }
        System.clearProperty(NativeLibrary.PATH_PROPERTY)
        // An app may begin with the log; on a desktop nobody has said by then where the library is.
        PassLog.level = PassLog.Level.DEBUG

        val inTheApk = refusal()
        assertTrue("libcouchpass.so for ${System.getProperty("os.arch")}" in inTheApk, inTheApk)
        assertTrue("armeabi-v7a" in inTheApk && "consumer rules" in inTheApk, inTheApk)
        assertEquals(inTheApk, refusal())

        val place = directory.resolve("libcouchpass.so").toFile()
        System.setProperty(NativeLibrary.PATH_PROPERTY, place.path)
        val atAPlace = refusal()
        assertNotEquals(inTheApk, atAPlace)
        assertTrue(place.path in atAPlace && NativeLibrary.PATH_PROPERTY in atAPlace, atAPlace)
        File(library).copyTo(place)
        assertEquals(atAPlace, refusal())

        System.setProperty(NativeLibrary.PATH_PROPERTY, library)
        Sandbox.start().use { sandbox ->
            TestDevice().open(sandbox.config()).use { client -> runBlocking { client.providers() } }
        }
        // Android's library tells the system, and no listener.
        val isTold = System.getProperty("couchpass.log") == "listener"
        if (isTold) assertTrue(lines.poll(20, TimeUnit.SECONDS) != null, "the level from before is forgotten")
    }

    private fun refusal(): String {
        val exception = assertThrows(PassException::class.java) { NativeLibrary.load() }
        assertTrue(exception.error is PassError.FixConfiguration, exception.toString())
        return exception.message.orEmpty()
    }
}
