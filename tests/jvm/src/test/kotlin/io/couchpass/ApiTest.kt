package io.couchpass

import org.jetbrains.kotlin.abi.tools.AbiFilters
import org.jetbrains.kotlin.abi.tools.AbiTools
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Assertions.fail
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.nio.file.Path

/**
 * What apps can name is what `android/api/couchpass.api` lists, in the format of Kotlin's own tools: a name that goes or changes
 * breaks apps that are compiled already, and one that comes has come to stay. So a change of it is a change of that file.
 */
internal class ApiTest {
    private val kept = File(System.getProperty("couchpass.api"))
    private val tools = AbiTools.getInstance()
    private val dump: String = StringBuilder().also {
        tools.printJvmDump(
            it,
            listOf(File(PassClient::class.java.protectionDomain.codeSource.location.toURI())),
            AbiFilters.EMPTY,
        )
    }.toString()

    @Test
    fun `the public names are the ones that were agreed on`(@TempDir directory: Path) {
        if (System.getenv("UPDATE_API") != null) kept.apply { parentFile.mkdirs() }.writeText(dump)
        val now = directory.resolve("couchpass.api").toFile().apply { writeText(dump) }
        val difference = tools.filesDiff(kept, now) ?: return
        fail<Unit>(
            "the public API is not what android/api/couchpass.api lists. If that is meant, write the file again with " +
                "UPDATE_API=1 ./test jvm, and look at the change: what is gone breaks apps.\n$difference",
        )
    }

    @Test
    fun `what the library keeps to itself is not among them`() {
        val packages = Regex("io/couchpass/(\\w+)/").findAll(dump).map { it.groupValues[1] }.toSet()
        assertTrue(packages.isEmpty(), "a package of the library's own is public: $packages")
        // A property more would change both of these, and so break apps for which nothing has changed.
        assertTrue(" copy (" !in dump && "copy\$default" !in dump, "a class can be copied with all of its properties")
        assertTrue("DefaultConstructorMarker" !in dump, "a constructor has defaults, or is private and called all the same")
    }
}
