package io.couchpass.internal

import java.io.File
import java.lang.reflect.InvocationTargetException
import java.nio.file.Path

/** Has the library's classes of [loader] load what is native, and throws what they throw. */
internal fun loadNative(loader: ClassLoader) {
    val library = Class.forName("io.couchpass.internal.NativeLibrary", true, loader)
    try {
        library.getMethod("load").invoke(library.getField("INSTANCE").get(null))
    } catch (exception: InvocationTargetException) {
        throw exception.targetException
    }
}

/** A library belongs to one class loader: whoever has one of their own loads a copy, which this puts in place for [action]. */
internal fun <T> withCopyOfLibrary(directory: Path, name: String = "copy", action: () -> T): T {
    val path = System.getProperty(NativeLibrary.PATH_PROPERTY)
    val copy = File(path).copyTo(directory.resolve("$name.so").toFile())
    System.setProperty(NativeLibrary.PATH_PROPERTY, copy.path)
    try {
        return action()
    } finally {
        System.setProperty(NativeLibrary.PATH_PROPERTY, path)
    }
}
