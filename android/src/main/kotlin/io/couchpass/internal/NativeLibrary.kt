package io.couchpass.internal

/** Where the native library comes from: the APK on Android, a file that a property names on a desktop's JVM. */
internal object NativeLibrary {
    /** The system property with the path of the library, for tests on a desktop. */
    const val PATH_PROPERTY: String = "couchpass.native.library"

    private const val NAME = "couchpass"

    /** Loads it; what it misses in this app is named in the [UnsatisfiedLinkError]. */
    fun load() {
        val path = System.getProperty(PATH_PROPERTY)
        if (path == null) System.loadLibrary(NAME) else System.load(path)
    }
}
