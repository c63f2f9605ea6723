package io.couchpass

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.cancel
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.isActive
import kotlinx.coroutines.launch
import kotlinx.coroutines.yield
import java.util.concurrent.Executor

/** Receives what a call has come to: one of the two, once. */
public interface PassCallback<in T> {
    /** It worked. */
    public fun onSuccess(value: T)

    /** It did not; the exception says what to do next. */
    public fun onFailure(exception: PassException)
}

/** Receives the events of a sign-in, one after the other. */
public fun interface SignInListener {
    /** Something to show. After an event that [is the last][SignInEvent.isLast] nothing follows. */
    public fun onEvent(event: SignInEvent)
}

/** Receives a client's requests, one after the other. */
public fun interface MetricsListener {
    /** A request has ended, or could not be sent. */
    public fun onRequest(request: RequestMetrics)
}

/** A call under way. */
public fun interface PassCall {
    /**
     * Ends it: nobody is called back any more, not even with what is on its way to the executor. On another thread than the
     * executor's, a callback that has begun goes on. For a sign-in, leaves it as a screen does; [PassClient.signIn] tells.
     */
    public fun cancel()
}

/**
 * A [PassClient] with callbacks in place of coroutines, for Java. Each call returns at once and calls back on [executor], such as
 * the main thread's: `handler::post`, with a `Handler` of the main looper.
 *
 * ```
 * CallbackPassClient client = new CallbackPassClient(passClient, mainThread);
 * client.authorize("LanternOne", new PassCallback<Decision>() {
 *     @Override
 *     public void onSuccess(Decision decision) {
 *         play(decision.getMediaToken());
 *     }
 *
 *     @Override
 *     public void onFailure(PassException exception) {
 *         show(exception.getError());
 *     }
 * });
 * ```
 */
public class CallbackPassClient(private val client: PassClient, executor: Executor) : AutoCloseable {
    private val dispatcher = executor.asCoroutineDispatcher()
    private val open = CoroutineScope(SupervisorJob() + dispatcher)

    // Whoever comes too late is told so: a screen that waits for an answer would wait for ever.
    private val closed = CoroutineScope(SupervisorJob() + dispatcher)

    /** As [PassClient.signIn]. Cancelling the call leaves the sign-in. */
    @JvmOverloads
    public fun signIn(listener: SignInListener, way: SignInWith = SignInWith.Code): PassCall =
        tell(client.signIn(way)) { listener.onEvent(it) }

    /** As [PassClient.cancelSignIn]. */
    public fun cancelSignIn(callback: PassCallback<Unit>): PassCall = call(callback) { cancelSignIn() }

    /** As [PassClient.newCode]. */
    @Throws(PassException::class)
    public fun newCode(): Unit = client.newCode()

    /** As [PassClient.redirectReached]. */
    @Throws(PassException::class)
    public fun redirectReached(): Unit = client.redirectReached()

    /** As [PassClient.profiles]. */
    public fun profiles(callback: PassCallback<List<Profile>>): PassCall = call(callback) { profiles() }

    /** As [PassClient.selectProfile]. */
    public fun selectProfile(mvpd: String, callback: PassCallback<Profile>): PassCall = call(callback) { selectProfile(mvpd) }

    /** As [PassClient.timeLeftMillis]; calls back with `null` where there is no such profile. */
    public fun timeLeftMillis(mvpd: String, callback: PassCallback<Long?>): PassCall = call(callback) { timeLeftMillis(mvpd) }

    /** As [PassClient.providers]. */
    public fun providers(callback: PassCallback<List<Provider>>): PassCall = call(callback) { providers() }

    /** As [PassClient.rememberProvider]. */
    public fun rememberProvider(mvpd: String, callback: PassCallback<Boolean>): PassCall =
        call(callback) { rememberProvider(mvpd) }

    /** As [PassClient.rememberedProvider]. */
    @Throws(PassException::class)
    public fun rememberedProvider(): Provider? = client.rememberedProvider()

    /** As [PassClient.authorize]. */
    public fun authorize(resource: String, callback: PassCallback<Decision>): PassCall = call(callback) { authorize(resource) }

    /** As [PassClient.rememberedPermitMillis]; calls back with `null` where there is no permit. */
    public fun rememberedPermitMillis(resource: String, callback: PassCallback<Long?>): PassCall =
        call(callback) { rememberedPermitMillis(resource) }

    /** As [PassClient.preauthorize]. */
    public fun preauthorize(resources: List<String>, callback: PassCallback<List<Preauthorization>>): PassCall =
        call(callback) { preauthorize(resources) }

    /** As [PassClient.userMetadata]. */
    public fun userMetadata(callback: PassCallback<UserMetadata>): PassCall = call(callback) { userMetadata() }

    /** As [PassClient.temporaryAccess]. */
    public fun temporaryAccess(
        mvpd: String,
        domain: String,
        identity: PromotionalIdentity?,
        callback: PassCallback<Profile>,
    ): PassCall = call(callback) { temporaryAccess(mvpd, domain, identity) }

    /** As [PassClient.signOut]. */
    public fun signOut(callback: PassCallback<List<@JvmSuppressWildcards SignOutAction>>): PassCall = call(callback) { signOut() }

    /** As [PassClient.ssoReport]. */
    @Throws(PassException::class)
    public fun ssoReport(): SsoReport = client.ssoReport()

    /** As [PassClient.storeReport]. */
    @Throws(PassException::class)
    public fun storeReport(): StoreReport = client.storeReport()

    /** As [PassClient.metrics], from this call on until the one that it returns is cancelled. */
    public fun metrics(listener: MetricsListener): PassCall =
        // Begun here and not on the executor: what is asked for after this call is heard of.
        tell(client.metrics(), CoroutineStart.UNDISPATCHED) { listener.onRequest(it) }

    /**
     * Closes the client as well. Nobody is called back any more about what was asked before; what is asked afterwards fails with
     * [PassError.Cancelled].
     */
    override fun close() {
        open.cancel()
        client.close()
    }

    // A failure resumes a coroutine even if it is cancelled, and so does what is there without a wait.
    private fun <T> call(callback: PassCallback<T>, work: suspend PassClient.() -> T): PassCall = begin(CoroutineStart.DEFAULT) {
        val value = try {
            client.work()
        } catch (exception: PassException) {
            ensureActive()
            callback.onFailure(exception)
            return@begin
        }
        ensureActive()
        callback.onSuccess(value)
    }

    private fun <T> tell(events: Flow<T>, start: CoroutineStart = CoroutineStart.DEFAULT, listener: (T) -> Unit): PassCall =
        begin(start) {
            events.collect {
                // What is there already comes without a wait: on whatever thread asks for it, and whether it is cancelled or not.
                yield()
                listener(it)
            }
        }

    private fun begin(start: CoroutineStart, work: suspend CoroutineScope.() -> Unit): PassCall {
        val job = (if (open.isActive) open else closed).launch(start = start, block = work)
        return PassCall { job.cancel() }
    }
}
