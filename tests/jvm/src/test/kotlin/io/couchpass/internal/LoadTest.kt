package io.couchpass.internal

import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.net.URLClassLoader
import java.nio.file.Path

/** An app whose shrinker has thrown away what Rust looks for is told so when the library is loaded, and by name. */
internal class LoadTest {
    @Test
    fun `what is missing is named at load`(@TempDir directory: Path) {
        for (missing in listOf("NativeLog", "NativeFailure", "NativeCallbacks")) {
            val name = "io.couchpass.internal.$missing"
            // A library belongs to one class loader, so each gets its own copy.
            val library = File(System.getProperty(NativeLibrary.PATH_PROPERTY)).copyTo(directory.resolve("$missing.so").toFile())
            val error = withLibrary(library.path) {
                assertThrows(UnsatisfiedLinkError::class.java) {
                    Class.forName("io.couchpass.internal.Native", true, Without(name))
                }
            }
            assertTrue(name in error.message.orEmpty() && "consumer rules" in error.message.orEmpty(), error.toString())
        }
    }

    private fun <T> withLibrary(path: String, action: () -> T): T {
        val before = System.setProperty(NativeLibrary.PATH_PROPERTY, path)
        try {
            return action()
        } finally {
            System.setProperty(NativeLibrary.PATH_PROPERTY, before)
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
