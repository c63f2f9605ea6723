package io.couchpass.internal

/** Marks what Rust looks up by its name: the consumer rules keep it, and it is renamed on both sides or on none. */
@Retention(AnnotationRetention.BINARY)
@Target(AnnotationTarget.CLASS, AnnotationTarget.FUNCTION, AnnotationTarget.CONSTRUCTOR)
internal annotation class CalledFromNative
