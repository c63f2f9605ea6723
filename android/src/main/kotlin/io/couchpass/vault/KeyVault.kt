package io.couchpass.vault

import android.content.Context
import io.couchpass.vault.StoreKey.Origin.Kept
import io.couchpass.vault.StoreKey.Origin.Made
import io.couchpass.vault.StoreKey.Origin.Replaced
import io.couchpass.vault.StoreKey.Origin.Temporary
import java.io.File
import java.security.GeneralSecurityException
import java.security.SecureRandom

/**
 * Where the store's key is kept: in a file, wrapped by a key that never leaves the device's key store.
 *
 * Key stores lose keys, after an update of the system or for no reason that anybody can name. That signs the viewer out and
 * says why; it never ends the app. But a key store that merely does not work today has lost nothing yet, so the old key is
 * given up only for a new one that it has wrapped and unwrapped. Until then this run goes on with a key of its own, and the
 * core finds what the old one has encrypted as soon as that is back.
 *
 * @param wraps what this device can unwrap; the first is the one to wrap with.
 */
internal class KeyVault(
    private val file: KeyFile,
    private val wraps: List<KeyWrap>,
    private val random: SecureRandom = SecureRandom(),
) {
    /** The key. Reads a file and asks another process, so not for the main thread. */
    fun open(): StoreKey = try {
        file.exclusively(::kept)
    } catch (thrown: Exception) {
        // A disk, a cipher or another process: whichever has failed, the viewer can still sign in.
        StoreKey(fresh(), Temporary("the key store or its file cannot be used: ${thrown.javaClass.name}"))
    }

    private fun kept(): StoreKey {
        val content = file.read()
        val lost = try {
            val key = content?.let(::unwrapped)
            when {
                content == null -> null
                key == null -> "the key store has no key of ours"
                key.size != KEY_BYTES -> "what was kept is not a key"
                else -> return StoreKey(key, Kept)
            }
        } catch (thrown: GeneralSecurityException) {
            "the key store's key does not fit: ${thrown.javaClass.name}"
        }
        val key = fresh()
        val wrapped = wrapped(key)
        if (content != null) file.setAside()
        file.write(wrapped)
        return StoreKey(key, if (lost == null) Made else Replaced(lost))
    }

    private fun unwrapped(content: ByteArray): ByteArray? {
        val wrap = wraps.find { it.scheme == content.firstOrNull() }
            ?: throw GeneralSecurityException("not wrapped by this device")
        return wrap.unwrap(content.copyOfRange(1, content.size))
    }

    private fun wrapped(key: ByteArray): ByteArray {
        val wrap = wraps.first()
        val wrapped = try {
            wrap.wrap(key).takeIf { wrap.unwrap(it).contentEquals(key) }
        } catch (_: GeneralSecurityException) {
            // There is a wrapping key, and it is of no use.
            null
        } ?: wrap.wrap(key, anew = true)
        if (!wrap.unwrap(wrapped).contentEquals(key)) throw GeneralSecurityException("the key store gives back another key")
        return byteArrayOf(wrap.scheme) + wrapped
    }

    private fun fresh() = ByteArray(KEY_BYTES).also(random::nextBytes)

    companion object {
        /** The vault of an app, beside whose file the store itself may lie. */
        fun of(context: Context): KeyVault = KeyVault(KeyFile(File(directory(context), "key")), AndroidKeys.wraps(context))

        /**
         * Where Couchpass keeps what it remembers. Android leaves this directory out of every backup and transfer to another
         * device, whatever an app's backup rules are, so there is no rule to merge: a device id on two devices would be one
         * authentication for both.
         */
        fun directory(context: Context): File = File(context.noBackupFilesDir, "couchpass")

        private const val KEY_BYTES = 32
    }
}
