package io.couchpass.internal

import java.util.concurrent.TimeUnit

/** Looks until it is so: for what another thread is about to do, and tells nobody of. */
internal fun eventually(what: String, holds: () -> Boolean) {
    val end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20)
    while (!holds()) {
        check(System.nanoTime() < end) { "not so, even after 20 s: $what" }
        Thread.onSpinWait()
    }
}
