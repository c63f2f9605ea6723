@file:JvmName("Main")

package io.couchpass.benchmarks

import io.couchpass.PassApi
import io.couchpass.testing.Sandbox
import org.openjdk.jmh.results.RunResult
import org.openjdk.jmh.runner.Runner
import org.openjdk.jmh.runner.options.OptionsBuilder
import org.openjdk.jmh.runner.options.TimeValue
import org.openjdk.jmh.runner.options.VerboseMode

/**
 * Runs the benchmarks and prints their figures as ratios. The argument is how many pairs of starts are compared: ours and the
 * other's by turns, as the machine is now faster and now slower.
 */
public fun main(arguments: Array<String>) {
    val pairs = arguments.firstOrNull()?.toInt() ?: 5
    Sandbox.start().use { sandbox ->
        val (api, sp) = sandbox.environment
        val place = Place(api, checkNotNull(sp), sandbox.statement.trim(), sandbox.platformToken("living-room"))
        compareRequests(sandbox, Starts(place))
        boundary(pairs)
        for (version in PassApi.entries) starts(sandbox, place, version.name, pairs)
    }
}

/** Both make the same requests in the same order, or there is nothing to compare. */
private fun compareRequests(sandbox: Sandbox, starts: Starts) {
    for (api in PassApi.entries) {
        starts.signInFirst(api) { sandbox.approve(it) }
        val requests = { start: (String) -> String ->
            sandbox.control("DELETE", "/requests")
            check(start(api.name).isNotEmpty())
            sandbox.requests()
        }
        val ours = requests(starts::couchpass)
        check(ours == requests(starts::okHttp) && ours == requests(starts::okHttpKept)) { "not the same requests as $ours" }
        println("$api, each start: $ours")
    }
}

private fun boundary(forks: Int) {
    println("\nThe boundary, for one call; the processor time is that of all threads\n")
    println("| call | µs | processor µs | beyond an empty call | Java B | Rust B |")
    println("|---|---|---|---|---|---|")
    var empty: Double? = null
    for (name in listOf("nothing", "ask", "ssoReport", "profiles", "profilesByCallback")) {
        val timed = run("Boundary.$name", forks, emptyList())
        val counted = run("Boundary.$name", 1, EXACT)
        // Where the machine is busy, a call waits for its turn as well; its processor time is its own.
        val processor = timed.cost(Costs.CPU) / 1e3
        val base = empty ?: processor.also { empty = it }
        println(
            "| $name | %.3f | %.3f | %.3f | %.0f | %.0f |".format(
                timed.time(),
                processor,
                processor - base,
                counted.cost(Costs.JAVA),
                counted.cost(Costs.RUST),
            ),
        )
    }
}

/** One line of the table for each of the three, in pairs. */
private fun starts(sandbox: Sandbox, place: Place, api: String, pairs: Int) {
    println("\n$api: a cold start with a platform token, from nothing to the media token\n")
    val names = listOf("couchpass", "okHttp", "okHttpKept")
    val rounds = List(pairs) {
        names.associateWith { name ->
            sandbox.control("DELETE", "/requests")
            val result = run("Start.$name", 1, place.asProperties(), api)
            // Not one start has had to ask for anything twice.
            val calls = sandbox.requests().groupingBy { it }.eachCount()
            check(calls.values.distinct().size == 1) { "$name: not the same requests in every start: $calls" }
            result
        }
    }
    val counted = names.associateWith { run("Start.$it", 1, place.asProperties() + EXACT, api) }
    println("| start | ms | to ours | processor ms | to ours | Java kB | Rust kB |")
    println("|---|---|---|---|---|---|---|")
    for (name in names) {
        val times = rounds.map { it.getValue(name).time() }
        val processor = rounds.map { it.getValue(name).cost(Costs.CPU) / 1e6 }
        println(
            "| $name | %.2f | %s | %.2f | %s | %.0f | %.0f |".format(
                times.median(),
                ratios(rounds) { (it.getValue(name).time()) to it.getValue("couchpass").time() },
                processor.median(),
                ratios(rounds) { it.getValue(name).cost(Costs.CPU) to it.getValue("couchpass").cost(Costs.CPU) },
                counted.getValue(name).cost(Costs.JAVA) / 1e3,
                counted.getValue(name).cost(Costs.RUST) / 1e3,
            ),
        )
    }
}

private fun <T> ratios(rounds: List<T>, pair: (T) -> Pair<Double, Double>): String {
    val all = rounds.map { round -> pair(round).let { (one, other) -> one / other } }
    return "%.2f (%.2f to %.2f)".format(all.median(), all.min(), all.max())
}

private fun List<Double>.median(): Double = sorted().let { (it[(size - 1) / 2] + it[size / 2]) / 2 }

private fun run(benchmark: String, forks: Int, properties: List<String>, api: String? = null): RunResult {
    val options = OptionsBuilder()
        .include("\\.$benchmark$")
        .forks(forks)
        .warmupIterations(5)
        .warmupTime(TimeValue.seconds(1))
        .measurementIterations(3)
        .measurementTime(TimeValue.seconds(1))
        .addProfiler(Costs::class.java)
        .shouldDoGC(true)
        .shouldFailOnError(true)
        .verbosity(VerboseMode.SILENT)
        .jvmArgsAppend(*properties.toTypedArray())
    if (api != null) options.param("api", api)
    return Runner(options.build()).runSingle()
}

private fun RunResult.time(): Double = primaryResult.getScore()

private fun RunResult.cost(name: String): Double = checkNotNull(secondaryResults[name]) {
    "$name was not measured: $secondaryResults"
}.getScore()

/** A heap that is never collected in an iteration, and from which all threads take exactly what they need. */
private val EXACT = listOf("-XX:+UseSerialGC", "-Xms3g", "-Xmx3g", "-Xmn2500m", "-XX:-UseTLAB")
