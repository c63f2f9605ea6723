package io.couchpass.vault

import java.security.GeneralSecurityException
import java.security.KeyPair
import javax.crypto.Cipher
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/**
 * Encrypts a key with one that never leaves the device's key store.
 *
 * Both functions throw [GeneralSecurityException] where the stored key is not the right one, and [RuntimeException]s where the
 * key store, which is another process, is in trouble.
 */
internal interface KeyWrap {
    /** Written before what this has wrapped, so that a later system unwraps it in the same way. */
    val scheme: Byte

    /** Makes the wrapping key if there is none yet, and another in its place if it shall be [anew]. */
    fun wrap(key: ByteArray, anew: Boolean = false): ByteArray

    /** The key in [wrapped]; `null` where the key store has no wrapping key. */
    fun unwrap(wrapped: ByteArray): ByteArray?
}

/** AES-GCM: from API 23 on, the key store has symmetric keys. */
internal class AesKeyWrap(private val keys: WrappingKeys<SecretKey>) : KeyWrap {
    override val scheme: Byte = 1

    override fun wrap(key: ByteArray, anew: Boolean): ByteArray {
        val cipher = Cipher.getInstance(TRANSFORMATION)
        // The nonce is the cipher's own choice: the key store admits no other.
        cipher.init(Cipher.ENCRYPT_MODE, keys.findOrMake(anew))
        return cipher.iv + cipher.doFinal(key)
    }

    override fun unwrap(wrapped: ByteArray): ByteArray? {
        val wrapping = keys.find() ?: return null
        if (wrapped.size < NONCE_BYTES) throw GeneralSecurityException("too short")
        val cipher = Cipher.getInstance(TRANSFORMATION)
        cipher.init(Cipher.DECRYPT_MODE, wrapping, GCMParameterSpec(TAG_BITS, wrapped, 0, NONCE_BYTES))
        return cipher.doFinal(wrapped, NONCE_BYTES, wrapped.size - NONCE_BYTES)
    }

    private companion object {
        const val TRANSFORMATION = "AES/GCM/NoPadding"
        const val NONCE_BYTES = 12
        const val TAG_BITS = 128
    }
}

/** RSA: all that the key store of API 22 has, and with this padding only. */
internal class RsaKeyWrap(private val keys: WrappingKeys<KeyPair>) : KeyWrap {
    override val scheme: Byte = 2

    override fun wrap(key: ByteArray, anew: Boolean): ByteArray {
        val cipher = Cipher.getInstance(TRANSFORMATION)
        cipher.init(Cipher.ENCRYPT_MODE, keys.findOrMake(anew).public)
        return cipher.doFinal(key)
    }

    override fun unwrap(wrapped: ByteArray): ByteArray? {
        val wrapping = keys.find() ?: return null
        val cipher = Cipher.getInstance(TRANSFORMATION)
        cipher.init(Cipher.DECRYPT_MODE, wrapping.private)
        return cipher.doFinal(wrapped)
    }

    private companion object {
        const val TRANSFORMATION = "RSA/ECB/PKCS1Padding"
    }
}

/** The key store's one entry of ours. */
internal interface WrappingKeys<K> {
    /** The key, or `null` where there is none. */
    fun find(): K?

    /** Makes it, in place of the one that may be there. */
    fun make(): K
}

private fun <K> WrappingKeys<K>.findOrMake(anew: Boolean): K = (if (anew) null else find()) ?: make()
