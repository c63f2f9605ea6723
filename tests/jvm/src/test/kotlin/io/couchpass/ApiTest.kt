package io.couchpass

import io.couchpass.testing.Sandbox
import org.jetbrains.kotlin.abi.tools.AbiFilters
import org.jetbrains.kotlin.abi.tools.AbiTools
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Assertions.fail
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource
import java.io.File
import java.nio.file.Path

/**
 * What apps and their tests can name is what `android/api` lists, in the format of Kotlin's own tools: a name that goes or changes
 * breaks apps that are compiled already, and one that comes has come to stay. So a change of it is a change of a file there.
 */
internal class ApiTest {
    private val tools = AbiTools.getInstance()

    @ParameterizedTest
    @EnumSource
    fun `the public names are the ones that were agreed on`(artifact: Artifact, @TempDir directory: Path) {
        val kept = File(System.getProperty("couchpass.repository"), "android/api/${artifact.file}")
        if (System.getenv("UPDATE_API") != null) kept.apply { parentFile.mkdirs() }.writeText(dump(artifact))
        val now = directory.resolve(artifact.file).toFile().apply { writeText(dump(artifact)) }
        val difference = tools.filesDiff(kept, now) ?: return
        fail<Unit>(
            "the public API is not what android/api/${artifact.file} lists. If that is meant, write the file again with " +
                "UPDATE_API=1 ./test jvm, and look at the change: what is gone breaks apps.\n$difference",
        )
    }

    @Test
    fun `what the library keeps to itself is not among them`() {
        val packages = Regex("io/couchpass/(\\w+)/").findAll(dump(Artifact.LIBRARY)).map { it.groupValues[1] }.toSet()
        assertTrue(packages.isEmpty(), "a package of the library's own is public: $packages")
    }

    @ParameterizedTest
    @EnumSource
    fun `a property more breaks nobody`(artifact: Artifact) {
        val dump = dump(artifact)
        assertTrue(" copy (" !in dump && "copy\$default" !in dump, "a class can be copied with all of its properties")
        if (artifact == Artifact.TESTING) return
        assertTrue("DefaultConstructorMarker" !in dump, "a constructor has defaults, or is private and called all the same")
    }

    private fun dump(artifact: Artifact): String = StringBuilder().also {
        tools.printJvmDump(it, listOf(File(artifact.type.protectionDomain.codeSource.location.toURI())), AbiFilters.EMPTY)
    }.toString()

    internal enum class Artifact(val file: String, val type: Class<*>) {
        LIBRARY("couchpass.api", PassClient::class.java),

        /** It is compiled anew with each test of an app, so defaults may come and go. */
        TESTING("couchpass-testing.api", Sandbox::class.java),
    }
}
