package io.couchpass

import io.couchpass.testing.FakePlatform
import io.couchpass.testing.Fault
import io.couchpass.testing.Sandbox
import io.couchpass.testing.TestDevice
import io.couchpass.testing.TestStore
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.util.concurrent.ConcurrentLinkedQueue

/** Plants secrets, does all there is at the highest log level, and looks for them. */
@Timeout(60)
internal class SecretsTest {
    @Test
    fun `no secret is logged, printed or written in clear`(@TempDir directory: File) = runBlocking {
        val seen = ConcurrentLinkedQueue<String>()
        PassLog.listener = PassLog.Listener { level, target, line -> seen += "$level $target $line" }
        PassLog.level = PassLog.Level.TRACE
        val secrets = ArrayList<String>()
        Sandbox.start().use { sandbox ->
            val token = sandbox.platformToken("living-room")
            val deviceId = "device-id-that-nobody-may-see"
            val device = TestDevice(FakePlatform().giveToken(token))
            val config = sandbox.config { this.deviceId = deviceId }
            secrets += listOf(token, deviceId, sandbox.statement)
            device.open(config, TestStore(directory)).use { client ->
                val events = client.signIn().onEach { if (it is SignInEvent.Code) sandbox.approve(it.code) }.toList()
                val decision = client.authorize("LanternOne")
                secrets += decision.mediaToken!!.serialized
                val metadata = client.userMetadata()
                sandbox.fault(Fault.status(500).at("authorize_decisions").always())
                val failure = runCatching { client.authorize("LanternNews") }
                seen += listOf(client, events, decision, metadata, client.ssoReport(), failure).map { it.toString() }
                failure.exceptionOrNull()?.let { seen += it.stackTraceToString() }
            }
            secrets += sandbox.secrets()
        }
        PassLog.level = PassLog.Level.OFF
        // A library for Android logs to the system and not to a listener.
        val isLogged = seen.any { line -> listOf("DEBUG", "TRACE", "INFO").any { line.startsWith("$it couchpass") } }
        assertEquals(System.getProperty("couchpass.log") == "listener", isLogged, "what was logged to a listener")
        val files = directory.walk().filter { it.isFile }.map { it.readBytes().toString(Charsets.ISO_8859_1) }.toList()
        assertTrue(files.any { it.isNotEmpty() }, "nothing was written")
        for (secret in secrets) {
            assertTrue(seen.none { secret in it }, "a secret of ${secret.length} characters has been seen")
            assertTrue(files.none { secret in it }, "a secret of ${secret.length} characters is in the store")
        }
        assertTrue(secrets.size >= 5, "only ${secrets.size} secrets were looked for")
    }
}
