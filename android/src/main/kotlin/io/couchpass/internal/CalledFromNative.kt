package io.couchpass.internal

/**
 * Marks what Rust looks up by its name, and nothing else: the consumer rules keep it, and it is renamed on both sides or on none.
 * It can be seen at run time, so that a test can compare it with what is looked up.
 */
@Retention(AnnotationRetention.RUNTIME)
@Target(AnnotationTarget.CLASS, AnnotationTarget.FUNCTION, AnnotationTarget.CONSTRUCTOR)
internal annotation class CalledFromNative
