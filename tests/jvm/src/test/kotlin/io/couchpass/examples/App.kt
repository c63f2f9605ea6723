package io.couchpass.examples

import io.couchpass.MediaToken
import io.couchpass.Profile
import io.couchpass.testing.Sandbox
import java.util.concurrent.ConcurrentLinkedQueue

/** The app around the examples: it writes down what they do, and its viewer does what a screen asks for. */
internal class App(private val sandbox: Sandbox) {
    val done = ConcurrentLinkedQueue<String>()
    var then: () -> Unit = {}

    fun showCode(code: String) {
        did("code")
        sandbox.approve(code)
    }

    fun showHome(profile: Profile) {
        did("home of ${profile.mvpd}")
    }

    fun showSignIn() {
        did("sign-in")
    }

    fun show(text: String?) {
        did("text: $text")
    }

    fun play(@Suppress("unused") token: MediaToken) {
        did("playing")
    }

    fun offerRetry(afterMillis: Long) {
        did("retry after $afterMillis")
    }

    fun openBrowser(url: String) {
        did("browser at ${url.substringBefore(':')}")
    }

    fun log(line: String) {
        did(line)
    }

    private fun did(what: String) {
        done += what
        then()
    }
}
