package io.couchpass.testing

import io.couchpass.PassClient
import io.couchpass.PassConfig
import io.couchpass.PassException
import io.couchpass.internal.Surroundings

/**
 * A device without a device: what a client needs of Android, which is little. Everything else is the client that an app ships.
 *
 * ```
 * val stick = TestDevice(FakePlatform().giveToken(sandbox.platformToken("living-room")))
 * stick.open(sandbox.config()).use { first -> sandbox.signIn(first) }
 * stick.open(sandbox.config()).use { second ->
 *     val events = second.signIn().toList()
 *     assertTrue(events.none { it is SignInEvent.Code }, events.toString())
 *     assertEquals("Sent(honoured=true)", second.ssoReport().outcome.toString())
 * }
 * ```
 * In Java: `new TestDevice().open(sandbox.config())`, and `new CallbackPassClient(client, executor)` around it.
 *
 * @property platform what stands for Amazon's library on it; all apps on the device ask it.
 * @param info what the device tells about itself on every call, by the names of Adobe's table.
 */
public class TestDevice @JvmOverloads constructor(
    public val platform: FakePlatform = FakePlatform(),
    private val info: Map<String, String> = FIRE_TV_STICK,
) {
    init {
        NativeFiles.nameLibrary()
    }

    /**
     * Makes a client, as `PassClient.create(context, config)` does on a device. Whoever opens it closes it.
     *
     * @param store what the app remembers from one start to the next; without one, nothing.
     * @throws PassException if the configuration is wrong, or the native library cannot be loaded.
     * @throws IllegalStateException if the native library is not found; it says what to do.
     */
    @JvmOverloads
    @Throws(PassException::class)
    public fun open(config: PassConfig, store: TestStore? = null): PassClient = PassClient.open(
        config,
        Surroundings(
            info,
            store = store?.place(),
            platformTokens = config.amazonSso?.let {
                platform.source()
            },
        ),
    )

    public companion object {
        /** A Fire TV stick, as far as a client gets to know it. */
        @JvmField
        public val FIRE_TV_STICK: Map<String, String> = mapOf(
            "primaryHardwareType" to "TV",
            "manufacturer" to "Amazon",
            "model" to "AFTKA",
            "osName" to "Android",
            "osVersion" to "9",
            "version" to "kara",
            "connectionType" to "WIFI",
        )
    }
}
