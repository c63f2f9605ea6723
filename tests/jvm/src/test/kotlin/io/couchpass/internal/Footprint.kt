package io.couchpass.internal

import org.junit.jupiter.api.Assertions.assertTrue
import java.io.File
import java.lang.management.ManagementFactory
import java.util.concurrent.TimeUnit
import javax.management.ObjectName

/**
 * What this process holds, on both sides of the boundary.
 *
 * @property handles what Kotlin holds of Rust.
 * @property calls what Kotlin waits for.
 * @property tasks what goes on in Rust.
 * @property globals what Rust, and the JVM itself, hold of Java's objects: the JVM's own count of global references.
 * @property rustThreads threads that Rust has named.
 * @property threads all threads, the JVM's own too.
 * @property descriptors files and sockets.
 * @property rustBlocks allocations of Rust's.
 * @property rustBytes bytes in them.
 * @property javaBytes bytes of Java's that a collection has left.
 * @property residentBytes memory of the process that is not swapped out.
 */
internal data class Footprint(
    val handles: Int,
    val calls: Int,
    val tasks: Int,
    val globals: Int,
    val rustThreads: Int,
    val threads: Int,
    val descriptors: Int,
    val rustBlocks: Long,
    val rustBytes: Long,
    val javaBytes: Long,
    val residentBytes: Long,
) {
    private fun growthSince(before: Footprint, pieces: Int): List<Growth> {
        val few = pieces / 100
        return listOf(
            Growth("handles", handles - before.handles, 0),
            Growth("calls", calls - before.calls, 0),
            Growth("tasks", tasks - before.tasks, 0),
            Growth("global references", globals - before.globals, minOf(few, 16)),
            Growth("Rust's threads", rustThreads, 2),
            Growth("threads", threads - before.threads, minOf(few, 8)),
            Growth("descriptors", descriptors - before.descriptors, 0),
            Growth("Rust's allocations", rustBlocks - before.rustBlocks, few),
            Growth("Rust's bytes", rustBytes - before.rustBytes, few * 1024),
            Growth("Java's bytes", javaBytes - before.javaBytes, pieces * 200),
            Growth("resident bytes", residentBytes - before.residentBytes, 32 * 1024 * 1024),
        )
    }

    private class Growth(val what: String, by: Number, bound: Number) {
        val by = by.toLong()
        val isTooMuch = this.by > bound.toLong()

        override fun toString(): String = "$what $by"
    }

    companion object {
        /**
         * Fails if more is held than [before] some [pieces] of work. What is about to be given back has a moment; a leak does not
         * go away in it.
         *
         * What may be more is what comes and goes by itself: a few threads and references of the JVM's own, pages that an allocator
         * keeps, a table that has doubled. One thing more in a hundred pieces of work is too much by each of the bounds.
         */
        fun assertNoGrowth(before: Footprint, pieces: Int) {
            val end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20)
            var growth = atRest().growthSince(before, pieces)
            while (growth.any { it.isTooMuch } && System.nanoTime() < end) growth = atRest().growthSince(before, pieces)
            println("more after $pieces: $growth")
            assertTrue(growth.none { it.isTooMuch }, growth.toString())
        }

        /** As soon as nothing goes on any more. */
        fun atRest(): Footprint {
            eventually("all handles are closed") { NativeTesting.handles() == 0 }
            eventually("all calls are answered") { NativeTesting.calls() == 0 }
            eventually("all tasks have ended") { NativeTesting.tasks() == 0 }
            System.gc()
            return Footprint(
                handles = NativeTesting.handles(),
                calls = NativeTesting.calls(),
                tasks = NativeTesting.tasks(),
                globals = globals(),
                rustThreads = threads().count { it.startsWith("couchpass") },
                threads = threads().size,
                descriptors = File("/proc/self/fd").list().orEmpty().size,
                rustBlocks = NativeTesting.heapBlocks(),
                rustBytes = NativeTesting.heapBytes(),
                javaBytes = ManagementFactory.getMemoryMXBean().heapMemoryUsage.used,
                residentBytes = resident(),
            )
        }

        private fun globals(): Int {
            val threads = ManagementFactory.getPlatformMBeanServer().invoke(
                ObjectName("com.sun.management:type=DiagnosticCommand"),
                "threadPrint",
                arrayOf<Any>(emptyArray<String>()),
                arrayOf(Array<String>::class.java.name),
            ) as String
            return checkNotNull(Regex("JNI global refs: (\\d+)").find(threads)) { threads }.groupValues[1].toInt()
        }

        private fun threads(): List<String> = File("/proc/self/task").listFiles().orEmpty().mapNotNull { task ->
            // It may have ended since it was listed.
            runCatching { File(task, "comm").readText().trim() }.getOrNull()
        }

        private fun resident(): Long {
            val line = File("/proc/self/status").readLines().first { it.startsWith("VmRSS:") }
            return line.filter { it.isDigit() }.toLong() * 1024
        }
    }
}
