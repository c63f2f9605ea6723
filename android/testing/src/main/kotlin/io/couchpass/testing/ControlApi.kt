package io.couchpass.testing

import com.grack.nanojson.JsonObject
import java.io.IOException
import java.net.HttpURLConnection
import java.net.Proxy
import java.net.URI

/**
 * The sandbox's control API over HTTP. What it refuses, and what it does not answer, is an exception that says why.
 *
 * @param address where it listens.
 * @param whySilent what is known when it does not answer.
 */
internal class ControlApi(val address: String, private val whySilent: () -> String) {
    /** Sends [body] and returns the answer. */
    fun call(method: String, path: String, body: String? = null): String {
        val (status, answer) = try {
            exchange(method, path, body)
        } catch (exception: IOException) {
            throw IllegalStateException("$method $path: the sandbox does not answer at $address. ${whySilent()}", exception)
        }
        check(status < FIRST_ERROR) { "$method $path: the sandbox refuses with $status ${refusal(answer)}" }
        return answer
    }

    /** The same for an answer that is an object. */
    fun ask(method: String, path: String, body: JsonObject? = null): JsonObject {
        val answer = call(method, path, body?.toJson())
        return parsed(answer) as? JsonObject ?: error("$method $path: the sandbox's answer is not JSON: $answer")
    }

    private fun exchange(method: String, path: String, body: String?): Pair<Int, String> {
        // A proxy of the JVM's does not reach this machine's own loopback address.
        val connection = URI(address.trimEnd('/') + path).toURL().openConnection(Proxy.NO_PROXY) as HttpURLConnection
        connection.requestMethod = method
        connection.readTimeout = LONGEST_ANSWER_MILLIS
        connection.setRequestProperty("Couchpass-Control", "1")
        if (body != null) {
            connection.doOutput = true
            connection.setRequestProperty("Content-Type", "application/json")
            connection.outputStream.use { it.write(body.toByteArray()) }
        }
        val status = connection.responseCode
        val stream = if (status < FIRST_ERROR) connection.inputStream else connection.errorStream
        return status to stream?.bufferedReader()?.use { it.readText() }.orEmpty()
    }

    private fun refusal(answer: String): String {
        val error = parsed(answer) as? JsonObject ?: return answer
        return "${error.getString("error")}: ${error.getString("message")}"
    }

    private companion object {
        const val FIRST_ERROR = 400

        /** A little more than the control API waits at the most. */
        const val LONGEST_ANSWER_MILLIS = 610_000
    }
}
