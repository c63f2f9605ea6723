package io.couchpass.internal

/*
 * How a message crosses: the layout of Java's DataOutput, written once here and once in Rust (codec.rs).
 *
 * Integers have their highest byte first. A text is its length in bytes and its UTF-8. What may be absent is a flag and perhaps
 * the thing. A list is its length and its elements. A choice is its tag (1 byte) and its fields.
 */

/** A message in the making. It wipes what it lets go of: there may be secrets among it. */
internal class MessageWriter {
    private var buffer = ByteArray(INITIAL_SIZE)
    private var size = 0

    fun tag(tag: Int): MessageWriter = apply { room(1)[size++] = tag.toByte() }

    fun flag(flag: Boolean): MessageWriter = tag(if (flag) 1 else 0)

    fun int(value: Int): MessageWriter = apply {
        for (shift in 24 downTo 0 step 8) tag(value ushr shift)
    }

    fun long(value: Long): MessageWriter = apply {
        int((value ushr 32).toInt())
        int(value.toInt())
    }

    fun bytes(bytes: ByteArray): MessageWriter = apply {
        int(bytes.size)
        bytes.copyInto(room(bytes.size), size)
        size += bytes.size
    }

    fun text(text: String): MessageWriter = apply {
        val utf8 = text.toByteArray(Charsets.UTF_8)
        bytes(utf8)
        utf8.fill(0)
    }

    inline fun <T : Any> optional(value: T?, write: MessageWriter.(T) -> Unit): MessageWriter = apply {
        flag(value != null)
        if (value != null) write(value)
    }

    inline fun <T> list(values: Collection<T>, write: MessageWriter.(T) -> Unit): MessageWriter = apply {
        int(values.size)
        for (value in values) write(value)
    }

    /** The message; the writer is empty afterwards. */
    fun finish(): ByteArray = buffer.copyOf(size).also {
        buffer.fill(0)
        size = 0
    }

    private fun room(count: Int): ByteArray {
        if (buffer.size - size < count) {
            val larger = buffer.copyOf(maxOf(buffer.size * 2, size + count))
            buffer.fill(0)
            buffer = larger
        }
        return buffer
    }

    private companion object {
        const val INITIAL_SIZE = 128
    }
}

/** One message. */
internal inline fun message(write: MessageWriter.() -> Unit): ByteArray = MessageWriter().apply(write).finish()

/** What is left of a message. Both sides come from one build, so a malformed one is a mistake of ours. */
internal class MessageReader(private val bytes: ByteArray) {
    private var position = 0

    /** Reads one thing that has to be all of the message. */
    inline fun <T> readWhole(read: MessageReader.() -> T): T {
        val value = read()
        check(isAtEnd()) { "something follows a message" }
        return value
    }

    fun isAtEnd(): Boolean = position == bytes.size

    fun tag(): Int {
        check(position < bytes.size) { "a message ends too early" }
        return bytes[position++].toInt() and 0xff
    }

    fun flag(): Boolean = tag() == 1

    fun int(): Int = (tag() shl 24) or (tag() shl 16) or (tag() shl 8) or tag()

    fun long(): Long = (int().toLong() shl 32) or (int().toLong() and 0xffff_ffffL)

    fun text(): String {
        val length = int()
        check(length in 0..bytes.size - position) { "a message ends too early" }
        return String(bytes, position, length, Charsets.UTF_8).also { position += length }
    }

    inline fun <T : Any> optional(read: MessageReader.() -> T): T? = if (flag()) read() else null

    inline fun <T> list(read: MessageReader.() -> T): List<T> {
        val size = int()
        check(size >= 0) { "a list has a negative length" }
        val values = ArrayList<T>(minOf(size, 64))
        repeat(size) { values += read() }
        return values
    }

    /** For a tag that this version of the library does not know. */
    fun unknown(what: String): Nothing = error("there is no such $what")
}
