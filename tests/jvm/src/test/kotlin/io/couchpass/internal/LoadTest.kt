package io.couchpass.internal

import io.couchpass.PassException
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.net.URLClassLoader
import java.nio.file.Path

/** An app whose shrinker has thrown away what Rust looks for is told so when the library is loaded, and by name. */
internal class LoadTest {
    @Test
    fun `what is missing is named at load`(@TempDir directory: Path) {
        for (missing in listOf("NativeLog", "NativeFailure", "NativeCallbacks")) {
            val name = "io.couchpass.internal.$missing"
            val app = Without(name)
            withCopyOfLibrary(directory, missing) {
                // The second time it is not forgotten.
                repeat(2) {
                    val exception = assertThrows(Exception::class.java) { loadNative(app) }
                    // This app's own PassException, which is not the one of this test.
                    assertEquals(PassException::class.java.name, exception.javaClass.name)
                    val message = exception.message.orEmpty()
                    assertTrue(name in message && "consumer rules" in message, message)
                }
            }
        }
    }

    /** Loads the library's classes anew, without one of them. */
    private class Without(private val missing: String) :
        URLClassLoader(arrayOf(home(Native::class.java), home(Unit::class.java)), getPlatformClassLoader()) {
        override fun findClass(name: String): Class<*> =
            if (name == missing) throw ClassNotFoundException(name) else super.findClass(name)
    }

    private companion object {
        fun home(type: Class<*>) = type.protectionDomain.codeSource.location
    }
}
