package io.couchpass.device

import android.content.ContentResolver
import android.provider.Settings
import java.security.MessageDigest

/**
 * The device id of an installation whose store knows none yet. The first one stays for good, whatever this says later: Adobe
 * has the sign-in under it, and Android 8 gives an app another `ANDROID_ID` than Android 7 did.
 *
 * Whoever sends a device's id shares its authentication, so it does not print itself.
 *
 * Adobe's page: "AP-Device-Identifier", its part on Fire OS.
 */
internal class InitialDeviceId private constructor(val value: String, val origin: Origin) {
    /** What an id was made from, kept beside it. */
    enum class Origin {
        /** SHA-256 over `ANDROID_ID`, as Adobe advises. */
        HASHED_ANDROID_ID,
    }

    override fun toString(): String = "InitialDeviceId($origin, redacted)"

    companion object {
        /** The id of this device; `null` where the system has none to make it from, and the core makes one up. */
        fun of(resolver: ContentResolver): InitialDeviceId? = of {
            Settings.Secure.getString(resolver, Settings.Secure.ANDROID_ID)
        }

        fun of(androidId: () -> String?): InitialDeviceId? {
            val id = try {
                androidId()?.trim()
            } catch (_: RuntimeException) {
                // The settings are another process, which may be dying or refuse.
                null
            }
            if (id.isNullOrEmpty() || id == ID_OF_MANY || id.all { it == '0' }) return null
            val hash = MessageDigest.getInstance("SHA-256").digest(id.toByteArray())
            val hex = hash.joinToString("") { byte -> (byte.toInt() and 0xff).toString(16).padStart(2, '0') }
            return InitialDeviceId(hex, Origin.HASHED_ANDROID_ID)
        }

        /** What a defect of some systems gave to all devices of a kind. */
        private const val ID_OF_MANY = "9774d56d682e549c"
    }
}
