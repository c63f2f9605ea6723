package io.couchpass

import java.io.File
import java.net.HttpURLConnection
import java.net.URI
import java.nio.file.Files
import java.util.concurrent.TimeUnit

/** Adobe Pass on this machine: the command `couchpass sandbox` as a process, ruled by its control API. */
internal class Sandbox(vararg options: String) : AutoCloseable {
    private val directory = Files.createTempDirectory("couchpass-jvm").toFile()
    private val process: Process
    private val addresses: String

    /** A software statement that works here. */
    val statement: String

    init {
        val statementFile = File(directory, "statement.jwt")
        process = ProcessBuilder(
            listOf(
                System.getProperty("couchpass.command"),
                "sandbox",
                "--json",
                "--control-port",
                "0",
                "--statement-file",
                statementFile.path,
            ) + options,
        ).redirectError(ProcessBuilder.Redirect.INHERIT).start()
        val output = process.inputStream.bufferedReader()
        addresses = checkNotNull(output.readLine()) { "the sandbox has not started" }
        statement = statementFile.readText()
        // It tells of every request; a pipe that nobody reads would stop it.
        Thread({ output.forEachLine { } }, "sandbox output").apply { isDaemon = true }.start()
    }

    val environment: PassEnvironment = PassEnvironment.at(field(addresses, "api"), field(addresses, "sp"))

    /** Plays the viewer on the second screen. */
    fun approve(code: String, account: String = "everything") {
        control("POST", "/codes/$code/approve", """{"account": "$account"}""")
    }

    /** A platform token that works here. */
    fun platformToken(subject: String): String =
        field(control("POST", "/platform-tokens", """{"subject": "$subject"}"""), "token")

    /** The endpoints that were called, in order. */
    fun requests(): List<String> = fields(control("GET", "/requests"), "endpoint")

    /** Waits until a call to [endpoint] has ended, with an answer or without. */
    fun awaitEnd(endpoint: String): String {
        val found = control("POST", "/requests/wait", """{"endpoint": "$endpoint", "ended": true}""")
        check(Regex("\"found\": ?true") in found) { "no call to $endpoint has ended: $found" }
        return found
    }

    /** Makes the next call to [endpoint] stand still. */
    fun hold(endpoint: String) {
        fault("""{"effect": {"hold": {"name": "$endpoint"}}, "endpoint": "$endpoint"}""")
    }

    /** Waits until a call to [endpoint] stands still. */
    fun awaitHold(endpoint: String) {
        val held = control("POST", "/holds/$endpoint/wait", "{}")
        check(Regex("\"held\": ?true") in held) { "no call to $endpoint stands still: $held" }
    }

    /** What must not be seen: client secrets and bearer tokens in clear. */
    fun secrets(): List<String> =
        Regex("\"([^\"]{8,})\"").findAll(control("GET", "/secrets").substringAfter('[')).map { it.groupValues[1] }.toList()

    /** Has something go wrong; `docs/sandbox.md` tells what can. */
    fun fault(json: String) {
        control("POST", "/faults", json)
    }

    /** A call of the control API, which is in `docs/sandbox.md`. */
    fun control(method: String, path: String, body: String? = null): String {
        val connection = URI(field(addresses, "control") + path).toURL().openConnection() as HttpURLConnection
        connection.requestMethod = method
        connection.setRequestProperty("Couchpass-Control", "1")
        if (body != null) {
            connection.doOutput = true
            connection.setRequestProperty("Content-Type", "application/json")
            connection.outputStream.use { it.write(body.toByteArray()) }
        }
        val status = connection.responseCode
        val answer = (if (status < 400) connection.inputStream else connection.errorStream)
            ?.bufferedReader()?.use { it.readText() }.orEmpty()
        check(status < 400) { "$method $path: $status $answer" }
        return answer
    }

    override fun close() {
        process.destroy()
        check(process.waitFor(10, TimeUnit.SECONDS)) { "the sandbox does not end" }
        directory.deleteRecursively()
    }

    private companion object {
        fun fields(json: String, name: String): List<String> =
            Regex("\"$name\": ?\"([^\"]*)\"").findAll(json).map { it.groupValues[1] }.toList()

        fun field(json: String, name: String): String = fields(json, name).first()
    }
}
