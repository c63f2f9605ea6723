package io.couchpass.guides

import android.content.Context
import android.webkit.WebView
import android.webkit.WebViewClient
import io.couchpass.Denial
import io.couchpass.MetadataValue
import io.couchpass.PassApi
import io.couchpass.PassClient
import io.couchpass.PassConfig
import io.couchpass.PassEnvironment
import io.couchpass.PassError
import io.couchpass.PassException
import io.couchpass.Profile
import io.couchpass.Provider
import io.couchpass.SignInEvent
import io.couchpass.SignInWith
import io.couchpass.SignOutAction
import io.couchpass.create
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

// The Kotlin of the two guides for apps that move here, piece by piece.

class UntilRedirect(private val client: PassClient, private val redirectUrl: String) : WebViewClient() {
    override fun shouldOverrideUrlLoading(view: WebView, url: String): Boolean {
        if (!url.startsWith(redirectUrl)) return false
        client.redirectReached()
        return true
    }
}

internal class MovingApp(private val client: PassClient, private val screen: Screen, private val player: Player) {
    interface Screen {
        fun pick(providers: List<Provider>): Provider

        fun offer(mvpd: String, timeLeftMillis: Long?)

        fun offerSignIn()

        fun showHome(profile: Profile)

        fun show(event: SignInEvent)

        fun show(error: PassError)

        fun explain(denial: Denial?)
    }

    fun interface Player {
        fun play(mediaToken: String)
    }

    suspend fun signIn(webView: WebView) {
        val chosen = screen.pick(client.providers().filterNot { it.isTempPass })
        val way = SignInWith.Browser(chosen.id, "example.com", "https://example.com/done")
        client.signIn(way).collect { event ->
            when (event) {
                is SignInEvent.Page -> {
                    webView.setWebViewClient(UntilRedirect(client, event.redirectUrl))
                    webView.loadUrl(event.url)
                }
                is SignInEvent.SignedIn -> screen.showHome(event.profile)
                else -> screen.show(event)
            }
        }
    }

    suspend fun watch() {
        try {
            val decision = client.authorize("REF30")
            val mediaToken = decision.mediaToken
            if (mediaToken != null) player.play(mediaToken.serialized) else screen.explain(decision.denial)
        } catch (exception: PassException) {
            if (exception.error is PassError.SignInAgain) screen.offerSignIn() else screen.show(exception.error)
        }
    }

    suspend fun rating(): String? {
        val maxRating = client.userMetadata().values["maxRating"]?.takeUnless { it.encrypted }?.value
        val mpaa = (maxRating as? MetadataValue.TextsByName)?.texts?.get("MPAA")
        return mpaa
    }

    suspend fun signOut(): List<String> {
        val pages = client.signOut().filterIsInstance<SignOutAction.OpenUrl>().map { it.url }
        return pages
    }

    suspend fun chooseProfile(chosen: String) {
        for (profile in client.profiles()) {
            screen.offer(profile.mvpd, client.timeLeftMillis(profile.mvpd))
        }
        client.selectProfile(chosen)
    }

    companion object {
        suspend fun setUp(context: Context, statement: String): PassClient {
            val config = PassConfig(PassApi.V2, PassEnvironment.RELEASE_PRODUCTION, "REF30", statement)
            val client = withContext(Dispatchers.IO) { PassClient.create(context, config) }
            return client
        }

        fun moveToV2(statement: String): PassConfig {
            // Was PassApi.V1, and the statement of v1.
            val config = PassConfig(PassApi.V2, PassEnvironment.RELEASE_PRODUCTION, "REF30", statement)
            return config
        }
    }
}
