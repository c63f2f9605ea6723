package io.couchpass.amazon

import android.os.Bundle
import java.io.File
import java.net.URLClassLoader
import java.nio.file.Path
import java.util.concurrent.Callable
import javax.tools.ToolProvider
import kotlin.io.path.createDirectories
import kotlin.io.path.writeText

/** Makes a library that has Amazon's name, and [members] instead of Amazon's, compiled into [folder]. */
internal fun libraryWith(folder: Path, members: String): ClassLoader {
    val source = folder.resolve("com/amazon/ottssotokenlib").createDirectories().resolve("SSOEnabler.java")
    source.writeText("package com.amazon.ottssotokenlib; import android.os.Bundle; public class SSOEnabler { $members }")
    val classPath = File(placeOf(Bundle::class.java).toURI())
    val status = ToolProvider.getSystemJavaCompiler()
        .run(null, null, null, "-proc:none", "-d", "$folder", "-classpath", "$classPath", "$source")
    check(status == 0) { "the library of this test does not compile" }
    return object : URLClassLoader(arrayOf(folder.toUri().toURL()), Bundle::class.java.classLoader) {
        override fun loadClass(name: String, resolve: Boolean): Class<*> =
            if (name.startsWith(AMAZON)) findLoadedClass(name) ?: findClass(name) else super.loadClass(name, resolve)
    }
}

/** An app on a device with this [library] or without any: our classes once more, linked to what that device has. */
internal class OtherDevice(private val library: ClassLoader?) :
    URLClassLoader(
        arrayOf(placeOf(AmazonTokenSource::class.java), placeOf(OtherDevice::class.java)),
        OtherDevice::class.java.classLoader,
    ) {
    override fun loadClass(name: String, resolve: Boolean): Class<*> = when {
        name.startsWith("io.couchpass.") -> findLoadedClass(name) ?: findClass(name)
        name.startsWith(AMAZON) -> library?.loadClass(name) ?: throw ClassNotFoundException(name)
        else -> super.loadClass(name, resolve)
    }

    /** What [probe], a class without arguments, returns over there. */
    fun run(probe: Class<out Callable<String>>): String =
        (loadClass(probe.name).getDeclaredConstructor().newInstance() as Callable<*>).call() as String

    fun hasLoaded(type: Class<*>): Boolean = findLoadedClass(type.name) != null
}

private fun placeOf(type: Class<*>) = type.protectionDomain.codeSource.location

private const val AMAZON = "com.amazon."
