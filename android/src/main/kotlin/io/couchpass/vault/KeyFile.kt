package io.couchpass.vault

import java.io.File
import java.io.FileOutputStream
import java.io.IOException
import java.io.RandomAccessFile

/**
 * The wrapped key on the device's disk. It is replaced in one step, and a file that is of no use any more is set aside rather
 * than deleted.
 *
 * Every function throws [IOException].
 *
 * @param path where it is, in a directory of the app's own that no backup takes along (`Context.getNoBackupFilesDir`): on
 *   another device there is no key store that could unwrap it.
 */
internal class KeyFile(private val path: File) {
    /** What is in it, or `null` if there is none. */
    fun read(): ByteArray? {
        if (!path.exists()) return null
        if (path.length() > LARGEST) return ByteArray(0)
        return path.readBytes()
    }

    fun write(content: ByteArray) {
        val temporary = beside("new")
        FileOutputStream(temporary).use {
            it.write(content)
            it.fd.sync()
        }
        move(temporary, path)
    }

    /** The latest one is kept, for whoever looks into what has happened. */
    fun setAside() = move(path, beside("unreadable"))

    /** One at a time, over all processes: two that made a key at once would lock each other out. */
    fun <T> exclusively(action: () -> T): T = synchronized(KeyFile::class.java) {
        val directory = path.absoluteFile.parentFile
        if (!directory.isDirectory && !directory.mkdirs() && !directory.isDirectory) throw IOException("no directory for the key")
        RandomAccessFile(beside("lock"), "rw").use { file -> file.channel.lock().use { action() } }
    }

    private fun beside(ending: String) = File(path.absoluteFile.parentFile, "${path.name}.$ending")

    private fun move(from: File, to: File) {
        // On Linux this replaces the target in one step.
        if (!from.renameTo(to)) throw IOException("the key's file could not be moved")
    }

    private companion object {
        /** In bytes, and far above a wrapped key. */
        const val LARGEST = 65_536L
    }
}
