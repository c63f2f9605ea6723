package io.couchpass

import io.couchpass.internal.StorePlace
import io.couchpass.testing.Sandbox
import io.couchpass.vault.AesKeyWrap
import io.couchpass.vault.KeyFile
import io.couchpass.vault.KeyVault
import io.couchpass.vault.WrappingKeys
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.nio.file.Path
import java.security.KeyStoreException
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey

/** What is remembered and cannot be read signs the viewer out with a reason, from the key store up to the app. */
@Timeout(60)
internal class LostKeyTest {
    @TempDir
    lateinit var directory: Path

    private val keys = Keys()

    @Test
    fun `a key that the key store has lost signs the viewer out and says why, until the next start`() = runBlocking {
        Sandbox.start().use { sandbox ->
            sandbox.start().use { client ->
                assertEquals(StoreReport.Whole, client.storeReport())
                client.signInByCode(sandbox)
            }
            sandbox.start().use { client ->
                assertEquals(StoreReport.Whole, client.storeReport())
                assertEquals(1, client.profiles().size)
            }
            keys.key = null
            val lost = StoreReport.Lost("the key store has no key of ours")
            sandbox.start().use { client ->
                assertEquals(lost, client.storeReport())
                assertEquals(emptyList<Profile>(), client.profiles())
                val exception = assertThrows(PassException::class.java) { runBlocking { client.authorize("LanternOne") } }
                assertTrue(exception.error is PassError.SignInAgain, exception.toString())
                // By now the vault has the new key, and the second client still has to know.
                sandbox.start().use { second -> assertEquals(lost, second.storeReport()) }
            }
            sandbox.start().use { client -> assertEquals(StoreReport.Whole, client.storeReport()) }
        }
    }

    @Test
    fun `a key store that is away for a while signs out for that time alone`() = runBlocking {
        Sandbox.start().use { sandbox ->
            sandbox.start().use { it.signInByCode(sandbox) }
            keys.isAway = true
            sandbox.start().use { client ->
                val why = "the key store or its file cannot be used: java.security.KeyStoreException"
                assertEquals(StoreReport.Temporary(why), client.storeReport())
                assertEquals(emptyList<Profile>(), client.profiles())
            }
            keys.isAway = false
            sandbox.start().use { client ->
                assertEquals(StoreReport.Whole, client.storeReport())
                assertEquals(listOf("Northwind"), client.profiles().map { it.mvpd })
            }
        }
    }

    @Test
    fun `a file that is torn signs the viewer out and says why`() = runBlocking {
        Sandbox.start().use { sandbox ->
            sandbox.start().use { it.signInByCode(sandbox) }
            store.writeBytes(store.readBytes().copyOf(100))
            sandbox.start().use { client ->
                assertTrue((client.storeReport() as StoreReport.Lost).reason.isNotBlank())
                assertEquals(emptyList<Profile>(), client.profiles())
            }
        }
    }

    private val store: File get() = directory.resolve("store").toFile()

    /** The app's start, by way of its vault. */
    private fun Sandbox.start(): PassClient {
        val vault = KeyVault(KeyFile(directory.resolve("key").toFile()), listOf(AesKeyWrap(keys)))
        return client(store = StorePlace(store.path, vault.open()))
    }

    private suspend fun PassClient.signInByCode(sandbox: Sandbox) {
        val events = signIn().onEach { if (it is SignInEvent.Code) sandbox.approve(it.code) }.toList()
        assertTrue(events.last() is SignInEvent.SignedIn, events.toString())
    }

    /** A key store with one key, which it may lose. */
    private class Keys : WrappingKeys<SecretKey> {
        var key: SecretKey? = null
        var isAway = false

        override fun find(): SecretKey? = if (isAway) throw KeyStoreException("planted") else key

        override fun make(): SecretKey {
            if (isAway) throw KeyStoreException("planted")
            return KeyGenerator.getInstance("AES").apply { init(256) }.generateKey().also { key = it }
        }
    }
}
