package io.couchpass

import android.content.ContextWrapper
import android.os.Bundle
import com.amazon.ottssotokenlib.SSOEnabler
import io.couchpass.amazon.AmazonTokenSource
import io.couchpass.amazon.ThreadPerTask
import io.couchpass.platform.PlatformTokenSource
import io.couchpass.testing.Sandbox
import org.junit.jupiter.api.Assertions.assertTrue

/** The real adapter to Amazon's library, as an app has it, over the double that stands in for Amazon's class. */
internal fun amazon(
    call: AmazonSso.Call = AmazonSso.Call.SYNCHRONOUS,
    loader: ClassLoader = SSOEnabler::class.java.classLoader,
): PlatformTokenSource = AmazonTokenSource(ContextWrapper(null), AmazonSso(call), loader, ThreadPerTask(), { false })

/** A device without Amazon's library. */
internal val withoutLibrary: ClassLoader = ClassLoader.getPlatformClassLoader()

/** A device whose library behaves like this, until the next test says otherwise. */
internal fun device(behaves: SSOEnabler.Device.() -> Unit): SSOEnabler.Device =
    SSOEnabler.Device().apply(behaves).also { SSOEnabler.device = it }

/** A device that vouches for its viewer with this token, however it is asked. */
internal fun deviceWith(token: String): SSOEnabler.Device = device {
    sync = { success(token) }
    async = { it.getSSOTokenSuccess(success(token)) }
}

internal fun success(token: Any?): Bundle = Bundle().with("SSOToken", token)

internal fun failure(code: Any?, description: Any?): Bundle =
    Bundle().with("ErrorCode", code).with("ErrorDescription", description)

/** In milliseconds, all the patience that there is, and longer than any test may take: whoever has it goes on at once or never. */
internal const val FOR_GOOD: Long = 600_000

/** A request as the sandbox has it, with the places where it had a platform token. */
internal data class Seen(val endpoint: String, val method: String, val tokenIn: List<String>)

/** What the sandbox has seen of devices. */
internal fun Sandbox.requestsIn(what: String): List<Seen> {
    val requests = control("GET", "/requests?by_device=true").split(Regex("\"at\": ?")).drop(1).map { record ->
        fun text(name: String) = Regex("\"$name\": ?\"([^\"]*)\"").find(record)?.groupValues?.get(1).orEmpty()
        val secrets = Regex("\\{[^{}]*\"platform_token\"[^{}]*}").findAll(record)
        val carriers = secrets.map { Regex("\"carrier\": ?\"([^\"]*)\"").find(it.value)!!.groupValues[1] }
        Seen(text("endpoint"), text("method"), carriers.toList())
    }
    assertTrue(requests.isNotEmpty(), "no request was made: $what")
    return requests
}
