package io.couchpass.internal

import io.couchpass.Decision
import io.couchpass.DecisionSource
import io.couchpass.Denial
import io.couchpass.MediaToken
import io.couchpass.MetadataValue
import io.couchpass.Metadatum
import io.couchpass.PassApi
import io.couchpass.PassConfig
import io.couchpass.PassError
import io.couchpass.Preauthorization
import io.couchpass.Profile
import io.couchpass.ProfileSelection
import io.couchpass.ProfileType
import io.couchpass.PromotionalIdentity
import io.couchpass.Provider
import io.couchpass.Report
import io.couchpass.RequestMetrics
import io.couchpass.RequestOutcome
import io.couchpass.SignInEvent
import io.couchpass.SignInWith
import io.couchpass.SignOutAction
import io.couchpass.SsoOutcome
import io.couchpass.SsoReport
import io.couchpass.StoreReport
import io.couchpass.UserMetadata
import io.couchpass.platform.PlatformAnswer
import io.couchpass.vault.StoreKey

/*
 * What crosses, message by message. Rust has the same in messages.rs, field for field; GoldenTest holds the two together.
 */

/** What a client is made of. */
internal fun configMessage(config: PassConfig, surroundings: Surroundings): ByteArray = message {
    flag(config.api == PassApi.V2)
    val (first, second) = config.environment
    tag(if (second == null) 0 else 1).text(first)
    if (second != null) text(second)
    text(config.requestor)
    text(config.softwareStatement)
    list(surroundings.deviceInfo.entries) { text(it.key).text(it.value) }
    optional(config.deviceId) { text(it) }
    optional(surroundings.initialDeviceId) { text(it) }
    optional(config.importedCredentials) { text(it.clientId).text(it.clientSecret) }
    optional(surroundings.store) { text(it.path).bytes(it.key.bytes).keyOrigin(it.key.origin) }
    flag(surroundings.platformTokens != null)
    tag(config.platformTokenCarrier.ordinal)
    optional(config.platformTokenPatienceMillis) { long(it) }
    optional(config.codeLifetimeMillis) { long(it) }
    flag(config.profileSelection == ProfileSelection.LAST_PROVIDER)
    optional(config.redirectUrl) { text(it) }
    list(config.tlsRoots) { text(it) }
    optional(config.answerWithinMillis) { long(it) }
    optional(config.preauthorizedAtOnce) { int(it) }
    optional(config.proxy) { text(it) }
}

internal fun MessageWriter.keyOrigin(origin: StoreKey.Origin): MessageWriter = when (origin) {
    StoreKey.Origin.Kept, StoreKey.Origin.Made -> tag(0)
    is StoreKey.Origin.Replaced -> tag(1).text(origin.why)
    is StoreKey.Origin.Temporary -> tag(2).text(origin.why)
}

/** How the viewer signs in. */
internal fun wayMessage(way: SignInWith): ByteArray = message {
    when (way) {
        SignInWith.Code -> tag(0)
        is SignInWith.CodeFor -> tag(1).text(way.mvpd).text(way.domain).text(way.redirectUrl)
        is SignInWith.Browser -> tag(2).text(way.mvpd).text(way.domain).text(way.redirectUrl)
    }
}

/** What can be started. */
internal object Operations {
    fun nextEvent(): ByteArray = message { tag(0) }

    fun cancelSignIn(): ByteArray = message { tag(1) }

    fun profiles(): ByteArray = message { tag(2) }

    fun selectProfile(mvpd: String): ByteArray = message { tag(3).text(mvpd) }

    fun providers(): ByteArray = message { tag(4) }

    fun rememberProvider(mvpd: String): ByteArray = message { tag(5).text(mvpd) }

    fun authorize(resource: String): ByteArray = message { tag(6).text(resource) }

    fun preauthorize(resources: List<String>): ByteArray = message { tag(7).list(resources) { text(it) } }

    fun rememberedPermit(resource: String): ByteArray = message { tag(8).text(resource) }

    fun userMetadata(): ByteArray = message { tag(9) }

    fun temporaryAccess(mvpd: String, domain: String, identity: PromotionalIdentity?): ByteArray = message {
        tag(10).text(mvpd).text(domain)
        optional(identity) { text(it.key).text(it.hashedValue) }
    }

    fun timeLeft(mvpd: String): ByteArray = message { tag(11).text(mvpd) }

    fun signOut(): ByteArray = message { tag(12) }
}

/** What is answered at once. */
internal object Questions {
    fun newCode(): ByteArray = message { tag(0) }

    fun redirectReached(): ByteArray = message { tag(1) }

    fun ssoReport(): ByteArray = message { tag(2) }

    fun rememberedProvider(): ByteArray = message { tag(3) }

    fun storeReport(): ByteArray = message { tag(4) }
}

