package io.couchpass

/**
 * One request that was sent, or that could not be. Holds nothing that tells who the viewer is or what they watch.
 *
 * @property call which of Adobe's calls, such as `authorize`.
 * @property attempt 1 for the first try, 2 for the first repetition.
 * @property waitedMillis how long it waited for room within Adobe's rate.
 * @property tookMillis the time from sending to the last byte of the answer.
 * @property outcome how it ended.
 * @property missed how many before this one were dropped, because whoever collects did not keep up.
 */
@ConsistentCopyVisibility
public data class RequestMetrics internal constructor(
    public val call: String,
    public val attempt: Int,
    public val waitedMillis: Long,
    public val tookMillis: Long,
    public val outcome: RequestOutcome,
    public val missed: Long,
)

/** How a request ended. */
public sealed class RequestOutcome {
    /** With an answer of this HTTP [status]. */
    @ConsistentCopyVisibility
    public data class Answered internal constructor(public val status: Int) : RequestOutcome()

    /** Without a connection. */
    public data object NoConnection : RequestOutcome()

    /** Without a certificate that the device trusts. */
    public data object Untrusted : RequestOutcome()

    /** Without an answer in time. */
    public data object TimedOut : RequestOutcome()

    /** With a broken connection, or an answer that is too long. */
    public data object Broken : RequestOutcome()
}
