package io.couchpass.examples

import android.content.Context
import io.couchpass.AmazonSso
import io.couchpass.PassApi
import io.couchpass.PassClient
import io.couchpass.PassConfig
import io.couchpass.PassEnvironment
import io.couchpass.PassError
import io.couchpass.PassException
import io.couchpass.PassLog
import io.couchpass.ProfileSelection
import io.couchpass.SignInEvent
import io.couchpass.SignInWith
import io.couchpass.SignOutAction
import io.couchpass.SsoOutcome
import io.couchpass.StoreReport
import io.couchpass.create
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

// The examples of the documentation: each function's body stands in a comment of the library. ExamplesTest runs them.

internal suspend fun App.signInAndWatch(client: PassClient) {
    client.signIn().collect { event ->
        when (event) {
            is SignInEvent.Code -> showCode(event.code)
            is SignInEvent.SignedIn -> showHome(event.profile)
            else -> {}
        }
    }
    val decision = client.authorize("LanternOne")
    decision.mediaToken?.let { play(it) } ?: show(decision.denial?.message)
}

internal suspend fun App.signInOnThisDevice(client: PassClient) {
    val way = SignInWith.Browser("Northwind", "lantern.example", "https://lantern.example/done")
    client.signIn(way).collect { event ->
        if (event is SignInEvent.Page) openBrowser(event.url)
    }
}

internal suspend fun App.doWhatTheErrorSays(client: PassClient) {
    try {
        client.authorize("LanternOne")
    } catch (exception: PassException) {
        when (val error = exception.error) {
            is PassError.SignInAgain -> showSignIn()
            is PassError.TellViewer -> show(error.report.details ?: error.report.message)
            is PassError.RetryLater -> offerRetry(error.afterMillis)
            else -> log(exception.toString())
        }
    }
}

internal suspend fun App.signOut(client: PassClient) {
    for (action in client.signOut()) {
        if (action is SignOutAction.OpenUrl) openBrowser(action.url)
    }
    showSignIn()
}

internal fun App.tellWhatBecameOfTheToken(client: PassClient) {
    when (val outcome = client.ssoReport().outcome) {
        is SsoOutcome.Sent -> log("sent, and honoured: ${outcome.honoured}")
        is SsoOutcome.Refused -> log("refused with ${outcome.code}: ${outcome.description}")
        else -> log("not sent: $outcome")
    }
}

internal fun App.tellWhyNobodyIsSignedIn(client: PassClient) {
    when (val report = client.storeReport()) {
        StoreReport.Whole -> {}
        is StoreReport.Lost -> log("signed out, as what was remembered is lost: ${report.reason}")
        is StoreReport.Temporary -> log("signed out for now: ${report.reason}")
    }
}

internal suspend fun App.collectMetrics(client: PassClient) {
    client.metrics().collect { request ->
        log("${request.call}: ${request.outcome} after ${request.waitedMillis} + ${request.tookMillis} ms")
    }
}

internal fun configure(statement: String): PassConfig {
    val config = PassConfig(PassApi.V2, PassEnvironment.RELEASE_STAGING, "REF30", statement) {
        profileSelection = ProfileSelection.LAST_PROVIDER
    }
    return config
}

internal fun configureSingleSignOn(statement: String): PassConfig {
    val config = PassConfig(PassApi.V2, PassEnvironment.RELEASE_STAGING, "REF30", statement) {
        amazonSso = AmazonSso(AmazonSso.Call.ASYNCHRONOUS)
    }
    return config
}

internal suspend fun create(context: Context, config: PassConfig): PassClient {
    val client = withContext(Dispatchers.IO) { PassClient.create(context, config) }
    return client
}

internal fun listenToTheLog() {
    PassLog.listener = PassLog.Listener { level, target, line -> println("$level $target: $line") }
    PassLog.level = PassLog.Level.INFO
}
