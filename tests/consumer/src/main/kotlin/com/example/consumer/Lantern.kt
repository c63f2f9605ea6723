package com.example.consumer

import io.couchpass.PassClient
import io.couchpass.SignInEvent
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.runBlocking

/** The least that an app does: it signs a viewer in, and asks before it plays. */
public class Lantern(private val client: PassClient) {
    /** Shows a code if it takes one. The text is what the screen shows in the end. */
    public fun watch(resource: String, showCode: (String) -> Unit): String = runBlocking {
        client.signIn().onEach { event -> if (event is SignInEvent.Code) showCode(event.code) }.collect()
        val decision = client.authorize(resource)
        if (decision.mediaToken != null) "playing ${decision.resource}" else "no: ${decision.denial?.message}"
    }
}
