package io.couchpass.amazon

import android.os.Bundle
import io.couchpass.platform.PlatformAnswer
import io.couchpass.platform.PlatformAnswer.Refused
import io.couchpass.platform.PlatformAnswer.Token
import io.couchpass.platform.PlatformAnswer.Unusable

/** What is in the Bundles of Amazon's library: `SSOToken`, or `ErrorCode` and `ErrorDescription`. */
internal object AmazonBundle {
    /** A token, a refusal or neither. The synchronous call gives success and failure in the same kind of Bundle. */
    fun answerIn(bundle: Bundle): PlatformAnswer {
        val token = bundle.get(TOKEN)
        return when {
            token is String && token.isNotBlank() -> Token(token)
            bundle.containsKey(CODE) || bundle.containsKey(DESCRIPTION) -> refusalIn(bundle)
            token == null -> Unusable("the Bundle has neither a token nor an error")
            token is String -> Unusable("the token is empty")
            else -> Unusable("the token is a ${token.javaClass.name}")
        }
    }

    /** What a failure says of itself, which may be nothing. */
    fun refusalIn(bundle: Bundle?): Refused = Refused(
        code = when (val code = bundle?.get(CODE)) {
            is Number -> code.toLong()
            is String -> code.trim().toLongOrNull()
            else -> null
        },
        description = (bundle?.get(DESCRIPTION) as? String).orEmpty().take(LONGEST_DESCRIPTION),
    )

    private const val TOKEN = "SSOToken"
    private const val CODE = "ErrorCode"
    private const val DESCRIPTION = "ErrorDescription"

    /** In characters: for a log or a support page, not for whatever a library may put there. */
    private const val LONGEST_DESCRIPTION = 500
}
