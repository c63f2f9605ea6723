package com.example.lantern

import io.couchpass.SignInEvent
import io.couchpass.testing.FakePlatform
import io.couchpass.testing.Sandbox
import io.couchpass.testing.TestDevice
import io.couchpass.testing.TestStore
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.BeforeAll
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource
import java.io.File

/** However a platform token is absent: the app shows a code, and its report says why. */
@Timeout(60)
internal class AbsenceTest {
    internal enum class Absence(val platform: (Sandbox) -> FakePlatform, val outcome: String) {
        NO_LIBRARY({ FakePlatform().removeLibrary() }, "LibraryAbsent"),
        DISABLED({ FakePlatform().disable() }, "Disabled"),
        REFUSED({ FakePlatform().refuse(7, "not now") }, "Refused(code=7, description=not now)"),
        REFUSED_WITHOUT_A_CODE({ FakePlatform().refuse(null, "not now") }, "Refused(code=null, description=not now)"),
        UNUSABLE({ FakePlatform().breakDown("another shape") }, "Unusable(reason=another shape)"),
        SILENT({ FakePlatform().staySilent() }, "Waiting(timedOut=true)"),
        MALFORMED({ FakePlatform().giveToken(it.platformToken("living-room", "malformed")) }, "Malformed"),
        UNSIGNED({ FakePlatform().giveToken(it.platformToken("living-room", "unsigned")) }, "Unsigned"),
        EXPIRED({ FakePlatform().giveToken(it.platformToken("living-room", "expired")) }, "Expired"),
    }

    @ParameterizedTest
    @EnumSource
    fun `the app shows a code, and its report says why`(absence: Absence) = runBlocking {
        val platform = absence.platform(sandbox)
        val config = sandbox.config { platformTokenPatienceMillis = 100 }
        TestDevice(platform).open(config, store).use { client ->
            client.signIn().first { it is SignInEvent.Code }
            assertEquals(absence.outcome, client.ssoReport().outcome.toString())
            assertEquals(1, platform.asks)
            client.cancelSignIn()
        }
    }

    companion object {
        private val sandbox = Sandbox.start()

        // One app throughout: it registers once, which leaves more of Adobe's rate for the rest.
        private lateinit var store: TestStore

        @BeforeAll
        @JvmStatic
        fun `the app is installed`(@TempDir directory: File) {
            store = TestStore(directory)
        }

        @AfterAll
        @JvmStatic
        fun `the sandbox is closed`() = sandbox.close()
    }
}
