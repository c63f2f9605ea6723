package io.couchpass.internal

import io.couchpass.PassError
import io.couchpass.PassException
import io.couchpass.PassLog
import io.couchpass.Report

/** Where the native library comes from: the APK on Android, a file that a property names on a desktop's JVM. */
internal object NativeLibrary {
    /** The system property with the path of the library, for tests on a desktop. */
    const val PATH_PROPERTY: String = "couchpass.native.library"

    private const val NAME = "couchpass"

    private var isLoaded = false

    // By path. Asked again, a runtime says less than the first time: Android's, only that there was a first time.
    private val refusals = HashMap<String?, PassError>()

    /** Loads it, unless it is loaded; what it misses in this app is named in the [PassException], which is the same each time. */
    @Synchronized
    fun load() {
        if (isLoaded) return
        val path = System.getProperty(PATH_PROPERTY)
        val refusal = refusals[path] ?: try {
            if (path == null) System.loadLibrary(NAME) else System.load(path)
            // The first call shows whether the library's exports are found under the names of this app.
            Native.logLevel(PassLog.level.ordinal)
            isLoaded = true
            return
        } catch (error: UnsatisfiedLinkError) {
            refusal(path, error).also { refusals[path] = it }
        }
        throw PassException(refusal)
    }

    /** Has Rust log as much as [PassLog.level] says, as soon as there is Rust. */
    @Synchronized
    fun followLogLevel() {
        if (isLoaded) Native.logLevel(PassLog.level.ordinal)
    }

    private fun refusal(path: String?, error: UnsatisfiedLinkError): PassError = PassError.FixConfiguration(
        if (path == null) {
            "keep armeabi-v7a, arm64-v8a and x86_64 among the app's ABIs, and the AAR's consumer rules in its build"
        } else {
            "$PATH_PROPERTY has to name a library for this desktop, of the same version as the classes"
        },
        Report("there is no lib$NAME.so for ${System.getProperty("os.arch")} that can be loaded: ${error.message}"),
    )
}
