package io.couchpass.testing

import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.net.URLClassLoader

/** Where a desktop finds the native library and the command. */
internal class NativeFilesTest {
    @TempDir
    lateinit var directory: File

    private val properties = HashMap(mapOf("os.name" to "Linux", "os.arch" to "amd64"))
    private val variables = HashMap<String, String>()

    private val files: NativeFiles by lazy {
        NativeFiles(properties::get, variables::get, URLClassLoader(arrayOf(directory.toURI().toURL()), null))
    }

    @Test
    fun `a property comes before a variable, and that before the class path`() {
        inJar("couchpass")
        val ofProperty = file("property")
        val ofVariable = file("variable")
        variables["COUCHPASS_COMMAND"] = ofVariable.path
        assertEquals(ofVariable.absoluteFile, files.command())
        properties["couchpass.command"] = ofProperty.path
        assertEquals(ofProperty.absoluteFile, files.command())
    }

    @Test
    fun `what the class path holds is copied once, and runs`() {
        val original = File(System.getProperty("couchpass.command"))
        original.copyTo(inJar("couchpass"), overwrite = true)
        val command = files.command()
        assertEquals(command, files.command())
        assertArrayEquals(original.readBytes(), command.readBytes())
        assertEquals(0, ProcessBuilder(command.path, "--version").start().waitFor())

        inJar("libcouchpass.so").writeText("a library")
        assertEquals("a library", files.library().readText())
        assertEquals("libcouchpass.so", files.library().name)
    }

    @Test
    fun `what is nowhere is told how to be had`() {
        val library = failure { files.library() }
        for (word in listOf("couchpass.native.library", "COUCHPASS_NATIVE_LIBRARY", "native/linux-x86_64/libcouchpass.so")) {
            assertTrue(word in library, library)
        }
        val build = "`cargo rustc --release --package couchpass-jni --lib --crate-type cdylib`"
        assertTrue(build in library && "libcouchpass_jni.so" in library, library)
        val command = failure { files.command() }
        assertTrue("couchpass.command" in command && "COUCHPASS_COMMAND" in command, command)
        assertTrue("`cargo build --release --package couchpass-cli`" in command, command)
    }

    @Test
    fun `a path that leads nowhere is told, and whose it is`() {
        properties["couchpass.native.library"] = "nowhere.so"
        val ofProperty = failure { files.library() }
        assertTrue("system property couchpass.native.library" in ofProperty && "nowhere.so" in ofProperty, ofProperty)
        variables["COUCHPASS_COMMAND"] = "nowhere"
        val ofVariable = failure { files.command() }
        assertTrue("variable COUCHPASS_COMMAND" in ofVariable, ofVariable)
    }

    private fun inJar(name: String): File = file("native/linux-x86_64/$name")

    private fun file(path: String): File = File(directory, path).apply {
        parentFile.mkdirs()
        writeText(path)
    }

    private fun failure(action: () -> Unit): String =
        assertThrows(IllegalStateException::class.java) { action() }.message.orEmpty()
}
