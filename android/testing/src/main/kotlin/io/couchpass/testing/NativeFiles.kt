package io.couchpass.testing

import io.couchpass.internal.NativeLibrary
import java.io.File
import java.nio.file.Files
import java.util.Locale

/**
 * Where a desktop finds what is not bytecode: the native library and the command. A system property names the file, or else a
 * variable of the environment, or else the class path holds it, from where it is copied to a temporary directory.
 *
 * @param property a system property by name.
 * @param variable a variable of the environment by name.
 * @param resources the class path to look in.
 */
internal class NativeFiles(
    private val property: (String) -> String?,
    private val variable: (String) -> String?,
    private val resources: ClassLoader,
) {
    private val platform = platform(property("os.name").orEmpty(), property("os.arch").orEmpty())
    private val extracted = HashMap<String, File>()

    private val directory: File by lazy {
        // Whatever is in it is registered later, and so deleted before it.
        Files.createTempDirectory("couchpass-native").toFile().apply { deleteOnExit() }
    }

    /** The native library. */
    fun library(): File = find(
        what = "native library of Couchpass",
        property = NativeLibrary.PATH_PROPERTY,
        variable = "COUCHPASS_NATIVE_LIBRARY",
        resource = System.mapLibraryName("couchpass"),
        build = "cargo rustc --release --package couchpass-jni --lib --crate-type cdylib",
        built = System.mapLibraryName("couchpass_jni"),
    )

    /** The command `couchpass`. */
    fun command(): File = find(
        what = "command couchpass",
        property = "couchpass.command",
        variable = "COUCHPASS_COMMAND",
        resource = "couchpass",
        build = "cargo build --release --package couchpass-cli",
        built = "couchpass",
    )

    private fun find(what: String, property: String, variable: String, resource: String, build: String, built: String): File {
        property(property)?.let { return existing(it, what, "the system property $property") }
        variable(variable)?.let { return existing(it, what, "the variable $variable") }
        val path = "native/$platform/$resource"
        return extract(path) ?: error(
            "The $what was not found for this desktop: neither the system property $property nor the variable $variable " +
                "names it, and nothing on the class path holds $path. To build it, in a clone of Couchpass: `$build`; then " +
                "set the property or the variable to the full path of target/release/$built.",
        )
    }

    private fun existing(path: String, what: String, source: String): File = File(path).absoluteFile.also {
        check(it.isFile) { "The $what is not where $source says: there is no file $it." }
    }

    private fun extract(path: String): File? = synchronized(extracted) {
        extracted[path] ?: resources.getResourceAsStream(path)?.use { stream ->
            val file = File(directory, path.substringAfterLast('/'))
            file.deleteOnExit()
            file.outputStream().use { stream.copyTo(it) }
            check(file.setExecutable(true)) { "$file cannot be made executable." }
            extracted[path] = file
            file
        }
    }

    companion object {
        private val ofThisProcess = NativeFiles(System::getProperty, System::getenv, NativeFiles::class.java.classLoader)

        /** Tells the library's loader where the native library is. Once it is loaded, that is of no use any more. */
        fun nameLibrary() {
            System.setProperty(NativeLibrary.PATH_PROPERTY, ofThisProcess.library().path)
        }

        /** The command `couchpass` for this process. */
        fun command(): File = ofThisProcess.command()

        private fun platform(system: String, processor: String): String {
            val os = system.lowercase(Locale.ROOT).let { if (it.startsWith("mac")) "macos" else it.substringBefore(' ') }
            return os + "-" + if (processor == "amd64") "x86_64" else processor
        }
    }
}
