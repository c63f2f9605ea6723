package io.couchpass.testing

import com.grack.nanojson.JsonObject
import java.io.File
import java.io.IOException
import java.io.InputStream
import java.nio.file.Files
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit
import java.util.concurrent.TimeoutException
import kotlin.concurrent.thread

/** The command `couchpass sandbox` as a process of its own, which ends with this one, even if this one is killed. */
internal class SandboxProcess private constructor(private val process: Process, private val directory: File) {
    private val lastLines = ArrayDeque<String>()
    private val firstLine = CompletableFuture<String>()
    private val readers = listOf(process.inputStream, process.errorStream).map(::reader)
    private val end = Thread(
        {
            process.destroy()
            directory.deleteRecursively()
        },
        "sandbox end",
    ).also { Runtime.getRuntime().addShutdownHook(it) }

    /** Where it listens. */
    lateinit var addresses: JsonObject
        private set

    /** The software statement that it has written. */
    val statement: String get() = statementFile(directory).readText()

    /** What has become of it, for somebody whom it does not answer. */
    fun whySilent(): String {
        // A process that is killed closes its sockets before it can be waited for.
        if (!process.waitFor(A_MOMENT_SECONDS, TimeUnit.SECONDS)) return "Its process runs."
        return "Its process has ended with ${process.exitValue()}; ${words()}"
    }

    /** Ends it and removes what it has written. */
    fun close() {
        process.destroy()
        val ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)
        if (!ended) process.destroyForcibly()
        try {
            Runtime.getRuntime().removeShutdownHook(end)
        } catch (_: IllegalStateException) {
            // The JVM is ending, and the hook has run.
        }
        directory.deleteRecursively()
        check(ended) { "the sandbox did not end in $PATIENCE_SECONDS s and was killed; ${words()}" }
    }

    private fun awaitStart() {
        val line = try {
            firstLine.get(PATIENCE_SECONDS, TimeUnit.SECONDS)
        } catch (_: TimeoutException) {
            error("the sandbox has not said where it listens in $PATIENCE_SECONDS s")
        }
        val start = line?.let(::parsed) as? JsonObject
        check(start?.getString("event") == "sandbox_started") { "the sandbox has not started. ${whySilent()}" }
        addresses = checkNotNull(start)
    }

    // It tells of every request; a pipe that nobody reads would stop it.
    private fun reader(stream: InputStream): Thread = thread(isDaemon = true, name = "sandbox output") {
        try {
            stream.bufferedReader().forEachLine { line ->
                synchronized(lastLines) {
                    if (lastLines.size == LINES_KEPT) lastLines.removeFirst()
                    lastLines += line
                }
                if (stream === process.inputStream) firstLine.complete(line)
            }
        } catch (_: IOException) {
            // The pipe is closed on this side when the process is destroyed.
        }
        if (stream === process.inputStream) firstLine.complete(null)
    }

    private fun words(): String {
        readers.forEach { it.join() }
        val lines = synchronized(lastLines) { lastLines.toList() }
        return if (lines.isEmpty()) "it has said nothing." else "its last lines:\n" + lines.joinToString("\n")
    }

    companion object {
        private const val A_MOMENT_SECONDS = 2L
        private const val PATIENCE_SECONDS = 30L
        private const val LINES_KEPT = 20

        /** Starts it with [options] of `couchpass sandbox`, and returns when it listens. */
        fun start(command: File, options: List<String>): SandboxProcess {
            val directory = Files.createTempDirectory("couchpass-sandbox").toFile()
            // Its input is a pipe of this process, which the system closes whatever becomes of it.
            val started = listOf("sandbox", "--json", "--until-input-ends")
            val ours = listOf("--control-port", "0", "--statement-file", statementFile(directory).path)
            val process = try {
                ProcessBuilder(listOf(command.path) + started + ours + options).start()
            } catch (exception: IOException) {
                directory.deleteRecursively()
                throw IllegalStateException("$command cannot be run: ${exception.message}", exception)
            }
            val sandbox = SandboxProcess(process, directory)
            try {
                sandbox.awaitStart()
            } catch (exception: Throwable) {
                sandbox.close()
                throw exception
            }
            return sandbox
        }

        private fun statementFile(directory: File): File = File(directory, "statement.jwt")
    }
}
