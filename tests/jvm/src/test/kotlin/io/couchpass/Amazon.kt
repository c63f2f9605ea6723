package io.couchpass

import android.content.ContextWrapper
import android.os.Bundle
import com.amazon.ottssotokenlib.SSOEnabler
import io.couchpass.amazon.AmazonTokenSource
import io.couchpass.amazon.ThreadPerTask
import io.couchpass.platform.PlatformTokenSource

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
