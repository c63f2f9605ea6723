// KeyPairGeneratorSpec is all that API 22 has, and deprecated since.
@file:Suppress("DEPRECATION")

package io.couchpass.vault

import android.content.Context
import android.os.Build
import android.security.KeyPairGeneratorSpec
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import io.couchpass.FromApi
import java.math.BigInteger
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.KeyStore
import java.security.PrivateKey
import java.util.Calendar
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import javax.security.auth.x500.X500Principal

/** Android's key store, as the two wraps need it. */
internal object AndroidKeys {
    /** The wraps that this device can unwrap; the first is the one to wrap with. */
    fun wraps(context: Context): List<KeyWrap> {
        val rsa = RsaKeyWrap(AndroidRsaKeys(context))
        // A device that came from API 22 by an update still has what that has wrapped.
        return if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.M) listOf(AesKeyWrap(AndroidAesKeys()), rsa) else listOf(rsa)
    }
}

@FromApi(23)
private class AndroidAesKeys : WrappingKeys<SecretKey> {
    override fun find(): SecretKey? = keyStore().getKey(ALIAS, null) as SecretKey?

    override fun make(): SecretKey {
        val purposes = KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT
        val generator = KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, PROVIDER)
        generator.init(
            KeyGenParameterSpec.Builder(ALIAS, purposes)
                .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
                .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
                .setKeySize(256)
                .build(),
        )
        return generator.generateKey()
    }

    private companion object {
        const val ALIAS = "io.couchpass.aes"
    }
}

private class AndroidRsaKeys(private val context: Context) : WrappingKeys<KeyPair> {
    override fun find(): KeyPair? {
        val store = keyStore()
        val private = store.getKey(ALIAS, null) as PrivateKey? ?: return null
        return KeyPair(store.getCertificate(ALIAS).publicKey, private)
    }

    override fun make(): KeyPair {
        // The certificate is a formality of the key store; nobody looks at its name or its dates.
        val from = Calendar.getInstance().apply { add(Calendar.YEAR, -1) }
        val to = Calendar.getInstance().apply { add(Calendar.YEAR, 50) }
        val generator = KeyPairGenerator.getInstance("RSA", PROVIDER)
        generator.initialize(
            KeyPairGeneratorSpec.Builder(context)
                .setAlias(ALIAS)
                .setSubject(X500Principal("CN=Couchpass"))
                .setSerialNumber(BigInteger.ONE)
                .setStartDate(from.time)
                .setEndDate(to.time)
                .build(),
        )
        return generator.generateKeyPair()
    }

    private companion object {
        const val ALIAS = "io.couchpass.rsa"
    }
}

private fun keyStore(): KeyStore = KeyStore.getInstance(PROVIDER).apply { load(null) }

private const val PROVIDER = "AndroidKeyStore"
