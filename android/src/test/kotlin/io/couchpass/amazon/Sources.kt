package io.couchpass.amazon

import android.content.ContextWrapper
import android.os.Bundle
import com.amazon.ottssotokenlib.SSOEnabler
import io.couchpass.AmazonSso
import io.couchpass.AmazonSso.Call.ASYNCHRONOUS
import io.couchpass.AmazonSso.Call.SYNCHRONOUS

/** Runs a task where it is handed in. For tests in which no thread matters. */
internal object Inline : Worker {
    override fun run(task: () -> Unit) = task()

    override fun close() = Unit
}

internal fun source(
    options: AmazonSso,
    worker: Worker = Inline,
    loader: ClassLoader = SSOEnabler::class.java.classLoader,
    companion: CompanionApp = CompanionApp { false },
    nanoTime: () -> Long = { 0 },
) = AmazonTokenSource(ContextWrapper(null), options, loader, worker, companion, nanoTime)

internal val synchronous = AmazonSso(SYNCHRONOUS)
internal val asynchronous = AmazonSso(ASYNCHRONOUS)

/** A device whose library behaves like this, until the next test says otherwise. */
internal fun device(set: SSOEnabler.Device.() -> Unit): SSOEnabler.Device =
    SSOEnabler.Device().apply(set).also { SSOEnabler.device = it }

internal fun success(token: Any?) = Bundle().with("SSOToken", token)

internal fun failure(code: Any?, description: Any?) = Bundle().with("ErrorCode", code).with("ErrorDescription", description)
