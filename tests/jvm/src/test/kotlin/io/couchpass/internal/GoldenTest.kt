package io.couchpass.internal

import io.couchpass.ClientCredentials
import io.couchpass.Decision
import io.couchpass.DecisionSource
import io.couchpass.Denial
import io.couchpass.MediaToken
import io.couchpass.MetadataValue
import io.couchpass.Metadatum
import io.couchpass.PassApi
import io.couchpass.PassConfig
import io.couchpass.PassEnvironment
import io.couchpass.PassError
import io.couchpass.PlatformTokenCarrier
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
import io.couchpass.platform.PlatformTokenSource
import io.couchpass.vault.StoreKey
import io.couchpass.vault.StoreKey.Origin
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test
import java.io.File

/** Holds this codec to `messages.golden`, as a test in Rust (`golden.rs`) holds that one. A new message goes into both. */
internal class GoldenTest {
    private val golden: Map<String, String> = File(System.getProperty("couchpass.golden")).readLines()
        .associate { line -> line.substringBefore(' ') to line.substringAfter(' ') }
    private val seen = HashSet<String>()

    private fun writes(name: String, message: ByteArray) {
        seen += name
        assertEquals(golden[name], message.joinToString("") { "%02x".format(it) }, name)
    }

    private fun <T> reads(name: String, expected: T, read: MessageReader.() -> T) {
        seen += name
        val bytes = golden.getValue(name).chunked(2) { it.toString().toInt(16).toByte() }.toByteArray()
        assertEquals(expected, MessageReader(bytes).readWhole(read), name)
        for (length in bytes.indices) {
            assertThrows(IllegalStateException::class.java, { MessageReader(bytes.copyOf(length)).readWhole(read) }, name)
        }
    }

    private val report =
        Report("the service is busy", "Tournez s'il vous plaît 📺", "authorize", 503, "network_busy", "trace-1")
    private val profile = Profile("Northwind", "user-1", 1_800_000_000_123, ProfileType.PLATFORM_SSO)
    private val denial = Denial("not_subscribed", "Not in your package.", "Add it at northwind.example.", null)

    @Test
    fun `every message is as the golden file has it`() {
        configurations()
        ways()
        operations()
        questionsAndTokens()
        answers()
        decisions()
        events()
        reportsAndErrors()
        storeAndMetrics()
        assertEquals(golden.keys.sorted(), seen.sorted())
    }

    private fun configurations() {
        val source = object : PlatformTokenSource {
            override fun ask(answer: (PlatformAnswer) -> Unit) = error("nobody asks")

            override fun close() = error("nobody closes")
        }
        val environment = PassEnvironment.at("http://127.0.0.1:1", "http://127.0.0.1:2")
        val full = PassConfig(PassApi.V2, environment, "LANTERN", "a.b.c") {
            deviceId = "device-1"
            importedCredentials = ClientCredentials("client-1", "secret-1")
            platformTokenCarrier = PlatformTokenCarrier.POST
            platformTokenPatienceMillis = 3_000
            codeLifetimeMillis = 600_000
            profileSelection = ProfileSelection.LAST_PROVIDER
            redirectUrl = "lantern://done"
            tlsRoots = listOf("-----BEGIN CERTIFICATE-----")
            answerWithinMillis = 15_000
            preauthorizedAtOnce = 10
            proxy = "http://10.0.0.5:8888"
        }
        val store = StorePlace("/data/couchpass/store", StoreKey(ByteArray(32) { it.toByte() }, Origin.Replaced("gone")))
        val device = linkedMapOf("model" to "AFTKA", "osName" to "Android")
        writes("config_full", configMessage(full, Surroundings(device, "device-2", store, source)))
        val least = PassConfig(PassApi.V1, PassEnvironment.RELEASE_STAGING, "LANTERN", "a.b.c")
        writes("config_least", configMessage(least, Surroundings(emptyMap())))
    }

    private fun ways() {
        writes("way_code", wayMessage(SignInWith.Code))
        writes("way_code_for", wayMessage(SignInWith.CodeFor("Northwind", "lantern.example", "lantern://done")))
        writes("way_browser", wayMessage(SignInWith.Browser("Northwind", "lantern.example", "lantern://done")))
    }

    private fun operations() {
        writes("operation_next_event", Operations.nextEvent())
        writes("operation_cancel_sign_in", Operations.cancelSignIn())
        writes("operation_profiles", Operations.profiles())
        writes("operation_select_profile", Operations.selectProfile("Northwind"))
        writes("operation_providers", Operations.providers())
        writes("operation_remember_provider", Operations.rememberProvider("Northwind"))
        writes("operation_authorize", Operations.authorize("LanternOne"))
        writes("operation_preauthorize", Operations.preauthorize(listOf("LanternOne", "LanternTwo")))
        writes("operation_remembered_permit", Operations.rememberedPermit("LanternOne"))
        writes("operation_user_metadata", Operations.userMetadata())
        val identity = PromotionalIdentity("email", "abc")
        writes("operation_temporary_access", Operations.temporaryAccess("Trial", "lantern.example", identity))
        writes("operation_time_left", Operations.timeLeft("Trial"))
        writes("operation_sign_out", Operations.signOut())
    }

    private fun questionsAndTokens() {
        writes("question_new_code", Questions.newCode())
        writes("question_redirect_reached", Questions.redirectReached())
        writes("question_sso_report", Questions.ssoReport())
        writes("question_remembered_provider", Questions.rememberedProvider())
        writes("question_store_report", Questions.storeReport())
        writes("key_lasting", message { keyOrigin(Origin.Made) })
        writes("key_replaced", message { keyOrigin(Origin.Replaced("gone")) })
        writes("key_temporary", message { keyOrigin(Origin.Temporary("away")) })
        writes("token_given", tokenMessage(PlatformAnswer.Token("x.y.z")))
        writes("token_library_absent", tokenMessage(PlatformAnswer.LibraryAbsent))
        writes("token_disabled", tokenMessage(PlatformAnswer.Disabled))
        writes("token_unusable", tokenMessage(PlatformAnswer.Unusable("no instance")))
        writes("token_refused", tokenMessage(PlatformAnswer.Refused(-7, "not on the list")))
    }

