package io.couchpass.internal

import io.couchpass.platform.PlatformTokenSource
import io.couchpass.vault.StoreKey

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

/** A file, and the key it is encrypted with, whose bytes are wiped when a client has been made with it. */
internal class StorePlace(val path: String, val key: StoreKey) {
    /** With a key that is the same at every start. */
    constructor(path: String, key: ByteArray) : this(path, StoreKey(key, StoreKey.Origin.Kept))
}
