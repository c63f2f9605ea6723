package io.couchpass.testing

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.File

/** The examples of the documentation are pieces of tests: what stands there compiles, runs, and is true. */
internal class ExamplesTest {
    private val repository = File(System.getProperty("couchpass.repository"))
    private val artifact = sources("android/testing/src/main/kotlin")

    private val tests = sources("tests/jvm/src/test").map { it.code() }

    @Test
    fun `each example of the API is in a test`() {
        val examples = artifact.flatMap { file ->
            EXAMPLE.findAll(file.readText()).map { file.name to it.groupValues[2].code { line -> line.trim().removePrefix("*") } }
        }
        assertRun(examples)
        assertTrue(examples.size >= 10, "only ${examples.size} examples were found")
    }

    @Test
    fun `each Kotlin and Java example of the guide is in a test`() {
        val examples = EXAMPLE.findAll(File(repository, GUIDE).readText())
            .filter { it.groupValues[1] in setOf("kotlin", "java") }
            .map { GUIDE to it.groupValues[2].code() }.toList()
        assertRun(examples)
        assertTrue(examples.size >= 5, "only ${examples.size} examples were found")
    }

    @Test
    fun `each class that an app makes has an example`() {
        val without = artifact.map { it.readText() }.filter { PUBLIC_CLASS.containsMatchIn(it) && !EXAMPLE.containsMatchIn(it) }
        assertEquals(emptyList<String>(), without)
    }

    private fun assertRun(examples: List<Pair<String, String>>) {
        for ((where, example) in examples) {
            assertTrue(example.isNotBlank() && tests.any { example in it }, "$where: no test holds\n$example")
        }
    }

    private fun sources(path: String): List<File> =
        File(repository, path).walk().filter { it.extension in setOf("kt", "java") }.sorted().toList()

    private fun File.code(): String = readText().code()

    /** The lines as code alone: without indents and blank lines. Whole lines, so a piece of one is not found. */
    private fun String.code(strip: (String) -> String = { it }): String =
        lines().map { strip(it).trim() }.filter { it.isNotEmpty() }.joinToString("\n", prefix = "\n", postfix = "\n")

    private companion object {
        const val GUIDE = "docs/testing-your-app.md"
        val EXAMPLE = Regex("```([a-z]*)\n(.*?)```", RegexOption.DOT_MATCHES_ALL)
        val PUBLIC_CLASS = Regex("^public class ", RegexOption.MULTILINE)
    }
}
