package io.couchpass.testing

import io.couchpass.SignInEvent
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.util.concurrent.TimeUnit

/** The sandbox's helper: what it starts, finds, and says when something is wrong. */
@Timeout(60)
internal class SandboxTest {
    @Test
    fun `it is started with the options that are given`() {
        val sandbox = Sandbox.start("--throttling", "strict", "--enhanced-errors")
        sandbox.use {
            val settings = it.control("GET", "/settings")
            assertTrue("\"strict\"" in settings && "true" in settings, settings)
        }
        Sandbox.start().use { assertTrue("\"off\"" in it.control("GET", "/settings")) }
    }

    @Test
    fun `another process attaches to it, and leaves it running`() = runBlocking {
        Sandbox.start().use { own ->
            val controlAddress = own.controlAddress
            val sandbox = Sandbox.attach(controlAddress)
            sandbox.use { attached ->
                assertEquals(own.environment, attached.environment)
                // A client of the one is let in by the other.
                TestDevice().open(attached.config()).use { client ->
                    val shown = client.signIn().first { it is SignInEvent.Code } as SignInEvent.Code
                    assertEquals(listOf(LiveCode(shown.code, "LANTERN", null, "waiting")), own.codes())
                }
            }
            own.reset()
            assertEquals(emptyList<String>(), own.requests())
        }
    }

    @Test
    fun `the clock moves`() {
        Sandbox.start().use { sandbox ->
            val before = sandbox.now()
            sandbox.advanceClock(3_600_000)
            assertTrue(sandbox.now() >= before + 3_600_000)
        }
    }

    @Test
    fun `an account that does not exist, a code, or a fault is refused with the reason`() {
        Sandbox.start().use { sandbox ->
            val account = failure { sandbox.approve("ABC123", "nobody") }
            assertTrue("404 not_found: there is no account 'nobody'" in account, account)
            val code = failure { sandbox.approve("ABC123") }
            assertTrue(code.startsWith("POST /codes/ABC123/approve: the sandbox refuses with 4"), code)
            val fault = failure { sandbox.fault(Fault.of("\"no_such_effect\"")) }
            assertTrue("400 bad_request" in fault && "no_such_effect" in fault, fault)
            val noJson = assertThrows(IllegalArgumentException::class.java) { Fault.of("garbage") }.message.orEmpty()
            assertTrue("garbage is no JSON" in noJson, noJson)
        }
    }

    @Test
    fun `every fault of the builder is one that the sandbox knows`() {
        val faults = listOf(
            Fault.status(500),
            Fault.error("network_connection_timeout"),
            Fault.error("network_connection_timeout", "Call us."),
            Fault.tooManyRequests().onFirst(3),
            Fault.bearerExpired().at("authorize_decisions").onCall(2),
            Fault.hotelPage().always(),
            Fault.drop().afterEffect(),
            Fault.delay(100),
            Fault.hold("door"),
            Fault.of("""{"truncate": {"keep": 10}}"""),
        )
        Sandbox.start().use { sandbox ->
            faults.forEach(sandbox::fault)
            assertEquals(faults.size, Regex("\"struck\"").findAll(sandbox.control("GET", "/faults")).count())
            sandbox.clearFaults()
            assertEquals(0, Regex("\"struck\"").findAll(sandbox.control("GET", "/faults")).count())
        }
    }

    @Test
    fun `one that does not start says why`() {
        val option = failure { Sandbox.start("--nonsense") }
        assertTrue("has ended with 2" in option && "unexpected argument '--nonsense'" in option, option)
        val config = failure { Sandbox.start("--config", "nowhere.json") }
        assertTrue("nowhere.json" in config && "default-config.json" in config, config)
    }

    @Test
    fun `one that has died says so, and its last lines`() {
        val sandbox = Sandbox.start()
        ProcessHandle.current().children().forEach { it.destroyForcibly() }
        val message = failure { sandbox.requests() }
        assertTrue("has ended with 137" in message && "sandbox_started" in message, message)
        sandbox.close()
    }

    @Test
    fun `one whose JVM is killed ends`() {
        val java = File(System.getProperty("java.home"), "bin/java").path
        val command = "-Dcouchpass.command=" + System.getProperty("couchpass.command")
        val classPath = System.getProperty("java.class.path")
        val builder = ProcessBuilder(java, command, "-cp", classPath, HeldSandbox::class.java.name)
        val jvm = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start()
        try {
            val sandbox = ProcessHandle.of(jvm.inputStream.bufferedReader().readLine().toLong()).get()
            assertTrue(sandbox.isAlive)
            jvm.destroyForcibly()
            sandbox.onExit().get(30, TimeUnit.SECONDS)
        } finally {
            jvm.destroyForcibly()
        }
    }

    @Test
    fun `one that never ran says what to do`() {
        val message = failure { Sandbox.attach("http://127.0.0.1:1") }
        assertTrue("does not answer at http://127.0.0.1:1" in message && "--control-port" in message, message)
    }

    @Test
    fun `a command that is not there, or cannot be run, is named`(@TempDir directory: File) {
        val text = File(directory, "couchpass").apply { writeText("no program") }
        val missing = withCommand("nowhere/couchpass") { failure { Sandbox.start() } }
        assertTrue("nowhere/couchpass" in missing && "couchpass.command" in missing, missing)
        val useless = withCommand(text.path) { failure { Sandbox.start() } }
        assertTrue("$text cannot be run" in useless, useless)
        val another = withCommand("/bin/echo") { failure { Sandbox.start() } }
        assertTrue("has not started. Its process has ended with 0; its last lines:\nsandbox --json" in another, another)
    }

    private fun failure(action: () -> Unit): String =
        assertThrows(IllegalStateException::class.java) { action() }.message.orEmpty()

    private fun <T> withCommand(path: String, action: () -> T): T {
        val before = System.setProperty("couchpass.command", path)
        try {
            return action()
        } finally {
            System.setProperty("couchpass.command", before)
        }
    }
}
