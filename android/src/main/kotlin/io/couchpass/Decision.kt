package io.couchpass

/**
 * What the TV provider has decided about one resource. A denial is an answer, not an exception.
 *
 * @property resource what was asked for.
 * @property authorized permit or deny.
 * @property mvpd the TV provider that decided, where the answer names it.
 * @property source who decided.
 * @property notAfterMillis how long Adobe keeps a permit; asking again until then costs the TV provider nothing.
 * @property mediaToken the proof of a permit, for the app's backend.
 * @property denial why not; holds the text that the viewer should see.
 */
@ConsistentCopyVisibility
public data class Decision internal constructor(
    public val resource: String,
    public val authorized: Boolean,
    public val mvpd: String?,
    public val source: DecisionSource,
    public val notAfterMillis: Long?,
    public val mediaToken: MediaToken?,
    public val denial: Denial?,
)

/** Who has made a decision, by Adobe's name: an open set, so compare its [name] with what is not listed here. */
public class DecisionSource internal constructor(public val name: String) {
    override fun equals(other: Any?): Boolean = other is DecisionSource && other.name == name

    override fun hashCode(): Int = name.hashCode()

    override fun toString(): String = name

    public companion object {
        /** The TV provider. */
        @JvmField
        public val MVPD: DecisionSource = DecisionSource("mvpd")

        /** The rules of a trial. */
        @JvmField
        public val TEMP_PASS: DecisionSource = DecisionSource("temppass")

        /** A rule of the programmer while a TV provider is out of order. REST v2 alone tells. */
        @JvmField
        public val DEGRADATION: DecisionSource = DecisionSource("degradation")
    }
}

/**
 * The short-lived proof of a permit. It is for one use: hand it untouched to the backend that validates it, never keep or parse
 * it, and let playback go on when it expires. Does not print itself.
 *
 * @property serialized the token as Adobe has serialised it.
 * @property notAfterMillis when it stops being accepted.
 */
@ConsistentCopyVisibility
public data class MediaToken internal constructor(public val serialized: String, public val notAfterMillis: Long) {
    override fun toString(): String = "MediaToken(redacted)"
}

/**
 * Whether a resource is probably watchable: for a list of channels, never for playback.
 *
 * @property resource what was asked for.
 * @property authorized permit or deny. A TV provider that does not answer denies.
 * @property denial why not, where the answer says so.
 */
@ConsistentCopyVisibility
public data class Preauthorization internal constructor(
    public val resource: String,
    public val authorized: Boolean,
    public val denial: Denial?,
)

/**
 * Why a decision is a deny.
 *
 * @property code Adobe's code, where enhanced error codes are on; an open set.
 * @property message a short text.
 * @property details the TV provider's own words for the viewer, such as how to upgrade.
 * @property trace Adobe's trace id, for support.
 */
@ConsistentCopyVisibility
public data class Denial internal constructor(
    public val code: String?,
    public val message: String,
    public val details: String?,
    public val trace: String?,
)
