package android.os

/** Stands in for Android's, which needs Android's native code to come into being. Before it on the class path. */
public class Bundle {
    private val values = HashMap<String, Any?>()
    private var unreadable: RuntimeException? = null

    public fun get(key: String): Any? = unreadable?.let { throw it } ?: values[key]

    public fun containsKey(key: String): Boolean = unreadable?.let { throw it } ?: values.containsKey(key)

    public fun with(key: String, value: Any?): Bundle = apply { values[key] = value }

    /** As a Bundle from another process that holds what cannot be unpacked here. */
    public fun unreadable(thrown: RuntimeException): Bundle = apply { unreadable = thrown }
}
