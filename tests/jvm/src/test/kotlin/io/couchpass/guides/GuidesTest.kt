package io.couchpass.guides

import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.TestFactory
import java.io.File

/** The examples of the guides in `docs/` compile, because each is a piece of a source beside this one. */
internal class GuidesTest {
    @TestFactory
    fun `every example compiles`(): List<DynamicTest> = listOf(
        Triple("integrating.md", "kotlin", "src/test/kotlin/io/couchpass/guides/Snippets.kt"),
        Triple("integrating.md", "java", "src/test/java/io/couchpass/guides/JavaSnippets.java"),
    ).flatMap { (guide, language, source) ->
        val compiled = lines(File(source).readText())
        val blocks = blocks(File("../../docs/$guide").readText(), language)
        check(blocks.size >= 2) { "$guide has lost its examples in $language" }
        blocks.map { block ->
            dynamicTest("$guide: ${block.first()}") {
                assertTrue(compiled.windowed(block.size).any { it == block }) {
                    "add this to $source as it stands:\n${block.joinToString("\n")}"
                }
            }
        }
    }

    private fun blocks(guide: String, language: String): List<List<String>> =
        guide.split("```$language\n").drop(1).map { lines(it.substringBefore("```")) }

    /** Without indentation, which depends on where a text stands. */
    private fun lines(text: String): List<String> = text.lines().map { it.trim() }.filter { it.isNotEmpty() }
}
