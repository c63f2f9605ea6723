package io.couchpass.amazon

import android.content.pm.PackageManager

/** The app of Amazon's that its library talks to. */
internal fun interface CompanionApp {
    /** Whether it is known to be switched off. `false` where that cannot be told. */
    fun isDisabled(): Boolean
}

/**
 * As the package manager has it. The package's name is taken from public lists of devices, not from a document, and from
 * Android 11 on it can be seen only by an app that names it under `<queries>`. So this explains a failure and decides nothing.
 */
internal class InstalledCompanionApp(private val packages: PackageManager) : CompanionApp {
    override fun isDisabled(): Boolean = try {
        !packages.getApplicationInfo(PACKAGE, 0).enabled
    } catch (_: PackageManager.NameNotFoundException) {
        false
    } catch (_: RuntimeException) {
        // The package manager is another process, which may be dying.
        false
    }

    private companion object {
        const val PACKAGE = "com.amazon.tv.ottssocompanionapp"
    }
}