    private fun answers() {
        // 0 for an answer, 1 for an error.
        reads("answer_nothing", 0) { tag() }
        reads("answer_cancelled", 1 to PassError.Cancelled as PassError) { tag() to passError() }
        reads("profiles", listOf(profile, profile.copy(userId = null))) { list { profile() } }
        val provider = Provider("Northwind", "Northwind Kabel", "https://northwind.example/logo.png", false, true)
        reads("provider", provider) { optional { provider() } }
        reads("providers", listOf(provider)) { list { provider() } }
        reads("no_provider", null) { optional { provider() } }
        val metadata = UserMetadata(
            1_700_000_000_000,
            mapOf(
                "channelID" to Metadatum(MetadataValue.Texts(listOf("one", "two")), false),
                "maxRating" to Metadatum(MetadataValue.TextsByName(mapOf("VCHIP" to "TV-MA")), false),
                "zip" to Metadatum(MetadataValue.Text("Y2lwaGVy"), true),
            ),
        )
        reads("user_metadata", metadata) { userMetadata() }
        val action = SignOutAction.OpenUrl("Northwind", "https://northwind.example/bye")
        reads("sign_out_actions", listOf(action)) { list { signOutAction() } }
        reads("instant", 1_800_000_000_000) { optional { long() } }
        reads("no_instant", null) { optional { long() } }
        reads("flag", true) { flag() }
    }

    private fun decisions() {
        val permit = Decision(
            "LanternOne",
            true,
            "Northwind",
            DecisionSource.MVPD,
            1_800_000_000_000,
            MediaToken("m.t", 1_799_999_999_000),
            null,
        )
        reads("decision_permit", permit) { decision() }
        val deny =
            permit.copy(authorized = false, mvpd = null, notAfterMillis = null, mediaToken = null, denial = denial)
        reads("decision_deny", deny) { decision() }
        val items = listOf(Preauthorization("LanternOne", true, null), Preauthorization("LanternTwo", false, denial))
        reads("preauthorizations", items) { list { preauthorization() } }
    }

    private fun events() {
        val events = mapOf(
            "event_checking" to SignInEvent.Checking,
            "event_code" to SignInEvent.Code("ABC123", 1_800_000_000_000, 1_800_000),
            "event_page" to SignInEvent.Page("https://sp.example/login", "lantern://done"),
            "event_code_expired" to SignInEvent.CodeExpired,
            "event_signed_in" to SignInEvent.SignedIn(profile),
            "event_denied" to SignInEvent.Denied(report),
            "event_expired" to SignInEvent.Expired,
            "event_cancelled" to SignInEvent.Cancelled,
            "event_failed" to SignInEvent.Failed(PassError.SignInAgain(report)),
        )
        for ((name, event) in events) reads(name, event) { signInEvent() }
        // No part of what makes two codes equal.
        reads("event_code", 1_800_000L) { (signInEvent() as SignInEvent.Code).timeLeftMillis }
        reads("no_event", null) { optional { signInEvent() } }
    }

    private fun reportsAndErrors() {
        val outcomes = mapOf(
            "sso_not_asked" to SsoOutcome.NotAsked,
            "sso_waiting" to SsoOutcome.Waiting(true),
            "sso_library_absent" to SsoOutcome.LibraryAbsent,
            "sso_disabled" to SsoOutcome.Disabled,
            "sso_unusable" to SsoOutcome.Unusable("no instance"),
            "sso_refused" to SsoOutcome.Refused(null, "not on the list"),
            "sso_malformed" to SsoOutcome.Malformed,
            "sso_unsigned" to SsoOutcome.Unsigned,
            "sso_expired" to SsoOutcome.Expired,
            "sso_sent" to SsoOutcome.Sent(true),
            "sso_sent_unknown" to SsoOutcome.Sent(null),
        )
        for ((name, outcome) in outcomes) reads(name, SsoReport(outcome, 1_700_000_000_000, null)) { ssoReport() }
        val errors = mapOf(
            "error_retry_later" to PassError.RetryLater(30_000, report),
            "error_sign_in_again" to PassError.SignInAgain(report),
            "error_tell_viewer" to PassError.TellViewer(report),
            "error_fix_configuration" to PassError.FixConfiguration("name the requestor", report),
            "error_support" to PassError.Support(Report("a mistake")),
            "error_cancelled" to PassError.Cancelled,
        )
        for ((name, error) in errors) reads(name, error) { passError() }
    }

    private fun storeAndMetrics() {
        val reports = mapOf(
            "store_whole" to StoreReport.Whole,
            "store_lost" to StoreReport.Lost("gone"),
            "store_temporary" to StoreReport.Temporary("away"),
        )
        for ((name, report) in reports) reads(name, report) { storeReport() }
        val outcomes = mapOf(
            "metrics_answered" to RequestOutcome.Answered(200),
            "metrics_no_connection" to RequestOutcome.NoConnection,
            "metrics_untrusted" to RequestOutcome.Untrusted,
            "metrics_timed_out" to RequestOutcome.TimedOut,
            "metrics_broken" to RequestOutcome.Broken,
        )
        for ((name, outcome) in outcomes) {
            reads(name, RequestMetrics("authorize", 2, 1_000, 120, outcome, 3)) { optional { requestMetrics() } }
        }
    }
}
