package io.couchpass

import io.couchpass.internal.StorePlace
import io.couchpass.internal.Surroundings
import io.couchpass.platform.PlatformAnswer
import io.couchpass.platform.PlatformTokenSource
import io.couchpass.testing.Sandbox
import io.couchpass.testing.TestDevice

/** A client of this sandbox, for tests that bring what an app cannot: a source of tokens, or a store with its key. */
internal fun Sandbox.client(
    api: PassApi = PassApi.V2,
    tokens: PlatformTokenSource? = null,
    store: StorePlace? = null,
    options: PassConfig.Builder.() -> Unit = {},
): PassClient = PassClient.open(
    config(api, options = options),
    Surroundings(TestDevice.FIRE_TV_STICK, store = store, platformTokens = tokens),
)

/** A platform that answers at once. */
internal fun platform(says: () -> PlatformAnswer): PlatformTokenSource = object : PlatformTokenSource {
    override fun ask(answer: (PlatformAnswer) -> Unit) = answer(says())

    override fun close() {
        // There is nothing to let go of.
    }
}
