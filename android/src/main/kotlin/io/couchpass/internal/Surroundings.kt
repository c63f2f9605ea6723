package io.couchpass.internal

import io.couchpass.platform.PlatformTokenSource

/**
 * What a client needs of the device it runs on. Android brings it in an app, and a test brings its own.
 *
 * @property deviceInfo Adobe's names for what is known of the device, and what it is.
 * @property initialDeviceId the id for a device that has none yet, neither from the app nor in its store.
 * @property store where to keep what outlives the client; without one, nothing does.
 * @property platformTokens who is asked for the platform token, closed with the client.
 */
internal class Surroundings(
    val deviceInfo: Map<String, String>,
    val initialDeviceId: String? = null,
    val store: StorePlace? = null,
    val platformTokens: PlatformTokenSource? = null,
)

/** A file, and the 32 bytes it is encrypted with. The array is wiped when a client has been made with it. */
internal class StorePlace(val path: String, val key: ByteArray)
