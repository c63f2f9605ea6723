package com.amazon.ottssotokenlib

import android.content.Context
import android.os.Bundle

/** Amazon's class as a test wants it to behave. It has the shape of our stub, which a test compares. */
public class SSOEnabler {
    public fun setSSOTokenCallback(callback: SSOEnablerCallback) {
        device.callbacks += callback
    }

    public fun setSSOTokenTimeout(timeout: Long) {
        device.timeouts += timeout
    }

    public fun getSSOTokenSync(): Bundle? {
        device.calls++
        return device.sync()
    }

    public fun getSSOTokenAsync(): Bundle? {
        device.calls++
        device.async(device.callbacks.last())
        return null
    }

    public abstract class SSOEnablerCallback {
        public abstract fun getSSOTokenSuccess(bundle: Bundle?)

        public abstract fun getSSOTokenFailure(bundle: Bundle?)
    }

    /** What the library does on the device of a test, and what it was asked. */
    public class Device {
        public var instance: () -> SSOEnabler? = { SSOEnabler() }
        public var sync: () -> Bundle? = { Bundle() }
        public var async: (SSOEnablerCallback) -> Unit = {}

        @Volatile
        public var calls: Int = 0
        public val timeouts: MutableList<Long> = ArrayList()
        public val callbacks: MutableList<SSOEnablerCallback> = ArrayList()
    }

    public companion object {
        @Volatile
        @JvmSynthetic
        internal var device = Device()

        @JvmStatic
        public fun getInstance(@Suppress("unused") context: Context): SSOEnabler? = device.instance()
    }
}
