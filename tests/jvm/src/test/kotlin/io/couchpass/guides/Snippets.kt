package io.couchpass.guides

import android.app.Application
import io.couchpass.ClientCredentials
import io.couchpass.Decision
import io.couchpass.PassApi
import io.couchpass.PassClient
import io.couchpass.PassConfig
import io.couchpass.PassEnvironment
import io.couchpass.PassError
import io.couchpass.PassException
import io.couchpass.Profile
import io.couchpass.SignInEvent
import io.couchpass.SignOutAction
import io.couchpass.create
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async
import kotlinx.coroutines.launch

// The Kotlin of docs/integrating.md, piece by piece: what compiles here is what the guide shows.

internal interface Screen {
    fun showHome(profile: Profile)

    fun offerSignIn()

    fun showProgress()

    fun showCode(code: String, timeLeftMillis: Long)

    fun showRefusal(text: String)

    fun showError(error: PassError)

    fun offerRetry(afterMillis: Long)
}

internal fun interface Player {
    fun play(resource: String, mediaToken: String)
}

internal fun interface Browser {
    fun open(url: String)
}

internal class Earlier(val deviceId: String, val clientId: String, val clientSecret: String)

/** What an app's build makes of its `res/raw`. */
internal class RawResources {
    val statement = 0
}

internal object R {
    val raw = RawResources()
}

class LanternApp : Application() {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.IO)
    private val opening by lazy {
        scope.async {
            val statement = resources.openRawResource(R.raw.statement).use { it.reader().readText().trim() }
            PassClient.create(this@LanternApp, PassConfig(PassApi.V2, PassEnvironment.RELEASE_STAGING, "REF30", statement))
        }
    }

    suspend fun passClient(): PassClient = opening.await()
}

/** As `androidx.lifecycle` has them, which only Google's own repository has: the names and shapes that an app sees. */
internal class Lifecycle {
    enum class State { STARTED }
}

internal interface LifecycleOwner {
    val lifecycleScope: CoroutineScope

    suspend fun repeatOnLifecycle(state: Lifecycle.State, block: suspend CoroutineScope.() -> Unit)
}

internal fun LifecycleOwner.collectWhileVisible(app: LanternApp, show: (SignInEvent) -> Unit) {
    lifecycleScope.launch {
        repeatOnLifecycle(Lifecycle.State.STARTED) {
            app.passClient().signIn().collect { event -> show(event) }
        }
    }
}

internal fun broughtAlong(earlier: Earlier, statement: String): PassConfig {
    val config = PassConfig(PassApi.V1, PassEnvironment.RELEASE_PRODUCTION, "REF30", statement) {
        deviceId = earlier.deviceId
        importedCredentials = ClientCredentials(earlier.clientId, earlier.clientSecret)
    }
    return config
}

internal fun trusting(proxyRootPem: String, statement: String): PassConfig {
    val config = PassConfig(PassApi.V2, PassEnvironment.RELEASE_STAGING, "REF30", statement) {
        proxy = "http://10.0.0.5:8888"
        tlsRoots = listOf(proxyRootPem)
    }
    return config
}

internal class App(
    private val client: PassClient,
    private val screen: Screen,
    private val player: Player,
    private val browser: Browser?,
) {
    suspend fun start() {
        val profile = client.profiles().firstOrNull()
        if (profile != null) screen.showHome(profile) else screen.offerSignIn()
    }

    suspend fun signIn() {
        client.signIn().collect { event ->
            when (event) {
                SignInEvent.Checking -> screen.showProgress()
                is SignInEvent.Code -> screen.showCode(event.code, event.timeLeftMillis)
                SignInEvent.CodeExpired -> screen.showProgress()
                is SignInEvent.SignedIn -> screen.showHome(event.profile)
                is SignInEvent.Denied -> screen.showRefusal(event.report.details ?: event.report.message)
                SignInEvent.Expired -> screen.offerSignIn()
                SignInEvent.Cancelled -> screen.offerSignIn()
                is SignInEvent.Failed -> screen.showError(event.error)
                is SignInEvent.Page -> error("only a sign-in in a browser on this device has pages")
            }
        }
    }

    suspend fun watch() {
        val decision = client.authorize("LanternOne")
        val mediaToken = decision.mediaToken
        if (mediaToken != null) {
            player.play("LanternOne", mediaToken.serialized)
        } else {
            screen.showRefusal(decision.denial?.details ?: decision.denial?.message ?: "not in your package")
        }
    }

    suspend fun watchCarefully(play: (Decision) -> Unit) {
        try {
            play(client.authorize("LanternOne"))
        } catch (exception: PassException) {
            when (val error = exception.error) {
                is PassError.RetryLater -> screen.offerRetry(error.afterMillis)
                is PassError.SignInAgain -> screen.offerSignIn()
                is PassError.TellViewer -> screen.showRefusal(error.report.details ?: error.report.message)
                is PassError.FixConfiguration -> screen.showError(error)
                is PassError.Support -> screen.showError(error)
                PassError.Cancelled -> {}
            }
        }
    }

    suspend fun watchable(channels: List<String>): List<String> {
        val watchable = client.preauthorize(channels).filter { it.authorized }.map { it.resource }
        return watchable
    }

    suspend fun rating(): List<String>? {
        val rating = client.userMetadata().values["maxRating"]?.takeUnless { it.encrypted }?.value?.asList()
        return rating
    }

    suspend fun signOut() {
        for (action in client.signOut()) {
            when (action) {
                is SignOutAction.OpenUrl -> if (browser != null) browser.open(action.url)
            }
        }
    }
}
