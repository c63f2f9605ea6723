package io.couchpass

import java.util.concurrent.Executor

/** What a test in Java cannot say, since the library keeps it to itself. */
internal object JavaClients {
    @JvmStatic
    fun client(sandbox: Sandbox, executor: Executor): CallbackPassClient = CallbackPassClient(sandbox.client(), executor)
}
