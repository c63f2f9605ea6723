package io.couchpass.vault

/** The key of the store in which the core remembers a sign-in: 32 bytes, which do not print themselves. */
internal class StoreKey(val bytes: ByteArray, val origin: Origin) {
    override fun toString(): String = "StoreKey($origin, redacted)"

    /** Where a key comes from, and so what becomes of what was remembered. */
    sealed interface Origin {
        /** It is the one of last time. */
        data object Kept : Origin

        /** There was none. */
        data object Made : Origin

        /** The one of last time cannot be had any more, and what it has encrypted is lost: the viewer is signed out. */
        data class Replaced(val why: String) : Origin

        /** The vault does not answer. This key is for this run; the one of last time may be there at the next. */
        data class Temporary(val why: String) : Origin
    }
}
