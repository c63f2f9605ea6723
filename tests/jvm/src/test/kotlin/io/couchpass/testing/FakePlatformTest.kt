package io.couchpass.testing

import io.couchpass.platform.PlatformAnswer
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import kotlin.concurrent.thread

/** The platform that does as it is told. */
@Timeout(60)
internal class FakePlatformTest {
    private val heard = ArrayList<PlatformAnswer>()

    @Test
    fun `it says at once what it was told last`() {
        val platform = FakePlatform()
        val source = platform.source()
        source.ask(heard::add)
        platform.disable()
        source.ask(heard::add)
        platform.refuse(7, "not now")
        source.ask(heard::add)
        assertEquals(listOf(PlatformAnswer.LibraryAbsent, PlatformAnswer.Disabled, PlatformAnswer.Refused(7, "not now")), heard)
        assertEquals(3, platform.asks)
    }

    @Test
    fun `all who wait hear what ends its silence, once`() {
        val platform = FakePlatform().staySilent()
        platform.source().ask(heard::add)
        platform.source().ask(heard::add)
        platform.staySilent()
        assertEquals(emptyList<PlatformAnswer>(), heard)
        platform.breakDown("broken").removeLibrary()
        assertEquals(List(2) { PlatformAnswer.Unusable("broken") }, heard)
    }

    @Test
    fun `a client that is closed hears nothing, and the others do`() {
        val platform = FakePlatform().staySilent()
        val closed = platform.source().apply { ask { error("it is closed") } }
        platform.source().ask(heard::add)
        closed.close()
        platform.giveToken("a.b.c")
        assertEquals(1, heard.size)
    }

    @Test
    fun `a test waits until it was asked`() {
        val platform = FakePlatform()
        val asking = thread { repeat(3) { platform.source().ask {} } }
        platform.awaitAsked(3)
        assertEquals(3, platform.asks)
        asking.join()
    }

    @Test
    fun `it does not print its token`() {
        assertFalse("a.b.c" in FakePlatform().giveToken("a.b.c").toString())
    }
}
