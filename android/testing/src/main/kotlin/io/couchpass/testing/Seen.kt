package io.couchpass.testing

import com.grack.nanojson.JsonObject

/**
 * A request that has reached the sandbox, as [Sandbox.seenRequests] tells. Of its secrets it holds only where the platform token
 * was, so it may be printed.
 *
 * @property endpoint what was called, by the names of `docs/sandbox.md`; `null` for an address that leads nowhere.
 * @property method HTTP's method.
 * @property path the path, as sent.
 * @property status of the answer; `null` while there is none, and for a connection that was cut.
 * @property fault the fault that struck, by name.
 * @property parameters those that are no secret, such as `resource`.
 * @property platformTokenIn where the platform token was: `Header`, `Query` or `Form`; `null` where there was none.
 */
@ConsistentCopyVisibility
public data class SeenRequest internal constructor(
    public val endpoint: String?,
    public val method: String,
    public val path: String,
    public val status: Int?,
    public val fault: String?,
    public val parameters: Map<String, String>,
    public val platformTokenIn: String?,
) {
    internal companion object {
        fun of(request: JsonObject): SeenRequest = SeenRequest(
            endpoint = request.getString("endpoint"),
            method = request.getString("method"),
            path = request.getString("path"),
            status = request.getNumber("status")?.toInt(),
            fault = request.getString("fault"),
            parameters = request.getObject("parameters").mapValues { it.value.toString() },
            platformTokenIn = request.objects("secrets").find { it.getString("kind") == "platform_token" }?.getString("carrier"),
        )
    }
}

/**
 * A code that waits for a viewer, or has been answered, as [Sandbox.codes] tells.
 *
 * @property code what the viewer types.
 * @property requestor whose app shows it.
 * @property mvpd the TV provider that was chosen on the device, if any.
 * @property state `waiting`, `approved` or `denied`.
 */
@ConsistentCopyVisibility
public data class LiveCode internal constructor(
    public val code: String,
    public val requestor: String,
    public val mvpd: String?,
    public val state: String,
)
