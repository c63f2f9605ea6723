package io.couchpass.testing

import io.couchpass.internal.StorePlace
import io.couchpass.vault.StoreKey
import java.io.File
import java.security.SecureRandom

/**
 * What one app on a device remembers from one start to the next, in one encrypted file in [directory]. The key, which a device
 * keeps in its key store, is in here: the same `TestStore` is the same app, another is another app.
 *
 * ```
 * val store = TestStore(directory)
 * device.open(sandbox.config(), store).use { client -> sandbox.signIn(client) }
 * device.open(sandbox.config(), store).use { client -> assertTrue(client.authorize("LanternOne").authorized) }
 * ```
 *
 * @param directory where to; JUnit's `@TempDir` provides one. Apps do not share one.
 */
public class TestStore(directory: File) {
    private val path = File(directory, "store").path
    private val random = SecureRandom()
    private var key = newKey()
    private var origin: StoreKey.Origin = StoreKey.Origin.Made

    /**
     * The device has lost the key: what was remembered cannot be read any more, and the viewer is signed out. The next client's
     * `storeReport()` says so. Close the clients of this store first: one that is open goes on with what it has.
     */
    @Synchronized
    public fun loseKey() {
        key = newKey()
        origin = StoreKey.Origin.Replaced("the test has lost the key")
    }

    override fun toString(): String = "TestStore($path)"

    /** Each client wipes the key that it is given. */
    @Synchronized
    internal fun place(): StorePlace = StorePlace(path, StoreKey(key.copyOf(), origin)).also { origin = StoreKey.Origin.Kept }

    private fun newKey() = ByteArray(KEY_BYTES).also(random::nextBytes)

    private companion object {
        const val KEY_BYTES = 32
    }
}
