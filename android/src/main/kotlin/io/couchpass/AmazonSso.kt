package io.couchpass

/**
 * How Amazon's single sign-on library is asked for the platform token. The defaults are right for nearly every app.
 *
 * ```
 * val config = PassConfig(PassApi.V2, PassEnvironment.RELEASE_STAGING, "REF30", statement) {
 *     amazonSso = AmazonSso(AmazonSso.Call.ASYNCHRONOUS)
 * }
 * ```
 *
 * Adobe's page: "Amazon SSO Cookbook".
 *
 * @property call which of the library's two ways is used.
 * @property timeoutMillis how long the library itself may take over a synchronous call, in milliseconds; `null` leaves it at
 *   the library's own 60 000. No sign-in waits for it: that patience is Couchpass's own, and a token that comes later is
 *   still used.
 * @throws IllegalArgumentException if [timeoutMillis] is not positive.
 */
public class AmazonSso(public val call: Call, public val timeoutMillis: Long?) {
    /** Leaves the library its own timeout. */
    public constructor(call: Call) : this(call, null)

    /** Asks synchronously, which nothing else in the app can disturb. */
    public constructor() : this(Call.SYNCHRONOUS)

    init {
        require(timeoutMillis == null || timeoutMillis > 0) { "timeoutMillis is $timeoutMillis; pass more than 0, or null" }
    }

    /** The ways in which Amazon's library answers. */
    public enum class Call {
        /** It blocks until it has an answer, on a thread of Couchpass's own. */
        SYNCHRONOUS,

        /**
         * It calls back. The library knows one callback per process: an app that sets its own, or opens two clients that ask
         * in this way, takes the answers away from the first.
         */
        ASYNCHRONOUS,
    }
}
