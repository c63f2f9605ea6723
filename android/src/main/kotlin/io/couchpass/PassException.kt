package io.couchpass

/**
 * A call that did not work out. [error] says what to do next; the message is for logs and support, and holds no secret.
 *
 * ```
 * try {
 *     client.authorize("LanternOne")
 * } catch (exception: PassException) {
 *     when (val error = exception.error) {
 *         is PassError.SignInAgain -> showSignIn()
 *         is PassError.TellViewer -> show(error.report.details ?: error.report.message)
 *         is PassError.RetryLater -> offerRetry(error.afterMillis)
 *         else -> log(exception.toString())
 *     }
 * }
 * ```
 */
public class PassException internal constructor(public val error: PassError) : Exception(error.toString())

private const val MILLIS = 1_000L

/** Something that did not work out, by what to do next. */
public sealed class PassError {
    /** What happened; there is none where the app itself has cancelled. */
    public abstract val report: Report?

    /** It may well work later, not before [afterMillis] from now. Couchpass has repeated the call as often as makes sense. */
    @ConsistentCopyVisibility
    public data class RetryLater internal constructor(public val afterMillis: Long, override val report: Report) : PassError() {
        override fun toString(): String = "try again in ${maxOf(1, afterMillis / MILLIS)} s: $report"
    }

    /** The viewer has no valid authentication: start a sign-in. */
    @ConsistentCopyVisibility
    public data class SignInAgain internal constructor(override val report: Report) : PassError() {
        override fun toString(): String = "sign in again: $report"
    }

    /** A refusal that neither app nor viewer can undo by trying: show [Report.message] and [Report.details]. */
    @ConsistentCopyVisibility
    public data class TellViewer internal constructor(override val report: Report) : PassError() {
        override fun toString(): String = "tell the viewer: $report"
    }

    /** The app's set-up is wrong, and its developer has to act; [remedy] says how. */
    @ConsistentCopyVisibility
    public data class FixConfiguration internal constructor(public val remedy: String, override val report: Report) :
        PassError() {
        override fun toString(): String = "$report; $remedy"
    }

    /** Nothing that anybody in front of the device can mend: report it with its trace. */
    @ConsistentCopyVisibility
    public data class Support internal constructor(override val report: Report) : PassError() {
        override fun toString(): String = "report it to support: $report"
    }

    /** The app has closed the client, before the call or under it. */
    public data object Cancelled : PassError() {
        override val report: Report? get() = null

        override fun toString(): String = "cancelled: the client is closed"
    }
}

/**
 * What happened, for logs and support. Holds no secret.
 *
 * @property message in a sentence.
 * @property details more, as the service or TV provider puts it; may be meant for the viewer.
 * @property call which of Adobe's calls it was, such as `authorize`.
 * @property status HTTP's status.
 * @property code Adobe's error code, an open set.
 * @property trace Adobe's trace id: support finds the request by it.
 */
@ConsistentCopyVisibility
public data class Report internal constructor(
    public val message: String,
    public val details: String? = null,
    public val call: String? = null,
    public val status: Int? = null,
    public val code: String? = null,
    public val trace: String? = null,
) {
    override fun toString(): String {
        val where = call?.let { "$it: " }.orEmpty()
        val known = listOfNotNull(status?.let { "HTTP $it" }, code?.let { "code $it" }, trace?.let { "trace $it" })
        return where + message + if (known.isEmpty()) "" else known.joinToString(prefix = " (", postfix = ")")
    }
}
