package io.couchpass.internal

import io.couchpass.PassClient
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import proguard.Configuration
import proguard.ConfigurationParser
import proguard.ProGuard
import java.io.File
import java.lang.reflect.Modifier
import java.net.URLClassLoader
import java.nio.file.Files
import java.nio.file.Path

/** An app that is shrunk, optimised and renamed: with the consumer rules the native library finds what it looks for. */
internal class ShrunkTest {
    @Test
    fun `what Rust looks up survives the rules`(@TempDir directory: Path) {
        val shrunk = shrink(directory, File(System.getProperty("couchpass.rules")).readText())
        withCopyOfLibrary(directory) {
            val app = loader(shrunk)
            // Loading it looks everything up, and calls the first export.
            loadNative(app)
            assertEquals(natives(Native::class.java), natives(app.loadClass("io.couchpass.internal.Native")))
        }
        val callback = Class.forName("io.couchpass.amazon.AmazonCallback", false, loader(shrunk, stub()))
        val heard = callback.declaredMethods.map { it.name }
        assertTrue(heard.containsAll(listOf("getSSOTokenSuccess", "getSSOTokenFailure")), heard.toString())
    }

    @Test
    fun `without the rules it does not, and the app is told what is missing`(@TempDir directory: Path) {
        val natives = "-keep class io.couchpass.internal.Native { native <methods>; }\n-dontwarn com.amazon.**"
        assertRefused("io.couchpass.internal.NativeCallbacks", directory.resolve("looked-up"), natives)
        val lookedUp = """
            -keep @io.couchpass.internal.CalledFromNative class * {
                @io.couchpass.internal.CalledFromNative <init>(...);
                @io.couchpass.internal.CalledFromNative <methods>;
            }
            -dontwarn com.amazon.**
        """
        assertRefused("void io.couchpass.", directory.resolve("exported"), lookedUp)
    }

    private fun assertRefused(missing: String, directory: Path, rules: String) {
        Files.createDirectory(directory)
        val app = loader(shrink(directory, rules))
        val message = withCopyOfLibrary(directory) { assertThrows(Exception::class.java) { loadNative(app) } }.message.orEmpty()
        assertTrue("there is no libcouchpass.so" in message && missing in message, message)
    }

    /** An app that uses the client and nothing else, as its release build has it. */
    private fun shrink(directory: Path, rules: String): File {
        val shrunk = directory.resolve("shrunk.jar").toFile()
        val said = directory.resolve("rules.pro").toFile()
        said.writeText(
            """
            -injars '${home(PassClient::class.java)}'
            -outjars '$shrunk'
            -libraryjars '${System.getProperty("java.home")}/jmods/java.base.jmod'(!**.jar;!module-info.class)
            ${libraries().joinToString("\n") { "-libraryjars '$it'" }}
            -keep class io.couchpass.PassClient { public *; }
            # Where this test begins.
            -keep class io.couchpass.internal.NativeLibrary { void load(); ** INSTANCE; }
            -keepattributes *Annotation*,InnerClasses,Signature
            -dontnote
            $rules
            """.trimIndent(),
        )
        val configuration = Configuration()
        ConfigurationParser(arrayOf("@$said"), System.getProperties()).use { it.parse(configuration) }
        ProGuard(configuration).execute()
        assertTrue(shrunk.length() < size(home(PassClient::class.java)), "nothing was shrunk")
        return shrunk
    }

    private fun size(home: File): Long = home.walk().filter { it.isFile }.sumOf { it.length() }

    private fun natives(type: Class<*>): List<String> =
        type.declaredMethods.filter { Modifier.isNative(it.modifiers) }.map { it.name }.sorted()

    private fun loader(vararg jars: File): ClassLoader {
        val all = jars.toList() + libraries()
        return URLClassLoader(all.map { it.toURI().toURL() }.toTypedArray(), ClassLoader.getPlatformClassLoader())
    }

    private fun libraries(): List<File> = System.getProperty("java.class.path").split(File.pathSeparator).map(::File)
        .filter { file -> LIBRARIES.any { it in file.name } }

    private fun stub(): File = File(System.getProperty("couchpass.stub"))

    private fun home(type: Class<*>): File = File(type.protectionDomain.codeSource.location.toURI())

    private companion object {
        val LIBRARIES = listOf("kotlin-stdlib", "kotlinx-coroutines-core-jvm", "annotations-", "android-all")
    }
}
