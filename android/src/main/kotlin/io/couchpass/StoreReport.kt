package io.couchpass

/**
 * What was found of an earlier run when the client was made: it may be the reason why a viewer who had signed in is asked to do
 * so again. The device's key store guards what is remembered, and key stores lose keys.
 *
 * It is about this run alone: once the app has been started again, what is lost is not missed any more.
 */
public sealed class StoreReport {
    /** All that was remembered is there, if there was anything. */
    public data object Whole : StoreReport()

    /**
     * What was remembered cannot be read any more: the viewer is signed out, and the app is registered anew.
     *
     * @property reason why, for a log or a support page. Holds no secret.
     */
    @ConsistentCopyVisibility
    public data class Lost internal constructor(public val reason: String) : StoreReport()

    /**
     * The device's key store does not answer today: the viewer is signed out in this run, and what they do in it may be forgotten
     * after it. What was remembered is still there, and back as soon as the key store is.
     *
     * @property reason why, for a log or a support page. Holds no secret.
     */
    @ConsistentCopyVisibility
    public data class Temporary internal constructor(public val reason: String) : StoreReport()
}
