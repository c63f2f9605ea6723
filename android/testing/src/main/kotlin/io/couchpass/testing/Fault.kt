package io.couchpass.testing

import com.grack.nanojson.JsonObject

/**
 * Something that goes wrong at the sandbox. Left as it is, it strikes the next call of a device, once, before the call takes
 * effect; each of the methods says otherwise.
 *
 * ```
 * sandbox.fault(Fault.status(503).at("authorize_decisions").always())
 * val failure = assertThrows(PassException::class.java) { runBlocking { client.authorize("LanternOne") } }
 * assertTrue(failure.error is PassError.RetryLater, failure.toString())
 * ```
 * The names of endpoints and all other effects are in `docs/sandbox.md`; [of] takes any of them.
 */
public class Fault private constructor(private val fields: JsonObject) {
    /** At this endpoint alone. */
    public fun at(endpoint: String): Fault = with("endpoint", endpoint)

    /** At the call with this number alone, from 1. */
    public fun onCall(number: Int): Fault = with("calls", json("nth" to number))

    /** At so many calls from now on. */
    public fun onFirst(count: Int): Fault = with("calls", json("first" to count))

    /** At every call, until the faults are [cleared][Sandbox.clearFaults]. */
    public fun always(): Fault = with("calls", "always")

    /** After the call has taken effect: the service has done it, and the app does not learn of it. */
    public fun afterEffect(): Fault = with("phase", "after")

    override fun toString(): String = "Fault(${toJson()})"

    internal fun toJson(): String = fields.toJson()

    private fun with(name: String, value: Any): Fault = Fault(JsonObject(fields + (name to value)))

    public companion object {
        /** An answer with this HTTP status. */
        @JvmStatic
        public fun status(status: Int): Fault = effect("status", "status" to status)

        /**
         * An error of Adobe's catalogue.
         *
         * @param code such as `network_connection_timeout`.
         * @param details the provider's words for the viewer; Adobe's own without them.
         */
        @JvmStatic
        @JvmOverloads
        public fun error(code: String, details: String? = null): Fault = effect("error", "code" to code, "details" to details)

        /** Adobe's 429. */
        @JvmStatic
        public fun tooManyRequests(): Fault = effect("too_many_requests")

        /** The bearer token is no longer taken. */
        @JvmStatic
        public fun bearerExpired(): Fault = effect("bearer_expired")

        /** The page of a network that wants a sign-in first, as in a hotel. */
        @JvmStatic
        public fun hotelPage(): Fault = effect("hotel_page")

        /** The connection ends without an answer. */
        @JvmStatic
        public fun drop(): Fault = effect("drop")

        /** So much of the sandbox's time passes before the answer. */
        @JvmStatic
        public fun delay(millis: Long): Fault = effect("delay", "millis" to millis)

        /** The call stands still until [Sandbox.release] of this name. */
        @JvmStatic
        public fun hold(name: String): Fault = effect("hold", "name" to name)

        /**
         * Any effect, as `docs/sandbox.md` writes it in JSON: `{"truncate": {"keep": 10}}`, or `"garbage"` with its quotes.
         *
         * @throws IllegalArgumentException if it is no JSON.
         */
        @JvmStatic
        public fun of(effect: String): Fault =
            Fault(json("effect" to requireNotNull(parsed(effect)) { "the effect $effect is no JSON; see docs/sandbox.md" }))

        private fun effect(name: String, vararg fields: Pair<String, Any?>): Fault =
            Fault(json("effect" to if (fields.isEmpty()) name else json(name to json(*fields))))
    }
}
