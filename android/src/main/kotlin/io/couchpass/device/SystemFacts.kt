package io.couchpass.device

import android.content.Context
import android.content.pm.PackageManager
import android.net.ConnectivityManager
import android.os.Build

/**
 * What the system says of the device, as it says it.
 *
 * @property connection Android's number for the kind of network in use, or `null` where there is none or it is not told.
 * @property displayWidth of the app's display in pixels, as is [displayHeight].
 */
internal data class SystemFacts(
    val model: String?,
    val manufacturer: String?,
    val brand: String?,
    val device: String?,
    val release: String?,
    val isFireTv: Boolean,
    val connection: Int?,
    val displayWidth: Int,
    val displayHeight: Int,
    val applicationId: String?,
) {
    companion object {
        fun of(context: Context): SystemFacts {
            val display = context.resources.displayMetrics
            return SystemFacts(
                model = Build.MODEL,
                manufacturer = Build.MANUFACTURER,
                brand = Build.BRAND,
                device = Build.DEVICE,
                release = Build.VERSION.RELEASE,
                isFireTv = hasFeature(context.packageManager),
                connection = connectionOf(context),
                displayWidth = display.widthPixels,
                displayHeight = display.heightPixels,
                applicationId = context.packageName,
            )
        }

        /** Not by the manufacturer, which on televisions with Fire OS inside is another. */
        private fun hasFeature(packages: PackageManager): Boolean = packages.hasSystemFeature("amazon.hardware.fire_tv")

        private fun connectionOf(context: Context): Int? = try {
            (context.getSystemService(Context.CONNECTIVITY_SERVICE) as? ConnectivityManager)?.activeNetworkInfo?.type
        } catch (_: SecurityException) {
            // An app that has taken the permission out of its merged manifest.
            null
        }
    }
}
