package io.couchpass

/**
 * Where the viewer signs in with their TV provider.
 *
 * ```
 * val way = SignInWith.Browser("Northwind", "lantern.example", "https://lantern.example/done")
 * client.signIn(way).collect { event ->
 *     if (event is SignInEvent.Page) openBrowser(event.url)
 * }
 * ```
 */
public sealed class SignInWith {
    /** On a second screen, by a code; the viewer chooses the TV provider there. */
    public data object Code : SignInWith()

    /**
     * On a second screen, by a code, with the TV provider that was chosen on this device.
     *
     * @property mvpd the id of the TV provider.
     * @property domain a domain that is registered with Adobe for the channel.
     * @property redirectUrl where the second screen's browser ends.
     */
    public class CodeFor(public val mvpd: String, public val domain: String, public val redirectUrl: String) : SignInWith() {
        override fun toString(): String = "CodeFor($mvpd, $domain, $redirectUrl)"
    }

    /**
     * In a browser on this device, such as the app's own web view.
     *
     * @property mvpd the id of the TV provider.
     * @property domain a domain that is registered with Adobe for the channel.
     * @property redirectUrl where the browser ends.
     */
    public class Browser(public val mvpd: String, public val domain: String, public val redirectUrl: String) : SignInWith() {
        override fun toString(): String = "Browser($mvpd, $domain, $redirectUrl)"
    }
}

/** What a sign-in tells the screen. After one of the last five nothing follows. */
public sealed class SignInEvent {
    /** Looking for an authentication that can be used without the viewer's help. Takes a second or two. */
    public data object Checking : SignInEvent()

    /**
     * Show this code and where to type it. A second one replaces the first.
     *
     * @property code 6 or 7 characters.
     * @property expiresMillis when it stops working, in milliseconds since 1970 by the service's clock, from which the device's may
     *   differ by hours.
     */
    @ConsistentCopyVisibility
    public data class Code internal constructor(public val code: String, public val expiresMillis: Long) : SignInEvent() {
        internal constructor(code: String, expiresMillis: Long, timeLeftMillis: Long) : this(code, expiresMillis) {
            this.timeLeftMillis = timeLeftMillis
        }

        /**
         * How long it still worked when this event came, in milliseconds: what a countdown begins with. The same code that is
         * told of again has less.
         */
        public var timeLeftMillis: Long = 0
            private set
    }

    /**
     * Open this page in a browser on this device, and call [PassClient.redirectReached] when it comes to [redirectUrl]. A second
     * one replaces the first.
     */
    @ConsistentCopyVisibility
    public data class Page internal constructor(public val url: String, public val redirectUrl: String) : SignInEvent() {
        override fun toString(): String = "Page"
    }

    /** The code that was shown works no longer; another one follows. */
    public data object CodeExpired : SignInEvent()

    /** The viewer is signed in. */
    @ConsistentCopyVisibility
    public data class SignedIn internal constructor(public val profile: Profile) : SignInEvent()

    /** The viewer may not sign in, and trying again does not help: show the report's message. */
    @ConsistentCopyVisibility
    public data class Denied internal constructor(public val report: Report) : SignInEvent()

    /** Several codes have expired unused. */
    public data object Expired : SignInEvent()

    /** The sign-in was cancelled. */
    public data object Cancelled : SignInEvent()

    /** Something else went wrong; the error says what to do. */
    @ConsistentCopyVisibility
    public data class Failed internal constructor(public val error: PassError) : SignInEvent()

    /** Whether nothing follows. */
    public val isLast: Boolean
        get() = when (this) {
            Checking, is Code, is Page, CodeExpired -> false
            is SignedIn, is Denied, Expired, Cancelled, is Failed -> true
        }
}

/** What is left for the app to do after a sign-out. */
public sealed class SignOutAction {
    /**
     * Open this page, where the app has a browser, to end the TV provider's own session. It ends at the configured redirect URL.
     *
     * @property mvpd the id of the TV provider.
     * @property url its page.
     */
    @ConsistentCopyVisibility
    public data class OpenUrl internal constructor(public val mvpd: String, public val url: String) : SignOutAction() {
        override fun toString(): String = "OpenUrl($mvpd)"
    }
}
