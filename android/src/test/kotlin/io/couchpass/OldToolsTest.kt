package io.couchpass

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import java.io.DataInputStream

/** What the build promises to apps whose tools are older than ours. */
class OldToolsTest {
    private val type = AmazonSso::class.java

    @Test
    fun `a Kotlin compiler two minor versions behind ours reads the library`() {
        val version = type.getAnnotation(Metadata::class.java).metadataVersion.take(2)
        assertEquals(listOf(2, 1), version)
    }

    @Test
    fun `the bytecode is that of Java 8`() {
        val major = DataInputStream(type.getResourceAsStream("AmazonSso.class")).use {
            it.skipBytes(6)
            it.readUnsignedShort()
        }
        assertEquals(52, major)
    }
}
