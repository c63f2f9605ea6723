package io.couchpass

/**
 * Uses what Android has from this API [level] on only; whoever reaches for it looks at the device's level first. The check
 * against the oldest Android passes over what is marked so.
 */
@Retention(AnnotationRetention.BINARY)
@Target(AnnotationTarget.CLASS)
internal annotation class FromApi(val level: Int)
