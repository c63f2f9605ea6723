package io.couchpass.device

import android.net.ConnectivityManager

/**
 * What the device tells about itself on every call, by the names of Adobe's table. Adobe takes a device whose description is
 * wrong for an unknown platform, whose sign-ins may be shorter.
 *
 * What the system leaves empty is `unknown` where Adobe demands the field and left out where it does not. The kind of the
 * hardware is the core's to say.
 *
 * Adobe's pages: "Passing client information" (v1), "X-Device-Info" (v2).
 */
internal object DeviceDescription {
    fun of(facts: SystemFacts): Map<String, String> {
        val fields = linkedMapOf(
            "model" to (known(facts.model) ?: UNKNOWN),
            // Fire OS is Android to Adobe, which has a closed list here.
            "osName" to "Android",
            "osVersion" to (known(facts.release) ?: UNKNOWN),
            "version" to (known(facts.device) ?: UNKNOWN),
            "connectionType" to connectionType(facts.connection),
            "osFamily" to "Android",
        )
        if (facts.isFireTv) fields["osVendor"] = "Amazon"
        known(facts.manufacturer)?.let { fields["manufacturer"] = it }
        known(facts.brand)?.let { fields["vendor"] = it }
        known(facts.applicationId)?.let { fields["applicationId"] = it }
        if (facts.displayWidth > 0 && facts.displayHeight > 0) {
            fields["displayWidth"] = facts.displayWidth.toString()
            fields["displayHeight"] = facts.displayHeight.toString()
        }
        return fields
    }

    private fun known(fact: String?): String? = fact?.trim()?.takeUnless { it.isEmpty() || it.equals(UNKNOWN, ignoreCase = true) }

    private fun connectionType(connection: Int?): String = when (connection) {
        ConnectivityManager.TYPE_WIFI -> "WIFI"
        ConnectivityManager.TYPE_ETHERNET -> "ETHERNET"
        else -> "notAccessible"
    }

    /** `Build.UNKNOWN`, and Couchpass's own word for it. */
    private const val UNKNOWN = "unknown"
}
