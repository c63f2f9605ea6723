package io.couchpass.examples

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory
import java.io.File

/** The examples of the API's documentation and of the guides are pieces of the sources here and in `tests/app`: they compile, and most are run. */
internal class DocumentationTest {
    private val repository = File(System.getProperty("couchpass.repository"))
    private val api = LIBRARIES.flatMap { sources(it) }
    private val code = SOURCES.flatMap { sources(it) }.map { it.readText().code() }

    @TestFactory
    fun `each example of the API is code`(): List<DynamicTest> = api.flatMap { file ->
        file.examples().map { example -> isCode(file.name, example.code { it.trim().removePrefix("*") }) }
    }

    @TestFactory
    fun `each example of the guides is code`(): List<DynamicTest> = GUIDES.flatMap { (guide, atLeast) ->
        val examples = EXAMPLE.findAll(File(repository, guide).readText())
            .filter { it.groupValues[1] in LANGUAGES }.map { it.groupValues[2].code() }.toList()
        check(examples.size >= atLeast) { "$guide has lost its examples" }
        examples.map { isCode(guide, it) }
    }

    @Test
    fun `each entry point has an example`() {
        val with = api.filter { it.examples().isNotEmpty() }.map { it.nameWithoutExtension }.toSet()
        assertEquals(emptySet<String>(), ENTRY_POINTS - with)
    }

    private fun isCode(where: String, example: String): DynamicTest = dynamicTest("$where: ${example.trim().lines().first()}") {
        assertTrue(example.isNotBlank() && code.any { example in it }) { "$where: no source in $SOURCES has$example" }
    }

    private fun File.examples(): List<String> = EXAMPLE.findAll(readText()).map { it.groupValues[2] }.toList()

    private fun sources(path: String): List<File> =
        File(repository, path).walk().filter { it.extension in setOf("kt", "java") }.sorted().toList()

    /** The lines as code alone: without indents and blank lines. Whole lines, so a piece of one is not found. */
    private fun String.code(strip: (String) -> String = { it }): String =
        lines().map { strip(it).trim() }.filter { it.isNotEmpty() }.joinToString("\n", prefix = "\n", postfix = "\n")

    private companion object {
        val EXAMPLE = Regex("```([a-z]*)\n(.*?)```", RegexOption.DOT_MATCHES_ALL)
        val LANGUAGES = setOf("kotlin", "java")
        val SOURCES = listOf("tests/jvm/src/test", "tests/app/src/test")
        val LIBRARIES = listOf("android/src/main/kotlin", "android/testing/src/main/kotlin")

        /** With how many examples each has at least. */
        val GUIDES = mapOf(
            "README.md" to 1,
            "docs/integrating.md" to 12,
            "docs/testing-your-app.md" to 5,
            "docs/migrating-from-accessenabler.md" to 8,
            "docs/migrating-from-v1.md" to 3,
        )

        /** The files in which an app begins with something. */
        val ENTRY_POINTS = setOf(
            "AmazonSso",
            "CallbackPassClient",
            "FakePlatform",
            "Fault",
            "PassClient",
            "PassClients",
            "PassConfig",
            "PassException",
            "PassLog",
            "Sandbox",
            "SignIn",
            "TestDevice",
            "TestStore",
        )
    }
}
