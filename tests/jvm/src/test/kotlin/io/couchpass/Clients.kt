package io.couchpass

import io.couchpass.internal.StorePlace
import io.couchpass.internal.Surroundings
import io.couchpass.platform.PlatformAnswer
import io.couchpass.platform.PlatformTokenSource

/** A Fire TV stick, as far as a client gets to know it. */
internal val STICK: Map<String, String> = mapOf(
    "primaryHardwareType" to "TV",
    "manufacturer" to "Amazon",
    "model" to "AFTKA",
    "osName" to "Android",
    "osVersion" to "9",
    "version" to "kara",
    "connectionType" to "WIFI",
)

/** A client of this sandbox. */
internal fun Sandbox.client(
    api: PassApi = PassApi.V2,
    tokens: PlatformTokenSource? = null,
    store: StorePlace? = null,
    options: PassConfig.Builder.() -> Unit = {},
): PassClient = PassClient.open(
    PassConfig(api, environment, "LANTERN", statement, options),
    Surroundings(STICK, store = store, platformTokens = tokens),
)

/** A platform that answers at once. */
internal fun platform(says: () -> PlatformAnswer): PlatformTokenSource = object : PlatformTokenSource {
    override fun ask(answer: (PlatformAnswer) -> Unit) = answer(says())

    override fun close() {
        // There is nothing to let go of.
    }
}
