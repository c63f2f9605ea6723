package io.couchpass.benchmarks

import io.couchpass.PassApi
import io.couchpass.PassClient
import io.couchpass.PassConfig
import io.couchpass.PassEnvironment
import io.couchpass.SignInEvent
import io.couchpass.internal.NativeTesting
import io.couchpass.internal.Surroundings
import io.couchpass.platform
import io.couchpass.platform.PlatformAnswer
import io.couchpass.testing.TestDevice
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import okhttp3.OkHttpClient

/** Starts against one sandbox, which the process that runs the benchmarks has started, and where the platform token is known. */
public class Starts internal constructor(private val place: Place) {
    private val kept = OkHttpClient()

    init {
        // Both sides go as fast as they can: what the governor waits for is meant, and not what is measured.
        NativeTesting.hurry(1)
    }

    /** A client of ours, from its making to the media token. */
    public fun couchpass(api: String): String = runBlocking {
        place.client(PassApi.valueOf(api)).use { client ->
            val last = client.signIn().toList().last()
            check(last is SignInEvent.SignedIn) { last.toString() }
            checkNotNull(client.authorize(RESOURCE).mediaToken).serialized
        }
    }

    /** The same with a new client of OkHttp's, whose connections end with it as those of ours do. */
    public fun okHttp(api: String): String {
        val http = OkHttpClient()
        try {
            return PlainStart(http, place).mediaToken(PassApi.valueOf(api))
        } finally {
            http.connectionPool.evictAll()
        }
    }

    /** The same with one client for all starts. */
    public fun okHttpKept(api: String): String = PlainStart(kept, place).mediaToken(PassApi.valueOf(api))

    /** Signs the platform in, by code, so that its token is honoured from now on. */
    internal fun signInFirst(api: PassApi, approve: (String) -> Unit) = runBlocking {
        place.client(api).use { client ->
            val last = client.signIn().onEach { if (it is SignInEvent.Code) approve(it.code) }.toList().last()
            check(last is SignInEvent.SignedIn) { last.toString() }
        }
    }

    public companion object {
        internal const val REQUESTOR = "LANTERN"
        internal const val RESOURCE = "LanternOne"
        internal const val DEVICE_ID = "the-benchmarks-television"

        /** Those that the properties of this process name. */
        @JvmStatic
        public fun ofThisProcess(): Starts = Starts(Place.ofThisProcess())
    }
}

/** Where a start begins, and what it brings. */
internal class Place(val api: String, val sp: String, val statement: String, val platformToken: String) {
    fun client(version: PassApi): PassClient = PassClient.open(
        PassConfig(version, PassEnvironment.at(api, sp), Starts.REQUESTOR, statement) { deviceId = Starts.DEVICE_ID },
        Surroundings(TestDevice.FIRE_TV_STICK, platformTokens = platform { PlatformAnswer.Token(platformToken) }),
    )

    /** As arguments of a JVM. */
    fun asProperties(): List<String> = listOf("api" to api, "sp" to sp, "statement" to statement, "token" to platformToken)
        .map { (name, value) -> "-D$PREFIX$name=$value" }

    companion object {
        private const val PREFIX = "couchpass.benchmarks."

        fun ofThisProcess(): Place {
            val property = { name: String -> checkNotNull(System.getProperty(PREFIX + name)) { "run it by Main" } }
            return Place(property("api"), property("sp"), property("statement"), property("token"))
        }
    }
}
