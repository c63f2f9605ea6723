package io.couchpass

/**
 * What has come of the platform token, for the app's diagnosis.
 *
 * @property outcome what has happened.
 * @property askedMillis when the platform was asked, in milliseconds since 1970.
 * @property answeredMillis when it answered.
 */
@ConsistentCopyVisibility
public data class SsoReport internal constructor(
    public val outcome: SsoOutcome,
    public val askedMillis: Long?,
    public val answeredMillis: Long?,
)

/** What has come of the platform token. */
public sealed class SsoOutcome {
    /** No call has needed it yet, or the app has no source. */
    public data object NotAsked : SsoOutcome()

    /** The platform has not answered yet. With [timedOut], calls go without it meanwhile. */
    @ConsistentCopyVisibility
    public data class Waiting internal constructor(public val timedOut: Boolean) : SsoOutcome()

    /** The platform's library is not on this device. */
    public data object LibraryAbsent : SsoOutcome()

    /** It is there, but its companion app is disabled or removed. */
    public data object Disabled : SsoOutcome()

    /** It is there, but cannot be used as it is. */
    @ConsistentCopyVisibility
    public data class Unusable internal constructor(public val reason: String) : SsoOutcome()

    /** It has answered with a refusal; [code] is the platform's own number, as it came. */
    @ConsistentCopyVisibility
    public data class Refused internal constructor(public val code: Long?, public val description: String) : SsoOutcome()

    /** What it gave is not a JWS or JWE. */
    public data object Malformed : SsoOutcome()

    /** What it gave is not signed. */
    public data object Unsigned : SsoOutcome()

    /** What it gave has expired. */
    public data object Expired : SsoOutcome()

    /**
     * It is sent on every call. Adobe never says that it has understood it: only an authentication found by it proves that, and
     * then [honoured] is `true`; it is `null` before anybody has looked.
     */
    @ConsistentCopyVisibility
    public data class Sent internal constructor(public val honoured: Boolean?) : SsoOutcome()
}
