package io.couchpass.benchmarks

import com.sun.management.OperatingSystemMXBean
import io.couchpass.internal.NativeTesting
import org.openjdk.jmh.infra.BenchmarkParams
import org.openjdk.jmh.infra.IterationParams
import org.openjdk.jmh.profile.InternalProfiler
import org.openjdk.jmh.results.AggregationPolicy
import org.openjdk.jmh.results.IterationResult
import org.openjdk.jmh.results.Result
import org.openjdk.jmh.results.ScalarResult
import java.lang.management.ManagementFactory

/**
 * What one operation takes besides time: processor time of the whole process, Rust's allocations, and Java's.
 *
 * Java's is the growth of its heap. That is exact where nothing is collected and threads have no buffers of their own to allocate
 * from, as in the runs that [Main.kt][main] makes for it; elsewhere it is left out. It counts what threads have allocated that are
 * gone, too, such as those on which Rust calls back.
 */
public class Costs : InternalProfiler {
    private var cpu = 0L
    private var rust = 0L
    private var java = 0L
    private var collections = 0L

    override fun getDescription(): String = "processor time and allocations"

    override fun beforeIteration(benchmark: BenchmarkParams, iteration: IterationParams) {
        collections = collections()
        rust = NativeTesting.heapTotal()
        java = javaHeap()
        cpu = processorNanos()
    }

    override fun afterIteration(
        benchmark: BenchmarkParams,
        iteration: IterationParams,
        result: IterationResult,
    ): Collection<Result<*>> {
        val operations = result.metadata.allOps.toDouble()
        val costs = mutableListOf(
            ScalarResult(CPU, (processorNanos() - cpu) / operations, "ns/op", AggregationPolicy.AVG),
            ScalarResult(RUST, (NativeTesting.heapTotal() - rust) / operations, "B/op", AggregationPolicy.AVG),
        )
        val javaBytes = (javaHeap() - java) / operations
        if (collections() == collections) costs += ScalarResult(JAVA, javaBytes, "B/op", AggregationPolicy.AVG)
        return costs
    }

    internal companion object {
        const val CPU = "processor"
        const val RUST = "rust"
        const val JAVA = "java"

        private fun processorNanos(): Long =
            (ManagementFactory.getOperatingSystemMXBean() as OperatingSystemMXBean).processCpuTime

        private fun javaHeap(): Long = ManagementFactory.getMemoryMXBean().heapMemoryUsage.used

        private fun collections(): Long = ManagementFactory.getGarbageCollectorMXBeans().sumOf { it.collectionCount }
    }
}
