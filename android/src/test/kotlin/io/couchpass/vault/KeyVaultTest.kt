package io.couchpass.vault

import io.couchpass.vault.StoreKey.Origin.Kept
import io.couchpass.vault.StoreKey.Origin.Made
import io.couchpass.vault.StoreKey.Origin.Replaced
import io.couchpass.vault.StoreKey.Origin.Temporary
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.nio.file.Path
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.KeyStoreException
import java.security.ProviderException
import java.security.UnrecoverableKeyException
import javax.crypto.KeyGenerator
import kotlin.concurrent.thread

class KeyVaultTest {
    @TempDir
    lateinit var folder: Path

    private val path: File get() = folder.resolve("couchpass/key").toFile()
    private val aes = Keys { KeyGenerator.getInstance("AES").apply { init(256) }.generateKey() }
    private val rsa = Keys { rsaPair }

    private fun vault(wraps: List<KeyWrap> = listOf(AesKeyWrap(aes), RsaKeyWrap(rsa))) = KeyVault(KeyFile(path), wraps)

    private fun vaultOfApi22() = vault(listOf(RsaKeyWrap(rsa)))

    @Test
    fun `a first key is made, and kept`() {
        val first = vault().open()
        assertEquals(Made, first.origin)
        assertEquals(32, first.bytes.size)
        val second = vault().open()
        assertEquals(Kept, second.origin)
        assertArrayEquals(first.bytes, second.bytes)
    }

    @Test
    fun `what is on the disk is not the key`() {
        val hex = vault().open().bytes.joinToString("") { "%02x".format(it) }
        assertFalse(hex in path.readBytes().joinToString("") { "%02x".format(it) })
    }

    @Test
    fun `a key does not print itself`() {
        assertEquals("StoreKey(Made, redacted)", vault().open().toString())
    }

    @Test
    fun `the oldest Android wraps with RSA, and an update of the system keeps the key`() {
        val before = vaultOfApi22().open()
        assertArrayEquals(before.bytes, vaultOfApi22().open().bytes)
        val after = vault().open()
        assertEquals(Kept, after.origin)
        assertArrayEquals(before.bytes, after.bytes)
    }

    @Test
    fun `a key store that has lost its key gets another, and says so`() {
        val old = vault().open()
        aes.key = null
        val new = vault().open()
        assertEquals(Replaced("the key store has no key of ours"), new.origin)
        assertNotEquals(old.bytes.toList(), new.bytes.toList())
        assertEquals(Kept, vault().open().origin)
    }

    @Test
    fun `a key that no longer fits is replaced, and what it was is set aside`() {
        vault().open()
        val was = path.readBytes()
        aes.make()
        assertEquals(Replaced("the key store's key does not fit: javax.crypto.AEADBadTagException"), vault().open().origin)
        assertArrayEquals(was, File("$path.unreadable").readBytes())
    }

    @Test
    fun `a wrapping key that cannot be got at any more is made anew`() {
        vault().open()
        aes.trouble = { UnrecoverableKeyException("planted") }
        aes.troubleEndsWithMake = true
        val why = "the key store's key does not fit: java.security.UnrecoverableKeyException"
        assertEquals(Replaced(why), vault().open().origin)
        assertEquals(Kept, vault().open().origin)
    }

    @Test
    fun `a key store that does not work today has lost nothing`() {
        val first = vault().open()
        for (trouble in listOf(KeyStoreException("planted"), ProviderException("planted"), UnrecoverableKeyException())) {
            aes.trouble = { trouble }
            val today = vault().open()
            val why = "the key store or its file cannot be used: ${trouble.javaClass.name}"
            assertEquals(Temporary(why), today.origin)
            assertEquals(32, today.bytes.size)
            aes.trouble = null
            assertArrayEquals(first.bytes, vault().open().bytes)
        }
    }

    @Test
    fun `a file that is torn, empty, endless or from elsewhere is a lost key`() {
        val torn = listOf(byteArrayOf(), byteArrayOf(1), byteArrayOf(1, 2, 3))
        for (content in torn + listOf(byteArrayOf(9) + ByteArray(60), ByteArray(1_000_000))) {
            vault().open()
            path.writeBytes(content)
            val origin = vault().open().origin
            assertTrue(origin is Replaced, "$origin")
            assertEquals(Kept, vault().open().origin)
        }
    }

    @Test
    fun `something else that was wrapped is no key`() {
        path.parentFile.mkdirs()
        path.writeBytes(byteArrayOf(1) + AesKeyWrap(aes).wrap(ByteArray(16)))
        assertEquals(Replaced("what was kept is not a key"), vault().open().origin)
    }

    @Test
    fun `a disk that cannot be written to`() {
        folder.resolve("couchpass").toFile().writeText("a file where the directory should be")
        val key = vault().open()
        assertEquals(Temporary("the key store or its file cannot be used: java.io.IOException"), key.origin)
    }

    @Test
    fun `two that start at once have one key`() {
        val keys = List(4) { arrayOfNulls<StoreKey>(1) }
        keys.map { mine -> thread { mine[0] = vault().open() } }.forEach(Thread::join)
        assertEquals(1, keys.map { it[0]?.bytes?.toList() }.distinct().size)
    }

    /** A key store with room for one key. */
    private class Keys<K>(private val generate: () -> K) : WrappingKeys<K> {
        var key: K? = null
        var trouble: (() -> Exception)? = null
        var troubleEndsWithMake = false

        override fun find(): K? = trouble?.let { throw it() } ?: key

        override fun make(): K {
            if (troubleEndsWithMake) trouble = null
            trouble?.let { throw it() }
            return generate().also { key = it }
        }
    }

    private companion object {
        val rsaPair: KeyPair by lazy { KeyPairGenerator.getInstance("RSA").apply { initialize(2048) }.generateKeyPair() }
    }
}
