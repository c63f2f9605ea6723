package io.couchpass

import io.couchpass.internal.NativeClient
import io.couchpass.internal.Operations
import io.couchpass.internal.Questions
import io.couchpass.internal.Surroundings
import io.couchpass.internal.decision
import io.couchpass.internal.preauthorization
import io.couchpass.internal.profile
import io.couchpass.internal.provider
import io.couchpass.internal.signOutAction
import io.couchpass.internal.ssoReport
import io.couchpass.internal.storeReport
import io.couchpass.internal.userMetadata
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow

/**
 * Signs a viewer in and asks what they may watch.
 *
 * A suspending call can be cancelled, which ends its work; it throws a [PassException] that says what to do next. Calls may come
 * from any thread. A client that is closed throws [PassError.Cancelled].
 *
 * ```
 * client.signIn().collect { event ->
 *     when (event) {
 *         is SignInEvent.Code -> showCode(event.code)
 *         is SignInEvent.SignedIn -> showHome(event.profile)
 *         else -> {}
 *     }
 * }
 * val decision = client.authorize("LanternOne")
 * decision.mediaToken?.let { play(it) } ?: show(decision.denial?.message)
 * ```
 */
public class PassClient internal constructor(private val native: NativeClient) : AutoCloseable {
    /**
     * Signs the viewer in, or joins the sign-in that is under way in the same way; one under way in another way is cancelled.
     *
     * Collecting starts it. Leaving pauses it and does not end it: a screen may be recreated while a code is shown, and goes on
     * with the same code. [cancelSignIn], [close] and the code's expiry end it.
     *
     * The flow throws no [PassException]: what goes wrong, such as a client that is closed, is a [SignInEvent.Failed].
     */
    @JvmOverloads
    public fun signIn(way: SignInWith = SignInWith.Code): Flow<SignInEvent> = flow {
        // Not around what is emitted: what the one who collects throws is their own.
        val events = try {
            native.signIn(way)
        } catch (exception: PassException) {
            return@flow emit(SignInEvent.Failed(exception.error))
        }
        events.use {
            while (true) {
                val event = try {
                    events.next()
                } catch (exception: PassException) {
                    SignInEvent.Failed(exception.error)
                }
                emit(event ?: break)
                if (event.isLast) break
            }
        }
    }

    /** Ends a sign-in under way. Returns when its code is released; does nothing where there is none. */
    public suspend fun cancelSignIn(): Unit = native.call(Operations.cancelSignIn()) {}

    /** Replaces the code that is shown by a new one. Does nothing where none is shown. */
    @Throws(PassException::class)
    public fun newCode(): Unit = native.ask(Questions.newCode()) {}

    /** Tells that the browser on this device has come to the redirect URL of its [page][SignInEvent.Page]. */
    @Throws(PassException::class)
    public fun redirectReached(): Unit = native.ask(Questions.redirectReached()) {}

    /** The viewer's valid profiles, as remembered, the current one first. Makes no request. */
    public suspend fun profiles(): List<Profile> = native.call(Operations.profiles()) { list { profile() } }

    /** Makes the profile with the TV provider [mvpd] the current one, on which the calls from now on go. */
    public suspend fun selectProfile(mvpd: String): Profile = native.call(Operations.selectProfile(mvpd)) { profile() }

    /** How long the profile with the TV provider [mvpd] is still valid, in milliseconds; `null` where there is none. */
    public suspend fun timeLeftMillis(mvpd: String): Long? = native.call(Operations.timeLeft(mvpd)) { optional { long() } }

    /**
     * The TV providers to choose from; trials among them are marked and belong in no picker. Ask only to show a picker: the
     * answer is kept for three minutes.
     */
    public suspend fun providers(): List<Provider> = native.call(Operations.providers()) { list { provider() } }

    /** Remembers the viewer's choice, to be offered first the next time. Whether there is such a TV provider. */
    public suspend fun rememberProvider(mvpd: String): Boolean = native.call(Operations.rememberProvider(mvpd)) { flag() }

    /** The TV provider that the viewer has signed in with, or chosen, last. */
    @Throws(PassException::class)
    public fun rememberedProvider(): Provider? = native.ask(Questions.rememberedProvider()) { optional { provider() } }

    /**
     * Asks whether the viewer may watch [resource], the id of a channel or an MRSS text; call it before every playback. A permit
     * carries the media token for the app's backend. A deny is no exception: the decision says why.
     */
    public suspend fun authorize(resource: String): Decision = native.call(Operations.authorize(resource)) { decision() }

