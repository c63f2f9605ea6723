package io.couchpass.platform

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.util.concurrent.CyclicBarrier
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread

class AskersTest {
    @Test
    fun `whoever asks is answered once, however asking and answering meet`() {
        repeat(200) {
            val askers = Askers()
            val together = CyclicBarrier(4)
            val told = List(2) { AtomicInteger() }
            val asked = AtomicInteger()
            val all = told.map { mine ->
                thread {
                    together.await()
                    if (askers.add { mine.incrementAndGet() }) asked.incrementAndGet()
                }
            } + List(2) {
                thread {
                    together.await()
                    askers.answer(PlatformAnswer.Token("token"))
                }
            }
            all.forEach(Thread::join)
            assertTrue(asked.get() <= 2)
            askers.answer(PlatformAnswer.LibraryAbsent)
            told.forEach { assertEquals(1, it.get()) }
        }
    }

    @Test
    fun `who asks from within an answer asks anew`() {
        val askers = Askers()
        var first: Boolean? = null
        askers.add { first = askers.add {} }
        askers.answer(PlatformAnswer.LibraryAbsent)
        assertEquals(true, first)
    }
}
