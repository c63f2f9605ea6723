package io.couchpass.internal

import io.couchpass.PassException

/** What Rust throws: an error as a message, which [toPassException] reads. It never gets as far as an app. */
@CalledFromNative
internal class NativeFailure @CalledFromNative constructor(private val error: ByteArray) : RuntimeException() {
    /** The exception that an app sees. */
    fun toPassException(): PassException = PassException(MessageReader(error).readWhole { passError() })
}

/** Runs [call], which calls Rust, and turns what that throws into what an app catches. */
internal inline fun <T> translated(call: () -> T): T = try {
    call()
} catch (failure: NativeFailure) {
    throw failure.toPassException()
}
