package io.couchpass.testing

import io.couchpass.PassApi
import io.couchpass.PassClient
import io.couchpass.PassConfig
import io.couchpass.PassEnvironment
import io.couchpass.Profile
import io.couchpass.SignInEvent
import kotlinx.coroutines.flow.last
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.runBlocking
import java.net.URLEncoder

/**
 * Adobe Pass on this machine: the sandbox as a process of its own, ruled by its control API. What happens in it is what
 * `docs/sandbox.md` tells; nothing of it reaches a network.
 *
 * ```
 * Sandbox.start().use { sandbox ->
 *     TestDevice().open(sandbox.config()).use { client ->
 *         client.signIn().collect { event -> if (event is SignInEvent.Code) sandbox.approve(event.code) }
 *         assertTrue(client.authorize("LanternOne").authorized)
 *     }
 * }
 * ```
 * What the sandbox refuses, and a sandbox that has ended, is an [IllegalStateException] that tells what it said. Calls block
 * until the sandbox has answered, and may come from any thread.
 */
public class Sandbox private constructor(
    private val process: SandboxProcess?,
    private val control: ControlApi,
    statement: () -> String,
) : AutoCloseable {
    private val addresses = control.ask("GET", "/")

    /** Where its control API listens, for [attach] in another process. */
    public val controlAddress: String get() = control.address

    /** A software statement that works here. */
    public val statement: String = statement()

    /** This sandbox, as a client's configuration names it. */
    public val environment: PassEnvironment = PassEnvironment.at(addresses.getString("api"), addresses.getString("sp"))

    /**
     * A configuration that works here, for the requestor LANTERN of the sandbox's own world.
     *
     * ```
     * val config = sandbox.config { platformTokenPatienceMillis = 100 }
     * ```
     * An app that makes its configuration itself takes [environment] and [statement]. In Java:
     * `new PassConfig.Builder(PassApi.V2, sandbox.getEnvironment(), "LANTERN", sandbox.getStatement()).build()`.
     */
    @JvmOverloads
    public fun config(
        api: PassApi = PassApi.V2,
        requestor: String = "LANTERN",
        options: PassConfig.Builder.() -> Unit = {},
    ): PassConfig = PassConfig(api, environment, requestor, statement, options)

    /**
     * Signs [client] in with a code, for a test that begins with a viewer who is signed in, and plays that viewer. Returns when
     * it is done.
     *
     * ```
     * val profile = sandbox.signIn(client, "basic")
     * ```
     *
     * @param account whose viewer it is.
     * @throws IllegalStateException if the sign-in ends in another way.
     */
    @JvmOverloads
    public fun signIn(client: PassClient, account: String = EVERYTHING): Profile = runBlocking {
        val end = client.signIn().onEach { if (it is SignInEvent.Code) approve(it.code, account) }.last()
        (end as? SignInEvent.SignedIn)?.profile ?: error("nobody is signed in, the sign-in has ended with $end")
    }

    /** Plays the viewer on the second screen, who types [code] and signs in with [account], on whichever API the code is. */
    @JvmOverloads
    public fun approve(code: String, account: String = EVERYTHING): Unit = answer(code, "approve", account)

    /** Plays the viewer on the second screen, who types [code], signs in with [account] and then says no. */
    @JvmOverloads
    public fun deny(code: String, account: String = EVERYTHING): Unit = answer(code, "deny", account)

    /**
     * The codes that live.
     *
     * ```
     * assertEquals("waiting", sandbox.codes().single().state)
     * ```
     */
    public fun codes(): List<LiveCode> = control.ask("GET", "/codes").objects("codes").map {
        LiveCode(it.getString("code"), it.getString("requestor"), it.getString("mvpd"), it.getString("state"))
    }

    /**
     * Plays the viewer in a browser on the device: opens [url], which a [page][SignInEvent.Page] or a sign-out
     * names, and signs in with [account] where the page asks. Without an account it only looks.
     *
     * ```
     * sandbox.visit(event.url)
     * client.redirectReached()
     * ```
     *
     * @return where the browser ends.
     */
    @JvmOverloads
    public fun visit(url: String, account: String? = EVERYTHING): String =
        control.ask("POST", "/visits", json("url" to url, "account" to account)).getString("location")

    /**
     * A platform token for [subject], one viewer on one device, as Amazon's library would give it to each app there.
     *
     * @param flaw `expired`, `unsigned` or `malformed`; none without.
     */
    @JvmOverloads
    public fun platformToken(subject: String, flaw: String? = null): String =
        control.ask("POST", "/platform-tokens", json("subject" to subject, "flaw" to flaw)).getString("token")

    /** Has something go wrong. */
    public fun fault(fault: Fault): Unit = fault(fault.toJson())

    /** Has something go wrong; `docs/sandbox.md` tells what can. */
    public fun fault(json: String) {
        control.call("POST", "/faults", json)
    }

    /** Nothing goes wrong any more. What is held stays held. */
    public fun clearFaults() {
        control.call("DELETE", "/faults")
    }

    /**
     * Makes the next call to [endpoint] stand still until it is [released][release]: time for a test to look at a screen that
     * waits, or to leave it.
     *
     * ```
     * sandbox.hold("authorize_decisions")
     * val decision = async(Dispatchers.IO) { client.authorize("LanternOne") }
     * sandbox.awaitHold("authorize_decisions")
     * sandbox.release("authorize_decisions")
     * assertTrue(decision.await().authorized)
     * ```
     * On a thread of its own, since what waits here blocks.
     */
    public fun hold(endpoint: String): Unit = fault(Fault.hold(endpoint).at(endpoint))

    /** Waits until a call to [endpoint] stands still. */
    public fun awaitHold(endpoint: String) {
        val answer = control.ask("POST", "/holds/${inPath(endpoint)}/wait", json("timeout_ms" to PATIENCE_MILLIS))
        check(answer.getBoolean("held")) { "no call to $endpoint stands still after $PATIENCE_MILLIS ms" }
    }

    /** Lets the call to [endpoint] go on that stands still. */
    public fun release(endpoint: String) {
        control.call("POST", "/holds/${inPath(endpoint)}/release")
    }

    /** The endpoints that were called, in order. */
    public fun requests(): List<String> = seenRequests().mapNotNull { it.endpoint }

    /**
     * The requests that came, in order.
     *
     * ```
     * val decision = sandbox.seenRequests().last()
     * assertEquals("authorize_decisions", decision.endpoint)
     * assertEquals("Header", decision.platformTokenIn)
     * ```
     */
    public fun seenRequests(): List<SeenRequest> = control.ask("GET", "/requests").objects("requests").map(SeenRequest::of)

    /** Waits until a call to [endpoint] has ended, with an answer or without. */
    public fun awaitEnd(endpoint: String): SeenRequest {
        val wanted = json("endpoint" to endpoint, "ended" to true, "timeout_ms" to PATIENCE_MILLIS)
        val answer = control.ask("POST", "/requests/wait", wanted)
        check(answer.getBoolean("found")) { "no call to $endpoint has ended after $PATIENCE_MILLIS ms" }
        return SeenRequest.of(answer.objects("requests").last())
    }

    /** The sandbox's own time, in milliseconds since 1970. */
    public fun now(): Long = control.ask("GET", "/clock").getLong("now")

    /**
     * Moves the sandbox's time: what it has issued gets older. The client goes by the service's time, too.
     *
     * ```
     * sandbox.advanceClock(TimeUnit.DAYS.toMillis(31))
     * ```
     */
    public fun advanceClock(millis: Long) {
        control.call("PUT", "/clock", json("advance_ms" to millis).toJson())
    }

    /** Everyone is signed out at the service, as when a TV provider ends a subscription. No app is told. */
    public fun endAuthentications() {
        control.call("DELETE", "/authentications")
    }

    /** What must not be seen: client secrets and bearer tokens in clear, for a test that looks for leaks. */
    public fun secrets(): List<String> = control.ask("GET", "/secrets").texts("secrets")

    /** Everything is as at the start. */
    public fun reset() {
        control.call("POST", "/reset")
    }

    /** A call of the control API, for what has no method here: `docs/sandbox.md` lists it. Returns the answer's body. */
    @JvmOverloads
    public fun control(method: String, path: String, body: String? = null): String = control.call(method, path, body)

    /** Ends the sandbox that [start] has started. One that was [attached][attach] goes on. */
    override fun close() {
        process?.close()
    }

    override fun toString(): String = "Sandbox($environment)"

    private fun answer(code: String, answer: String, account: String) {
        control.call("POST", "/codes/${inPath(code)}/$answer", json("account" to account).toJson())
    }

    public companion object {
        private const val EVERYTHING = "everything"
        private const val PATIENCE_MILLIS = 30_000

        /**
         * Starts one. Whoever starts it closes it; it also ends when this process does, even if that is killed.
         *
         * ```
         * val sandbox = Sandbox.start("--throttling", "strict", "--enhanced-errors")
         * ```
         *
         * @param options options of `couchpass sandbox`, such as `--config` with a file that describes your own requestor. Unless
         *   they say otherwise, nothing is throttled: a 429 should come where a test asks for it.
         * @throws IllegalStateException if the command is not found or does not start; it says what to do.
         */
        @JvmStatic
        public fun start(vararg options: String): Sandbox {
            val throttling = if (options.any { it.startsWith("--throttling") }) listOf() else listOf("--throttling", "off")
            val process = SandboxProcess.start(NativeFiles.command(), throttling + options)
            return Sandbox(process, ControlApi(process.addresses.getString("control"), process::whySilent)) {
                process.statement.trim()
            }
        }

        /**
         * Attaches to a sandbox that runs already, with `--control-port`.
         *
         * ```
         * val sandbox = Sandbox.attach(controlAddress)
         * ```
         *
         * @param controlAddress where its control API listens, such as `http://127.0.0.1:4599`.
         * @param app the app that [statement] is for, of those in the sandbox's configuration.
         */
        @JvmStatic
        @JvmOverloads
        public fun attach(controlAddress: String, app: String = "Lantern TV"): Sandbox {
            val control = ControlApi(controlAddress) { "Is it running, with --control-port?" }
            return Sandbox(null, control) {
                control.ask("POST", "/statements", json("app" to app)).getString("software_statement")
            }
        }

        private fun inPath(part: String): String = URLEncoder.encode(part, "UTF-8")
    }
}
