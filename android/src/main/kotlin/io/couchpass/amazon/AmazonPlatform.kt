package io.couchpass.amazon

import android.content.Context
import io.couchpass.AmazonSso
import io.couchpass.platform.PlatformTokenSource

/** Amazon's library as an app has it. */
internal object AmazonPlatform {
    /** Loads nothing of Amazon's and asks nothing yet, so it costs nothing at an app's start. */
    fun tokenSource(context: Context, options: AmazonSso): PlatformTokenSource {
        // Whatever context a client was made from, the library keeps this one for good.
        val application = context.applicationContext ?: context
        return AmazonTokenSource(
            context = application,
            options = options,
            loader = application.classLoader,
            worker = when (options.call) {
                AmazonSso.Call.SYNCHRONOUS -> ThreadPerTask()
                AmazonSso.Call.ASYNCHRONOUS -> LooperThread()
            },
            companion = InstalledCompanionApp(application.packageManager),
        )
    }
}
