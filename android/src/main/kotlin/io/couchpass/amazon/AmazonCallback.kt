package io.couchpass.amazon

import android.os.Bundle
import com.amazon.ottssotokenlib.SSOEnabler
import io.couchpass.platform.PlatformAnswer

/**
 * Hears the library's answer. Amazon's callback is an abstract class, so this is compiled against our stub of it and can be
 * loaded only where Amazon's class is: by [AmazonLibrary], and by nobody else.
 *
 * What a library passes to a callback is its own business: nothing of it may throw into the library's thread, which may
 * be the app's main thread.
 */
internal class AmazonCallback(private val answer: (PlatformAnswer) -> Unit) : SSOEnabler.SSOEnablerCallback() {
    override fun getSSOTokenSuccess(bundle: Bundle?) {
        answer(read { bundle?.let(AmazonBundle::answerIn) ?: PlatformAnswer.Unusable("success without a Bundle") })
    }

    override fun getSSOTokenFailure(bundle: Bundle?) {
        answer(read { AmazonBundle.refusalIn(bundle) })
    }

    /** A Bundle is unpacked as it is read, and may hold what this app has no class for. */
    private inline fun read(of: () -> PlatformAnswer): PlatformAnswer = try {
        of()
    } catch (thrown: Throwable) {
        PlatformAnswer.Unusable("the Bundle cannot be read: ${thrown.javaClass.name}")
    }
}
