package io.couchpass

import com.amazon.ottssotokenlib.SSOEnabler
import io.couchpass.AmazonSso.Call.ASYNCHRONOUS
import io.couchpass.AmazonSso.Call.SYNCHRONOUS
import io.couchpass.testing.Sandbox
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.TestInstance
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource
import kotlin.concurrent.thread

/** Each way in which Amazon's library gives no token ends in a code, at once, and an app can find out which it was. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
internal class AmazonTroubleTest {
    private val sandbox = Sandbox.start()

    @AfterAll
    fun `the sandbox ends`() = sandbox.close()

    @ParameterizedTest
    @EnumSource
    fun `a library without a token is told of, and leads to a code at once`(trouble: Trouble) = runBlocking {
        device(trouble.behaves)
        sandbox.client(tokens = amazon(trouble.call)) {
            platformTokenPatienceMillis = FOR_GOOD
        }.use { client ->
            client.signIn().first { it is SignInEvent.Code }
            assertEquals(trouble.outcome, client.ssoReport().outcome)
            client.cancelSignIn()
        }
        assertTrue(sandbox.requestsIn("$trouble").all { it.tokenIn.isEmpty() })
    }

    /** What a library does in place of giving a token, and what an app is told of it. */
    enum class Trouble(val call: AmazonSso.Call, val outcome: SsoOutcome, val behaves: SSOEnabler.Device.() -> Unit) {
        FAILURE(SYNCHRONOUS, SsoOutcome.Refused(7, "no"), { sync = { failure(7, "no") } }),
        FAILURE_CALLED_BACK(ASYNCHRONOUS, SsoOutcome.Refused(7, "no"), { async = { it.getSSOTokenFailure(failure(7, "no")) } }),
        FAILURE_ON_ANOTHER_THREAD(
            ASYNCHRONOUS,
            SsoOutcome.Refused(null, ""),
            { async = { callback -> thread { callback.getSSOTokenFailure(null) } } },
        ),
        NO_INSTANCE(SYNCHRONOUS, SsoOutcome.Unusable("getInstance has returned nothing"), { instance = { null } }),
        NO_BUNDLE(SYNCHRONOUS, SsoOutcome.Unusable("getSSOTokenSync has returned nothing"), { sync = { null } }),
        NO_BUNDLE_CALLED_BACK(
            ASYNCHRONOUS,
            SsoOutcome.Unusable("success without a Bundle"),
            { async = { it.getSSOTokenSuccess(null) } },
        ),
        EMPTY_TOKEN(SYNCHRONOUS, SsoOutcome.Unusable("the token is empty"), { sync = { success("") } }),
        NO_JWT(SYNCHRONOUS, SsoOutcome.Malformed, { sync = { success("no token at all") } }),
        EXCEPTION(
            SYNCHRONOUS,
            SsoOutcome.Unusable("the library has thrown java.lang.IllegalStateException"),
            { sync = { error("planted") } },
        ),
        EXCEPTION_IN_PLACE_OF_A_CALLBACK(
            ASYNCHRONOUS,
            SsoOutcome.Unusable("the library has thrown java.lang.SecurityException"),
            { async = { throw SecurityException("planted") } },
        ),
        ERROR(
            SYNCHRONOUS,
            SsoOutcome.Unusable("the library has thrown java.lang.NoSuchMethodError"),
            { sync = { throw NoSuchMethodError("planted") } },
        ),
    }
}
