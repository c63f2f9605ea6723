package io.couchpass.benchmarks

import io.couchpass.CallbackPassClient
import io.couchpass.PassApi
import io.couchpass.PassCallback
import io.couchpass.PassClient
import io.couchpass.PassConfig
import io.couchpass.PassEnvironment
import io.couchpass.PassException
import io.couchpass.Profile
import io.couchpass.internal.Native
import io.couchpass.internal.NativeClient
import io.couchpass.internal.NativeTesting
import io.couchpass.internal.Questions
import io.couchpass.internal.Surroundings
import io.couchpass.testing.TestDevice
import kotlinx.coroutines.runBlocking
import java.util.concurrent.CompletableFuture
import java.util.concurrent.Executor

/** Calls of a client that need no service. */
public class Calls : AutoCloseable {
    private val native = NativeClient.create(
        // Nobody listens there.
        PassConfig(PassApi.V2, PassEnvironment.at("http://127.0.0.1:1", "http://127.0.0.1:1"), "LANTERN", STATEMENT),
        Surroundings(TestDevice.FIRE_TV_STICK),
    )
    private val client = PassClient(native)
    private val byCallback = CallbackPassClient(client, Executor { it.run() })
    private val question = Questions.ssoReport()

    public fun nothing(): Unit = NativeTesting.nothing()

    public fun ask(): Any = Native.ask(native.handle, question)

    public fun ssoReport(): Any = client.ssoReport()

    public fun profiles(): Any = runBlocking { client.profiles() }

    public fun profilesByCallback(): Any {
        val answer = CompletableFuture<Any>()
        byCallback.profiles(object : PassCallback<List<Profile>> {
            override fun onSuccess(value: List<Profile>) {
                answer.complete(value)
            }

            override fun onFailure(exception: PassException) {
                answer.completeExceptionally(exception)
            }
        })
        return answer.get()
    }

    override fun close() {
        byCallback.close()
    }

    private companion object {
        const val STATEMENT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln"
    }
}
