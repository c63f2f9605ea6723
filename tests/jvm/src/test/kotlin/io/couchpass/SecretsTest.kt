package io.couchpass

import io.couchpass.internal.StorePlace
import io.couchpass.platform.PlatformAnswer
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Path
import java.util.concurrent.ConcurrentLinkedQueue

/** Plants secrets, does all there is at the highest log level, and looks for them. */
@Timeout(60)
internal class SecretsTest {
    @Test
    fun `no secret is logged, printed or written in clear`(@TempDir directory: Path) = runBlocking {
        val seen = ConcurrentLinkedQueue<String>()
        PassLog.listener = PassLog.Listener { level, target, line -> seen += "$level $target $line" }
        PassLog.level = PassLog.Level.TRACE
        val secrets = ArrayList<String>()
        Sandbox("--throttling", "off").use { sandbox ->
            val token = sandbox.platformToken("living-room")
            val deviceId = "device-id-that-nobody-may-see"
            val store = StorePlace(directory.resolve("store").toString(), ByteArray(32) { 7 })
            secrets += listOf(token, deviceId, sandbox.statement.trim())
            sandbox.client(
                PassApi.V2,
                platform {
                    PlatformAnswer.Token(token)
                },
                store,
            ) { this.deviceId = deviceId }.use { client ->
                val events = client.signIn().onEach { if (it is SignInEvent.Code) sandbox.approve(it.code) }.toList()
                val decision = client.authorize("LanternOne")
                secrets += decision.mediaToken!!.serialized
                val metadata = client.userMetadata()
                sandbox.fault("""{"effect": {"status": {"status": 500}}, "endpoint": "authorize_decisions", "calls": "always"}""")
                val failure = runCatching { client.authorize("LanternNews") }
                seen += listOf(client, events, decision, metadata, client.ssoReport(), failure).map { it.toString() }
                failure.exceptionOrNull()?.let { seen += it.stackTraceToString() }
            }
            secrets += sandbox.secrets()
        }
        PassLog.level = PassLog.Level.OFF
        assertTrue(
            seen.any {
                it.startsWith("DEBUG couchpass") ||
                    it.startsWith("TRACE couchpass") ||
                    it.startsWith("INFO couchpass")
            },
            "nothing was logged",
        )
        val file = directory.resolve("store").toFile().readBytes().toString(Charsets.ISO_8859_1)
        for (secret in secrets) {
            assertTrue(seen.none { secret in it }, "a secret of ${secret.length} characters has been seen")
            assertTrue(secret !in file, "a secret of ${secret.length} characters is in the store")
        }
        assertTrue(secrets.size >= 5, "only ${secrets.size} secrets were looked for")
    }
}
