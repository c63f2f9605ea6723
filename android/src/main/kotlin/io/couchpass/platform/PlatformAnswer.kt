package io.couchpass.platform

/**
 * What a platform answers when it is asked for its token: the token, or why there is none.
 *
 * The absences are those of the core (`Absence` in `rust/couchpass/src/platform_token`). Each ends in signing in with a
 * code, so none of them is an error.
 */
internal sealed interface PlatformAnswer {
    /** The token as the platform gave it. The core judges its shape; its one way out of here is [value]. */
    class Token(val value: String) : PlatformAnswer {
        override fun toString(): String = "Token(redacted)"
    }

    /** The platform's library is not on this device. */
    data object LibraryAbsent : PlatformAnswer

    /** It is there, but its companion app is disabled or removed. */
    data object Disabled : PlatformAnswer

    /** It is there, but cannot be used as it is: another shape than expected, an exception, no instance. */
    data class Unusable(val why: String) : PlatformAnswer

    /** It has refused. [code] is the platform's own number, passed through and never judged. */
    data class Refused(val code: Long?, val description: String) : PlatformAnswer
}
