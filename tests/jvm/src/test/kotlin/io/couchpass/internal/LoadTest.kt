package io.couchpass.internal

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
            val error = withCopyOfLibrary(directory, missing) {
                assertThrows(UnsatisfiedLinkError::class.java) {
                    Class.forName("io.couchpass.internal.Native", true, Without(name))
                }
            }
            assertTrue(name in error.message.orEmpty() && "consumer rules" in error.message.orEmpty(), error.toString())
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
