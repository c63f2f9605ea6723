package io.couchpass.amazon

import android.content.ContextWrapper
import io.couchpass.AmazonSso
import io.couchpass.platform.PlatformAnswer
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Path
import java.util.concurrent.Callable

/** Devices where Amazon's classes are missing, all of them or some. */
class NoLibraryTest {
    class AsksSynchronously : Callable<String> {
        override fun call() = asked(AmazonSso.Call.SYNCHRONOUS)
    }

    class AsksAsynchronously : Callable<String> {
        override fun call() = asked(AmazonSso.Call.ASYNCHRONOUS)
    }

    class LoadsTheCallback : Callable<String> {
        override fun call() = try {
            AmazonCallback {}.toString()
        } catch (error: NoClassDefFoundError) {
            error.javaClass.name
        }
    }

    @Test
    fun `no library is no library, and nothing of ours that needs it is loaded`() {
        for (asks in listOf(AsksSynchronously::class.java, AsksAsynchronously::class.java)) {
            val device = OtherDevice(library = null)
            assertEquals("LibraryAbsent", device.run(asks))
            assertTrue(device.hasLoaded(AmazonTokenSource::class.java))
            assertFalse(device.hasLoaded(AmazonLibrary::class.java))
            assertFalse(device.hasLoaded(AmazonCallback::class.java))
        }
    }

    @Test
    fun `whoever loads the callback on such a device meets an Error`() {
        assertEquals("java.lang.NoClassDefFoundError", OtherDevice(library = null).run(LoadsTheCallback::class.java))
    }

    @Test
    fun `a library without the callback's class still serves the synchronous call`(@TempDir folder: Path) {
        val library = libraryWith(folder, WITHOUT_CALLBACK)
        val device = OtherDevice(library)
        assertEquals("Refused(code=4, description=no)", device.run(AsksSynchronously::class.java))
        assertFalse(device.hasLoaded(AmazonCallback::class.java))
        assertEquals(
            "Unusable(why=the library cannot be used: java.lang.NoClassDefFoundError)",
            OtherDevice(library).run(AsksAsynchronously::class.java),
        )
    }

    private companion object {
        const val WITHOUT_CALLBACK = """
            public static SSOEnabler getInstance(Object context) { return new SSOEnabler(); }
            public Bundle getSSOTokenSync() { return new Bundle().with("ErrorCode", 4).with("ErrorDescription", "no"); }
            public Bundle getSSOTokenAsync() { return null; }
        """
    }
}

/** The answer as text: its type is another one outside. */
private fun asked(call: AmazonSso.Call): String {
    lateinit var answered: PlatformAnswer
    val loader = NoLibraryTest.LoadsTheCallback::class.java.classLoader
    AmazonTokenSource(ContextWrapper(null), AmazonSso(call), loader, Inline, { false }).ask { answered = it }
    return answered.toString()
}