/** What the platform has said. */
internal fun tokenMessage(answer: PlatformAnswer): ByteArray = message {
    when (answer) {
        is PlatformAnswer.Token -> tag(0).text(answer.value)
        PlatformAnswer.LibraryAbsent -> tag(1)
        PlatformAnswer.Disabled -> tag(2)
        is PlatformAnswer.Unusable -> tag(3).text(answer.why)
        is PlatformAnswer.Refused -> tag(4).optional(answer.code) { long(it) }.text(answer.description)
    }
}

internal fun MessageReader.profile(): Profile = Profile(
    mvpd = text(),
    userId = optional { text() },
    notAfterMillis = long(),
    type = ProfileType(text()),
)

internal fun MessageReader.provider(): Provider = Provider(
    id = text(),
    displayName = text(),
    logoUrl = optional { text() },
    isTempPass = flag(),
    platformSso = flag(),
)

internal fun MessageReader.decision(): Decision = Decision(
    resource = text(),
    authorized = flag(),
    mvpd = optional { text() },
    source = DecisionSource(text()),
    notAfterMillis = optional { long() },
    mediaToken = optional { MediaToken(serialized = text(), notAfterMillis = long()) },
    denial = optional { denial() },
)

internal fun MessageReader.denial(): Denial = Denial(
    code = optional { text() },
    message = text(),
    details = optional { text() },
    trace = optional { text() },
)

internal fun MessageReader.preauthorization(): Preauthorization = Preauthorization(
    resource = text(),
    authorized = flag(),
    denial = optional { denial() },
)

internal fun MessageReader.userMetadata(): UserMetadata = UserMetadata(
    updatedMillis = optional { long() },
    values = list { text() to metadatum() }.toMap(),
)

private fun MessageReader.metadatum(): Metadatum {
    val encrypted = flag()
    val value = when (tag()) {
        0 -> MetadataValue.Text(text())
        1 -> MetadataValue.Texts(list { text() })
        2 -> MetadataValue.TextsByName(list { text() to text() }.toMap())
        else -> unknown("value of metadata")
    }
    return Metadatum(value, encrypted)
}

internal fun MessageReader.signOutAction(): SignOutAction = when (tag()) {
    0 -> SignOutAction.OpenUrl(mvpd = text(), url = text())
    else -> unknown("sign-out action")
}

internal fun MessageReader.signInEvent(): SignInEvent = when (tag()) {
    0 -> SignInEvent.Checking
    1 -> SignInEvent.Code(code = text(), expiresMillis = long(), timeLeftMillis = long())
    2 -> SignInEvent.Page(url = text(), redirectUrl = text())
    3 -> SignInEvent.CodeExpired
    4 -> SignInEvent.SignedIn(profile())
    5 -> SignInEvent.Denied(report())
    6 -> SignInEvent.Expired
    7 -> SignInEvent.Cancelled
    8 -> SignInEvent.Failed(passError())
    else -> unknown("event of a sign-in")
}

internal fun MessageReader.ssoReport(): SsoReport = SsoReport(
    outcome = when (tag()) {
        0 -> SsoOutcome.NotAsked
        1 -> SsoOutcome.Waiting(timedOut = flag())
        2 -> SsoOutcome.LibraryAbsent
        3 -> SsoOutcome.Disabled
        4 -> SsoOutcome.Unusable(reason = text())
        5 -> SsoOutcome.Refused(code = optional { long() }, description = text())
        6 -> SsoOutcome.Malformed
        7 -> SsoOutcome.Unsigned
        8 -> SsoOutcome.Expired
        9 -> SsoOutcome.Sent(honoured = optional { flag() })
        else -> unknown("outcome of the platform token")
    },
    askedMillis = optional { long() },
    answeredMillis = optional { long() },
)

internal fun MessageReader.storeReport(): StoreReport = when (tag()) {
    0 -> StoreReport.Whole
    1 -> StoreReport.Lost(reason = text())
    2 -> StoreReport.Temporary(reason = text())
    else -> unknown("report of the store")
}

internal fun MessageReader.requestMetrics(): RequestMetrics = RequestMetrics(
    call = text(),
    attempt = int(),
    waitedMillis = long(),
    tookMillis = long(),
    outcome = when (tag()) {
        0 -> RequestOutcome.Answered(status = int())
        1 -> RequestOutcome.NoConnection
        2 -> RequestOutcome.Untrusted
        3 -> RequestOutcome.TimedOut
        4 -> RequestOutcome.Broken
        else -> unknown("outcome of a request")
    },
    missed = long(),
)

internal fun MessageReader.report(): Report = Report(
    message = text(),
    details = optional { text() },
    call = optional { text() },
    status = optional { int() },
    code = optional { text() },
    trace = optional { text() },
)

internal fun MessageReader.passError(): PassError = when (tag()) {
    0 -> PassError.RetryLater(afterMillis = long(), report = report())
    1 -> PassError.SignInAgain(report())
    2 -> PassError.TellViewer(report())
    3 -> PassError.FixConfiguration(remedy = text(), report = report())
    4 -> PassError.Support(report())
    5 -> PassError.Cancelled
    else -> unknown("error")
}