    /** Until when Adobe remembers a permit for [resource], in milliseconds since 1970. Never decides playback. */
    public suspend fun rememberedPermitMillis(resource: String): Long? =
        native.call(Operations.rememberedPermit(resource)) { optional { long() } }

    /** Which of [resources] the viewer may probably watch, in their order: to mark channels, never to decide playback. */
    public suspend fun preauthorize(resources: List<String>): List<Preauthorization> =
        native.call(Operations.preauthorize(resources)) { list { preauthorization() } }

    /** What the TV provider tells of the viewer. Kept until an authorization may have changed it. */
    public suspend fun userMetadata(): UserMetadata = native.call(Operations.userMetadata()) { userMetadata() }

    /**
     * Begins a trial (TempPass) with the provider that stands for it, or finds the one under way. It ends a sign-in under way,
     * and a sign-in replaces it.
     *
     * @param mvpd the id of the provider that stands for the trial.
     * @param domain a domain that is registered with Adobe for the channel.
     * @param identity whom a promotional trial belongs to.
     */
    @JvmSynthetic
    public suspend fun temporaryAccess(mvpd: String, domain: String, identity: PromotionalIdentity? = null): Profile =
        native.call(Operations.temporaryAccess(mvpd, domain, identity)) { profile() }

    /**
     * Signs the viewer out of this app on this device, and ends a sign-in under way. The platform token is not used again before
     * the next [signIn]. Returns what is left for the app to do; an app without a browser may leave it at that.
     *
     * ```
     * for (action in client.signOut()) {
     *     if (action is SignOutAction.OpenUrl) openBrowser(action.url)
     * }
     * showSignIn()
     * ```
     */
    public suspend fun signOut(): List<SignOutAction> = native.call(Operations.signOut()) { list { signOutAction() } }

    /**
     * What has come of the platform token. It does not wait for the platform, so ask when a sign-in has shown a code or is over.
     *
     * ```
     * when (val outcome = client.ssoReport().outcome) {
     *     is SsoOutcome.Sent -> log("sent, and honoured: ${outcome.honoured}")
     *     is SsoOutcome.Refused -> log("refused with ${outcome.code}: ${outcome.description}")
     *     else -> log("not sent: $outcome")
     * }
     * ```
     */
    @Throws(PassException::class)
    public fun ssoReport(): SsoReport = native.ask(Questions.ssoReport()) { ssoReport() }

    /**
     * What was found of an earlier run when this client was made: why a viewer has to sign in again who has not signed out.
     *
     * ```
     * when (val report = client.storeReport()) {
     *     StoreReport.Whole -> {}
     *     is StoreReport.Lost -> log("signed out, as what was remembered is lost: ${report.reason}")
     *     is StoreReport.Temporary -> log("signed out for now: ${report.reason}")
     * }
     * ```
     */
    @Throws(PassException::class)
    public fun storeReport(): StoreReport = native.ask(Questions.storeReport()) { storeReport() }

    /**
     * Every request from now on, as it ends: how long it waited and took, and how it ended. For an app's own statistics; nothing
     * is kept or counted while nobody collects. The flow ends when the client is closed, and never fails.
     *
     * Whoever collects slowly holds up no request: the latest 64 wait, and [RequestMetrics.missed] tells how many older ones are
     * gone.
     *
     * ```
     * client.metrics().collect { request ->
     *     log("${request.call}: ${request.outcome} after ${request.waitedMillis} + ${request.tookMillis} ms")
     * }
     * ```
     */
    public fun metrics(): Flow<RequestMetrics> = flow {
        val requests = untilClosed { native.metrics() } ?: return@flow
        requests.use {
            while (true) emit(untilClosed { requests.next() } ?: break)
        }
    }

    /**
     * Closes the client: calls under way end with [PassError.Cancelled], and a sign-in ends. Any thread may do it, at any time,
     * more than once.
     */
    override fun close() {
        native.close()
    }

    override fun toString(): String = "PassClient"

    /** Statistics are no reason to end an app: whatever goes wrong ends the flow. */
    private inline fun <T : Any> untilClosed(next: () -> T?): T? = try {
        next()
    } catch (_: PassException) {
        null
    }

    /** Clients are made by `PassClient.create(context, config)`, and in Java by [PassClients.create]. */
    public companion object {
        /** Makes a client of what a device, or a test, has. */
        internal fun open(config: PassConfig, surroundings: Surroundings): PassClient =
            PassClient(NativeClient.create(config, surroundings))
    }
}
